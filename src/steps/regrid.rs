//! From one grid of latitudes and longitudes to another.

use super::axis::{Table, cell_count, doubles, offsets, split, tables};
use super::regrid_conservative::overlaps;
use crate::cf::Labels;
use crate::error::{Result, invalid_document, unsupported};
use crate::kernel::{total, two_sum};
use crate::plan::{Labelling, RegridMethod as Method};
use crate::reduce::{Data, Field};

/// The new labels, in degrees and in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Latitudes.
    pub lat: Vec<f64>,
    /// Longitudes.
    pub lon: Vec<f64>,
}

/// For each new label, positions along the old axis and their shares; none where nothing is known.
pub(super) type Shares = Vec<Vec<(usize, f64)>>;

/// A full turn, in degrees.
pub(super) const TURN: f64 = 360.0;

/// A field on other latitudes and longitudes, in float64; dimensions keep their names and places, other dimensions and
/// their coordinates, attributes and units stay. `lat` and `lon` are the names of the field's dimensions, `bounds` the
/// edges of their selected cells (n × 2, in degrees), which only [`Method::Conservative`] asks for; without them cells
/// reach half-way to their neighbours. Around the globe the first and the last longitude are neighbours, and targets are
/// turned; of a region they are not.
///
/// Missing: outside the first and last label, and for `Bilinear` where any of the four corners is missing, even of no
/// weight; for `Conservative` where nothing that is there overlaps.
///
/// # Errors
/// `unsupported` if `lat` and `lon` are no dimensions with numbers for labels, as on curvilinear grids, and for values
/// that are no real numbers; `invalid_document` for labels that are not finite, bounds of another length, and cells of
/// one label without bounds; `too_large`.
///
/// Source: `xarray.DataArray.interp`; first-order conservative remapping of Jones, Monthly Weather Review 127 (1999).
pub fn regrid(
    field: &Field,
    method: Method,
    target: &Target,
    lat: &str,
    lon: &str,
    bounds: Option<(&[f64], &[f64])>,
) -> Result<Field> {
    let (row_at, rows) = axis(&field.labels, lat)?;
    let (column_at, columns) = axis(&field.labels, lon)?;
    if row_at == column_at {
        return Err(invalid_document(format!("latitude and longitude are both {lat:?}")));
    }
    if target.lat.iter().chain(&target.lon).any(|x| !x.is_finite()) {
        return Err(invalid_document("a target of `regrid` is not finite"));
    }
    let values = doubles(field, "regrid")?;
    let labels = relabelled(&field.labels, (lat, &target.lat), (lon, &target.lon));
    let shape = labels.shape();
    let cells = cell_count(&shape)?;
    let around = is_around(&columns);
    let (tall, broad) = match method {
        Method::Conservative => overlaps(&rows, &columns, around, target, bounds)?,
        Method::Bilinear | Method::Nearest => {
            let share = if method == Method::Bilinear { between } else { nearest };
            let turned = if around { turn(&target.lon, &columns) } else { target.lon.clone() };
            let (rows, columns) = (sorted(&rows), sorted(&columns));
            let columns = if around { joined(columns) } else { columns };
            (shares(&rows, &target.lat, share), shares(&columns, &turned, share))
        }
    };
    let (from, to) = (tables(&field.labels.shape())?, tables(&shape)?);
    let gone: Vec<bool> = (0..from.len()).map(|d| d == row_at || d == column_at).collect();
    let (others, _) = split(&from, &gone);
    let (new_others, _) = split(&to, &gone);
    let along = |all: &[Table], at: usize| all.get(at).cloned().unwrap_or_default();
    let grid = Grid { values: &values, rows: along(&from, row_at), columns: along(&from, column_at), method };
    let (new_rows, new_columns) = (along(&to, row_at), along(&to, column_at));
    let mut out = vec![f64::NAN; cells];
    for (start, new_start) in offsets(others)?.into_iter().zip(offsets(new_others)?) {
        for (tall, new_row) in tall.iter().zip(&new_rows) {
            for (broad, new_column) in broad.iter().zip(&new_columns) {
                if let Some(cell) = out.get_mut(new_start + new_row + new_column) {
                    *cell = grid.at(start, tall, broad);
                }
            }
        }
    }
    Ok(Field { labels, dtype: "float64".into(), data: Data::F64(out) })
}

/// Where values of the old grid lie.
struct Grid<'a> {
    values: &'a [f64],
    rows: Table,
    columns: Table,
    method: Method,
}

impl Grid<'_> {
    /// The value of a new cell, given its shares of old rows and columns.
    fn at(&self, start: usize, tall: &[(usize, f64)], broad: &[(usize, f64)]) -> f64 {
        let skips = self.method == Method::Conservative;
        let (mut high, mut low, mut weights) = (0.0, 0.0, 0.0);
        let mut found = false;
        for (row, tall) in tall {
            let Some(row) = self.rows.get(*row) else { continue };
            for (column, broad) in broad {
                let offset = self.columns.get(*column).map(|column| start + row + column);
                let Some(x) = offset.and_then(|o| self.values.get(o)) else { continue };
                if skips && x.is_nan() {
                    continue;
                }
                let w = tall * broad;
                let (sum, lost) = two_sum(high, w * x);
                (high, low, weights, found) = (sum, low + lost, weights + w, true);
            }
        }
        match (found, skips) {
            (false, _) => f64::NAN,
            (true, false) => total(high, low),
            (true, true) => total(high, low) / weights,
        }
    }
}

