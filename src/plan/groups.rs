//! Groups of a dimension's positions, and how they are cut into blocks of the output: one for all groups, or one for each few
//! that lie next to one another, of whose statistics alone its units make a partial. A chunk is read once for each block that
//! it has values of.

use super::units::{LEAST_UNITS, Plan};
use super::{TILE_CELLS, TILE_STRETCH};
use crate::array::DimIndex;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a partial's bytes cost (clearing, writing, sending, reading and merging them) beside fetching and decoding as many.
const PARTIAL_COST: u64 = 2;
/// What a visit of a chunk costs beside its bytes: about what a connection brings in the time of a request. Of a shard the index
/// is read at every visit.
const VISIT_COST: u64 = 256 << 10;
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
    /// How many pieces of these do: inner chunks of a shard, otherwise the chunks themselves.
    pub pieces: u64,
}

/// What is read at a time along a dimension, and the groups, ascending, of which it has values.
struct Piece {
    /// The chunk's place in the grid.
    chunk: u64,
    groups: Vec<u32>,
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

    /// What is read of touched chunks; `within` gives positions in a chunk and which of the selected ones they are, and `len` is
    /// how many positions are read at a time.
    fn pieces(&self, grid: &DimIndex, len: u64, within: impl Fn(u64) -> (DimIndex, DimIndex)) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (place, chunk) in grid.positions().enumerate() {
            let (inside, selected) = within(chunk);
            let mut own: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for (position, selected) in inside.positions().zip(selected.positions()) {
                let group = usize::try_from(selected).ok().and_then(|at| *self.of.get(at)?);
                own.entry(position / len.max(1)).or_default().extend(group);
            }
            for mut groups in own.into_values() {
                groups.sort_unstable();
                groups.dedup();
                pieces.push(Piece { chunk: place as u64, groups });
            }
        }
        pieces
    }

    /// Blocks of so many groups each.
    fn cut(&self, pieces: &[Piece], len: u64) -> Vec<GroupBlock> {
        let firsts = (0..self.count).step_by(usize::try_from(len.max(1)).unwrap_or(usize::MAX));
        let empty = |first| GroupBlock {
            groups: GroupSpan { first, len: len.min(self.count - first) },
            chunks: Vec::new(),
            pieces: 0,
        };
        let mut blocks: Vec<GroupBlock> = firsts.map(empty).collect();
        for Piece { chunk, groups } in pieces {
            let mut before = None;
            for group in groups {
                let at = u64::from(*group) / len.max(1);
                if before.replace(at) == Some(at) {
                    continue;
                }
                if let Some(block) = usize::try_from(at).ok().and_then(|at| blocks.get_mut(at)) {
                    block.pieces += 1;
                    if block.chunks.last() != Some(chunk) {
                        block.chunks.push(*chunk);
                    }
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
    /// Bytes to decode, and those of partials and of visits as often as they count.
    bytes: u64,
    units: u64,
    /// Bytes of one.
    partial: u64,
}

impl Plan {
    /// What units cost, if so many reads are made of so many pieces.
    fn cost(&self, columns: u64, (reads, pieces): (u64, u64)) -> Result<Cost> {
        let units = self.block_count().saturating_mul(self.reduced_per_block().div_ceil(self.run_length(columns)?));
        let partial = self.partial_bytes(columns)?;
        let whole = self.chunk_count()?.saturating_mul(self.array.chunk_bytes()?);
        let partials = units.saturating_mul(partial).saturating_mul(PARTIAL_COST);
        let visits = self.visit_count().saturating_mul(VISIT_COST);
        let bytes = (whole / pieces.max(1)).saturating_mul(reads).saturating_add(partials).saturating_add(visits);
        Ok(Cost { bytes, units, partial })
    }

    /// Cuts groups into the blocks that cost least: of few groups, chunks are read more than once; of many, every unit's
    /// partial is large. Estimates draw single chunks, and learn most from those of one group.
    pub(super) fn cut_groups(&mut self, columns: u64) -> Result<()> {
        let chunks = self.chunk_count()?;
        for d in 0..self.groups.len() {
            let (Some(Some(groups)), Some(grid)) = (self.groups.get(d), self.grid.get(d)) else { continue };
            let (Some(index), Some(axis)) = (self.index.get(d), self.array.grid.axes().get(d)) else { continue };
            let piece_len = self.array.inner_shape().map_or(u64::MAX, |inner| inner.get(d).copied().unwrap_or(1));
            let pieces = groups.pieces(grid, piece_len, |chunk| axis.within(index, chunk));
            let all = pieces.len() as u64;
            let whole = self.cost(columns, (all, all))?;
            let has_room = whole.partial <= MAX_GROUPS_BYTES;
            let (mut best, mut least) = (None, if has_room { whole.bytes } else { u64::MAX });
            // Without room for all groups the values would be at hand: in tiles that are cut within chunks, if these are too large,
            // and then they are read as often at least.
            let in_part = self.column_cells() > TILE_CELLS.saturating_mul(TILE_STRETCH);
            let otherwise = if in_part { all.saturating_mul(TILE_STRETCH) } else { all + all / 2 };
            for len in lengths(groups.count).take(if self.sampled { 1 } else { usize::MAX }) {
                let blocks = self.groups.get(d).and_then(|groups| Some(groups.as_ref()?.cut(&pieces, len)));
                let reads = blocks.iter().flatten().map(|block| block.pieces).sum::<u64>();
                self.set_blocks(d, blocks);
                let cost = self.cost(columns, (reads, all))?;
                let fits = len == 1 || cost.partial <= MAX_SEVERAL_BYTES && cost.units >= LEAST_UNITS.min(chunks);
                let pays = fits && cost.bytes < least && (has_room || reads <= otherwise);
                let few_visits = self.visit_count().saturating_mul(2) <= chunks.saturating_mul(3);
                if pays && !self.sampled || few_visits && self.sampled {
                    (best, least) = (self.set_blocks(d, None), cost.bytes);
                }
                // Blocks of more groups save nothing where nothing is read twice.
                if reads == all {
                    break;
                }
            }
            self.set_blocks(d, best);
        }
        Ok(())
    }

    /// Cells of all that is reduced or grouped, of as many others as are read at a time.
    fn column_cells(&self) -> u64 {
        let largest = self.array.grid.largest();
        let read = self.array.inner_shape().unwrap_or(&largest);
        let along = |((index, &read), &kept): ((&DimIndex, &u64), &bool)| {
            if kept { index.len().min(read) } else { index.len() }
        };
        self.index.iter().zip(read).zip(&self.kept).map(along).fold(1, u64::saturating_mul)
    }

    /// Sets a dimension's blocks, and gives those before.
    fn set_blocks(&mut self, dim: usize, blocks: Option<Vec<GroupBlock>>) -> Option<Vec<GroupBlock>> {
        let groups = self.groups.get_mut(dim)?.as_mut()?;
        std::mem::replace(&mut groups.blocks, blocks)
    }
}
