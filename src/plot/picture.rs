//! What is to be drawn: a result, its axes, and which kind of picture suits it.

use super::axis::{Axis, AxisKind};
use crate::error::{Result, unsupported};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A result as it comes from JavaScript, without its values.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Labels {
    /// Path of the variable.
    pub variable: String,
    /// Dimension names.
    pub dims: Vec<String>,
    /// Lengths.
    pub shape: Vec<usize>,
    /// `long_name [units]`.
    pub label: String,
    /// Name for the title.
    #[serde(default)]
    pub long_name: Option<String>,
    /// Units.
    #[serde(default)]
    pub units: Option<String>,
    /// Labels along dimensions.
    pub coords: BTreeMap<String, Vec<Value>>,
    /// Labels of dropped dimensions.
    #[serde(default)]
    pub scalar_coords: BTreeMap<String, Value>,
    /// Attributes of coordinates.
    #[serde(default)]
    pub coord_attrs: BTreeMap<String, Value>,
}

/// The kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Map,
    Field,
    Line,
    Histogram,
    Value,
}

impl Kind {
    /// The name at the border.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Map => "map",
            Kind::Field => "field",
            Kind::Line => "line",
            Kind::Histogram => "histogram",
            Kind::Value => "value",
        }
    }
}

/// Longitude and latitude of each cell, in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// Longitudes.
    pub lon: Vec<f64>,
    /// Latitudes.
    pub lat: Vec<f64>,
}

/// A picture ready to be drawn.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Kind.
    pub kind: Kind,
    /// Labels.
    pub labels: Labels,
    /// Values in C order, of the slice that is drawn.
    pub values: Vec<f64>,
    /// The horizontal axis; none for a single value.
    pub x: Option<Axis>,
    /// The vertical axis of fields.
    pub y: Option<Axis>,
    /// Whether the first drawn dimension runs along x.
    pub transposed: bool,
    /// Cells by place, for grids without axes of their own.
    pub geometry: Option<Geometry>,
    /// Where the drawn slice begins in the result's values.
    pub offset: usize,
    /// What the subtitle says: dropped dimensions, and slices that were taken for drawing.
    pub note: String,
}

impl Picture {
    /// Chooses the picture for a result.
    ///
    /// # Errors
    /// `unsupported` if the values are no real numbers.
    pub fn new(labels: Labels, values: Option<Vec<f64>>, geometry: Option<Geometry>) -> Result<Self> {
        let values = values.ok_or_else(|| unsupported("a picture of values that are no real numbers"))?;
        let mut notes: Vec<String> =
            labels.scalar_coords.iter().map(|(name, v)| format!("{name} {}", short(v))).collect();
        let axis = |d: usize| {
            let (dim, len) = (labels.dims[d].as_str(), labels.shape[d]);
            let name = if dim == "bin" { "bin_centers" } else { dim };
            Axis::new(dim, len, labels.coords.get(name).map(Vec::as_slice), labels.coord_attrs.get(name))
        };
        let n = labels.dims.len();
        let cells = geometry.as_ref().map_or(0, |g| g.lon.len());
        let on_sphere = geometry.is_some() && cells > 0 && values.len().is_multiple_of(cells) && n > 0;
        let drawn = match () {
            () if on_sphere => trailing_dims(&labels.shape, cells),
            () => n.min(2),
        };
        for d in 0..n - drawn.min(n) {
            if labels.shape[d] > 1 {
                notes.push(format!("first of {} {}", labels.shape[d], labels.dims[d]));
            }
        }
        let len: usize = labels.shape[n - drawn.min(n)..].iter().product();
        let slice = values.get(..len).unwrap_or(&values).to_vec();
        let mut picture = Picture {
            kind: Kind::Value,
            values: slice,
            x: None,
            y: None,
            transposed: false,
            geometry: None,
            offset: 0,
            note: notes.join(" · "),
            labels: labels.clone(),
        };
        if on_sphere {
            picture.kind = Kind::Map;
            picture.geometry = geometry;
            return Ok(picture);
        }
        match drawn {
            0 => {}
            1 => {
                picture.kind = if labels.dims[n - 1] == "bin" { Kind::Histogram } else { Kind::Line };
                picture.x = Some(axis(n - 1));
            }
            _ => {
                let (mut y, mut x) = (axis(n - 2), axis(n - 1));
                // Longitude goes across, and so does time beside a latitude.
                let time_by_latitude = matches!(y.kind, AxisKind::Time(_)) && x.kind == AxisKind::Latitude;
                let across = y.kind == AxisKind::Longitude && !matches!(x.kind, AxisKind::Time(_));
                if across || time_by_latitude {
                    std::mem::swap(&mut x, &mut y);
                    picture.transposed = true;
                }
                let map = x.kind == AxisKind::Longitude && y.kind == AxisKind::Latitude;
                picture.kind = if map { Kind::Map } else { Kind::Field };
                (picture.x, picture.y) = (Some(x), Some(y));
            }
        }
        Ok(picture)
    }

    /// The title that the result gives itself.
    pub fn title(&self) -> String {
        let name = self.labels.variable.rsplit('/').next().unwrap_or_default();
        self.labels.long_name.clone().unwrap_or_else(|| name.to_string())
    }

    /// Least and greatest finite value.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        let finite = self.values.iter().copied().filter(|x| x.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        (low <= high).then_some((low, high))
    }

    /// The picture in words, for those who do not see it.
    pub fn description(&self) -> String {
        let what = match self.kind {
            Kind::Map => "Map",
            Kind::Field => "Field",
            Kind::Line => "Line",
            Kind::Histogram => "Histogram",
            Kind::Value => "Value",
        };
        let missing = self.values.iter().filter(|x| x.is_nan()).count();
        let range = match self.extremes() {
            Some((low, high)) if self.kind == Kind::Value && low == high => format!("{low}"),
            Some((low, high)) => format!("from {} to {}", short_number(low), short_number(high)),
            None => "without values".to_string(),
        };
        let dims: Vec<String> =
            self.labels.dims.iter().zip(&self.labels.shape).map(|(d, n)| format!("{n} {d}")).collect();
        let dims = if dims.is_empty() { String::new() } else { format!(" over {}", dims.join(" by ")) };
        let missing = if missing > 0 { format!(", {missing} missing") } else { String::new() };
        format!("{what} of {}{dims}: {range}{missing}", self.labels.label)
    }
}

/// How many trailing dimensions hold so many cells.
fn trailing_dims(shape: &[usize], cells: usize) -> usize {
    let mut product = 1;
    for (taken, len) in shape.iter().rev().enumerate() {
        product *= len;
        if product == cells {
            return taken + 1;
        }
    }
    shape.len().min(2)
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_string(),
        Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), short_number),
        _ => "missing".to_string(),
    }
}

/// A number with about six digits.
pub fn short_number(x: f64) -> String {
    if x == 0.0 || (x.abs() >= 1e-4 && x.abs() < 1e7) {
        let text = format!("{x:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        format!("{x:.5e}")
    }
}
