//! Which variable is a latitude, a longitude, a time, a height: by CF's units, standard names and axis attributes, and
//! by name where a file has none of them.

use crate::meta::ArrayMeta;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a coordinate measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Role {
    Latitude,
    Longitude,
    Time,
    Vertical,
}

/// CF section 4.1 and 4.2: the spellings of degrees.
const NORTH: [&str; 6] = ["degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"];
const EAST: [&str; 6] = ["degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"];

/// The role of a variable, if it has one.
pub fn role_of(meta: &ArrayMeta) -> Option<Role> {
    role_by(meta.name(), &meta.attrs)
}

/// The role of a variable of this name with these attributes, if it has one.
pub fn role_by(name: &str, attrs: &Map<String, Value>) -> Option<Role> {
    let text = |name: &str| attrs.get(name).and_then(Value::as_str).unwrap_or_default();
    let (units, standard_name, axis) = (text("units"), text("standard_name"), text("axis"));
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    if NORTH.iter().any(|north| same(units, north)) || same(standard_name, "latitude") {
        return Some(Role::Latitude);
    }
    if EAST.iter().any(|east| same(units, east)) || same(standard_name, "longitude") {
        return Some(Role::Longitude);
    }
    if same(standard_name, "time") || same(axis, "t") || units.to_ascii_lowercase().contains(" since ") {
        return Some(Role::Time);
    }
    if same(axis, "z") || attrs.contains_key("positive") {
        return Some(Role::Vertical);
    }
    let starts = |start: &str| units.get(..start.len()).is_some_and(|units| same(units, start));
    let angular = units.is_empty() || starts("deg") || starts("rad");
    let ends =
        |end: &str| name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|n| same(n, end));
    let word = |short: &str, behind: &str, long: &str| same(name, short) || same(name, long) || ends(behind);
    match () {
        () if angular && word("lat", "_lat", "latitude") => Some(Role::Latitude),
        () if angular && word("lon", "_lon", "longitude") => Some(Role::Longitude),
        () if same(name, "time") => Some(Role::Time),
        () => None,
    }
}

/// The label of a variable as xarray's plots write it: `long_name [units]`, else `standard_name`, else the name.
pub fn long_label(long_name: Option<&str>, standard_name: Option<&str>, name: &str, units: Option<&str>) -> String {
    let label = long_name.or(standard_name).unwrap_or(name);
    match units.filter(|u| !u.trim().is_empty()) {
        Some(units) => format!("{label} [{units}]"),
        None => label.to_string(),
    }
}