/// A dimension of the field and its labels, as they are stored.
pub(super) fn axis(labels: &Labelling, dim: &str) -> Result<(usize, Vec<f64>)> {
    let at = labels.dims.iter().position(|(name, _)| name == dim);
    let coord = labels.coords.iter().find(|c| c.name == dim && c.dim.as_deref() == Some(dim));
    match (at, coord.map(|c| &c.labels)) {
        (Some(_), Some(Labels::Numbers(v, _))) if v.iter().any(|x| !x.is_finite()) || v.is_empty() => {
            Err(invalid_document(format!("regridding along {dim:?}: {} labels, not all finite", v.len())))
        }
        (Some(at), Some(Labels::Numbers(v, _))) => Ok((at, v.clone())),
        _ => {
            let message =
                format!("regridding where {dim:?} is no dimension labelled by numbers, as on curvilinear grids");
            Err(unsupported(message))
        }
    }
}

/// The labels of the result: coordinates along the two dimensions give way to the new labels.
pub(super) fn relabelled(labels: &Labelling, lat: (&str, &[f64]), lon: (&str, &[f64])) -> Labelling {
    let mut out = labels.clone();
    for (dim, new) in [lat, lon] {
        out.dims.iter_mut().filter(|(name, _)| name == dim).for_each(|(_, n)| *n = new.len() as u64);
        out.coords.retain(|c| c.name == dim || c.dim.as_deref() != Some(dim));
        for coord in out.coords.iter_mut().filter(|c| c.name == dim) {
            coord.labels = Labels::Numbers(new.to_vec(), false);
        }
    }
    out
}

/// Whether the gap between the last longitude and the first one of the next turn is no wider than the widest step.
fn is_around(lon: &[f64]) -> bool {
    let lon: Vec<f64> = sorted(lon).into_iter().map(|(x, _)| x).collect();
    let (Some(first), Some(last)) = (lon.first(), lon.last()) else { return false };
    let steps = lon.iter().zip(lon.iter().skip(1)).map(|(a, b)| b - a);
    let gap = first + TURN - last;
    lon.len() > 1 && gap > 0.0 && gap <= steps.fold(0.0, f64::max) * 1.001
}

/// Labels in ascending order, with their positions.
fn sorted(labels: &[f64]) -> Vec<(f64, usize)> {
    let mut all: Vec<(f64, usize)> = labels.iter().copied().zip(0..).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// Ascending longitudes around the globe, with one more at both ends.
fn joined(mut columns: Vec<(f64, usize)>) -> Vec<(f64, usize)> {
    let (first, last) = (columns.first().copied(), columns.last().copied());
    columns.splice(0..0, last.map(|(x, at)| (x - TURN, at)));
    columns.extend(first.map(|(x, at)| (x + TURN, at)));
    columns
}

/// Targets by multiples of a turn in [first, first + 360).
fn turn(targets: &[f64], lon: &[f64]) -> Vec<f64> {
    let first = lon.iter().copied().fold(f64::INFINITY, f64::min);
    targets.iter().map(|x| x - TURN * ((x - first) / TURN).floor()).collect()
}

/// Shares of each target that lies between the first and the last label; none of the others.
fn shares(
    labels: &[(f64, usize)],
    targets: &[f64],
    share: impl Fn(&[(f64, usize)], f64) -> Option<Vec<(usize, f64)>>,
) -> Shares {
    let ends = labels.first().zip(labels.last());
    let inside = |x: f64| ends.is_some_and(|(first, last)| first.0 <= x && x <= last.0);
    targets.iter().map(|&x| if inside(x) { share(labels, x).unwrap_or_default() } else { Vec::new() }).collect()
}

/// Both ends of the interval (low, high] that a target lies in; the first label belongs to the first interval.
fn between(labels: &[(f64, usize)], x: f64) -> Option<Vec<(usize, f64)>> {
    let high = labels.partition_point(|(label, _)| *label < x).max(1);
    let (low, high) = (labels.get(high - 1)?, labels.get(high)?);
    let share = (x - low.0) / (high.0 - low.0);
    Some(vec![(low.1, 1.0 - share), (high.1, share)])
}

/// The nearest label; half-way, the lower one.
fn nearest(labels: &[(f64, usize)], x: f64) -> Option<Vec<(usize, f64)>> {
    let high = labels.partition_point(|(label, _)| *label < x);
    let below = high.checked_sub(1).and_then(|low| labels.get(low));
    let found = match (below, labels.get(high)) {
        (Some(low), Some(high)) => Some(if (low.0 + high.0) / 2.0 < x { high } else { low }),
        (low, high) => low.or(high),
    };
    found.map(|(_, at)| vec![(*at, 1.0)])
}
