//! Lines along an axis: one or several, what is behind them, and how sure they are.

use super::font;
use super::pen::{Area, Layout, Options, Pen};
use super::picture::Picture;
use super::series::Series;
use super::simple::{Frame, ends, most_ticks};
use crate::error::Result;
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// Longer lines have no marks, and bands instead of bars.
const MOST_MARKS: usize = 60;
/// Room for the name of a line beside its end, between two of them.
const NAME_HEIGHT: f64 = 14.0;

/// Lines through values along an axis; gaps where they are missing.
pub fn draw_lines<DB: DrawingBackend>(pen: &Pen<DB>, picture: &Picture, options: &Options, top: f64) -> Result<Layout> {
    let names = picture.series.as_ref().map(|s| s.names.as_slice()).unwrap_or_default();
    let name_room = names.iter().map(|name| font::width(name, 11.0) + 12.0).fold(0.0, f64::max);
    let (low, high) = extremes(picture).unwrap_or((0.0, 1.0));
    let margin = if high > low { 0.05 * (high - low) } else { 0.5 };
    let range = options.range.unwrap_or((low - margin, high + margin));
    let frame = Frame::new(options, top, range, 24.0 + name_room);
    let a = frame.area;
    frame.grid(pen, &picture.labels.label)?;
    let Some(axis) = &picture.x else { return Ok(Layout::of(a)) };
    let (first, last) = ends(axis);
    let across = |x: f64| a.x + (x - first) / (last - first) * a.width;
    let places: Vec<f64> = axis.centers.iter().map(|&x| across(x)).collect();
    let heights: Vec<f64> = picture.values.iter().map(|&y| frame.down(y)).collect();
    if let Some((axis, values)) = &picture.behind {
        let inside = |x: f64| x >= a.x - 0.5 && x <= a.x + a.width + 0.5;
        let places = axis.centers.iter().map(|&x| across(x));
        let points = places.zip(values).map(|(x, &y)| (x, if inside(x) { frame.down(y) } else { f64::NAN }));
        draw_pieces(pen, points, pen.theme.line(), 1.0)?;
    }
    let lines = match &picture.series {
        Some(series) => draw_series(pen, series, &places, &heights)?,
        None => vec![Line { color: pen.theme.accent(), points: points(&places, &heights), name: "" }],
    };
    if let (Some(errors), None) = (&picture.errors, &picture.series) {
        draw_errors(pen, &frame, &places, &picture.values, errors)?;
    }
    for line in &lines {
        let wide = picture.series.as_ref().is_none_or(|s| s.shares.is_none()) || line.color == pen.theme.accent();
        draw_pieces(pen, line.points.iter().copied(), line.color, if wide { 1.6 } else { 0.8 })?;
        if places.len() <= MOST_MARKS && wide {
            for (x, y) in line.points.iter().filter(|(_, y)| y.is_finite()) {
                pen.fill(x - 2.0, y - 2.0, 4.0, 4.0, line.color)?;
            }
        }
    }
    pen.frame(&a)?;
    draw_names(pen, &a, &lines)?;
    pen.x_axis(&a, &axis.ticks(first.min(last), first.max(last), most_ticks(&a)), across, &axis.label)?;
    Ok(Layout { places, heights, ..Layout::of(a) })
}

/// A line as it is drawn.
struct Line<'a> {
    color: RGBColor,
    points: Vec<(f64, f64)>,
    name: &'a str,
}

fn points(places: &[f64], heights: &[f64]) -> Vec<(f64, f64)> {
    places.iter().copied().zip(heights.iter().copied()).collect()
}

/// Least and greatest of all that is drawn.
fn extremes(picture: &Picture) -> Option<(f64, f64)> {
    let behind = picture.behind.iter().flat_map(|(_, values)| values.iter().copied());
    let errors = picture.errors.iter().flatten();
    let around = picture.values.iter().zip(errors).flat_map(|(&y, &e)| [y - e, y + e]);
    let all = picture.values.iter().copied().chain(behind).chain(around).filter(|y| y.is_finite());
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)));
    (low <= high).then_some((low, high))
}

