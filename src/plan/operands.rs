//! What steps take beside the values: other variables, other documents, other grids.

use super::document::Document;
use super::members::Members;
use crate::error::{Result, invalid_document, too_large};
use serde_json::Value;

/// Documents in documents, at most.
pub(super) const MAX_DEPTH: usize = 8;
/// Labels of a new grid's axis, at most.
const MAX_LABELS: usize = if cfg!(fuzzing) { 1 << 10 } else { 1 << 16 };

/// The second operand of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum With {
    /// One number for all cells.
    Number(f64),
    /// Another variable of the source, with the same selection.
    Path(String),
    /// The result of a document.
    Document(Box<Document>),
}

impl With {
    /// The document whose result this is, if it is one; `whole` is the document in which it stands.
    pub fn document(&self, whole: &Document) -> Option<Document> {
        match self {
            With::Number(_) => None,
            With::Path(path) => {
                let variable = path.trim_matches('/').to_string();
                Some(Document { variable, steps: Vec::new(), select_what_is_there: true, ..whole.clone() })
            }
            With::Document(document) => Some((**document).clone()),
        }
    }
}

/// How values get to another grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RegridMethod {
    Bilinear,
    Nearest,
    Conservative,
}

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Arithmetic {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Arithmetic::Add => "add",
            Arithmetic::Subtract => "subtract",
            Arithmetic::Multiply => "multiply",
            Arithmetic::Divide => "divide",
        }
    }
}

impl Members<'_> {
    /// A second operand; a number only where one makes sense.
    pub(super) fn with(&self, numbers: bool, depth: usize) -> Result<With> {
        let value = self.get("with").unwrap_or(&Value::Null);
        match value {
            Value::Number(n) if numbers => {
                n.as_f64().filter(|x| x.is_finite()).map(With::Number).ok_or_else(|| self.bad("with", value))
            }
            Value::String(path) => Ok(With::Path(path.clone())),
            Value::Object(_) => Ok(With::Document(Box::new(Document::parse_within(value, depth + 1)?))),
            _ => Err(self.bad("with", value)),
        }
    }

    /// How to regrid; bilinear by default.
    pub(super) fn method(&self) -> Result<RegridMethod> {
        match self.get("method").map(|v| (v, v.as_str())) {
            None | Some((_, Some("bilinear"))) => Ok(RegridMethod::Bilinear),
            Some((_, Some("nearest"))) => Ok(RegridMethod::Nearest),
            Some((_, Some("conservative"))) => Ok(RegridMethod::Conservative),
            Some((other, _)) => Err(self.bad("method", other)),
        }
    }

    /// Labels of a new axis: a list, or `{from, to, step}`, which ends at or before `to`.
    pub(super) fn axis(&self, key: &str) -> Result<Vec<f64>> {
        let value = self.get(key).unwrap_or(&Value::Null);
        let bad = || self.bad(key, value);
        let finite = |v: Option<&Value>| v.and_then(Value::as_f64).filter(|x| x.is_finite()).ok_or_else(bad);
        let labels = match value {
            Value::Array(list) if list.len() <= MAX_LABELS => {
                list.iter().map(|v| finite(Some(v))).collect::<Result<_>>()?
            }
            Value::Array(list) => return Err(too_large("labels of an axis", list.len() as u64, MAX_LABELS as u64)),
            Value::Object(map) => {
                let (from, to, step) = (finite(map.get("from"))?, finite(map.get("to"))?, finite(map.get("step"))?);
                let count = (to - from) / step;
                #[allow(clippy::cast_precision_loss)]
                if step == 0.0 || count.is_nan() || count < 0.0 || count >= MAX_LABELS as f64 {
                    return Err(bad());
                }
                // A step that does not quite reach the end, by rounding, does.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // below MAX_LABELS
                let last = (count + 1e-9).floor() as u32;
                (0..=last).map(|i| from + f64::from(i) * step).collect()
            }
            _ => Vec::new(),
        };
        if labels.is_empty() { Err(invalid_document(format!("`{key}` of a grid: {value}"))) } else { Ok(labels) }
    }
}
