//! Drawing a picture: layout, axes, field, colour bar, coastlines. Lengths are CSS pixels times the drawing's scale.

use super::coast::coastlines;
use super::colors::Colormap;
use super::facets::{Facets, Grid};
use super::field::{Raster, View, colour, raster};
use super::font;
use super::lines::draw_lines;
use super::pen::{Area, Layout, Options, Pen, fitted, widest};
use super::picture::{Kind, Picture};
use super::simple::{draw_histogram, draw_value};
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
    // A title that tells of several steps is long.
    let room = options.width - 32.0;
    let size = if font::width(&title, 16.0) > room { 13.0 } else { 16.0 };
    let title = fitted(&title, size, room);
    pen.text(16.0, 14.0, &title, size, options.theme.text(), HPos::Left, VPos::Top)?;
    if !picture.note.is_empty() {
        let note = fitted(&picture.note, 12.0, room);
        pen.text(16.0, 36.0, &note, 12.0, options.theme.muted(), HPos::Left, VPos::Top)?;
    }
    let top = top_of(picture);
    match picture.kind {
        Kind::Value => draw_value(&pen, picture, options),
        Kind::Line => draw_lines(&pen, picture, options, top),
        Kind::Histogram => draw_histogram(&pen, picture, options, top),
        Kind::Map | Kind::Field => draw_field(&pen, picture, options, top),
    }
}

/// The height that a picture needs within that of its options: maps keep their proportions, others take all.
pub fn fitted_height(picture: &Picture, options: &Options) -> f64 {
    if picture.kind != Kind::Map {
        return options.height;
    }
    let area = FieldLayout::new(picture, options, top_of(picture)).grid.area;
    (area.y + area.height + BELOW_AXES).ceil().max(LEAST_HEIGHT).min(options.height)
}

/// Tick labels and the name of the horizontal axis.
const BELOW_AXES: f64 = 56.0;
/// What a colour bar and its name need.
const LEAST_HEIGHT: f64 = 200.0;

/// Below the title, and below what the picture notes.
fn top_of(picture: &Picture) -> f64 {
    if picture.note.is_empty() { 46.0 } else { 62.0 }
}

/// Where a field and what belongs to it stand, and what its axes say.
struct FieldLayout {
    view: View,
    /// One panel, or one for each of several fields.
    grid: Grid,
    range: (f64, f64),
    y_ticks: Vec<Tick>,
    bar_ticks: Vec<Tick>,
    bar_text: f64,
}

impl FieldLayout {
    fn new(picture: &Picture, options: &Options, top: f64) -> Self {
        let view = View::of(picture);
        let on_sphere = picture.kind == Kind::Map;
        let range = colour_range(picture, options);
        let (bottom, upper) = (view.bottom.min(view.top), view.bottom.max(view.top));
        let y_ticks = match (&picture.y, on_sphere) {
            (Some(axis), _) => axis.ticks(bottom, upper, 6),
            _ => super::ticks::degrees(bottom, upper, 6, "N", "S", false),
        };
        let narrow = options.width < 480.0;
        let bar_ticks = numbers(range.0, range.1, if options.height < 300.0 { 4 } else { 6 });
        let bar_text = widest(&bar_ticks);
        let left = 16.0 + 20.0 + widest(&y_ticks).max(20.0) + 8.0;
        let right = 14.0 + 14.0 + 8.0 + bar_text + 24.0 + if narrow { 2.0 } else { 8.0 };
        let room = Area {
            x: left,
            y: top,
            width: (options.width - left - right).max(40.0),
            height: (options.height - top - BELOW_AXES).max(40.0),
        };
        let grid = match &picture.facets {
            Some(Facets { names }) => Grid::new(names.len(), room, on_sphere.then(|| ratio_of(&view).clamp(0.5, 4.0))),
            None => Grid::of(if on_sphere { keep_aspect(room, &view) } else { room }),
        };
        FieldLayout { view, grid, range, y_ticks, bar_ticks, bar_text }
    }
}

