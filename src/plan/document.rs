//! The analysis document, version 1 (docs/contract): what every front builds and reads.
//!
//! It comes from outside: a member that is not known, or not of its form, is refused by name.

use super::operands::MAX_DEPTH;
use super::precision::Precision;
use super::steps::{Step, parse_steps};
use crate::error::{Result, invalid_document, too_large, unsupported};
use crate::store::Storage;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A document, checked member by member, but not yet against a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The store's address.
    pub source: String,
    /// How to reach it.
    pub storage: Storage,
    /// The array's path; the first one's of several.
    pub variable: String,
    /// Paths of several arrays, on each of which the steps are done; none of one.
    pub variables: Vec<String>,
    /// What to take of each dimension, in the order of the document.
    pub select: Vec<(String, Selector)>,
    /// Whether forms for dimensions that the variable has not are passed over: the selection is another variable's.
    pub select_what_is_there: bool,
    /// What to do with it.
    pub steps: Vec<Step>,
    /// Whether CF rules apply (default).
    pub decode: bool,
    /// Exact unless asked otherwise.
    pub precision: Precision,
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

impl Document {
    /// Checks a document.
    ///
    /// # Errors
    /// `invalid_document`, naming the member; `unsupported` for what the contract has and this version has not.
    pub fn parse(value: &Value) -> Result<Self> {
        Self::parse_within(value, 0)
    }

    /// The same of a document that stands in so many others.
    pub(super) fn parse_within(value: &Value, depth: usize) -> Result<Self> {
        if depth > MAX_DEPTH {
            return Err(too_large("documents in documents", depth as u64, MAX_DEPTH as u64));
        }
        let map = object(value, "the document")?;
        only(
            map,
            "the document",
            &["version", "source", "variable", "variables", "select", "steps", "precision", "decode", "storage"],
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
        let precision = Precision::parse(map.get("precision"))?;
        if depth > 0 && precision != Precision::Exact {
            return Err(unsupported("an estimate (`precision`) as what a step takes beside the values"));
        }
        let select = match map.get("select") {
            None | Some(Value::Null) => Vec::new(),
            Some(v) => object(v, "`select`")?
                .iter()
                .map(|(dim, form)| Ok((dim.clone(), selector(dim, form)?)))
                .collect::<Result<_>>()?,
        };
        let steps = match map.get("steps") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(steps)) => parse_steps(steps, depth)?,
            Some(other) => return Err(invalid_document(format!("`steps` must be a list, not {other}"))),
        };
        let decode = flag(map, "decode", true)?;
        let variables = variables(map)?;
        if !variables.is_empty() && precision != Precision::Exact {
            return Err(unsupported("an estimate (`precision`) of several variables"));
        }
        if depth > 0 && !variables.is_empty() {
            return Err(invalid_document("`variables` in `with`: an operand is one variable"));
        }
        let variable = variables.first().map_or_else(|| text("variable"), |first| Ok(first.clone()))?;
        Ok(Document {
            source: text("source")?,
            storage,
            variable,
            variables,
            select,
            select_what_is_there: false,
            steps,
            decode,
            precision,
        })
    }

    /// One document for each of several variables, whose selection passes over dimensions that it has not.
    pub fn each(&self) -> Vec<Document> {
        let one = |path: &String| Document {
            variable: path.clone(),
            variables: Vec::new(),
            select_what_is_there: true,
            ..self.clone()
        };
        self.variables.iter().map(one).collect()
    }

    /// The documents whose results the steps take beside the values, in their order.
    pub fn operands(&self) -> Vec<Document> {
        self.steps.iter().filter_map(|step| step.with()?.document(self)).collect()
    }
}

/// Variables of a document, at most.
const MAX_VARIABLES: usize = 64;

/// Paths of several variables, if there are.
fn variables(map: &Map<String, Value>) -> Result<Vec<String>> {
    let value = match map.get("variables") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(_) if map.get("variable").is_some_and(|v| !v.is_null()) => {
            return Err(invalid_document("both `variable` and `variables`"));
        }
        Some(value) => value,
    };
    let bad = || invalid_document(format!("`variables` must be a list of paths, each once, not {value}"));
    let list = value.as_array().filter(|list| !list.is_empty()).ok_or_else(bad)?;
    if list.len() > MAX_VARIABLES {
        return Err(too_large("variables", list.len() as u64, MAX_VARIABLES as u64));
    }
    let mut paths: Vec<String> = Vec::with_capacity(list.len());
    for path in list {
        let path = path.as_str().map(|path| path.trim_matches('/').to_string()).ok_or_else(bad)?;
        if paths.contains(&path) {
            return Err(bad());
        }
        paths.push(path);
    }
    Ok(paths)
}

pub(super) fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| invalid_document(format!("{what} must be an object")))
}

pub(super) fn only(map: &Map<String, Value>, what: &str, known: &[&str]) -> Result<()> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(invalid_document(format!("{what} has no member {key:?}; known are {}", known.join(", ")))),
        None => Ok(()),
    }
}

pub(super) fn flag(map: &Map<String, Value>, key: &str, default: bool) -> Result<bool> {
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
            json!({"precision": {"maxBytes": 5e7}}),
            json!({"precision": {"maxBytes": 50_000_000, "relativeError": 0.01, "seed": 3}}),
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
            (json!({"precision": "rough"}), "precision"),
            (json!({"precision": {}}), "maxBytes"),
            (json!({"precision": {"maxBytes": 0}}), "maxBytes"),
            (json!({"precision": {"maxBytes": 1.5}}), "maxBytes"),
            (json!({"precision": {"relativeError": -0.1}}), "relativeError"),
            (json!({"precision": {"relativeError": 0.1, "seed": -1}}), "seed"),
            (json!({"precision": {"relativeError": 0.1, "chunks": 1}}), "chunks"),
        ] {
            let message = code(bad);
            assert!(message.starts_with("invalid_document") && message.contains(word), "{message}");
        }
        let nested = json!({"version": 1, "source": "s", "variable": "v", "precision": {"maxBytes": 1}});
        let several = json!({"variable": null, "variables": ["v", "w"], "precision": {"maxBytes": 1}});
        for later in [several, json!({"version": 2}), json!({"steps": [{"op": "add", "with": nested}]})] {
            assert!(code(later).starts_with("unsupported"));
        }
    }

    #[test]
    fn a_secret_in_storage_stays_out_of_messages() {
        assert!(!code(json!({"storage": {"query": "sig=SECRET", "oops": "SECRET"}})).contains("SECRET"));
    }
}
