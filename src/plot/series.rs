//! Which results are several lines in one picture: a few quantiles, or a few labels such as seasons, along an axis.

use super::picture::{Labels, short_number};
use serde_json::Value;

/// More lines than this are a field.
const MOST: usize = 9;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What a position of a dimension is called, if people have a name for it: a season, a month, a share below.
#[allow(clippy::cast_possible_truncation)]
pub fn name_of(dim: &str, label: &Value) -> Option<String> {
    match (dim, label) {
        ("quantile", share) => share.as_f64().map(|q| format!("{} %", short_number(100.0 * q))),
        ("month", month) => {
            let position = usize::try_from(month.as_f64()? as i64 - 1).ok()?;
            MONTHS.get(position).map(|name| (*name).to_string())
        }
        (_, Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Lines side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Their dimension.
    pub dim: String,
    /// What each is called.
    pub names: Vec<String>,
    /// Shares from 0 to 1, in ascending order, where the lines are quantiles.
    pub shares: Option<Vec<f64>>,
    /// Whether their dimension is the first of the two.
    pub first: bool,
}

impl Series {
    /// Of the last two dimensions of a result, if one of them makes lines.
    pub fn of(labels: &Labels) -> Option<Self> {
        let from = labels.dims.len().checked_sub(2)?;
        [0, 1].into_iter().find_map(|d| Self::along(labels, from, d))
    }

    fn along(labels: &Labels, from: usize, d: usize) -> Option<Self> {
        let dim = labels.dims.get(from + d)?;
        let len = *labels.shape.get(from + d)?;
        let values = labels.coords.get(dim).filter(|v| v.len() == len && (2..=MOST).contains(&len))?;
        let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
        let (names, shares) = if dim == "quantile" {
            let shares = numbers.filter(|q| q.is_sorted_by(|a, b| a < b))?;
            (values.iter().filter_map(|q| name_of(dim, q)).collect(), Some(shares))
        } else if labels.coord_attrs.get(dim).and_then(|a| a.get("calendar")).is_some() {
            return None;
        } else {
            let texts = values.iter().map(|v| v.as_str().map(str::to_string));
            (texts.collect::<Option<Vec<_>>>()?, None)
        };
        Some(Series { dim: dim.clone(), names, shares, first: d == 0 })
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Where a position of a line lies among the values, which are so many to each line.
    pub fn index(&self, line: usize, position: usize, positions: usize) -> usize {
        if self.first { line * positions + position } else { position * self.len() + line }
    }
}
