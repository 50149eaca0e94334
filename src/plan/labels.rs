//! What a result says of itself: names, units and coordinates.

use crate::array::DimIndex;
use crate::cf::Labels;
use crate::meta::ArrayMeta;
use serde_json::{Map, Value};

/// A coordinate of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Coord {
    /// Name.
    pub name: String,
    /// The dimension it runs along; absent for a scalar.
    pub dim: Option<String>,
    /// Labels, one for a scalar.
    pub labels: Labels,
    /// Attributes of the coordinate variable.
    pub attrs: Map<String, Value>,
}

/// The labels of a result whose values are still to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelling {
    /// The variable's path.
    pub variable: String,
    /// Dimension names, with their lengths.
    pub dims: Vec<(String, u64)>,
    /// Coordinates along dimensions, and scalars of dropped ones.
    pub coords: Vec<Coord>,
    /// The variable's attributes.
    pub attrs: Map<String, Value>,
}

impl Labelling {
    /// Of the selected values of an array.
    pub fn of(meta: &ArrayMeta, dims: Vec<(String, u64)>, coords: Vec<Coord>) -> Self {
        Labelling { variable: meta.path.clone(), dims, coords, attrs: meta.attrs.clone() }
    }

    /// The shape.
    pub fn shape(&self) -> Vec<u64> {
        self.dims.iter().map(|(_, n)| *n).collect()
    }

    /// Takes dimensions away, with what is labelled by them.
    pub fn without(&mut self, gone: &[String]) {
        self.dims.retain(|(name, _)| !gone.contains(name));
        self.coords.retain(|c| c.dim.as_ref().is_none_or(|d| !gone.contains(d)));
    }

    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attrs.get(name).and_then(Value::as_str)
    }
}

impl Coord {
    /// The coordinate of selected positions: along the dimension, or a scalar where the dimension is dropped.
    pub fn selected(name: &str, labels: &Labels, attrs: &Map<String, Value>, index: &DimIndex, drop: bool) -> Self {
        Coord {
            name: name.to_string(),
            dim: (!drop).then(|| name.to_string()),
            labels: labels.take(index),
            attrs: attrs.clone(),
        }
    }
}
