//! How the dimensions of an array are cut into chunks: evenly, or by edges of any lengths (`rectilinear`).
//!
//! Spec: zarr v3 core, "Regular grids"; zarr-extensions, chunk-grids/rectilinear. Evenly cut chunks have their full length
//! even where the array ends inside them; edges say the length of each chunk.

use super::region::DimIndex;
use serde::{Deserialize, Serialize};

/// How one dimension is cut. No chunk has length 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChunkAxis {
    /// Chunks of one length.
    Even(u64),
    /// Where each chunk ends, ascending; the first one starts at 0.
    Ends(Vec<u64>),
}

impl ChunkAxis {
    /// From the lengths of chunks, none of them 0. Lengths that are all the same are even. `None` if they have no sum.
    pub fn from_lengths(lengths: &[u64]) -> Option<Self> {
        match lengths {
            [first, rest @ ..] if rest.iter().all(|n| n == first) => Some(ChunkAxis::Even(*first)),
            _ => {
                let mut end = 0u64;
                let ends = lengths.iter().map(|n| {
                    end = end.checked_add(*n)?;
                    Some(end)
                });
                ends.collect::<Option<_>>().map(ChunkAxis::Ends)
            }
        }
    }

    /// The length of the longest chunk; what is even has no other.
    pub fn longest(&self) -> u64 {
        match self {
            ChunkAxis::Even(n) => *n,
            ChunkAxis::Ends(ends) => (0..ends.len() as u64).map(|c| self.length(c)).max().unwrap_or(1),
        }
    }

    /// The length of the shortest chunk.
    fn shortest(&self) -> u64 {
        match self {
            ChunkAxis::Even(n) => *n,
            ChunkAxis::Ends(ends) => (0..ends.len() as u64).map(|c| self.length(c)).min().unwrap_or(1),
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
            ChunkAxis::Ends(ends) => {
                let end = |c: u64| usize::try_from(c).ok().and_then(|c| ends.get(c)).copied();
                let low = chunk.checked_sub(1).map_or(Some(0), end).unwrap_or(u64::MAX);
                (low, end(chunk).unwrap_or(low))
            }
        }
    }

    /// The chunk that a position lies in.
    fn chunk_of(&self, position: u64) -> u64 {
        match self {
            ChunkAxis::Even(n) => position / n,
            ChunkAxis::Ends(ends) => ends.partition_point(|end| *end <= position) as u64,
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
            lengths in prop::collection::vec(1u64..9, 1..12),
            start in 0u64..20, step in 1u64..12, len in 0u64..30, shuffle in any::<bool>(),
        ) {
            let axis = ChunkAxis::from_lengths(&lengths).unwrap_or(ChunkAxis::Even(1));
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
        assert_eq!(ChunkAxis::from_lengths(&[u64::MAX, 1]), None);
        assert_eq!(ChunkAxis::from_lengths(&[4, 4, 4]), Some(ChunkAxis::Even(4)));
        assert_eq!(ChunkAxis::from_lengths(&[4, 2]), Some(ChunkAxis::Ends(vec![4, 6])));
    }
}
