//! Which cell every pixel of a field shows. The picture is then one image, coloured by table.

use super::axis::Axis;
use super::picture::{Geometry, Picture};

/// Cells by pixel, row by row from the top; −1 where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Index into the picture's values.
    pub cells: Vec<i32>,
}

/// The ranges that a field covers: left and right end, lower and upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct View {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
}

impl View {
    /// All of a picture.
    pub fn of(picture: &Picture) -> Self {
        if let Some(geometry) = &picture.geometry {
            return view_of_geometry(geometry);
        }
        let ends = |axis: Option<&Axis>| {
            let edges = axis.map(Axis::edges).unwrap_or_else(|| vec![0.0, 1.0]);
            let (a, b) = (edges[0], edges[edges.len() - 1]);
            (a.min(b), a.max(b))
        };
        let (left, right) = ends(picture.x.as_ref());
        let (bottom, top) = ends(picture.y.as_ref());
        if picture.y.as_ref().is_some_and(|y| y.downwards) {
            return View { left, right, bottom: top, top: bottom };
        }
        View { left, right, bottom, top }
    }
}

/// Fills a raster for a view.
pub fn raster(picture: &Picture, view: &View, width: usize, height: usize) -> Raster {
    let cells = match &picture.geometry {
        Some(geometry) => splat(picture, geometry, view, width, height),
        None => look_up(picture, view, width, height),
    };
    Raster { width, height, cells }
}

/// Regular axes: a table of columns, a table of rows.
fn look_up(picture: &Picture, view: &View, width: usize, height: usize) -> Vec<i32> {
    let (Some(x), Some(y)) = (&picture.x, &picture.y) else { return vec![-1; width * height] };
    let columns = positions(&x.edges(), view.left, view.right, width);
    let rows = positions(&y.edges(), view.top, view.bottom, height);
    let (nx, ny) = (x.centers.len(), y.centers.len());
    let mut cells = Vec::with_capacity(width * height);
    for row in &rows {
        for column in &columns {
            let index = match (row, column) {
                (Some(j), Some(i)) if picture.transposed => i * ny + j,
                (Some(j), Some(i)) => j * nx + i,
                _ => usize::MAX,
            };
            cells.push(i32::try_from(index).unwrap_or(-1));
        }
    }
    cells
}

/// The cell between whose edges each pixel's centre lies, going from `first` to `last`.
#[allow(clippy::cast_precision_loss)]
fn positions(edges: &[f64], first: f64, last: f64, pixels: usize) -> Vec<Option<usize>> {
    let descending = edges.first() > edges.last();
    let ascending: Vec<f64> = if descending { edges.iter().rev().copied().collect() } else { edges.to_vec() };
    let cells = ascending.len() - 1;
    (0..pixels)
        .map(|p| {
            let at = first + (p as f64 + 0.5) / pixels as f64 * (last - first);
            let cell = ascending.partition_point(|e| *e <= at).checked_sub(1).filter(|c| *c < cells)?;
            Some(if descending { cells - 1 - cell } else { cell })
        })
        .collect()
}

fn view_of_geometry(geometry: &Geometry) -> View {
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
    };
    let (bottom, top) = ends(&mut geometry.lat.iter().copied());
    let (left, right) = ends(&mut geometry.lon.iter().copied());
    if right - left > 300.0 || !(left.is_finite() && bottom.is_finite()) {
        let (bottom, top) = if bottom.is_finite() { (bottom, top) } else { (-90.0, 90.0) };
        return View { left: -180.0, right: 180.0, bottom: bottom.max(-90.0), top: top.min(90.0) };
    }
    let margin = 0.01 * (right - left).max(top - bottom).max(1e-6);
    View { left: left - margin, right: right + margin, bottom: bottom - margin, top: top + margin }
}

/// Curvilinear and unstructured grids: each cell covers the pixels around its centre that are nearest to it.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap
)]
fn splat(picture: &Picture, geometry: &Geometry, view: &View, width: usize, height: usize) -> Vec<i32> {
    let mut cells = vec![-1i32; width * height];
    let mut nearest = vec![f32::INFINITY; width * height];
    let count = picture.values.len().min(geometry.lon.len()).min(geometry.lat.len());
    let (x_scale, y_scale) = (width as f64 / (view.right - view.left), height as f64 / (view.top - view.bottom));
    let column = |i: usize| {
        let mut lon = geometry.lon[i];
        while lon < view.left {
            lon += 360.0;
        }
        while lon > view.right && lon - 360.0 >= view.left {
            lon -= 360.0;
        }
        (lon - view.left) * x_scale
    };
    let line = |i: usize| (view.top - geometry.lat[i]) * y_scale;
    let usable = |i: usize| geometry.lon[i].abs() <= 1e4 && geometry.lat[i].abs() <= 90.0 + 1e-6;
    let row_len = picture.labels.shape.last().copied().unwrap_or(1).max(1);
    let curvilinear = picture.labels.dims.len() >= 2 && count > row_len && count.is_multiple_of(row_len);
    // Without neighbours: the side of a square of the mean cell's area, on the sphere.
    let spacing = (4.0 * std::f64::consts::PI / count.max(1) as f64).sqrt().to_degrees();
    for i in (0..count).filter(|&i| usable(i)) {
        let (x, y) = (column(i), line(i));
        let (half_x, half_y) = if curvilinear {
            let neighbours = [i.checked_add(1).filter(|n| n % row_len != 0), i.checked_add(row_len)];
            let (mut dx, mut dy) = (1.0f64, 1.0f64);
            for n in neighbours.into_iter().flatten().filter(|&n| n < count && usable(n)) {
                let apart = (column(n) - x).abs();
                // A neighbour on the other side of the date line says nothing of the cell's width.
                dx = dx.max(if apart < width as f64 / 4.0 { apart } else { 0.0 });
                dy = dy.max((line(n) - y).abs().min(height as f64 / 8.0));
            }
            (dx, dy)
        } else {
            let shrink = geometry.lat[i].to_radians().cos().max(0.02);
            ((spacing / shrink * x_scale).min(width as f64), spacing * y_scale)
        };
        let columns = (x - half_x).floor().max(0.0) as usize..((x + half_x).ceil().max(0.0) as usize).min(width);
        let rows = (y - half_y).floor().max(0.0) as usize..((y + half_y).ceil().max(0.0) as usize).min(height);
        for row in rows {
            for column in columns.clone() {
                let (u, v) = ((column as f64 + 0.5 - x) / half_x, (row as f64 + 0.5 - y) / half_y);
                let distance = (u * u + v * v) as f32;
                let at = row * width + column;
                if distance < nearest[at] {
                    nearest[at] = distance;
                    cells[at] = i as i32;
                }
            }
        }
    }
    cells
}

/// RGB of a raster: each value by its place in the range, missing ones and empty pixels in colours of their own.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn colour(
    raster: &Raster,
    values: &[f64],
    (low, high): (f64, f64),
    table: &[[u8; 3]; 256],
    missing: [u8; 3],
    empty: [u8; 3],
) -> Vec<u8> {
    let scale = if high > low { 256.0 / (high - low) } else { 0.0 };
    let of_value: Vec<[u8; 3]> = values
        .iter()
        .map(|x| if x.is_nan() { missing } else { table[(((x - low) * scale).clamp(0.0, 255.0)) as usize] })
        .collect();
    let mut rgb = Vec::with_capacity(raster.cells.len() * 3);
    for &cell in &raster.cells {
        let pixel = usize::try_from(cell).ok().and_then(|c| of_value.get(c)).copied().unwrap_or(empty);
        rgb.extend_from_slice(&pixel);
    }
    rgb
}
