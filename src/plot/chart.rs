//! Drawing a picture: layout, axes, field, colour bar, coastlines. Lengths are CSS pixels times the drawing's scale.

use super::coast::coastlines;
use super::colors::Colormap;
use super::field::{View, colour, raster};
use super::pen::{Area, Layout, Options, Pen, fitted, widest};
use super::picture::{Kind, Picture};
use super::simple::{draw_histogram, draw_line, draw_value};
use super::ticks::{Tick, numbers};
use crate::error::Result;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// Draws a picture.
///
/// # Errors
/// `unsupported` if the backend fails, with its words.
pub fn draw<DB: DrawingBackend>(root: &DrawingArea<DB, Shift>, picture: &Picture, options: &Options) -> Result<Layout> {
    let pen = Pen { root, scale: options.scale, theme: options.theme };
    pen.fill(0.0, 0.0, options.width, options.height, options.theme.background())?;
    let title = options.title.clone().unwrap_or_else(|| picture.title());
    let title = fitted(&title, 16.0, options.width - 32.0);
    pen.text(16.0, 14.0, &title, 16.0, options.theme.text(), HPos::Left, VPos::Top)?;
    if !picture.note.is_empty() {
        let note = fitted(&picture.note, 12.0, options.width - 32.0);
        pen.text(16.0, 36.0, &note, 12.0, options.theme.muted(), HPos::Left, VPos::Top)?;
    }
    let top = if picture.note.is_empty() { 46.0 } else { 62.0 };
    match picture.kind {
        Kind::Value => draw_value(&pen, picture, options),
        Kind::Line => draw_line(&pen, picture, options, top),
        Kind::Histogram => draw_histogram(&pen, picture, options, top),
        Kind::Map | Kind::Field => draw_field(&pen, picture, options, top),
    }
}

fn draw_field<DB: DrawingBackend>(pen: &Pen<DB>, picture: &Picture, options: &Options, top: f64) -> Result<Layout> {
    let view = View::of(picture);
    let (low, high) = colour_range(picture, options);
    let map = options.colormap.unwrap_or(Colormap::Viridis);
    let on_sphere = picture.kind == Kind::Map;
    let x_ticks = |most| match (&picture.x, on_sphere) {
        (Some(axis), _) => axis.ticks(view.left, view.right, most),
        _ => super::ticks::degrees(view.left, view.right, most, "E", "W", true),
    };
    let (bottom, upper) = (view.bottom.min(view.top), view.bottom.max(view.top));
    let y_ticks = |most| match (&picture.y, on_sphere) {
        (Some(axis), _) => axis.ticks(bottom, upper, most),
        _ => super::ticks::degrees(bottom, upper, most, "N", "S", false),
    };
    let narrow = options.width < 480.0;
    let bar_ticks = numbers(low, high, if options.height < 300.0 { 4 } else { 6 });
    let bar_text = widest(&bar_ticks);
    let y_labels = y_ticks(6);
    let left = 16.0 + 20.0 + widest(&y_labels).max(20.0) + 8.0;
    let right = 14.0 + 14.0 + 8.0 + bar_text + 24.0 + if narrow { 2.0 } else { 8.0 };
    let room = Area {
        x: left,
        y: top,
        width: (options.width - left - right).max(40.0),
        height: (options.height - top - 56.0).max(40.0),
    };
    let area = if on_sphere { keep_aspect(room, &view) } else { room };
    let (w, h) = (pen.px(area.width), pen.px(area.height));
    let raster = raster(picture, &view, w.max(1), h.max(1));
    let rgb = |c: RGBColor| [c.0, c.1, c.2];
    let pixels = colour(
        &raster,
        &picture.values,
        (low, high),
        &map.table(),
        rgb(options.theme.missing()),
        rgb(options.theme.background()),
    );
    pen.image(area.x, area.y, raster.width, raster.height, pixels)?;
    if on_sphere && options.coastlines {
        draw_coast(pen, &area, &view, options.theme.coast())?;
    }
    pen.frame(&area)?;
    let across = |x: f64| area.x + (x - view.left) / (view.right - view.left) * area.width;
    let down = |y: f64| area.y + (view.top - y) / (view.top - view.bottom) * area.height;
    let title =
        |axis: Option<&super::axis::Axis>, name: &str| axis.map_or_else(|| name.to_string(), |a| a.label.clone());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let most_x = ((area.width / 80.0) as usize).clamp(2, 8);
    pen.x_axis(&area, &x_ticks(most_x), across, &title(picture.x.as_ref(), "Longitude"))?;
    pen.y_axis(&area, &y_labels, down, &title(picture.y.as_ref(), "Latitude"))?;
    let bar = Area { x: area.x + area.width + 14.0, y: area.y, width: 14.0, height: area.height };
    draw_bar(pen, &bar, map, (low, high), &bar_ticks, bar_text, &picture.labels.label)?;
    Ok(Layout { area, raster: Some(raster), places: Vec::new() })
}

