//! How a selection too large to be at hand is cut into tiles: along dimensions that the first steps leave alone, whose
//! results are put side by side, and along dimensions that the step after them reduces, whose statistics are merged.
//!
//! Tiles end where chunks end, as long as that makes them small enough; otherwise chunks are read again for each tile.

use crate::array::{ChunkGrid, DimIndex};
use crate::plan::{Grouping, Labelling, MAX_CHUNKS, Step, TILE_STRETCH, With};
use crate::steps::{folds, leaves_alone, needs_ranges};

/// The most tiles: each is a pass.
pub const MAX_TILES: u64 = 1 << 16;

/// A dimension that is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// Its place among the array's dimensions.
    pub at: usize,
    /// Its name.
    pub dim: String,
    /// Whether the parts' statistics are merged, rather than their results put side by side.
    pub merged: bool,
    /// First position and number of positions of each part, among the selected ones.
    pub parts: Vec<(u64, u64)>,
}

/// Which steps are done tile by tile, and the tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiling {
    /// Steps of each tile.
    pub steps: usize,
    /// Whether the step after those is one whose statistics are merged.
    pub folds: bool,
    /// The dimensions that are cut, in the order of the array.
    pub cuts: Vec<Cut>,
}

impl Tiling {
    /// How many tiles there are.
    pub fn count(&self) -> u64 {
        self.cuts.iter().fold(1, |all, cut| all.saturating_mul(cut.parts.len() as u64))
    }
}

/// The selected dimensions of an array.
pub struct Extent<'a> {
    /// Names of all its dimensions.
    pub dims: &'a [String],
    /// Selected positions of each.
    pub index: &'a [DimIndex],
    /// Its chunks; of shards, what is read of them at a time.
    pub grid: &'a ChunkGrid,
    /// Labels of the selection: the dimensions that are left of it.
    pub labels: &'a Labelling,
}

/// The best tiling for some steps, each with what it takes beside the values; none if no dimension can be cut. `whole` says
/// which dimensions must not be.
pub fn tiling(extent: &Extent, steps: &[Step], cells: u64, whole: &dyn Fn(&str) -> bool) -> Option<Tiling> {
    // A second variable of the same selection lies beside the values.
    let beside = steps.iter().filter(|step| matches!(step.with(), Some(With::Path(_)))).count() as u64;
    let budget = (cells / (1 + beside)).max(1);
    let candidates = (0..=steps.len()).rev().filter(|&k| k == 0 || !matches!(steps.get(k - 1), Some(Step::Group(_))));
    let mut best: Option<(u64, Tiling)> = None;
    for k in candidates {
        let Some((head, rest)) = steps.split_at_checked(k) else { continue };
        let fold = rest.first().filter(|step| folds(step));
        let cuttable: Vec<(usize, String, bool)> = extent
            .dims
            .iter()
            .enumerate()
            .filter(|(_, dim)| extent.labels.dims.iter().any(|(name, _)| name == *dim))
            .filter(|(_, dim)| all_leave_alone(extent.labels, head, dim) && !whole(dim))
            .filter_map(|(at, dim)| match fold {
                Some(step) if !leaves_alone(extent.labels, None, step, dim) => Some((at, dim.clone(), true)),
                _ => (k > 0 || fold.is_some()).then(|| (at, dim.clone(), false)),
            })
            .collect();
        if cuttable.is_empty() {
            continue;
        }
        let (size, cuts) = cut(extent, cuttable, budget)?;
        let merges = cuts.iter().any(|cut| cut.merged);
        let folds = fold.is_some_and(|step| merges || k == 0 || needs_ranges(step));
        let tiling = Tiling { steps: k, folds, cuts };
        // The longest head leaves the least to be done at hand: a shorter one must make smaller tiles to be taken.
        if best.as_ref().is_none_or(|(known, _)| *known > budget.saturating_mul(TILE_STRETCH) && size < *known) {
            best = Some((size, tiling));
        }
    }
    best.map(|(_, tiling)| tiling).filter(|tiling| tiling.count() > 1)
}

fn all_leave_alone(labels: &Labelling, steps: &[Step], dim: &str) -> bool {
    let mut grouping: Option<&Grouping> = None;
    steps.iter().all(|step| {
        // Edges that depend on all values depend on all positions.
        let alone = leaves_alone(labels, grouping, step, dim) && !needs_ranges(step);
        grouping = if let Step::Group(next) = step { Some(next) } else { None };
        alone
    })
}

