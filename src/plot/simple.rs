//! Histograms and single values, and the frame that they share with lines.

use super::axis::Axis;
use super::pen::{Area, Layout, Options, Pen, widest};
use super::picture::{Picture, short_number};
use super::ticks::{Tick, numbers};
use crate::error::Result;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};

/// A single number, large.
pub fn draw_value<DB: DrawingBackend>(pen: &Pen<DB>, picture: &Picture, options: &Options) -> Result<Layout> {
    let value = picture.values.first().copied().unwrap_or(f64::NAN);
    let text = if value.is_nan() { "missing".to_string() } else { digits(value) };
    let (x, y) = (options.width / 2.0, options.height / 2.0);
    let size = (options.width / 12.0).clamp(24.0, 56.0);
    pen.text(x, y - 6.0, &text, size, pen.theme.text(), HPos::Center, VPos::Center)?;
    let error = picture.errors.as_ref().and_then(|e| e.first()).filter(|e| e.is_finite());
    let below = [error.map(|e| format!("± {}", rounded(*e))), picture.labels.units.clone()];
    let below = below.into_iter().flatten().collect::<Vec<_>>().join(" ");
    pen.text(x, y + size * 0.7, &below, 15.0, pen.theme.muted(), HPos::Center, VPos::Top)?;
    Ok(Layout::of(Area { x: 0.0, y: 0.0, width: options.width, height: options.height }))
}

/// An error in two significant digits: more of them mean nothing.
fn rounded(error: f64) -> String {
    digits(format!("{error:.1e}").parse().unwrap_or(error))
}

/// Ten significant digits, without trailing zeros.
fn digits(x: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let decimals = (9.0 - x.abs().max(1e-300).log10().floor()).clamp(0.0, 12.0) as usize;
    let text = if x != 0.0 && !(1e-4..1e12).contains(&x.abs()) { short_number(x) } else { format!("{x:.decimals$}") };
    let text = if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    };
    text.replace('-', "\u{2212}")
}

/// The area of a picture with a vertical axis of numbers.
pub struct Frame {
    /// Between the axes.
    pub area: Area,
    low: f64,
    high: f64,
    ticks: Vec<Tick>,
}

impl Frame {
    /// With so much room to the right.
    pub fn new(options: &Options, top: f64, (low, high): (f64, f64), right: f64) -> Self {
        let ticks = numbers(low, high, if options.height < 300.0 { 4 } else { 6 });
        let left = 16.0 + 20.0 + widest(&ticks).max(16.0) + 8.0;
        let area = Area {
            x: left,
            y: top,
            width: (options.width - left - right).max(40.0),
            height: (options.height - top - 56.0).max(40.0),
        };
        Frame { area, low, high, ticks }
    }

    /// The place of a value.
    pub fn down(&self, y: f64) -> f64 {
        self.area.y + (self.high - y) / (self.high - self.low) * self.area.height
    }

    /// Grid lines, and the axis with its title.
    pub fn grid<DB: DrawingBackend>(&self, pen: &Pen<DB>, title: &str) -> Result<()> {
        let a = &self.area;
        for (value, _) in &self.ticks {
            let y = self.down(*value);
            pen.line(&[(a.x, y), (a.x + a.width, y)], pen.theme.grid(), 1.0)?;
        }
        pen.y_axis(a, &self.ticks, |y| self.down(y), title)
    }
}

/// Left and right end of an axis; a little room around a single position.
pub fn ends(axis: &Axis) -> (f64, f64) {
    let low = axis.centers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = axis.centers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low < high { (low, high) } else { (low - 0.5, low + 0.5) }
}

/// How many ticks an axis has room for.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn most_ticks(a: &Area) -> usize {
    ((a.width / 70.0) as usize).clamp(3, 9)
}

/// Bars over their bins.
pub fn draw_histogram<DB: DrawingBackend>(
    pen: &Pen<DB>,
    picture: &Picture,
    options: &Options,
    top: f64,
) -> Result<Layout> {
    let edges: Vec<f64> = picture
        .labels
        .coords
        .get("bin_edges")
        .map(|e| e.iter().filter_map(serde_json::Value::as_f64).collect())
        .unwrap_or_default();
    let high = picture.extremes().map_or(1.0, |(_, high)| if high > 0.0 { high * 1.05 } else { 1.0 });
    let frame = Frame::new(options, top, (0.0, high), 24.0);
    let a = frame.area;
    let integers = picture.values.iter().all(|n| n.is_nan() || n.fract() == 0.0);
    frame.grid(pen, if integers { "Count" } else { "Weight or density" })?;
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
        return Ok(Layout::of(a));
    };
    let across = |x: f64| a.x + (x - first) / (last - first) * a.width;
    for (pair, &n) in edges.windows(2).zip(&picture.values) {
        if n > 0.0 {
            let (left, right) = (across(pair[0]), across(pair[1]));
            // A hair of background between bars that are wide enough.
            let gap = if right - left > 5.0 { 1.0 } else { 0.0 };
            let y = frame.down(n);
            pen.fill(left, y, (right - left - gap).max(0.6), a.y + a.height - y, pen.theme.accent())?;
        }
    }
    pen.frame(&a)?;
    let label = picture.x.as_ref().map_or_else(String::new, |x| x.label.clone());
    pen.x_axis(&a, &numbers(first, last, most_ticks(&a)), across, &label)?;
    Ok(Layout { places: edges.iter().map(|&e| across(e)).collect(), ..Layout::of(a) })
}
