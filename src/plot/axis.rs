//! An axis: a number line for the labels of a dimension, its range, and its ticks.

use super::ticks::{Tick, dates, degrees, numbers};
use crate::cf::{Calendar, parse_label};
use serde_json::Value;

/// What an axis shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum AxisKind {
    Longitude,
    Latitude,
    Time(Calendar),
    Number,
    /// Positions, where there are no labels or they cannot be put on a line.
    Index,
}

/// A dimension on a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it shows.
    pub kind: AxisKind,
    /// Its title.
    pub label: String,
    /// The place of each position; ascending or descending.
    pub centers: Vec<f64>,
    /// Whether larger values go down (depth).
    pub downwards: bool,
    /// Edges of the cells, one more than there are cells, where the result tells them.
    pub bounds: Option<Vec<f64>>,
}

impl Axis {
    /// From a dimension's labels and attributes; positions where the labels are missing, text, or not monotonic.
    #[allow(clippy::cast_precision_loss)]
    pub fn new(dim: &str, len: usize, labels: Option<&[Value]>, attrs: Option<&Value>) -> Self {
        let text = |key: &str| attrs.and_then(|a| a.get(key)).and_then(Value::as_str);
        let label = text("label").unwrap_or(dim).to_string();
        let kind = match text("calendar").map(Calendar::parse) {
            Some(Ok(calendar)) => AxisKind::Time(calendar),
            _ => match text("role") {
                Some("longitude") => AxisKind::Longitude,
                Some("latitude") => AxisKind::Latitude,
                _ => AxisKind::Number,
            },
        };
        let centers: Option<Vec<f64>> = labels
            .filter(|l| l.len() == len)
            .and_then(|l| l.iter().map(|v| place(v, kind)).collect())
            .filter(|c: &Vec<f64>| is_strictly_monotonic(c));
        // Ticks in degrees carry the units.
        let label = match kind {
            AxisKind::Longitude | AxisKind::Latitude => label.split(" [").next().unwrap_or(dim).to_string(),
            _ => label,
        };
        let downwards = text("positive") == Some("down");
        match centers {
            Some(centers) => Axis { kind, label, centers, downwards, bounds: None },
            None => Axis {
                kind: AxisKind::Index,
                label: format!("{dim} (position)"),
                centers: (0..len).map(|i| i as f64).collect(),
                downwards: false,
                bounds: None,
            },
        }
    }

    /// The same axis with edges, if there is one more of them than of cells.
    #[must_use]
    pub fn with_bounds(mut self, edges: Vec<f64>) -> Self {
        self.bounds = Some(edges).filter(|e| e.len() == self.centers.len() + 1 && is_strictly_monotonic(e));
        self
    }

    /// Edges of the cells: as the result tells them, or halfway between centres and as far beyond the outer ones.
    pub fn edges(&self) -> Vec<f64> {
        if let Some(bounds) = &self.bounds {
            return bounds.clone();
        }
        let c = &self.centers;
        match c.len() {
            0 => vec![0.0, 1.0],
            1 => vec![c[0] - 0.5, c[0] + 0.5],
            n => {
                let mut edges = vec![c[0] - (c[1] - c[0]) / 2.0];
                edges.extend(c.windows(2).map(|w| f64::midpoint(w[0], w[1])));
                edges.push(c[n - 1] + (c[n - 1] - c[n - 2]) / 2.0);
                if self.kind == AxisKind::Latitude {
                    edges.iter_mut().for_each(|e| *e = e.clamp(-90.0, 90.0));
                }
                edges
            }
        }
    }

    /// Ticks between two places, at most about so many.
    pub fn ticks(&self, low: f64, high: f64, most: usize) -> Vec<Tick> {
        match self.kind {
            AxisKind::Longitude => degrees(low, high, most, "E", "W", true),
            AxisKind::Latitude => degrees(low, high, most, "N", "S", false),
            AxisKind::Time(calendar) => dates(low, high, most, calendar),
            AxisKind::Number => numbers(low, high, most),
            AxisKind::Index => numbers(low, high, most).into_iter().filter(|(x, _)| x.fract() == 0.0).collect(),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn place(label: &Value, kind: AxisKind) -> Option<f64> {
    match (label, kind) {
        (Value::Number(n), _) => n.as_f64().filter(|x| x.is_finite()),
        (Value::String(text), AxisKind::Time(calendar)) => {
            parse_label(text, calendar).ok().map(|(start, _)| start as f64)
        }
        _ => None,
    }
}

fn is_strictly_monotonic(line: &[f64]) -> bool {
    line.windows(2).all(|w| w[0] < w[1]) || line.windows(2).all(|w| w[0] > w[1])
}