/// Cuts dimensions until a tile has no more than `budget` cells, if it can be done; gives the cells of the largest tile.
/// `None` for more chunks or parts than may be listed.
fn cut(extent: &Extent, dims: Vec<(usize, String, bool)>, budget: u64) -> Option<(u64, Vec<Cut>)> {
    let lengths: Vec<u64> = extent.index.iter().map(DimIndex::len).collect();
    let chunks: Vec<Vec<u64>> = dims.iter().map(|(at, ..)| chunk_lengths(extent, *at)).collect::<Option<_>>()?;
    let mut size = lengths.clone();
    let cells = |size: &[u64]| size.iter().fold(1u64, |all, n| all.saturating_mul(*n));
    let chunk = |i: usize| chunks.get(i).and_then(|c| c.iter().max().copied()).unwrap_or(1).max(1);
    // Whole chunks first, of the dimension that has most of them.
    while let over @ 2.. = cells(&size).div_ceil(budget) {
        let many = |(i, (at, ..)): (usize, &(usize, String, bool))| Some((size.get(*at)?.div_ceil(chunk(i)), i, *at));
        let most = dims.iter().enumerate().filter_map(many).max_by_key(|(n, i, _)| (*n, usize::MAX - i));
        let Some((n, i, at)) = most.filter(|(n, ..)| *n > 1) else { break };
        if let Some(slot) = size.get_mut(at) {
            *slot = (n / over).max(1).saturating_mul(chunk(i));
        }
    }
    // Within chunks only where that leaves far too much.
    if cells(&size) > budget.saturating_mul(TILE_STRETCH) {
        for (at, ..) in &dims {
            let over = cells(&size).div_ceil(budget);
            if let Some(slot) = size.get_mut(*at).filter(|_| over > 1) {
                *slot = (*slot / over).max(1);
            }
        }
    }
    let mut cuts = Vec::new();
    for ((at, dim, merged), chunks) in dims.into_iter().zip(&chunks) {
        let (len, most) = (*lengths.get(at)?, (*size.get(at)?).max(1));
        if most >= len {
            continue;
        }
        // At most twice as many parts come of it: two neighbours have more than `most` together, or share a chunk.
        if len.div_ceil(most) > MAX_TILES {
            return None;
        }
        cuts.push(Cut { at, dim, merged, parts: parts(chunks, len, most) });
    }
    Some((cells(&size), cuts))
}

/// How many selected positions lie in each touched chunk of a dimension, if they lie there one after another; otherwise
/// each position by itself. `None` for more chunks than a plan may have.
fn chunk_lengths(extent: &Extent, at: usize) -> Option<Vec<u64>> {
    let (index, axis) = (extent.index.get(at)?, extent.grid.axes().get(at)?);
    if axis.listed(index) > MAX_CHUNKS || axis.touched(index).len() > MAX_CHUNKS {
        return None;
    }
    let mut next = 0;
    let mut lengths = Vec::new();
    for chunk in axis.touched(index).positions() {
        let lands = axis.within(index, chunk).1;
        let in_order = match &lands {
            DimIndex::Range { start, step, len } => *start == next && (*step == 1 || *len < 2),
            DimIndex::List(list) => list.iter().zip(next..).all(|(place, expected)| *place == expected),
        };
        if !in_order {
            return Some(vec![1; usize::try_from(index.len()).ok()?]);
        }
        next += lands.len();
        lengths.push(lands.len());
    }
    Some(lengths)
}

/// Parts of whole chunks, of at most so many positions; a longer chunk is cut.
fn parts(chunks: &[u64], len: u64, most: u64) -> Vec<(u64, u64)> {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    let mut at = 0;
    for &chunk in chunks {
        let mut left = chunk;
        match parts.last_mut() {
            Some((_, n)) if *n + chunk <= most => {
                *n += chunk;
                at += chunk;
                continue;
            }
            _ => {}
        }
        while left > 0 {
            let n = left.min(most);
            parts.push((at, n));
            at += n;
            left -= n;
        }
    }
    debug_assert_eq!(at, len);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_chunks_end() {
        assert_eq!(parts(&[3, 4, 4, 1], 12, 8), [(0, 7), (7, 5)]);
        assert_eq!(parts(&[5, 5], 10, 2), [(0, 2), (2, 2), (4, 1), (5, 2), (7, 2), (9, 1)]);
        assert_eq!(parts(&[2, 2, 2], 6, 6), [(0, 6)]);
    }
}
