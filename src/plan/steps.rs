//! The steps of a document: reductions, what groups the values before one, and what changes them.

use super::bins::{Bins, bins, range};
use super::document::{flag, object, only};
use super::members::Members;
use super::op::Op;
use super::operands::{Arithmetic, RegridMethod, With};
use crate::error::{Result, invalid_document};
use serde_json::{Map, Value};

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Anything that makes many values one, or a few.
    Reduce(Reduction),
    /// How the values are put together for the reduction, or the anomaly, that follows.
    Group(Grouping),
    /// Minus the mean along dimensions (all by default), or after `groupby` minus the group's.
    Anomaly {
        /// Along which dimensions.
        dims: Option<Vec<String>>,
        /// Whether missing values are passed over in the mean (default).
        skipna: bool,
    },
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
    /// The correlation of two variables, or without it their covariance.
    Pair {
        /// Which of both.
        correlation: bool,
        /// The other variable.
        with: With,
        /// Over which dimensions; all by default.
        dims: Option<Vec<String>>,
        /// Delta degrees of freedom of a covariance (default 1).
        ddof: f64,
    },
    /// Two operands, cell by cell.
    Arithmetic(Arithmetic, With),
    /// To another grid of latitudes and longitudes.
    Regrid {
        /// How.
        method: RegridMethod,
        /// Latitudes in degrees.
        lat: Vec<f64>,
        /// Longitudes in degrees.
        lon: Vec<f64>,
    },
}

impl Step {
    /// The name in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Reduce(reduction) => reduction.op.name(),
            Step::Group(grouping) => grouping.name(),
            Step::Anomaly { .. } => "anomaly",
            Step::Scale { .. } => "scale",
            Step::Cumsum { .. } => "cumsum",
            Step::Trend(_) => "trend",
            Step::Pair { correlation: true, .. } => "correlation",
            Step::Pair { .. } => "covariance",
            Step::Arithmetic(Arithmetic::Add, _) => "add",
            Step::Arithmetic(Arithmetic::Subtract, _) => "subtract",
            Step::Arithmetic(Arithmetic::Multiply, _) => "multiply",
            Step::Arithmetic(Arithmetic::Divide, _) => "divide",
            Step::Regrid { .. } => "regrid",
        }
    }

    /// The second operand, if there is one.
    pub fn with(&self) -> Option<&With> {
        match self {
            Step::Pair { with, .. } | Step::Arithmetic(_, with) => Some(with),
            Step::Reduce(reduction) => reduction.with.as_ref().map(|second| &second.with),
            _ => None,
        }
    }

    /// Whether the second operand is the result of a document.
    pub fn takes_field(&self) -> bool {
        self.with().is_some_and(|with| !matches!(with, With::Number(_)))
    }
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

impl Reduction {
    /// The first pass of a trend along a dimension.
    pub fn lines(dim: &str) -> Self {
        Reduction {
            op: Op::Lines,
            dims: Some(vec![dim.to_string()]),
            skipna: true,
            ddof: 0.0,
            min_count: 0,
            weights: None,
            bins: Bins::Count(1),
            range: None,
            density: false,
            q: Quantiles::One(0.5),
            with: None,
        }
    }

    /// Whether it can be folded chunk by chunk.
    pub fn streams(&self) -> bool {
        self.op.streams() && self.with.is_none()
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
    /// The second variable of a two-dimensional histogram.
    pub with: Option<Second>,
}

/// The second variable of a histogram, and its bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Second {
    /// The variable.
    pub with: With,
    /// Its bins (default 10).
    pub bins: Bins,
    /// Their range; default: the data's.
    pub range: Option<(f64, f64)>,
}

/// One quantile, or several along a dimension of their own.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Quantiles {
    One(f64),
    Several(Vec<f64>),
}

/// Checks the steps of a document, in their order.
///
/// # Errors
/// `invalid_document`, naming the member.
pub fn parse_steps(values: &[Value], depth: usize) -> Result<Vec<Step>> {
    let steps: Vec<Step> = values.iter().map(|value| step(value, depth)).collect::<Result<_>>()?;
    for (i, step) in steps.iter().enumerate() {
        let Step::Group(grouping) = step else { continue };
        let follows = matches!(
            (steps.get(i + 1), grouping),
            (Some(Step::Reduce(_)), _) | (Some(Step::Anomaly { .. }), Grouping::By(_))
        );
        if !follows {
            return Err(invalid_document(format!("after {:?} must come what to do with each group", grouping.name())));
        }
    }
    Ok(steps)
}

fn step(value: &Value, depth: usize) -> Result<Step> {
    let map = object(value, "a step")?;
    let name = map.get("op").and_then(Value::as_str);
    let name = name.ok_or_else(|| invalid_document(format!("a step without `op`: {value}")))?;
    if let Some(op) = Op::named(name) {
        return reduction(name, op, map).map(Step::Reduce);
    }
    let members: &[&str] = match name {
        "groupby" => &["by"],
        "resample" => &["time"],
        "coarsen" => &["windows", "boundary"],
        "rolling" => &["windows", "center", "minPeriods"],
        "trend" => &["dims"],
        "scale" => &["factor", "offset", "units"],
        "anomaly" | "cumsum" => &["dims", "skipna"],
        "correlation" => &["with", "dims"],
        "covariance" => &["with", "dims", "ddof"],
        "regrid" => &["method", "lat", "lon"],
        "add" | "subtract" | "multiply" | "divide" => &["with"],
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
        "anomaly" => Step::Anomaly { dims: read.dims()?, skipna: flag(map, "skipna", true)? },
        "scale" => Step::Scale {
            factor: read.number("factor")?.unwrap_or(1.0),
            offset: read.number("offset")?.unwrap_or(0.0),
            units: map.get("units").filter(|u| !u.is_null()).map(|_| read.text("units")).transpose()?,
        },
        "cumsum" => Step::Cumsum { dims: read.dims()?, skipna: flag(map, "skipna", true)? },
        "correlation" | "covariance" => Step::Pair {
            correlation: name == "correlation",
            with: read.with(false, depth)?,
            dims: read.dims()?,
            ddof: read.number("ddof")?.unwrap_or(1.0),
        },
        "add" => Step::Arithmetic(Arithmetic::Add, read.with(true, depth)?),
        "subtract" => Step::Arithmetic(Arithmetic::Subtract, read.with(true, depth)?),
        "multiply" => Step::Arithmetic(Arithmetic::Multiply, read.with(true, depth)?),
        "divide" => Step::Arithmetic(Arithmetic::Divide, read.with(true, depth)?),
        "regrid" => Step::Regrid { method: read.method()?, lat: read.axis("lat")?, lon: read.axis("lon")? },
        _ => match read.dims()?.as_deref() {
            Some([dim]) => Step::Trend(dim.clone()),
            _ => return Err(invalid_document("`dims` of \"trend\" must be one dimension")),
        },
    })
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
    let second = match read.get("with") {
        None => None,
        Some(with) => {
            let map = object(with, "`with` of \"histogram\"")?;
            only(map, "`with` of \"histogram\"", &["variable", "bins", "range"])?;
            let path = Members { name, map }.text("variable")?;
            Some(Second { with: With::Path(path), bins: bins(map.get("bins"))?, range: range(map.get("range"))? })
        }
    };
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
        with: second,
    })
}