/// Degrees as wide as high where there is room; else narrowed to half at most, or stretched four times at most.
fn keep_aspect(room: Area, view: &View) -> Area {
    let ratio = (view.right - view.left) / (view.top - view.bottom).abs().max(1e-9);
    let ideal = room.width / ratio;
    if ideal > room.height {
        let width = (room.height * ratio).clamp(room.width / 2.0, room.width);
        return Area { x: room.x + (room.width - width) / 2.0, width, ..room };
    }
    // A band around the equator would be a thread: it is stretched until its values can be told apart.
    let height = ideal.max((4.0 * ideal).min(200.0)).clamp(60.0f64.min(room.height), room.height);
    Area { height, ..room }
}

/// Ends of the colour bar: as asked, or the range of all but the outermost half per cent of the values.
fn colour_range(picture: &Picture, options: &Options) -> (f64, f64) {
    if let Some(range) = options.range.filter(|(a, b)| a < b) {
        return range;
    }
    let mut finite: Vec<f64> = picture.values.iter().copied().filter(|x| x.is_finite()).collect();
    if finite.is_empty() {
        return (0.0, 1.0);
    }
    let mut quantile = |q: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (q * (finite.len() - 1) as f64).round() as usize;
        *finite.select_nth_unstable_by(at, f64::total_cmp).1
    };
    let (low, high) = (quantile(0.005), quantile(0.995));
    let (low, high) = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
    if options.colormap.is_some_and(Colormap::is_diverging) {
        let reach = low.abs().max(high.abs());
        return (-reach, reach);
    }
    (low, high)
}

fn draw_bar<DB: DrawingBackend>(
    pen: &Pen<DB>,
    bar: &Area,
    map: Colormap,
    (low, high): (f64, f64),
    ticks: &[Tick],
    text_width: f64,
    label: &str,
) -> Result<()> {
    let table = map.table();
    let (w, h) = (pen.px(bar.width).max(1), pen.px(bar.height).max(1));
    let pixels: Vec<u8> = (0..h).flat_map(|row| table[255 - row * 255 / h.max(2)].repeat(w)).collect();
    pen.image(bar.x, bar.y, w, h, pixels)?;
    pen.frame(bar)?;
    for (value, text) in ticks {
        let y = bar.y + (high - value) / (high - low) * bar.height;
        pen.line(&[(bar.x + bar.width, y), (bar.x + bar.width + 4.0, y)], pen.theme.line(), 1.0)?;
        pen.text(bar.x + bar.width + 7.0, y, text, 11.0, pen.theme.muted(), HPos::Left, VPos::Center)?;
    }
    let x = bar.x + bar.width + 7.0 + text_width + 10.0;
    let label = fitted(label, 12.0, bar.height.max(120.0));
    pen.text_up(x, bar.y + bar.height / 2.0, &label, 12.0, pen.theme.muted())
}

/// Width of coastlines, in CSS pixels: thin, since archipelagos are dense.
const COAST_WIDTH: f64 = 0.6;

/// Coastlines on longitudes of any turn, clipped to the area.
fn draw_coast<DB: DrawingBackend>(pen: &Pen<DB>, area: &Area, view: &View, color: RGBColor) -> Result<()> {
    let mut result = Ok(());
    let project = |lon: f64, lat: f64| {
        let x = area.x + (lon - view.left) / (view.right - view.left) * area.width;
        (x, area.y + (view.top - lat) / (view.top - view.bottom) * area.height)
    };
    let inside =
        |(x, y): (f64, f64)| x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;
    for turn in [-360.0, 0.0, 360.0] {
        coastlines(|line| {
            let mut piece: Vec<(f64, f64)> = Vec::new();
            for &(lon, lat) in line {
                let p = project(lon + turn, lat);
                if !inside(p) {
                    if piece.len() > 1 && result.is_ok() {
                        result = pen.line(&piece, color, COAST_WIDTH);
                    }
                    piece.clear();
                } else if piece.last().is_none_or(|q| (p.0 - q.0).abs() + (p.1 - q.1).abs() > 0.8) {
                    piece.push(p);
                }
            }
            if piece.len() > 1 && result.is_ok() {
                result = pen.line(&piece, color, COAST_WIDTH);
            }
        });
    }
    result
}
