//! The steps of a document: reductions, what groups the values before one, and what changes them.

use super::bins::{Bins, bins, range};
use super::document::{flag, object, only};
use crate::error::{Result, invalid_document};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Anything that makes many values one, or a few.
    Reduce(Reduction),
    /// How the values are put together for the reduction, or the anomaly, that follows.
    Group(Grouping),
    /// Minus the mean along dimensions (all by default), or after `groupby` minus the group's.
    Anomaly(Option<Vec<String>>),
    /// Times a factor, plus an offset, in other units.
    Scale {
        /// Default 1.
        factor: f64,
        /// Default 0.
        offset: f64,
        /// Default: the same.
        units: Option<String>,
    },
    /// Running sums along dimensions.
    Cumsum {
        /// Which; all by default.
        dims: Option<Vec<String>>,
        /// Whether missing values count as 0 (default) or make what follows missing.
        skipna: bool,
    },
    /// Least squares along one dimension.
    Trend(String),
}

/// How values are put together.
#[derive(Debug, Clone, PartialEq)]
pub enum Grouping {
    /// By a part of the time (`time.month`), or by a coordinate's labels.
    By(String),
    /// By periods of time, such as `MS`.
    Resample(String),
    /// In blocks of so many positions.
    Coarsen(Vec<(String, u64)>, Boundary),
    /// In windows that move.
    Rolling {
        /// Positions of a window, by dimension.
        windows: Vec<(String, u64)>,
        /// Whether a label stands in the middle of its window, or at its end (default).
        center: bool,
        /// The fewest values of a window that is not missing; default: all.
        min_periods: Option<u64>,
    },
}

impl Grouping {
    /// The operation's name.
    pub fn name(&self) -> &'static str {
        match self {
            Grouping::By(_) => "groupby",
            Grouping::Resample(_) => "resample",
            Grouping::Coarsen(..) => "coarsen",
            Grouping::Rolling { .. } => "rolling",
        }
    }
}

/// What becomes of positions that do not fill a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// There must be none (xarray's default).
    Exact,
    /// They are dropped.
    Trim,
    /// Their block counts as filled up with missing values.
    Pad,
}

/// The reductions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Op {
    Mean,
    Sum,
    Min,
    Max,
    Std,
    Var,
    Count,
    Histogram,
    /// Least and greatest finite value: the default range of a histogram.
    Range,
    Median,
    Quantile,
    Argmin,
    Argmax,
}

/// Names in documents.
const OPS: [(&str, Op); 12] = [
    ("mean", Op::Mean),
    ("sum", Op::Sum),
    ("min", Op::Min),
    ("max", Op::Max),
    ("std", Op::Std),
    ("var", Op::Var),
    ("count", Op::Count),
    ("histogram", Op::Histogram),
    ("median", Op::Median),
    ("quantile", Op::Quantile),
    ("argmin", Op::Argmin),
    ("argmax", Op::Argmax),
];

impl Op {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("range", |(name, _)| name)
    }

    /// Whether partials of chunks can be merged: a first step of this kind streams, in bounded memory.
    pub fn streams(self) -> bool {
        !matches!(self, Op::Median | Op::Quantile | Op::Argmin | Op::Argmax)
    }
}

/// Where weights come from.
#[derive(Debug, Clone, PartialEq)]
pub enum WeightsSpec {
    /// Cell areas, from bounds, or from the cosine of latitude.
    Area,
    /// An array of the store.
    Array(String),
}

/// A reduction with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// Which.
    pub op: Op,
    /// Over which dimensions; `None` for all, or for the grouped ones.
    pub dims: Option<Vec<String>>,
    /// Whether missing values are passed over (default) or make the result missing.
    pub skipna: bool,
    /// Delta degrees of freedom of `std` and `var` (default 0).
    pub ddof: f64,
    /// The fewest values for a `sum` that is not missing (default 0).
    pub min_count: u64,
    /// Weights.
    pub weights: Option<WeightsSpec>,
    /// Bins of a histogram (default 10, as numpy).
    pub bins: Bins,
    /// Range of a histogram; default: the data's.
    pub range: Option<(f64, f64)>,
    /// Whether a histogram integrates to one.
    pub density: bool,
    /// Quantiles, from 0 to 1.
    pub q: Quantiles,
}

