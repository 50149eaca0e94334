//! The analysis document, version 1 (docs/contract): what every front builds and reads.
//!
//! It comes from outside: a member that is not known, or not of its form, is refused by name.

use super::bins::{Bins, bins, range};
use crate::error::{Result, invalid_document, unsupported};
use crate::store::Storage;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A document, checked member by member, but not yet against a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The store's address.
    pub source: String,
    /// How to reach it.
    pub storage: Storage,
    /// The array's path.
    pub variable: String,
    /// What to take of each dimension, in the order of the document.
    pub select: Vec<(String, Selector)>,
    /// What to do with it.
    pub steps: Vec<Step>,
    /// Whether CF rules apply (default).
    pub decode: bool,
    /// Exact unless asked otherwise.
    pub precision: Precision,
}

/// How exact the answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// All chunks are read.
    Exact,
}

/// One form of selection.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// Labels, both ends included.
    Between(Option<Value>, Option<Value>),
    /// The nearest label; drops the dimension.
    Nearest(Value),
    /// The nearest of each label.
    NearestEach(Vec<Value>),
    /// Labels that must be there.
    Values(Vec<Value>),
    /// One position, negative from the end; drops the dimension.
    Index(i64),
    /// Positions, negative from the end.
    Indices(Vec<i64>),
    /// Positions, stop excluded, as in Python's slices with a positive step.
    Slice(Option<i64>, Option<i64>, u64),
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Anything that makes many values one, or a few.
    Reduce(Reduction),
}

/// The reductions that are built.
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
}

impl Op {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Op::Mean => "mean",
            Op::Sum => "sum",
            Op::Min => "min",
            Op::Max => "max",
            Op::Std => "std",
            Op::Var => "var",
            Op::Count => "count",
            Op::Histogram => "histogram",
            Op::Range => "range",
        }
    }
}

/// Where weights come from.
#[derive(Debug, Clone, PartialEq)]
pub enum WeightsSpec {
    /// The cosine of latitude.
    Area,
    /// An array of the store.
    Array(String),
}

/// A reduction with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// Which.
    pub op: Op,
    /// Over which dimensions; `None` for all.
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
}

/// Ops of the contract that are not built yet.
const LATER: [&str; 12] = [
    "median", "argmin", "argmax", "quantile", "groupby", "resample", "coarsen", "trend", "anomaly", "scale", "rolling",
    "cumsum",
];

impl Document {
    /// Checks a document.
    ///
    /// # Errors
    /// `invalid_document`, naming the member; `unsupported` for what the contract has and this version has not.
    pub fn parse(value: &Value) -> Result<Self> {
        let map = object(value, "the document")?;
        only(
            map,
            "the document",
            &["version", "source", "variable", "select", "steps", "precision", "decode", "storage"],
        )?;
        match map.get("version") {
            None => {}
            Some(v) if v.as_u64() == Some(1) => {}
            Some(v) => return Err(unsupported(format!("version {v} of the analysis document; known is 1"))),
        }
        let text = |key: &str| match map.get(key) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Err(invalid_document(format!("`{key}` must be text, not {other}"))),
            None => Err(invalid_document(format!("`{key}` is missing"))),
        };
        let storage = match map.get("storage") {
            None | Some(Value::Null) => Storage::default(),
            // The value may hold secrets: the message must not.
            Some(v) => Storage::deserialize(v).map_err(|_| {
                invalid_document("`storage` may hold `endpoint`, `region` and `query`, all text, and `headers` and `rewrite`, text by text")
            })?,
        };
        let precision = match map.get("precision") {
            None | Some(Value::Null) => Precision::Exact,
            Some(Value::String(text)) if text == "exact" => Precision::Exact,
            Some(Value::Object(_)) => return Err(unsupported("estimates (`precision` other than \"exact\")")),
            Some(other) => return Err(invalid_document(format!("`precision` {other}"))),
        };
        let select = match map.get("select") {
            None | Some(Value::Null) => Vec::new(),
            Some(v) => object(v, "`select`")?
                .iter()
                .map(|(dim, form)| Ok((dim.clone(), selector(dim, form)?)))
                .collect::<Result<_>>()?,
        };
        let steps = match map.get("steps") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(steps)) => steps.iter().map(step).collect::<Result<_>>()?,
            Some(other) => return Err(invalid_document(format!("`steps` must be a list, not {other}"))),
        };
        let decode = flag(map, "decode", true)?;
        Ok(Document { source: text("source")?, storage, variable: text("variable")?, select, steps, decode, precision })
    }
}

fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| invalid_document(format!("{what} must be an object")))
}

fn only(map: &Map<String, Value>, what: &str, known: &[&str]) -> Result<()> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(invalid_document(format!("{what} has no member {key:?}; known are {}", known.join(", ")))),
        None => Ok(()),
    }
}

fn flag(map: &Map<String, Value>, key: &str, default: bool) -> Result<bool> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(b)) => Ok(*b),
        Some(other) => Err(invalid_document(format!("`{key}` must be true or false, not {other}"))),
    }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64()
}

fn selector(dim: &str, form: &Value) -> Result<Selector> {
    let bad = |why: &str| invalid_document(format!("`select.{dim}`: {why}: {form}"));
    let map = object(form, &format!("`select.{dim}`"))?;
    let has = |key: &str| map.get(key).filter(|v| !v.is_null());
    let forms = [has("from").or(has("to")), has("nearest"), has("values"), has("index")];
    let by_slice = has("start").or(has("stop")).or(has("step"));
    if forms.iter().flatten().count() + usize::from(by_slice.is_some()) != 1 {
        return Err(bad("takes exactly one form: from/to, nearest, values, index, or start/stop/step"));
    }
    only(map, &format!("`select.{dim}`"), &["from", "to", "nearest", "values", "index", "start", "stop", "step"])?;
    let label = |v: &Value| if v.is_number() || v.is_string() { Ok(v.clone()) } else { Err(bad("no label")) };
    if forms.first().copied().flatten().is_some() {
        return Ok(Selector::Between(has("from").map(label).transpose()?, has("to").map(label).transpose()?));
    }
    if let Some(nearest) = has("nearest") {
        return match nearest {
            Value::Array(labels) => Ok(Selector::NearestEach(labels.iter().map(label).collect::<Result<_>>()?)),
            one => Ok(Selector::Nearest(label(one)?)),
        };
    }
    if let Some(values) = has("values") {
        return match values {
            Value::Array(labels) => Ok(Selector::Values(labels.iter().map(label).collect::<Result<_>>()?)),
            one => Ok(Selector::Values(vec![label(one)?])),
        };
    }
    let whole = |v: &Value| integer(v).ok_or_else(|| bad("positions are integers"));
    if let Some(index) = has("index") {
        return match index {
            Value::Array(list) => Ok(Selector::Indices(list.iter().map(whole).collect::<Result<_>>()?)),
            one => Ok(Selector::Index(whole(one)?)),
        };
    }
    let step = has("step").map(whole).transpose()?.unwrap_or(1);
    let step = u64::try_from(step).ok().filter(|s| *s > 0).ok_or_else(|| bad("`step` must be positive"))?;
    Ok(Selector::Slice(has("start").map(whole).transpose()?, has("stop").map(whole).transpose()?, step))
}

