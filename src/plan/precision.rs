//! `precision`: whether all chunks are read, or a sample of them within a budget.

use super::document::{object, only};
use crate::error::{Result, invalid_document};
use serde_json::{Map, Value};

/// How exact the answer must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// All chunks are read.
    Exact,
    /// An estimate from a sample of them.
    Estimate(Budget),
}

/// When an estimate is done: at the first of its limits, or when all chunks are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Bytes to fetch, at most.
    pub max_bytes: Option<u64>,
    /// The standard error that is good enough, as a share of the estimate; of several cells, root mean squares of both.
    pub relative_error: Option<f64>,
    /// Which sample: the same seed draws the same chunks.
    pub seed: u64,
}

impl Precision {
    /// The member of a document.
    ///
    /// # Errors
    /// `invalid_document`, naming the member.
    pub fn parse(value: Option<&Value>) -> Result<Self> {
        match value {
            None | Some(Value::Null) => Ok(Precision::Exact),
            Some(Value::String(text)) if text == "exact" => Ok(Precision::Exact),
            Some(Value::Object(_)) => budget(value).map(Precision::Estimate),
            Some(other) => Err(invalid_document(format!(
                "`precision` is \"exact\", or an object of `maxBytes`, `relativeError` and `seed`, not {other}"
            ))),
        }
    }
}

fn budget(value: Option<&Value>) -> Result<Budget> {
    let map = object(value.unwrap_or(&Value::Null), "`precision`")?;
    only(map, "`precision`", &["maxBytes", "relativeError", "seed"])?;
    let relative_error = match map.get("relativeError").filter(|v| !v.is_null()) {
        None => None,
        Some(v) => Some(v.as_f64().filter(|share| share.is_finite() && *share > 0.0).ok_or_else(|| {
            invalid_document(format!("`precision.relativeError` must be a share above 0, such as 0.01, not {v}"))
        })?),
    };
    let max_bytes = whole(map, "maxBytes")?;
    if max_bytes == Some(0) {
        return Err(invalid_document("`precision.maxBytes` must be above 0"));
    }
    if max_bytes.is_none() && relative_error.is_none() {
        return Err(invalid_document("`precision` wants `maxBytes`, `relativeError`, or both"));
    }
    Ok(Budget { max_bytes, relative_error, seed: whole(map, "seed")?.unwrap_or(0) })
}

/// A whole number from 0 on that a double holds, too: documents come from JavaScript.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn whole(map: &Map<String, Value>, key: &str) -> Result<Option<u64>> {
    const MOST: u64 = 1 << 53;
    let Some(value) = map.get(key).filter(|v| !v.is_null()) else { return Ok(None) };
    let of_double = |x: f64| (x >= 0.0 && x <= MOST as f64 && x.fract() == 0.0).then_some(x as u64);
    let number = value.as_u64().filter(|n| *n <= MOST).or_else(|| value.as_f64().and_then(of_double));
    number.map(Some).ok_or_else(|| {
        invalid_document(format!("`precision.{key}` must be a whole number from 0 to {MOST}, not {value}"))
    })
}
