//! A histogram's bins and range, as a document gives them.

use super::MAX_BINS;
use crate::error::{Result, invalid_document};
use serde_json::Value;

/// Bins of a histogram.
#[derive(Debug, Clone, PartialEq)]
pub enum Bins {
    /// So many of equal width.
    Count(u64),
    /// These edges, ascending.
    Edges(Vec<f64>),
}

/// Bins from a document; 10 by default, as numpy.
pub(super) fn bins(value: Option<&Value>) -> Result<Bins> {
    let bad =
        |v: &Value| invalid_document(format!("`bins` must be a count from 1 to {}, or ascending edges: {v}", MAX_BINS));
    match value {
        None | Some(Value::Null) => Ok(Bins::Count(10)),
        Some(Value::Number(n)) => {
            let count = n.as_u64().filter(|n| (1..=MAX_BINS).contains(n));
            count.map(Bins::Count).ok_or_else(|| bad(&Value::Number(n.clone())))
        }
        Some(list @ Value::Array(items)) => {
            let edges: Option<Vec<f64>> = items.iter().map(Value::as_f64).collect();
            let edges = edges.filter(|e| e.len() >= 2 && e.len() as u64 <= MAX_BINS);
            let ascending = |e: &Vec<f64>| e.iter().zip(e.iter().skip(1)).all(|(a, b)| a < b);
            edges.filter(ascending).map(Bins::Edges).ok_or_else(|| bad(list))
        }
        Some(other) => Err(bad(other)),
    }
}

/// A range from a document, low end first.
pub(super) fn range(value: Option<&Value>) -> Result<Option<(f64, f64)>> {
    let bad = |v: &Value| invalid_document(format!("`range` must be [low, high]: {v}"));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(v) => match v.as_array().map(Vec::as_slice) {
            Some([low, high]) => match (low.as_f64(), high.as_f64()) {
                (Some(low), Some(high)) if low <= high => Ok(Some((low, high))),
                _ => Err(bad(v)),
            },
            _ => Err(bad(v)),
        },
    }
}
