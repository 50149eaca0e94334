//! Reading the members of a step: each of its form, or refused by name.

use super::document::object;
use super::steps::{Boundary, Quantiles, WeightsSpec};
use crate::error::{Result, invalid_document};
use serde_json::{Map, Value};

/// The most quantiles at a time.
const MAX_QUANTILES: usize = 1000;

/// The members of one step.
pub(super) struct Members<'a> {
    /// The step's name, for messages.
    pub(super) name: &'a str,
    /// All of them.
    pub(super) map: &'a Map<String, Value>,
}

impl Members<'_> {
    pub(super) fn bad(&self, key: &str, value: &Value) -> crate::error::Error {
        invalid_document(format!("`{key}` of {:?}: {value}", self.name))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key).filter(|v| !v.is_null())
    }

    pub(super) fn text(&self, key: &str) -> Result<String> {
        let value = self.get(key).unwrap_or(&Value::Null);
        value.as_str().map(str::to_string).ok_or_else(|| self.bad(key, value))
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<f64>> {
        let number = |v: &Value| v.as_f64().filter(|x| x.is_finite()).ok_or_else(|| self.bad(key, v));
        self.get(key).map(number).transpose()
    }

    pub(super) fn whole(&self, key: &str) -> Result<Option<u64>> {
        self.get(key).map(|v| v.as_u64().ok_or_else(|| self.bad(key, v))).transpose()
    }

    pub(super) fn dims(&self) -> Result<Option<Vec<String>>> {
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

    pub(super) fn windows(&self) -> Result<Vec<(String, u64)>> {
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

    pub(super) fn boundary(&self) -> Result<Boundary> {
        match self.get("boundary") {
            None => Ok(Boundary::Exact),
            Some(Value::String(text)) if text == "exact" => Ok(Boundary::Exact),
            Some(Value::String(text)) if text == "trim" => Ok(Boundary::Trim),
            Some(Value::String(text)) if text == "pad" => Ok(Boundary::Pad),
            Some(other) => Err(self.bad("boundary", other)),
        }
    }

    pub(super) fn weights(&self) -> Result<Option<WeightsSpec>> {
        Ok(match self.get("weights") {
            None => None,
            Some(Value::String(text)) if text == "area" => Some(WeightsSpec::Area),
            Some(Value::String(path)) => Some(WeightsSpec::Array(path.trim_matches('/').to_string())),
            Some(other) => return Err(self.bad("weights", other)),
        })
    }

    pub(super) fn quantiles(&self) -> Result<Quantiles> {
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
