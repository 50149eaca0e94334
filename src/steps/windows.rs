//! `coarsen` and `rolling`: positions in blocks one after another, or in windows that move.

use super::gather::Groups;
use crate::cf::Labels;
use crate::error::{Result, invalid_document, to_usize, too_large};
use crate::plan::{Boundary, Coord, Labelling};

/// Positions in all windows of a dimension, at most.
const MAX_POSITIONS: u64 = 1 << 26;

/// Blocks of so many positions; their labels are the means of the labels in them.
///
/// # Errors
/// `invalid_document` for a dimension that is not there, or one that blocks do not fill, without a `boundary`.
pub fn blocks(labels: &Labelling, dim: &str, n: u64, boundary: Boundary) -> Result<Groups> {
    let len = extent(labels, dim, "coarsen")?;
    let n = usize::try_from(n).unwrap_or(usize::MAX).max(1);
    if boundary == Boundary::Exact && !len.is_multiple_of(n) {
        return Err(invalid_document(format!(
            "coarsen: {len} positions of {dim} are no blocks of {n}; say `boundary`"
        )));
    }
    let count = if boundary == Boundary::Pad { len.div_ceil(n) } else { len / n };
    let members: Vec<Vec<usize>> = (0..count).map(|b| (b * n..(b * n).saturating_add(n).min(len)).collect()).collect();
    let padded = boundary == Boundary::Pad && !len.is_multiple_of(n);
    let own = labels.coords.iter().find(|c| c.dim.as_deref() == Some(dim) && c.name == dim);
    let coord = own.and_then(|c| Some(Coord { labels: means(&c.labels, &members)?, ..c.clone() }));
    Ok(Groups { name: dim.to_string(), coord, members, gaps: false, least: None, full: padded.then_some(n) })
}

/// Windows of so many positions, one for each label: ending at it, or around it.
///
/// # Errors
/// `invalid_document` for a dimension that is not there.
pub fn windows(labels: &Labelling, dim: &str, n: u64, center: bool) -> Result<Groups> {
    let len = extent(labels, dim, "rolling")?;
    let positions = (len as u64).saturating_mul(n.min(len as u64));
    if positions > MAX_POSITIONS {
        return Err(too_large("positions in windows", positions, MAX_POSITIONS));
    }
    // A window that is longer than both sides of any label reaches no more positions.
    let n = to_usize(n.min(2 * len as u64 + 2), "window")?.max(1);
    // Of an even window one more position lies before the label than after it.
    let before = if center { n / 2 } else { n - 1 };
    let after = n - 1 - before;
    let members = (0..len).map(|i| (i.saturating_sub(before)..(i + after + 1).min(len)).collect()).collect();
    let coord = labels.coords.iter().find(|c| c.dim.as_deref() == Some(dim) && c.name == dim).cloned();
    Ok(Groups { name: dim.to_string(), coord, members, gaps: false, least: None, full: None })
}

fn extent(labels: &Labelling, dim: &str, what: &str) -> Result<usize> {
    let len = labels.dims.iter().find(|(name, _)| name == dim).map(|(_, n)| *n);
    let names: Vec<&str> = labels.dims.iter().map(|(name, _)| name.as_str()).collect();
    let len = len.ok_or_else(|| invalid_document(format!("{what} along {dim:?}: there is {}", names.join(", "))))?;
    to_usize(len, "extent")
}

/// The mean label of each block; none for text.
#[allow(clippy::cast_precision_loss)]
fn means(labels: &Labels, members: &[Vec<usize>]) -> Option<Labels> {
    match labels {
        Labels::Numbers(values, _) => {
            let mean = |block: &Vec<usize>| {
                let there = block.iter().filter_map(|&i| values.get(i));
                super::statistics::compensated(there.copied()) / block.len() as f64
            };
            Some(Labels::Numbers(members.iter().map(mean).collect(), false))
        }
        Labels::Times(times, calendar) => {
            let mean = |block: &Vec<usize>| {
                let there: Vec<i128> = block.iter().filter_map(|&i| times.get(i).copied().flatten()).collect();
                let n = i128::try_from(there.len()).unwrap_or(1).max(1);
                (!there.is_empty()).then(|| there.iter().sum::<i128>().div_euclid(n))
            };
            Some(Labels::Times(members.iter().map(mean).collect(), *calendar))
        }
        Labels::Text(_) => None,
    }
}
