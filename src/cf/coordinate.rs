//! Coordinates along one dimension, and finding positions by label as xarray's `sel` does.

use super::calendar::Calendar;
use super::time::parse_label;
use crate::array::DimIndex;
use crate::error::{Result, invalid_selection};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The labels of a dimension, in the order of the array.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Labels {
    /// Numbers, decoded; NaN where missing. True if they are integers.
    Numbers(Vec<f64>, bool),
    /// Instants in microseconds of a calendar's own line; `None` where missing.
    Times(Vec<Option<i128>>, Calendar),
    /// Text.
    Text(Vec<String>),
}

/// A named coordinate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coordinate {
    /// The dimension, which is also the variable's name.
    pub name: String,
    /// Labels.
    pub labels: Labels,
    /// Whether stored as float32: labels are then compared after rounding to it, so that 0.1 finds the stored 0.1.
    pub single: bool,
}

impl Labels {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Labels::Numbers(v, _) => v.len(),
            Labels::Times(v, _) => v.len(),
            Labels::Text(v) => v.len(),
        }
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Only the labels at some positions.
    pub fn take(&self, index: &DimIndex) -> Labels {
        fn pick<T: Clone>(all: &[T], index: &DimIndex) -> Vec<T> {
            index.positions().filter_map(|p| all.get(usize::try_from(p).ok()?).cloned()).collect()
        }
        match self {
            Labels::Numbers(v, integers) => Labels::Numbers(pick(v, index), *integers),
            Labels::Times(v, calendar) => Labels::Times(pick(v, index), *calendar),
            Labels::Text(v) => Labels::Text(pick(v, index)),
        }
    }
}

/// A label as the document writes it, on the line of the coordinate: a span for a partial time, a point otherwise.
struct Span {
    low: f64,
    high: f64,
}