/// The lines of several, after the bands between quantiles that lie around the median.
fn draw_series<'a, DB: DrawingBackend>(
    pen: &Pen<DB>,
    series: &'a Series,
    places: &[f64],
    heights: &[f64],
) -> Result<Vec<Line<'a>>> {
    let of = |line: usize| -> Vec<(f64, f64)> {
        let at = |p| heights.get(series.index(line, p, places.len())).copied().unwrap_or(f64::NAN);
        places.iter().enumerate().map(|(p, &x)| (x, at(p))).collect()
    };
    let accent = pen.theme.accent();
    if let Some(shares) = &series.shares {
        let pairs = (0..shares.len() / 2).map(|low| (low, shares.len() - 1 - low));
        let bands: Vec<_> = pairs.filter(|&(a, b)| (shares[a] + shares[b] - 1.0).abs() < 1e-9).collect();
        for (depth, &(low, high)) in bands.iter().enumerate() {
            let share = if depth == 0 { 0.16 } else { 0.34 };
            draw_band(pen, &of(low), &of(high), pen.theme.tint(accent, share))?;
        }
    }
    let categories = pen.theme.categories();
    let lines = series.names.iter().enumerate().map(|(line, name)| {
        let color = match &series.shares {
            Some(shares) if (shares[line] - 0.5).abs() < 1e-9 => accent,
            Some(_) => pen.theme.tint(accent, 0.7),
            None => categories[line % categories.len()],
        };
        Line { color, points: of(line), name }
    });
    Ok(lines.collect())
}

/// How far the truth may be: bars at marks, a band along a line that is too long for them.
fn draw_errors<DB: DrawingBackend>(
    pen: &Pen<DB>,
    frame: &Frame,
    places: &[f64],
    values: &[f64],
    errors: &[f64],
) -> Result<()> {
    let side = |sign: f64| -> Vec<(f64, f64)> {
        let ends = values.iter().zip(errors).map(|(y, e)| frame.down(y + sign * e));
        places.iter().copied().zip(ends).collect()
    };
    let (low, high) = (side(-1.0), side(1.0));
    if places.len() > MOST_MARKS {
        return draw_band(pen, &low, &high, pen.theme.tint(pen.theme.accent(), 0.25));
    }
    let color = pen.theme.tint(pen.theme.accent(), 0.7);
    for ((x, bottom), (_, top)) in low.into_iter().zip(high).filter(|(a, b)| a.1.is_finite() && b.1.is_finite()) {
        pen.line(&[(x, bottom), (x, top)], color, 1.2)?;
        for y in [bottom, top] {
            pen.line(&[(x - 3.0, y), (x + 3.0, y)], color, 1.2)?;
        }
    }
    Ok(())
}

/// The area between two lines, in pieces where both are there.
fn draw_band<DB: DrawingBackend>(
    pen: &Pen<DB>,
    low: &[(f64, f64)],
    high: &[(f64, f64)],
    color: RGBColor,
) -> Result<()> {
    let both: Vec<_> = low.iter().zip(high).collect();
    for piece in both.split(|(a, b)| !(a.1.is_finite() && b.1.is_finite())).filter(|piece| piece.len() > 1) {
        let there = piece.iter().map(|(a, _)| **a);
        let outline: Vec<(f64, f64)> = there.chain(piece.iter().rev().map(|(_, b)| **b)).collect();
        pen.polygon(&outline, color)?;
    }
    Ok(())
}

fn draw_pieces<DB: DrawingBackend>(
    pen: &Pen<DB>,
    points: impl Iterator<Item = (f64, f64)>,
    color: RGBColor,
    width: f64,
) -> Result<()> {
    let points: Vec<(f64, f64)> = points.collect();
    for piece in points.split(|(_, y)| !y.is_finite()) {
        match piece {
            [] => {}
            [(x, y)] => pen.fill(x - 1.5, y - 1.5, 3.0, 3.0, color)?,
            piece => pen.line(piece, color, width)?,
        }
    }
    Ok(())
}

/// Names beside the ends of their lines, moved apart where they would touch.
fn draw_names<DB: DrawingBackend>(pen: &Pen<DB>, a: &Area, lines: &[Line]) -> Result<()> {
    let end = |line: &Line| line.points.iter().rev().find(|(_, y)| y.is_finite()).map(|&(_, y)| y);
    let mut names: Vec<(f64, &Line)> =
        lines.iter().filter(|line| !line.name.is_empty()).filter_map(|line| Some((end(line)?, line))).collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bottom = a.y + a.height;
    for i in 1..names.len() {
        names[i].0 = names[i].0.max(names[i - 1].0 + NAME_HEIGHT);
    }
    let mut most = bottom;
    for name in names.iter_mut().rev() {
        name.0 = name.0.min(most);
        most = name.0 - NAME_HEIGHT;
    }
    for (y, line) in names {
        pen.text(a.x + a.width + 8.0, y, line.name, 11.0, line.color, HPos::Left, VPos::Center)?;
    }
    Ok(())
}
