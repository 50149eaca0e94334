//! Weights by dimension name.

use crate::cf::{Role, role_of};
use crate::error::{Result, invalid_selection};
use crate::meta::{ArrayMeta, Tree};
use crate::store::join_path;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Weights over some of the selected dimensions; constant along the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Dimension names.
    pub dims: Vec<String>,
    /// Selected positions along each.
    pub shape: Vec<u64>,
    /// In C order. A missing weight is 0.
    pub values: Vec<f64>,
}

impl Weights {
    /// Distance in `values` between neighbours along a dimension; 0 where the weights do not vary.
    pub fn stride(&self, dim: &str) -> u64 {
        match self.dims.iter().position(|d| d == dim) {
            Some(at) => self.shape.iter().skip(at + 1).product(),
            None => 0,
        }
    }

    /// The cosine of latitude, given degrees or radians: xarray's usual recipe for area weights.
    pub fn from_latitude(mut self, radians: bool) -> Self {
        for w in &mut self.values {
            let angle = if radians { *w } else { w.to_radians() };
            *w = if angle.is_nan() { 0.0 } else { angle.cos() };
        }
        self
    }
}

/// The latitude that belongs to a variable: a dimension's coordinate, else one named in `coordinates`, else one of its
/// group whose dimensions are among the variable's.
///
/// # Errors
/// `invalid_selection` if there is none.
pub fn latitude_of(tree: &Tree, meta: &ArrayMeta) -> Result<ArrayMeta> {
    let group = meta.group();
    let among = |array: &Cow<ArrayMeta>| {
        array.path != meta.path && !array.dims.is_empty() && array.dims.iter().all(|d| meta.dims.contains(d))
    };
    let is_latitude = |array: &Cow<ArrayMeta>| role_of(array) == Some(Role::Latitude) && among(array);
    let by_name = |name: &str| tree.arrays.get(&join_path(group, name));
    let dims = meta.dims.iter().filter_map(|d| by_name(d));
    let named = meta.coordinate_names().into_iter().filter_map(by_name);
    // `grid_center_lat` and the like: no CF attribute says so, only the name does.
    let loosely = tree.arrays.in_group(group).filter(|a| {
        let name = a.name().to_ascii_lowercase();
        name.contains("lat") && a.text("units").is_some_and(|u| u.starts_with("rad"))
    });
    let found = dims.chain(named).chain(tree.arrays.in_group(group)).find(is_latitude);
    found.or_else(|| loosely.into_iter().find(among)).map(Cow::into_owned).ok_or_else(|| {
        let message =
            "weights \"area\" need a latitude: no coordinate has units degrees_north or the standard name latitude";
        invalid_selection(message).with_path(&meta.path)
    })
}
