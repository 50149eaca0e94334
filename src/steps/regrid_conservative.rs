//! How much cells of two grids share: along each axis for itself, because the area that two cells share is the product of
//! what they share in the sine of latitude and in longitude.

use super::regrid::{Shares, TURN, Target};
use crate::error::{Result, invalid_document, too_large};
use crate::plan::MAX_RESULT_CELLS;

/// The latitude of a pole, which no cell goes beyond.
const POLE: f64 = 90.0;
/// The most turns that one target cell is held against the source; more mean a mistake.
const MAX_TURNS: f64 = 64.0;
/// The furthest that a target may be turned.
const MOST_TURNS_AWAY: f64 = 1e6;

/// A cell's lower and upper edge.
type Edges = (f64, f64);

/// Shares of the rows and of the columns. Cells of the source are its bounds, if given for both axes; else, and always
/// for the target, they reach half-way to their neighbours, at the ends as far as on the other side.
///
/// # Errors
/// `invalid_document` for bounds of another length or not finite, for one label alone, and for targets many turns wide.
pub(super) fn overlaps(
    rows: &[f64],
    columns: &[f64],
    around: bool,
    target: &Target,
    bounds: Option<(&[f64], &[f64])>,
) -> Result<(Shares, Shares)> {
    let (rows, columns) = match bounds {
        Some((lat, lon)) => (bounded(lat, rows.len(), "latitude")?, bounded(lon, columns.len(), "longitude")?),
        None => (half_way(rows, Some(POLE), "latitude")?, half_way(columns, None, "longitude")?),
    };
    let sines = |cells: Vec<Edges>| -> Vec<Edges> {
        cells.into_iter().map(|(low, high)| (low.to_radians().sin(), high.to_radians().sin())).collect()
    };
    let tall = shared(&sines(rows), &sines(half_way(&target.lat, Some(POLE), "target latitude")?), false)?;
    let broad = shared(&columns, &half_way(&target.lon, None, "target longitude")?, around)?;
    Ok((tall, broad))
}

/// Cells from n × 2 edges, in either order.
fn bounded(edges: &[f64], len: usize, what: &str) -> Result<Vec<Edges>> {
    let cells = edges.as_chunks::<2>().0;
    if cells.len() != len || edges.len() != len.saturating_mul(2) || edges.iter().any(|x| !x.is_finite()) {
        let message = format!("{what} has {} bounds, not all finite, for {len} labels", edges.len());
        return Err(invalid_document(message));
    }
    Ok(cells.iter().map(|[a, b]| (a.min(*b), a.max(*b))).collect())
}

/// Cells that meet half-way between neighbouring labels, within ±`limit`.
fn half_way(labels: &[f64], limit: Option<f64>, what: &str) -> Result<Vec<Edges>> {
    let halves: Vec<f64> = labels.iter().zip(labels.iter().skip(1)).map(|(a, b)| (b - a) / 2.0).collect();
    let (Some(first), Some(last)) = (halves.first(), halves.last()) else {
        return match labels.is_empty() {
            true => Ok(Vec::new()),
            false => Err(invalid_document(format!("one {what} alone has no cell to regrid conservatively"))),
        };
    };
    let within = |x: f64| limit.map_or(x, |limit| x.clamp(-limit, limit));
    let before = std::iter::once(first).chain(&halves);
    let after = halves.iter().chain(std::iter::once(last));
    // Both sides of an edge are reckoned from its lower label, so that neighbours meet to the last bit.
    let start = |k: usize, x: f64, half: &f64| match k.checked_sub(1).and_then(|k| labels.get(k)) {
        Some(previous) => previous + half,
        None => x - half,
    };
    let cells = labels.iter().zip(before).zip(after).enumerate().map(|(k, ((x, before), after))| {
        let (a, b) = (within(start(k, *x, before)), within(x + after));
        (a.min(b), a.max(b))
    });
    Ok(cells.collect())
}

/// For each target cell, the source cells that it overlaps and by how much; of a globe in all turns.
fn shared(source: &[Edges], target: &[Edges], around: bool) -> Result<Shares> {
    let mut order: Vec<(Edges, usize)> = source.iter().copied().zip(0..).collect();
    order.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    // The furthest that any cell up to here reaches: ascending also where bounds overlap.
    let reach: Vec<f64> = order
        .iter()
        .scan(f64::NEG_INFINITY, |furthest, ((_, high), _)| {
            *furthest = furthest.max(*high);
            Some(*furthest)
        })
        .collect();
    let (Some(lowest), Some(highest)) = (order.first().map(|((low, _), _)| *low), reach.last().copied()) else {
        return Ok(vec![Vec::new(); target.len()]);
    };
    let mut all = Vec::with_capacity(target.len());
    let mut entries = 0u64;
    for (low, high) in target {
        let turns = if around { turns((*low, *high), (lowest, highest))? } else { vec![0.0] };
        let mut found = Vec::new();
        for turn in turns {
            let (low, high) = (low + turn, high + turn);
            let first = reach.partition_point(|furthest| *furthest <= low);
            for ((from, to), at) in order.iter().skip(first).take_while(|((from, _), _)| *from < high) {
                let share = high.min(*to) - low.max(*from);
                if share > 0.0 {
                    found.push((*at, share));
                }
            }
        }
        entries += found.len() as u64;
        if entries > MAX_RESULT_CELLS {
            return Err(too_large("overlaps of cells", entries, MAX_RESULT_CELLS));
        }
        all.push(found);
    }
    Ok(all)
}

/// The multiples of 360° by which a target cell comes to lie over the source.
fn turns(cell: Edges, source: Edges) -> Result<Vec<f64>> {
    let first = ((source.0 - cell.1) / TURN).ceil();
    let last = ((source.1 - cell.0) / TURN).floor();
    let count = last - first;
    if count.is_nan() || count > MAX_TURNS || first.abs() > MOST_TURNS_AWAY {
        return Err(invalid_document(format!("a target cell from {} to {} degrees", cell.0, cell.1)));
    }
    Ok(std::iter::successors(Some(first), |turn| Some(turn + 1.0))
        .take_while(|turn| *turn <= last)
        .map(|turn| turn * TURN)
        .collect())
}
