//! Groups of a dimension's positions, and how they are cut into blocks of the output: one for all groups, or one for each few
//! that lie next to one another, of whose statistics alone its units make a partial. A chunk is read once for each block that
//! it has values of.

use super::units::{LEAST_UNITS, Plan};
use crate::array::DimIndex;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// What a partial's bytes cost (clearing, writing, sending, reading and merging them) beside fetching and decoding as many.
const PARTIAL_COST: u64 = 2;
/// The most bytes of a unit's partial of groups: what is larger is reduced at hand.
pub const MAX_GROUPS_BYTES: u64 = 64 << 20;
/// The most of one that holds several groups, but not all: a worker has some at a time.
const MAX_SEVERAL_BYTES: u64 = MAX_GROUPS_BYTES / 2;

/// Groups that lie next to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupSpan {
    /// The first.
    pub first: u64,
    /// How many.
    pub len: u64,
}

impl GroupSpan {
    /// Which of them a group is, if it is one.
    pub fn place(self, group: u64) -> Option<u64> {
        group.checked_sub(self.first).filter(|place| *place < self.len)
    }
}

/// The groups of one block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupBlock {
    /// Which groups.
    pub groups: GroupSpan,
    /// The touched chunks that have values of them, by their places in the grid.
    pub chunks: Vec<u64>,
}

/// The groups of a dimension's selected positions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupNumbers {
    /// The group of each; none counts for nothing.
    pub of: Vec<Option<u32>>,
    /// How many groups there are.
    pub count: u64,
    /// The blocks that they are cut into; none: every block has all of them.
    pub blocks: Option<Vec<GroupBlock>>,
}

impl GroupNumbers {
    /// Groups that are not cut into blocks yet.
    pub fn new(of: Vec<Option<u32>>, count: u64) -> Self {
        GroupNumbers { of, count, blocks: None }
    }

    /// The groups of which each touched chunk has values, ascending.
    fn by_chunk(&self, grid: &DimIndex, within: impl Fn(u64) -> DimIndex) -> Vec<Vec<u32>> {
        let of_chunk = |chunk| {
            let lands: DimIndex = within(chunk);
            let groups = lands.positions().filter_map(|p| *self.of.get(usize::try_from(p).ok()?)?);
            let mut groups: Vec<u32> = groups.collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        grid.positions().map(of_chunk).collect()
    }

    /// Blocks of so many groups each.
    fn cut(&self, by_chunk: &[Vec<u32>], len: u64) -> Vec<GroupBlock> {
        let firsts = (0..self.count).step_by(usize::try_from(len.max(1)).unwrap_or(usize::MAX));
        let empty =
            |first| GroupBlock { groups: GroupSpan { first, len: len.min(self.count - first) }, chunks: Vec::new() };
        let mut blocks: Vec<GroupBlock> = firsts.map(empty).collect();
        for (place, groups) in by_chunk.iter().enumerate() {
            let mut before = None;
            for group in groups {
                let at = u64::from(*group) / len.max(1);
                if before.replace(at) != Some(at)
                    && let Some(block) = usize::try_from(at).ok().and_then(|at| blocks.get_mut(at))
                {
                    block.chunks.push(place as u64);
                }
            }
        }
        blocks
    }
}

/// Numbers of groups that blocks may have, of less than this: 1, 2, 3, 4, 6, 8, 12…
fn lengths(count: u64) -> impl Iterator<Item = u64> {
    let doubled = (0..62).flat_map(|bits| [2 << bits, 3 << bits]);
    std::iter::once(1).chain(doubled).take_while(move |n| *n < count)
}

/// What units of a kind cost.
struct Cost {
    /// Bytes to decode, and those of partials as often as they count.
    bytes: u64,
    units: u64,
    /// Bytes of one.
    partial: u64,
}

impl Plan {
    fn cost(&self, columns: u64) -> Result<Cost> {
        let units = self.block_count().saturating_mul(self.reduced_per_block().div_ceil(self.run_length(columns)?));
        let partial = self.partial_bytes(columns)?;
        let decoded = self.visit_count().saturating_mul(self.array.chunk_bytes()?);
        let partials = units.saturating_mul(partial).saturating_mul(PARTIAL_COST);
        Ok(Cost { bytes: decoded.saturating_add(partials), units, partial })
    }

    /// Cuts groups into the blocks that cost least: of few groups, chunks are read more than once; of many, every unit's
    /// partial is large. Estimates draw single chunks, and learn most from those of one group.
    pub(super) fn cut_groups(&mut self, columns: u64) -> Result<()> {
        let chunks = self.chunk_count()?;
        for d in 0..self.groups.len() {
            let (Some(Some(groups)), Some(grid)) = (self.groups.get(d), self.grid.get(d)) else { continue };
            let (Some(index), Some(axis)) = (self.index.get(d), self.array.grid.axes().get(d)) else { continue };
            let by_chunk = groups.by_chunk(grid, |chunk| axis.within(index, chunk).1);
            let whole = self.cost(columns)?;
            let has_room = whole.partial <= MAX_GROUPS_BYTES;
            let (mut best, mut least) = (None, if has_room { whole.bytes } else { u64::MAX });
            for len in lengths(groups.count).take(if self.sampled { 1 } else { usize::MAX }) {
                let blocks = self.groups.get(d).and_then(|groups| Some(groups.as_ref()?.cut(&by_chunk, len)));
                self.set_blocks(d, blocks);
                let cost = self.cost(columns)?;
                let fits = len == 1 || cost.partial <= MAX_SEVERAL_BYTES && cost.units >= LEAST_UNITS.min(chunks);
                let reads_few_twice = self.visit_count().saturating_mul(2) <= chunks.saturating_mul(3);
                // Without room for all groups the values would be at hand, each of them read once.
                let pays = fits && cost.bytes < least && (has_room || reads_few_twice);
                if pays && !self.sampled || reads_few_twice && self.sampled {
                    (best, least) = (self.set_blocks(d, None), cost.bytes);
                }
            }
            self.set_blocks(d, best);
        }
        Ok(())
    }

    /// Sets a dimension's blocks, and gives those before.
    fn set_blocks(&mut self, dim: usize, blocks: Option<Vec<GroupBlock>>) -> Option<Vec<GroupBlock>> {
        let groups = self.groups.get_mut(dim)?.as_mut()?;
        std::mem::replace(&mut groups.blocks, blocks)
    }
}
