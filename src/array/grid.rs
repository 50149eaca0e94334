//! How the dimensions of an array are cut into chunks: evenly, or by edges of any lengths (`rectilinear`).
//!
//! Spec: zarr v3 core, "Regular grids"; zarr-extensions, chunk-grids/rectilinear. Evenly cut chunks have their full length
//! even where the array ends inside them; edges say the length of each chunk, and are kept as the metadata writes them: a
//! few bytes stand for a million chunks of one length.

use super::region::DimIndex;
use serde::{Deserialize, Serialize};

/// How one dimension is cut. No chunk has length 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChunkAxis {
    /// Chunks of one length.
    Even(u64),
    /// Runs of chunks of one length each, ascending; the first one starts at 0.
    Runs(Vec<Run>),
}

/// Neighbouring chunks of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The length of each.
    length: u64,
    /// The chunk behind the last of them.
    last: u64,
    /// The position behind the last of them.
    end: u64,
}

impl ChunkAxis {
    /// From the lengths of chunks, none of them 0, each with how often it comes. Lengths that are all the same are even.
    /// `None` if they have no sum.
    pub fn from_runs(runs: impl IntoIterator<Item = (u64, u64)>) -> Option<Self> {
        let mut all: Vec<Run> = Vec::new();
        for (length, times) in runs.into_iter().filter(|(_, times)| *times > 0) {
            let (last, end) = all.last().map_or((0, 0), |run| (run.last, run.end));
            let (last, end) = (last.checked_add(times)?, length.checked_mul(times)?.checked_add(end)?);
            if all.last().is_some_and(|run| run.length == length) {
                all.pop();
            }
            all.push(Run { length, last, end });
        }
        Some(match all.as_slice() {
            [run] => ChunkAxis::Even(run.length),
            _ => ChunkAxis::Runs(all),
        })
    }

    /// The length of the longest chunk; what is even has no other.
    pub fn longest(&self) -> u64 {
        match self {
            ChunkAxis::Even(n) => *n,
            ChunkAxis::Runs(runs) => runs.iter().map(|run| run.length).max().unwrap_or(1),
        }
    }

    /// The length of the shortest chunk.
    fn shortest(&self) -> u64 {
        match self {
            ChunkAxis::Even(n) => *n,
            ChunkAxis::Runs(runs) => runs.iter().map(|run| run.length).min().unwrap_or(1),
        }
    }

    /// The length of a chunk.
    pub fn length(&self, chunk: u64) -> u64 {
        let (low, high) = self.span(chunk);
        high - low
    }

    /// Where a chunk starts and ends; nothing beyond the last.
    fn span(&self, chunk: u64) -> (u64, u64) {
        match self {
            ChunkAxis::Even(n) => {
                let low = chunk.saturating_mul(*n);
                (low, low.saturating_add(*n))
            }
            ChunkAxis::Runs(runs) => {
                let at = runs.partition_point(|run| run.last <= chunk);
                let (first, start) = before(runs, at);
                let Some(run) = runs.get(at) else { return (start, start) };
                let low = start.saturating_add((chunk - first).saturating_mul(run.length));
                (low, low.saturating_add(run.length))
            }
        }
    }

    /// The chunk that a position lies in.
    fn chunk_of(&self, position: u64) -> u64 {
        match self {
            ChunkAxis::Even(n) => position / n,
            ChunkAxis::Runs(runs) => {
                let at = runs.partition_point(|run| run.end <= position);
                let (first, start) = before(runs, at);
                runs.get(at).map_or(first, |run| first.saturating_add((position - start) / run.length.max(1)))
            }
        }
    }

    /// The chunks that some positions touch, ascending and each once; a range gives a range where it can.
    pub fn touched(&self, index: &DimIndex) -> DimIndex {
        if let ChunkAxis::Even(n) = self {
            return index.chunks(*n);
        }
        match index {
            DimIndex::Range { len: 0, .. } => DimIndex::all(0),
            DimIndex::Range { start, step, len } => {
                let (first, last) = (self.chunk_of(*start), self.chunk_of(start + (len - 1) * step));
                if *step <= self.shortest() {
                    return DimIndex::Range { start: first, step: 1, len: last - first + 1 };
                }
                let hit = |chunk: &u64| !self.within(index, *chunk).0.is_empty();
                DimIndex::List((first..=last).filter(hit).collect())
            }
            DimIndex::List(list) => {
                let mut chunks: Vec<u64> = list.iter().map(|p| self.chunk_of(*p)).collect();
                chunks.sort_unstable();
                chunks.dedup();
                DimIndex::List(chunks)
            }
        }
    }