/// One quantile, or several along a dimension of their own.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Quantiles {
    One(f64),
    Several(Vec<f64>),
}

/// The most quantiles at a time.
const MAX_QUANTILES: usize = 1000;

/// Checks the steps of a document, in their order.
///
/// # Errors
/// `invalid_document`, naming the member.
pub fn parse_steps(values: &[Value]) -> Result<Vec<Step>> {
    let steps: Vec<Step> = values.iter().map(step).collect::<Result<_>>()?;
    for (i, step) in steps.iter().enumerate() {
        let Step::Group(grouping) = step else { continue };
        let follows = matches!(
            (steps.get(i + 1), grouping),
            (Some(Step::Reduce(_)), _) | (Some(Step::Anomaly(_)), Grouping::By(_))
        );
        if !follows {
            return Err(invalid_document(format!("after {:?} must come what to do with each group", grouping.name())));
        }
    }
    Ok(steps)
}

fn step(value: &Value) -> Result<Step> {
    let map = object(value, "a step")?;
    let name = map.get("op").and_then(Value::as_str);
    let name = name.ok_or_else(|| invalid_document(format!("a step without `op`: {value}")))?;
    if let Some((_, op)) = OPS.iter().find(|(known, _)| *known == name) {
        return reduction(name, *op, map).map(Step::Reduce);
    }
    let members: &[&str] = match name {
        "groupby" => &["by"],
        "resample" => &["time"],
        "coarsen" => &["windows", "boundary"],
        "rolling" => &["windows", "center", "minPeriods"],
        "anomaly" | "trend" => &["dims"],
        "scale" => &["factor", "offset", "units"],
        "cumsum" => &["dims", "skipna"],
        "correlation" | "covariance" | "regrid" | "add" | "subtract" | "multiply" | "divide" => {
            return Err(crate::error::unsupported(format!("the operation {name:?}")));
        }
        other => return Err(invalid_document(format!("no operation is called {other:?}"))),
    };
    let known: Vec<&str> = ["op"].iter().chain(members).copied().collect();
    only(map, &format!("the step {name:?}"), &known)?;
    let read = Members { name, map };
    Ok(match name {
        "groupby" => Step::Group(Grouping::By(read.text("by")?)),
        "resample" => Step::Group(Grouping::Resample(read.text("time")?)),
        "coarsen" => Step::Group(Grouping::Coarsen(read.windows()?, read.boundary()?)),
        "rolling" => {
            let (windows, center) = (read.windows()?, flag(map, "center", false)?);
            Step::Group(Grouping::Rolling { windows, center, min_periods: read.whole("minPeriods")? })
        }
        "anomaly" => Step::Anomaly(read.dims()?),
        "scale" => Step::Scale {
            factor: read.number("factor")?.unwrap_or(1.0),
            offset: read.number("offset")?.unwrap_or(0.0),
            units: map.get("units").filter(|u| !u.is_null()).map(|_| read.text("units")).transpose()?,
        },
        "cumsum" => Step::Cumsum { dims: read.dims()?, skipna: flag(map, "skipna", true)? },
        _ => match read.dims()?.as_deref() {
            Some([dim]) => Step::Trend(dim.clone()),
            _ => return Err(invalid_document("`dims` of \"trend\" must be one dimension")),
        },
    })
}

/// The members of one step.
struct Members<'a> {
    name: &'a str,
    map: &'a Map<String, Value>,
}