impl Coordinate {
    /// Positions along the coordinate's line; times in microseconds relative to the first, exact within 285 years of it.
    #[allow(clippy::cast_precision_loss)]
    fn line(&self) -> Result<(Vec<f64>, i128)> {
        match &self.labels {
            Labels::Numbers(v, _) => Ok((v.clone(), 0)),
            Labels::Times(v, _) => {
                let origin = v.iter().flatten().next().copied().unwrap_or(0);
                Ok((v.iter().map(|t| t.map_or(f64::NAN, |t| (t - origin) as f64)).collect(), origin))
            }
            Labels::Text(_) => Err(invalid_selection(format!("{} holds text: select with `values`", self.name))),
        }
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn span(&self, label: &Value, origin: i128) -> Result<Span> {
        match (&self.labels, label) {
            (Labels::Times(_, calendar), Value::String(text)) => {
                let (start, end) =
                    parse_label(text, *calendar).map_err(|e| self.name_in(e.details().message.as_str()))?;
                Ok(Span { low: (start - origin) as f64, high: (end - origin) as f64 })
            }
            (Labels::Times(..), Value::Number(n)) => self.span(&Value::String(n.to_string()), origin),
            (Labels::Numbers(..), Value::Number(n)) => {
                let x = n.as_f64().unwrap_or(f64::NAN);
                let x = if self.single { f64::from(x as f32) } else { x };
                Ok(Span { low: x, high: x })
            }
            (Labels::Numbers(..), Value::String(text)) => match text.trim().parse::<f64>() {
                Ok(x) => self.span(&serde_json::json!(x), origin),
                Err(_) => Err(self.name_in(&format!("{text:?} is no number"))),
            },
            _ => Err(self.name_in(&format!("{label} is no label here"))),
        }
    }

    fn name_in(&self, message: &str) -> crate::error::Error {
        invalid_selection(format!("{}: {message}", self.name))
    }

    /// The extent in words, for messages.
    fn extent(&self) -> String {
        let text = |position: Option<String>| position.unwrap_or_else(|| "nothing".to_string());
        let n = self.labels.len();
        format!("{} to {}", text(self.label_text(0)), text(self.label_text(n.saturating_sub(1))))
    }

    /// A label as text.
    pub fn label_text(&self, position: usize) -> Option<String> {
        match &self.labels {
            Labels::Numbers(v, _) => v.get(position).map(f64::to_string),
            Labels::Times(v, calendar) => {
                Some(calendar.date_time((*v.get(position)?)?).map_or_else(|| "NaT".to_string(), |t| t.to_string()))
            }
            Labels::Text(v) => v.get(position).cloned(),
        }
    }

    /// Positions between two labels, both included, in either order and on descending coordinates too. An absent label
    /// leaves its end open.
    ///
    /// # Errors
    /// `invalid_selection` if the coordinate is not monotonic, or nothing lies between.
    pub fn between(&self, from: Option<&Value>, to: Option<&Value>) -> Result<DimIndex> {
        let (line, origin) = self.line()?;
        let spans = [from, to].map(|label| label.map(|l| self.span(l, origin)).transpose());
        let [from_span, to_span] = spans;
        let (from_span, to_span) = (from_span?, to_span?);
        let descending = is_monotonic(&line).map_err(|()| self.name_in("is not monotonic; select by position"))?;
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        match (from_span, to_span) {
            // From the start of the one to the end of the other as the axis runs, or as they are named.
            (Some(a), Some(b)) => {
                let (first, last) = if descending { (b, a) } else { (a, b) };
                (low, high) = if last.high >= first.low { (first.low, last.high) } else { (last.low, first.high) };
            }
            (Some(a), None) if descending => high = a.high,
            (Some(a), None) => low = a.low,
            (None, Some(b)) if descending => low = b.low,
            (None, Some(b)) => high = b.high,
            (None, None) => {}
        }
        let inside = |x: &f64| *x >= low && *x <= high;
        let start = line.iter().position(inside);
        let len = line.iter().filter(|x| inside(x)).count() as u64;
        match start {
            Some(start) => Ok(DimIndex::Range { start: start as u64, step: 1, len }),
            None => {
                let show = |v: Option<&Value>| v.map_or_else(|| "…".to_string(), Value::to_string);
                let message =
                    format!("nothing between {} and {}; it goes from {}", show(from), show(to), self.extent());
                Err(self.name_in(&message))
            }
        }
    }

    /// The position nearest to a label; of two equally near ones the larger label, as in pandas.
    pub fn nearest(&self, label: &Value) -> Result<u64> {
        let (line, origin) = self.line()?;
        let target = self.span(label, origin)?.low;
        let mut best: Option<(f64, f64, u64)> = None;
        for (position, &x) in line.iter().enumerate() {
            let distance = (x - target).abs();
            let closer = best.is_none_or(|(d, value, _)| distance < d || (distance == d && x > value));
            if distance.is_finite() && closer {
                best = Some((distance, x, position as u64));
            }
        }
        best.map(|(_, _, position)| position).ok_or_else(|| self.name_in("has no values"))
    }

    /// The position of a label that must be there. A partial time stands for its first instant.
    pub fn exactly(&self, label: &Value) -> Result<u64> {
        if let Labels::Text(all) = &self.labels {
            let found = label.as_str().and_then(|text| all.iter().position(|l| l == text));
            return found.map(|p| p as u64).ok_or_else(|| self.name_in(&format!("{label} is not among the labels")));
        }
        let (line, origin) = self.line()?;
        let target = self.span(label, origin)?.low;
        let found = line.iter().position(|&x| x == target);
        found.map(|p| p as u64).ok_or_else(|| {
            self.name_in(&format!("{label} is not among the labels ({}); `nearest` finds the closest", self.extent()))
        })
    }
}

/// Whether a line descends; an error if it turns. Missing values turn it.
fn is_monotonic(line: &[f64]) -> std::result::Result<bool, ()> {
    let steps = || line.iter().zip(line.iter().skip(1));
    if steps().all(|(a, b)| a <= b) {
        Ok(false)
    } else if steps().all(|(a, b)| a >= b) {
        Ok(true)
    } else {
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lat() -> Coordinate {
        let labels = Labels::Numbers(vec![75.0, 72.5, 70.0, 67.5, 65.0], false);
        Coordinate { name: "lat".into(), labels, single: true }
    }

    fn time() -> Coordinate {
        let days = [0i128, 31, 59, 90].map(|d| Some(d * 86_400_000_000));
        Coordinate { name: "time".into(), labels: Labels::Times(days.to_vec(), Calendar::NoLeap), single: false }
    }

    fn range(start: u64, len: u64) -> DimIndex {
        DimIndex::Range { start, step: 1, len }
    }

    #[test]
    fn ranges_work_both_ways() {
        assert_eq!(lat().between(Some(&json!(66)), Some(&json!(72.5))), Ok(range(1, 3)));
        assert_eq!(lat().between(Some(&json!(72.5)), Some(&json!(66))), Ok(range(1, 3)));
        assert_eq!(lat().between(Some(&json!(70)), None), Ok(range(2, 3)));
        assert_eq!(lat().between(None, Some(&json!(70))), Ok(range(0, 3)));
        assert!(lat().between(Some(&json!(0)), Some(&json!(10))).is_err());
    }

    #[test]
    fn times_by_period() {
        assert_eq!(time().between(Some(&json!("1970-02")), Some(&json!("1970-03"))), Ok(range(1, 2)));
        assert_eq!(time().between(Some(&json!("1970-02")), Some(&json!("1970"))), Ok(range(1, 3)));
        assert_eq!(time().between(Some(&json!("1970")), Some(&json!("1970-02"))), Ok(range(0, 2)));
        assert_eq!(time().between(Some(&json!("1970")), None), Ok(range(0, 4)));
        assert_eq!(time().nearest(&json!("1970-02-10")), Ok(1));
        assert_eq!(time().exactly(&json!("1970-03-01")), Ok(2));
        assert!(time().exactly(&json!("1970-03-02")).is_err());
    }

    #[test]
    fn labels_that_are_not() {
        assert!(lat().exactly(&json!(71)).is_err());
        assert!(lat().nearest(&json!("north")).is_err());
        assert_eq!(lat().nearest(&json!(71.25)), Ok(1), "pandas takes the larger label of two equally near ones");
    }
}
