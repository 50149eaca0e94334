//! Which variable is a latitude, a longitude, a time, a height: by CF's units, standard names and axis attributes, and
//! by name where a file has none of them.

use crate::meta::ArrayMeta;
use serde::{Deserialize, Serialize};

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
    let lower = |name: &str| meta.text(name).unwrap_or_default().to_ascii_lowercase();
    let (units, standard_name, axis) = (lower("units"), lower("standard_name"), lower("axis"));
    if NORTH.contains(&units.as_str()) || standard_name == "latitude" {
        return Some(Role::Latitude);
    }
    if EAST.contains(&units.as_str()) || standard_name == "longitude" {
        return Some(Role::Longitude);
    }
    if standard_name == "time" || axis == "t" || units.contains(" since ") {
        return Some(Role::Time);
    }
    if axis == "z" || meta.attrs.contains_key("positive") {
        return Some(Role::Vertical);
    }
    let name = meta.name().to_ascii_lowercase();
    let angular = units.is_empty() || units.starts_with("deg") || units.starts_with("rad");
    let word = |short: &str, long: &str| name == short || name == long || name.ends_with(&format!("_{short}"));
    match () {
        () if angular && (word("lat", "latitude") || name == "nav_lat") => Some(Role::Latitude),
        () if angular && (word("lon", "longitude") || name == "nav_lon") => Some(Role::Longitude),
        () if name == "time" => Some(Role::Time),
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