fn draw_field<DB: DrawingBackend>(pen: &Pen<DB>, picture: &Picture, options: &Options, top: f64) -> Result<Layout> {
    let FieldLayout { view, grid, range, y_ticks, bar_ticks, bar_text } = FieldLayout::new(picture, options, top);
    let (area, panel) = (grid.area, grid.panel());
    let map = colormap(picture, options);
    let on_sphere = picture.kind == Kind::Map;
    let x_ticks = |most| match (&picture.x, on_sphere) {
        (Some(axis), _) => axis.ticks(view.left, view.right, most),
        _ => super::ticks::degrees(view.left, view.right, most, "E", "W", true),
    };
    let panel_raster = raster(picture, &view, pen.px(panel.width).max(1), pen.px(panel.height).max(1));
    let raster = grid.raster(pen, panel_raster, picture.values.len());
    let rgb = |c: RGBColor| [c.0, c.1, c.2];
    let empty = options.theme.background();
    // Pairs that nothing fell into are no gap in what was measured.
    let missing = if picture.counts { empty } else { options.theme.missing() };
    let pixels = colour(&raster, &picture.values, range, &map.table(), rgb(missing), rgb(empty));
    pen.image(area.x, area.y, raster.width, raster.height, pixels)?;
    if let (Some(level), Some(p_values)) = (options.significance, &picture.p_values) {
        draw_dots(pen, &area, &raster, |cell| p_values.get(cell).is_some_and(|p| *p > level))?;
    }
    let title =
        |axis: Option<&super::axis::Axis>, name: &str| axis.map_or_else(|| name.to_string(), |a| a.label.clone());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let most_x = ((panel.width / 80.0) as usize).clamp(2, 8);
    let x_ticks = x_ticks(most_x);
    for (panel, is_left, is_lowest) in grid.panels() {
        if on_sphere && options.coastlines {
            draw_coast(pen, panel, &view, options.theme.coast())?;
        }
        pen.frame(panel)?;
        let across = |x: f64| panel.x + (x - view.left) / (view.right - view.left) * panel.width;
        let down = |y: f64| panel.y + (view.top - y) / (view.top - view.bottom) * panel.height;
        if is_lowest {
            pen.x_axis(panel, &x_ticks, across, &title(picture.x.as_ref(), "Longitude"))?;
        }
        if is_left {
            pen.y_axis(panel, &y_ticks, down, &title(picture.y.as_ref(), "Latitude"))?;
        }
    }
    grid.draw_names(pen, picture.facets.as_ref().map(|f| f.names.as_slice()).unwrap_or_default())?;
    let bar = Area { x: area.x + area.width + 14.0, y: area.y, width: 14.0, height: area.height };
    let label = if picture.counts { "Count" } else { &picture.labels.label };
    draw_bar(pen, &bar, map, range, &bar_ticks, bar_text, label)?;
    Ok(Layout { raster: Some(raster), ..Layout::of(area) })
}

/// Pixels between dots, and how wide they are.
const DOT_SPACING: f64 = 7.0;
const DOT_WIDTH: f64 = 1.8;

/// Dots over the cells of which something holds, evenly over the picture whatever the cells' size.
fn draw_dots<DB: DrawingBackend>(
    pen: &Pen<DB>,
    area: &Area,
    raster: &Raster,
    holds: impl Fn(usize) -> bool,
) -> Result<()> {
    let (columns, rows) = (area.width / DOT_SPACING, area.height / DOT_SPACING);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    for (row, column) in (0..rows as usize).flat_map(|row| (0..columns as usize).map(move |column| (row, column))) {
        let shift = if row % 2 == 0 { 0.25 } else { 0.75 };
        let (x, y) = ((column as f64 + shift) * DOT_SPACING, (row as f64 + 0.5) * DOT_SPACING);
        let at = pen.px(y) * raster.width + pen.px(x);
        let cell = raster.cells.get(at).and_then(|&cell| usize::try_from(cell).ok());
        if cell.is_some_and(&holds) {
            // As wide as high; a file has all short lines in one element.
            let (x, y) = (area.x + x, area.y + y);
            pen.line(&[(x - DOT_WIDTH / 2.0, y), (x + DOT_WIDTH / 2.0, y)], pen.theme.coast(), DOT_WIDTH)?;
        }
    }
    Ok(())
}

/// Width over height of a view in degrees.
fn ratio_of(view: &View) -> f64 {
    (view.right - view.left) / (view.top - view.bottom).abs().max(1e-9)
}

/// Degrees as wide as high where there is room; else narrowed to half at most, or stretched four times at most.
fn keep_aspect(room: Area, view: &View) -> Area {
    let ratio = ratio_of(view);
    let ideal = room.width / ratio;
    if ideal > room.height {
        let width = (room.height * ratio).clamp(room.width / 2.0, room.width);
        return Area { x: room.x + (room.width - width) / 2.0, width, ..room };
    }
    // A band around the equator would be a thread: it is stretched until its values can be told apart.
    let height = ideal.max((8.0 * ideal).min(200.0)).clamp(60.0f64.min(room.height), room.height);
    Area { height, ..room }
}

/// The map that is asked for, or one that tells both sides of zero apart if there are two.
fn colormap(picture: &Picture, options: &Options) -> Colormap {
    let two_sided = || picture.extremes().is_some_and(|(low, high)| low < 0.0 && high > 0.0);
    let unasked = if options.diverging && two_sided() { Colormap::Balance } else { Colormap::Viridis };
    options.colormap.unwrap_or(unasked)
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
    if colormap(picture, options).is_diverging() {
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