    /// How many chunks [`touched`](Self::touched) would have to list one by one: what a plan bounds before it asks.
    pub fn listed(&self, index: &DimIndex) -> u64 {
        match (self, index) {
            (ChunkAxis::Even(n), DimIndex::Range { step, len, .. }) if step > n => *len,
            _ => 0,
        }
    }

    /// What of some positions falls into a chunk: positions in the chunk, and where each lands in the result.
    pub fn within(&self, index: &DimIndex, chunk: u64) -> (DimIndex, DimIndex) {
        let (low, high) = self.span(chunk);
        index.between(low, high)
    }
}

/// How many chunks and positions lie before a run.
fn before(runs: &[Run], at: usize) -> (u64, u64) {
    at.checked_sub(1).and_then(|at| runs.get(at)).map_or((0, 0), |run| (run.last, run.end))
}

/// How an array is cut, dimension by dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkGrid(Vec<ChunkAxis>);

impl ChunkGrid {
    /// Of cut dimensions.
    pub fn new(axes: Vec<ChunkAxis>) -> Self {
        ChunkGrid(axes)
    }

    /// Of chunks of one shape, without a length of 0.
    pub fn even(chunk_shape: &[u64]) -> Self {
        ChunkGrid(chunk_shape.iter().map(|&n| ChunkAxis::Even(n)).collect())
    }

    /// The dimensions.
    pub fn axes(&self) -> &[ChunkAxis] {
        &self.0
    }

    /// The shape of a chunk; of the largest, where they differ.
    pub fn largest(&self) -> Vec<u64> {
        self.0.iter().map(ChunkAxis::longest).collect()
    }

    /// The shape of one chunk.
    pub fn shape_of(&self, coords: &[u64]) -> Vec<u64> {
        self.0.iter().zip(coords).map(|(axis, &c)| axis.length(c)).collect()
    }

    /// Whether all chunks have one shape.
    pub fn is_even(&self) -> bool {
        self.0.iter().all(|axis| matches!(axis, ChunkAxis::Even(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Cutting by edges loses nothing, adds nothing, and keeps every landing place.
        #[test]
        fn edges_partition(
            lengths in prop::collection::vec(1u64..5, 1..12),
            start in 0u64..20, step in 1u64..12, len in 0u64..30, shuffle in any::<bool>(),
        ) {
            let axis = ChunkAxis::from_runs(lengths.iter().map(|n| (*n, 1))).unwrap_or(ChunkAxis::Even(1));
            let extent: u64 = lengths.iter().sum();
            let len = len.min(extent.saturating_sub(start).div_ceil(step));
            let range = DimIndex::Range { start, step, len };
            let mut list: Vec<u64> = range.positions().collect();
            if shuffle {
                list.reverse();
            }
            for index in [range, DimIndex::List(list)] {
                let mut seen = vec![None; usize::try_from(len).unwrap_or(0)];
                for c in axis.touched(&index).positions() {
                    let (inside, lands) = axis.within(&index, c);
                    prop_assert!(!inside.is_empty());
                    let before: u64 = lengths.iter().take(usize::try_from(c).unwrap_or(0)).sum();
                    for (p, l) in inside.positions().zip(lands.positions()) {
                        prop_assert!(p < axis.length(c));
                        prop_assert_eq!(seen[usize::try_from(l).unwrap_or(0)].replace(before + p), None);
                    }
                }
                let all: Vec<u64> = seen.into_iter().flatten().collect();
                prop_assert_eq!(all, index.positions().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn lengths_beyond_all_bounds_have_no_sum() {
        assert_eq!(ChunkAxis::from_runs([(u64::MAX, 1), (1, 1)]), None);
        assert_eq!(ChunkAxis::from_runs([(2, u64::MAX)]), None);
        assert_eq!(ChunkAxis::from_runs([(4, 1), (4, 2), (1, 0)]), Some(ChunkAxis::Even(4)));
        let axis = ChunkAxis::from_runs([(4, 1), (2, 3)]).unwrap_or(ChunkAxis::Even(1));
        assert_eq!(
            (0..6).map(|c| axis.span(c)).collect::<Vec<_>>(),
            [(0, 4), (4, 6), (6, 8), (8, 10), (10, 10), (10, 10)]
        );
        assert_eq!([0, 3, 4, 9, 10, 99].map(|p| axis.chunk_of(p)), [0, 0, 1, 3, 4, 4]);
    }
}
