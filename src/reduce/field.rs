//! A labelled result.

use super::estimated::Estimated;
use crate::array::DType;
use crate::plan::Labelling;
use serde_json::Value;

/// Values in C order.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Real numbers, NaN where missing; integers below 2^53 too.
    F64(Vec<f64>),
    /// Integers that may be wider; `None` where missing.
    Int(Vec<Option<i128>>),
    /// Elements as stored, little-endian, of a type that is no real number or too wide for a double.
    Raw(Vec<u8>, DType),
    /// Text, byte strings, objects and records, as JSON.
    Values(Vec<Value>),
    /// Estimates with their errors.
    Estimated(Box<Estimated>),
    /// Several results side by side, by name: what a trend gives.
    Variables(Vec<(String, Field)>),
}

impl Data {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Data::F64(v) => v.len(),
            Data::Int(v) => v.len(),
            Data::Values(v) => v.len(),
            Data::Variables(_) => 0,
            Data::Estimated(e) => e.values.len(),
            Data::Raw(v, dtype) => v.len().checked_div(dtype.size()).unwrap_or(0),
        }
    }

    /// True without values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As doubles, rounded where they are wider; `None` for what is no real number.
    #[allow(clippy::cast_precision_loss)]
    pub fn to_f64(&self) -> Option<Vec<f64>> {
        match self {
            Data::F64(v) => Some(v.clone()),
            Data::Int(v) => Some(v.iter().map(|n| n.map_or(f64::NAN, |n| n as f64)).collect()),
            Data::Values(_) | Data::Variables(_) => None,
            Data::Estimated(e) => Some(e.values.clone()),
            Data::Raw(bytes, dtype) => {
                let mut out = vec![0.0; self.len()];
                crate::array::read_f64(bytes, *dtype, &mut out).then_some(out)
            }
        }
    }
}

/// A result: labels and values.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Dimensions, coordinates, attributes.
    pub labels: Labelling,
    /// numpy's name of the type.
    pub dtype: String,
    /// Values.
    pub data: Data,
}