fn step(value: &Value) -> Result<Step> {
    let map = object(value, "a step")?;
    let name = map
        .get("op")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid_document(format!("a step without `op`: {value}")))?;
    let op = match name {
        "mean" => Op::Mean,
        "sum" => Op::Sum,
        "min" => Op::Min,
        "max" => Op::Max,
        "std" => Op::Std,
        "var" => Op::Var,
        "count" => Op::Count,
        "histogram" => Op::Histogram,
        later if LATER.contains(&later) => return Err(unsupported(format!("the operation {later:?}"))),
        other => return Err(invalid_document(format!("no operation is called {other:?}"))),
    };
    let mut known = vec!["op", "dims", "skipna"];
    match op {
        Op::Std | Op::Var => known.extend(["ddof", "weights"]),
        Op::Sum => known.extend(["minCount", "weights"]),
        Op::Mean => known.push("weights"),
        Op::Histogram => known.extend(["bins", "range", "weights", "density", "with"]),
        _ => {}
    }
    only(map, &format!("the step {name:?}"), &known)?;
    if map.get("with").is_some_and(|w| !w.is_null()) {
        return Err(unsupported("histograms of two variables (`with`)"));
    }
    let bad = |key: &str, value: &Value| invalid_document(format!("`{key}` of {name:?}: {value}"));
    let dims = match map.get("dims") {
        None | Some(Value::Null) => None,
        Some(Value::String(dim)) => Some(vec![dim.clone()]),
        Some(Value::Array(list)) => {
            let names: Option<Vec<String>> = list.iter().map(|d| d.as_str().map(str::to_string)).collect();
            Some(names.ok_or_else(|| bad("dims", &Value::Array(list.clone())))?)
        }
        Some(other) => return Err(bad("dims", other)),
    };
    let ddof = match map.get("ddof") {
        None | Some(Value::Null) => 0.0,
        Some(v) => v.as_f64().filter(|d| d.is_finite()).ok_or_else(|| bad("ddof", v))?,
    };
    let min_count = match map.get("minCount") {
        None | Some(Value::Null) => 0,
        Some(v) => v.as_u64().ok_or_else(|| bad("minCount", v))?,
    };
    let weights = match map.get("weights") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text == "area" => Some(WeightsSpec::Area),
        Some(Value::String(path)) => Some(WeightsSpec::Array(path.trim_matches('/').to_string())),
        Some(other) => return Err(bad("weights", other)),
    };
    Ok(Step::Reduce(Reduction {
        op,
        dims,
        skipna: flag(map, "skipna", true)?,
        ddof,
        min_count,
        weights,
        bins: bins(map.get("bins"))?,
        range: range(map.get("range"))?,
        density: flag(map, "density", false)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn code(value: Value) -> String {
        let base = json!({"version": 1, "source": "https://x.example/s", "variable": "v"});
        let mut map = base.as_object().cloned().unwrap_or_default();
        map.extend(value.as_object().cloned().unwrap_or_default());
        Document::parse(&Value::Object(map)).map_or_else(|e| e.to_string(), |_| "ok".into())
    }

    #[test]
    fn the_contracts_forms() {
        for good in [
            json!({"select": {"t": {"from": "2013", "to": "2014-06"}, "y": {"nearest": 3.5}, "x": {"index": -1}}}),
            json!({"select": {"t": {"from": 3}, "y": {"values": [1, 2]}, "x": {"start": -5, "step": 2}}}),
            json!({"steps": [{"op": "mean", "dims": ["t"], "skipna": false, "weights": "area"}]}),
            json!({"steps": [{"op": "histogram", "bins": [0, 1, 5], "density": true}], "precision": "exact"}),
        ] {
            assert_eq!(code(good.clone()), "ok", "{good}");
        }
    }

    #[test]
    fn refusals_name_the_member() {
        for (bad, word) in [
            (json!({"selekt": {}}), "selekt"),
            (json!({"select": {"t": {"from": 1, "index": 2}}}), "select.t"),
            (json!({"select": {"t": {"index": 1.5}}}), "integers"),
            (json!({"select": {"t": {"step": 0}}}), "step"),
            (json!({"steps": [{"op": "mean", "ddof": 1}]}), "ddof"),
            (json!({"steps": [{"op": "average"}]}), "average"),
            (json!({"steps": [{"op": "histogram", "bins": 0}]}), "bins"),
            (json!({"steps": [{"op": "histogram", "range": [2, 1]}]}), "range"),
            (json!({"decode": "no"}), "decode"),
        ] {
            let message = code(bad);
            assert!(message.starts_with("invalid_document") && message.contains(word), "{message}");
        }
        for later in [
            json!({"steps": [{"op": "groupby", "by": "time.month"}]}),
            json!({"precision": {"relativeError": 0.01}}),
            json!({"version": 2}),
        ] {
            assert!(code(later).starts_with("unsupported"));
        }
    }

    #[test]
    fn a_secret_in_storage_stays_out_of_messages() {
        assert!(!code(json!({"storage": {"query": "sig=SECRET", "oops": "SECRET"}})).contains("SECRET"));
    }
}