impl Members<'_> {
    fn bad(&self, key: &str, value: &Value) -> crate::error::Error {
        invalid_document(format!("`{key}` of {:?}: {value}", self.name))
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key).filter(|v| !v.is_null())
    }

    fn text(&self, key: &str) -> Result<String> {
        let value = self.get(key).unwrap_or(&Value::Null);
        value.as_str().map(str::to_string).ok_or_else(|| self.bad(key, value))
    }

    fn number(&self, key: &str) -> Result<Option<f64>> {
        let number = |v: &Value| v.as_f64().filter(|x| x.is_finite()).ok_or_else(|| self.bad(key, v));
        self.get(key).map(number).transpose()
    }

    fn whole(&self, key: &str) -> Result<Option<u64>> {
        self.get(key).map(|v| v.as_u64().ok_or_else(|| self.bad(key, v))).transpose()
    }

    fn dims(&self) -> Result<Option<Vec<String>>> {
        match self.get("dims") {
            None => Ok(None),
            Some(Value::String(dim)) => Ok(Some(vec![dim.clone()])),
            Some(list @ Value::Array(items)) => {
                let names: Option<Vec<String>> = items.iter().map(|d| d.as_str().map(str::to_string)).collect();
                names.map(Some).ok_or_else(|| self.bad("dims", list))
            }
            Some(other) => Err(self.bad("dims", other)),
        }
    }

    fn windows(&self) -> Result<Vec<(String, u64)>> {
        let value = self.get("windows").unwrap_or(&Value::Null);
        let windows = object(value, "`windows`")?;
        let one = |(dim, n): (&String, &Value)| {
            let n = n.as_u64().filter(|n| *n > 0).ok_or_else(|| self.bad("windows", value))?;
            Ok((dim.clone(), n))
        };
        match windows.is_empty() {
            true => Err(self.bad("windows", value)),
            false => windows.iter().map(one).collect(),
        }
    }

    fn boundary(&self) -> Result<Boundary> {
        match self.get("boundary") {
            None => Ok(Boundary::Exact),
            Some(Value::String(text)) if text == "exact" => Ok(Boundary::Exact),
            Some(Value::String(text)) if text == "trim" => Ok(Boundary::Trim),
            Some(Value::String(text)) if text == "pad" => Ok(Boundary::Pad),
            Some(other) => Err(self.bad("boundary", other)),
        }
    }

    fn weights(&self) -> Result<Option<WeightsSpec>> {
        Ok(match self.get("weights") {
            None => None,
            Some(Value::String(text)) if text == "area" => Some(WeightsSpec::Area),
            Some(Value::String(path)) => Some(WeightsSpec::Array(path.trim_matches('/').to_string())),
            Some(other) => return Err(self.bad("weights", other)),
        })
    }

    fn quantiles(&self) -> Result<Quantiles> {
        let value = self.get("q").unwrap_or(&Value::Null);
        let one = |q: &Value| q.as_f64().filter(|q| (0.0..=1.0).contains(q)).ok_or_else(|| self.bad("q", value));
        match value {
            Value::Array(list) if (1..=MAX_QUANTILES).contains(&list.len()) => {
                Ok(Quantiles::Several(list.iter().map(one).collect::<Result<_>>()?))
            }
            single => one(single).map(Quantiles::One),
        }
    }
}

fn reduction(name: &str, op: Op, map: &Map<String, Value>) -> Result<Reduction> {
    let mut known = vec!["op", "dims", "skipna"];
    match op {
        Op::Std | Op::Var => known.extend(["ddof", "weights"]),
        Op::Sum => known.extend(["minCount", "weights"]),
        Op::Mean => known.push("weights"),
        Op::Histogram => known.extend(["bins", "range", "weights", "density", "with"]),
        Op::Quantile => known.push("q"),
        _ => {}
    }
    only(map, &format!("the step {name:?}"), &known)?;
    let read = Members { name, map };
    if read.get("with").is_some() {
        return Err(crate::error::unsupported("histograms of two variables (`with`)"));
    }
    let dims = read.dims()?;
    if matches!(op, Op::Argmin | Op::Argmax) && dims.as_ref().is_some_and(|d| d.len() != 1) {
        return Err(invalid_document(format!("{name:?} takes one dimension, or none for the position among all")));
    }
    Ok(Reduction {
        op,
        dims,
        skipna: flag(map, "skipna", true)?,
        ddof: read.number("ddof")?.unwrap_or(0.0),
        min_count: read.whole("minCount")?.unwrap_or(0),
        weights: read.weights()?,
        bins: bins(map.get("bins"))?,
        range: range(map.get("range"))?,
        density: flag(map, "density", false)?,
        q: if op == Op::Quantile { read.quantiles()? } else { Quantiles::One(0.5) },
    })
}
