//! What is to be drawn: a result, its axes, and which kind of picture suits it.

use super::axis::{Axis, AxisKind};
use super::facets::Facets;
use super::series::Series;
use crate::error::{Result, invalid_document, unsupported};
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

/// What may stand beside the values of a result: as many of each.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// How far the truth may be from each, to either side.
    pub errors: Option<Vec<f64>>,
    /// Their p-values.
    pub p_values: Option<Vec<f64>>,
    /// Another line, to be drawn behind them.
    pub behind: Option<(Labels, Vec<f64>)>,
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
    /// Of several fields: what they are.
    pub facets: Option<Facets>,
    /// Of several lines: what they are.
    pub series: Option<Series>,
    /// How far the truth may be from each value that is drawn, to either side.
    pub errors: Option<Vec<f64>>,
    /// Their p-values.
    pub p_values: Option<Vec<f64>>,
    /// A line behind the others: its axis and its values.
    pub behind: Option<(Axis, Vec<f64>)>,
    /// Whether the values count pairs that fall into bins: none is no value.
    pub counts: bool,
    /// Where the drawn slice begins in the result's values.
    pub offset: usize,
    /// What the subtitle says: dropped dimensions, and slices that were taken for drawing.
    pub note: String,
}

impl Picture {
    /// Chooses the picture for a result.
    ///
    /// # Errors
    /// `unsupported` if the values are no real numbers; `invalid_document` if what is to be drawn behind has not one
    /// dimension, or the picture has no lines.
    pub fn new(labels: Labels, values: Option<Vec<f64>>, geometry: Option<Geometry>, beside: Beside) -> Result<Self> {
        let values = values.ok_or_else(|| unsupported("a picture of values that are no real numbers"))?;
        let mut notes: Vec<String> =
            labels.scalar_coords.iter().map(|(name, v)| format!("{name} {}", short(v))).collect();
        let n = labels.dims.len();
        let cells = geometry.as_ref().map_or(0, |g| g.lon.len());
        let on_sphere = geometry.is_some() && cells > 0 && values.len().is_multiple_of(cells) && n > 0;
        let drawn = match () {
            () if on_sphere => trailing_dims(&labels.shape, cells),
            () => n.min(2),
        };
        let drawn = drawn.min(n);
        let is_field = on_sphere || (drawn == 2 && Series::of(&labels).is_none());
        let before = (n - drawn).checked_sub(1).filter(|_| is_field);
        let facets = before.and_then(|d| Facets::along(&labels, d));
        let seen = drawn + usize::from(facets.is_some());
        for d in 0..n - seen {
            if labels.shape[d] > 1 {
                notes.push(format!("first of {} {}", labels.shape[d], labels.dims[d]));
            }
        }
        let len: usize = labels.shape[n - seen..].iter().product();
        let slice = |values: Vec<f64>| values.get(..len).map(<[f64]>::to_vec).unwrap_or(values);
        let same = |beside: Option<Vec<f64>>| beside.filter(|b| b.len() == values.len()).map(slice);
        let (errors, p_values) = (same(beside.errors), same(beside.p_values));
        let mut picture = Picture {
            kind: Kind::Value,
            values: slice(values),
            x: None,
            y: None,
            transposed: false,
            geometry: None,
            facets,
            series: None,
            errors,
            p_values,
            behind: None,
            counts: false,
            offset: 0,
            note: String::new(),
            labels,
        };
        match drawn {
            _ if on_sphere => (picture.kind, picture.geometry) = (Kind::Map, geometry),
            0 => {}
            1 => {
                picture.kind = if picture.labels.dims[n - 1] == "bin" { Kind::Histogram } else { Kind::Line };
                picture.x = Some(axis_of(&picture.labels, n - 1));
            }
            _ => picture.lay_out(n),
        }
        if let Some((labels, values)) = beside.behind {
            if picture.kind != Kind::Line || labels.dims.len() != 1 || labels.shape.first() != Some(&values.len()) {
                return Err(invalid_document("`behind`: only a line can be drawn behind a line"));
            }
            picture.behind = Some((axis_of(&labels, 0), values));
        }
        if picture.errors.is_some() && matches!(picture.kind, Kind::Line | Kind::Value) {
            notes.push("± holds the truth in 95 of 100 cases".into());
        }
        picture.note = notes.join(" · ");
        Ok(picture)
    }

    /// Two dimensions: lines, a map, or another field.
    fn lay_out(&mut self, n: usize) {
        if let Some(series) = Series::of(&self.labels) {
            self.kind = Kind::Line;
            self.x = Some(axis_of(&self.labels, if series.first { n - 1 } else { n - 2 }));
            self.series = Some(series);
            return;
        }
        let (mut y, mut x) = (axis_of(&self.labels, n - 2), axis_of(&self.labels, n - 1));
        // Longitude goes across, and so does time beside a latitude.
        let time_by_latitude = x.kind == AxisKind::Latitude && is_of_time(&self.labels, n - 2, &y);
        let across = y.kind == AxisKind::Longitude && !matches!(x.kind, AxisKind::Time(_));
        if across || time_by_latitude {
            std::mem::swap(&mut x, &mut y);
            self.transposed = true;
        }
        let map = x.kind == AxisKind::Longitude && y.kind == AxisKind::Latitude;
        self.kind = if map { Kind::Map } else { Kind::Field };
        if self.labels.dims[n - 1] == "bin_2" {
            self.counts = true;
            self.values.iter_mut().filter(|count| **count == 0.0).for_each(|count| *count = f64::NAN);
        }
        (self.x, self.y) = (Some(x), Some(y));
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
            Kind::Line if self.series.is_some() => "Lines",
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

fn axis_of(labels: &Labels, d: usize) -> Axis {
    let (dim, len) = (labels.dims[d].as_str(), labels.shape[d]);
    let of_bins = |what: &str| labels.coords.get(&format!("{dim}_{what}"));
    let (name, values) = match of_bins("centers").filter(|_| dim.starts_with("bin")) {
        Some(centers) => (format!("{dim}_centers"), Some(centers)),
        None => (dim.to_string(), labels.coords.get(dim)),
    };
    let axis = Axis::new(dim, len, values.map(Vec::as_slice), labels.coord_attrs.get(&name));
    match of_bins("edges") {
        Some(edges) => axis.with_bounds(edges.iter().filter_map(Value::as_f64).collect()),
        None => axis,
    }
}

/// Parts of times that `groupby` makes dimensions of.
const PARTS_OF_TIME: [&str; 6] = ["month", "season", "dayofyear", "hour", "year", "day"];

fn is_of_time(labels: &Labels, d: usize, axis: &Axis) -> bool {
    let dim = labels.dims[d].as_str();
    let role = labels.coord_attrs.get(dim).and_then(|a| a.get("role")).and_then(Value::as_str);
    matches!(axis.kind, AxisKind::Time(_)) || role == Some("time") || PARTS_OF_TIME.contains(&dim)
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
