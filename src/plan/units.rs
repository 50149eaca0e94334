//! The plan that every worker gets, and its units of work.
//!
//! The touched chunks form a grid. Its kept dimensions divide the output into blocks; the chunks that are reduced into
//! one block are cut into runs. A unit is one run of one block: its chunks are folded in order into one partial. Runs are
//! merged in order, too. What a unit is depends on the document and the metadata alone, never on the number of workers:
//! so the result has the same bits whoever computes it.

use super::groups::{GroupNumbers, GroupSpan};
use super::op::Op;
use super::ranks::Ranks;
use super::weights::Weights;
use crate::array::{ChunkGrid, DType, DimIndex, Field};
use crate::cf::Packing;
use crate::error::{Result, product, to_usize, too_large};
use crate::meta::{ArrayMeta, ChunkKeys, CodecSpec, ShardSpec};
use crate::store::{Address, join_path};
use serde::{Deserialize, Serialize};

/// Runs are cut so that there are about so many units, if there are as many chunks.
const TARGET_UNITS: u64 = 64;
/// A run is long enough for its partial to be small beside what it decodes, but leaves this many units.
pub(super) const LEAST_UNITS: u64 = 16;
/// How many times a run's decoded bytes should exceed its partial's: what is sent, read and merged costs more than decoding as
/// much does, and one worker does all of it.
const DECODED_PER_PARTIAL: u64 = 16;

/// What a worker must know of an array.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArraySpec {
    /// Path in the store.
    pub path: String,
    /// How it is cut into chunks (or shards).
    pub grid: ChunkGrid,
    /// Element type.
    pub dtype: DType,
    /// Its fields, if elements are records.
    pub fields: Vec<Field>,
    /// One element, little-endian.
    pub fill: Vec<u8>,
    /// Codecs in encoding order.
    pub codecs: Vec<CodecSpec>,
    /// Chunk keys.
    pub keys: ChunkKeys,
}

impl ArraySpec {
    /// From metadata.
    ///
    /// # Errors
    /// Why the array cannot be read, if it cannot.
    pub fn of(meta: &ArrayMeta) -> Result<Self> {
        Ok(ArraySpec {
            dtype: meta.readable()?,
            path: meta.path.clone(),
            grid: meta.grid.clone(),
            fields: meta.fields.clone(),
            fill: meta.fill.clone(),
            codecs: meta.codecs.clone(),
            keys: meta.keys.clone(),
        })
    }

    /// Decoded bytes of a chunk; of the largest, where they differ.
    ///
    /// # Errors
    /// `too_large` if 64 bits do not hold them.
    pub fn chunk_bytes(&self) -> Result<u64> {
        Ok(product(&self.grid.largest(), "chunk")?.saturating_mul(self.dtype.size() as u64))
    }

    /// The shards' spec, if inner chunks can be read by range: sharding is then the only codec.
    pub fn sharding(&self) -> Option<&ShardSpec> {
        match self.codecs.as_slice() {
            [CodecSpec::Sharding(spec)] => Some(spec),
            _ => None,
        }
    }

    /// The shape of what is read at a time, if that is not a chunk.
    pub fn inner_shape(&self) -> Option<&[u64]> {
        self.sharding().map(|spec| spec.chunk_shape.as_slice())
    }

    /// A chunk's key in the store.
    pub fn key(&self, coords: &[u64]) -> String {
        join_path(&self.path, &self.keys.key(coords))
    }
}

/// One pass over chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Where the store is.
    pub address: Address,
    /// The array.
    pub array: ArraySpec,
    /// Names of its dimensions.
    pub dims: Vec<String>,
    /// CF decoding.
    pub packing: Packing,
    /// Selected positions of each dimension.
    pub index: Vec<DimIndex>,
    /// Which dimensions stay.
    pub kept: Vec<bool>,
    /// Into which group each selected position of a dimension that is not kept falls, where it is grouped.
    pub groups: Vec<Option<GroupNumbers>>,
    /// `None`: the values themselves.
    pub op: Option<Op>,
    /// Whether missing values are passed over.
    pub skipna: bool,
    /// Edges of a histogram, ascending.
    pub edges: Vec<f64>,
    /// Weights.
    pub weights: Option<Weights>,
    /// Where order statistics are looked for.
    pub ranks: Option<Ranks>,
    /// Whether only some units will be worked off: each is one chunk then, and there may be any number of them.
    pub sampled: bool,
    /// Chunks touched along each dimension.
    pub grid: Vec<DimIndex>,
    /// Chunks of one block that are folded into one partial.
    pub(super) run_len: u64,
    /// Whether all runs of a block come before those of the next.
    pub(super) by_block: bool,
}

/// One run of one block.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Which block of the output.
    pub block: u64,
    /// Which run of it.
    pub run: u64,
    /// Chunk coordinates in folding order.
    pub chunks: Vec<Vec<u64>>,
}

impl Plan {
    /// A plan for the values of a selection as they are, dimensions and all; other passes start from it.
    pub fn values(
        address: Address,
        array: ArraySpec,
        dims: Vec<String>,
        packing: Packing,
        index: Vec<DimIndex>,
    ) -> Self {
        let (kept, groups) = (vec![true; dims.len()], vec![None; dims.len()]);
        Plan {
            address,
            array,
            dims,
            packing,
            index,
            kept,
            groups,
            op: None,
            skipna: true,
            edges: Vec::new(),
            weights: None,
            ranks: None,
            sampled: false,
            grid: Vec::new(),
            run_len: 1,
            by_block: false,
        }
    }

    /// Settles the grid and the runs.
    ///
    /// # Errors
    /// `too_large` for results or numbers of chunks beyond the limits.
    pub fn settle(mut self, columns: u64) -> Result<Self> {
        // Every position of such a selection may lie in a chunk of its own, and the grid would list them.
        let listed = self.index.iter().zip(self.array.grid.axes()).map(|(index, axis)| axis.listed(index));
        let refuse = |n: u64| too_large("chunks of the selection", n, super::MAX_CHUNKS).with_path(&self.array.path);
        if let Some(n) = listed.max().filter(|n| *n > super::MAX_CHUNKS) {
            return Err(refuse(n));
        }
        self.grid = self.index.iter().zip(self.array.grid.axes()).map(|(i, axis)| axis.touched(i)).collect();
        let cells = product(&self.output_shape(), "result")?.saturating_mul(self.width());
        if cells > super::MAX_RESULT_CELLS {
            return Err(too_large("cells of the result", cells, super::MAX_RESULT_CELLS).with_path(&self.array.path));
        }
        let chunks = self.chunk_count()?;
        let most = if self.sampled { super::MAX_CHUNKS_SAMPLED } else { super::MAX_CHUNKS };
        if chunks > most {
            return Err(too_large("chunks of the selection", chunks, most).with_path(&self.array.path));
        }
        self.cut_groups(columns)?;
        self.run_len = self.run_length(columns)?;
        self.by_block = self.goes_by_block(columns)?;
        Ok(self)
    }

    /// Cells of a block on average, bins not counted.
    ///
    /// # Errors
    /// `too_large` if 64 bits do not hold those of the result.
    pub fn average_cells(&self) -> Result<u64> {
        Ok(product(&self.output_shape(), "result")?.div_ceil(self.block_count().max(1)))
    }

    /// Bytes of a block's partial, of so many columns.
    pub(super) fn partial_bytes(&self, columns: u64) -> Result<u64> {
        Ok(self.average_cells()?.saturating_mul(self.width()).saturating_mul(8 * columns))
    }

    /// How many chunks of a block are folded into one partial.
    pub(super) fn run_length(&self, columns: u64) -> Result<u64> {
        if self.sampled {
            return Ok(1);
        }
        let (chunks, reduced) = (self.chunk_count()?, self.reduced_per_block());
        let decoded = self.array.chunk_bytes()?.max(1);
        let by_count = chunks.div_ceil(TARGET_UNITS);
        let by_size = self.partial_bytes(columns)?.saturating_mul(DECODED_PER_PARTIAL).div_ceil(decoded);
        let longest = (chunks / LEAST_UNITS).max(1);
        let run_len = by_count.max(by_size.min(longest)).clamp(1, reduced.max(1));
        // Runs of like length: a short last one has as large a partial as the others.
        let runs = ((reduced + run_len / 2) / run_len).max(1);
        Ok(reduced.div_ceil(runs).max(1))
    }

    /// Along each dimension, how many blocks there are, and how many chunks are folded into each at most.
    fn sides(&self) -> Vec<(u64, u64)> {
        let side = |((grid, &kept), groups): ((&DimIndex, &bool), &Option<GroupNumbers>)| match groups
            .as_ref()
            .and_then(|g| g.blocks.as_ref())
        {
            Some(blocks) => (blocks.len() as u64, blocks.iter().map(|b| b.chunks.len()).max().unwrap_or(0) as u64),
            None if kept => (grid.len(), 1),
            None => (1, grid.len()),
        };
        self.grid.iter().zip(&self.kept).zip(&self.groups).map(side).collect()
    }

    /// The chunks along each dimension that are folded into a block, of it and of that which has most.
    pub(super) fn own_sides(&self, block: u64) -> Vec<(u64, u64)> {
        let own = |((groups, (_, most)), place): ((&Option<GroupNumbers>, (u64, u64)), u64)| {
            let blocks = groups.as_ref().and_then(|g| g.blocks.as_ref());
            let own = blocks.and_then(|blocks| blocks.get(usize::try_from(place).ok()?));
            (own.map_or(most, |block| block.chunks.len() as u64), most)
        };
        self.groups.iter().zip(self.sides()).zip(self.places(block)).map(own).collect()
    }

    /// All chunks touched.
    pub fn chunk_count(&self) -> Result<u64> {
        let lengths: Vec<u64> = self.grid.iter().map(DimIndex::len).collect();
        product(&lengths, "chunks of the selection")
    }

    /// Blocks of the output.
    pub fn block_count(&self) -> u64 {
        self.sides().iter().map(|(blocks, _)| blocks).product()
    }

    pub(super) fn reduced_per_block(&self) -> u64 {
        self.sides().iter().map(|(_, chunks)| chunks).product()
    }

    /// How often chunks are visited: more often than there are chunks where some belong to several groups.
    pub fn visit_count(&self) -> u64 {
        let along = |(grid, groups): (&DimIndex, &Option<GroupNumbers>)| {
            let blocks = groups.as_ref().and_then(|g| g.blocks.as_ref());
            blocks.map_or(grid.len(), |blocks| blocks.iter().map(|b| b.chunks.len() as u64).sum())
        };
        self.grid.iter().zip(&self.groups).map(along).fold(1, u64::saturating_mul)
    }

    /// Places of visits in all: where some groups have fewer chunks than others, there are more places than visits.
    pub fn place_count(&self) -> u64 {
        self.block_count().saturating_mul(self.reduced_per_block())
    }

    /// The visit at a place: the block, and the chunk's coordinates.
    pub fn visit(&self, place: u64) -> Option<(u64, Vec<u64>)> {
        let blocks = self.block_count().max(1);
        let block = place % blocks;
        Some((block, self.chunk(&self.sides(), block, place / blocks)?))
    }

    /// Runs of each block.
    pub fn run_count(&self) -> u64 {
        self.reduced_per_block().div_ceil(self.run_len.max(1))
    }

    /// Units in all.
    pub fn unit_count(&self) -> u64 {
        self.block_count() * self.run_count()
    }

    /// Chunks of a unit.
    pub fn unit_chunks(&self, ordinal: u64) -> u64 {
        let by_group = self.groups.iter().flatten().any(|g| g.blocks.is_some());
        if by_group {
            return self.chunks_of(ordinal).count() as u64;
        }
        self.places_of_run(self.block_and_run(ordinal).1).1
    }

    /// The first chunk of a run, and how many places it has.
    fn places_of_run(&self, run: u64) -> (u64, u64) {
        let first = run * self.run_len;
        (first, self.run_len.min(self.reduced_per_block().saturating_sub(first)))
    }

    /// A unit by its ordinal.
    pub fn unit(&self, ordinal: u64) -> Unit {
        let (block, run) = self.block_and_run(ordinal);
        Unit { block, run, chunks: self.chunks_of(ordinal).collect() }
    }

    /// The chunks of a unit, one by one: there may be very many.
    pub fn chunks_of(&self, ordinal: u64) -> impl Iterator<Item = Vec<u64>> {
        let (block, run) = self.block_and_run(ordinal);
        let (first, len) = self.places_of_run(run);
        let sides = self.sides();
        (first..first + len).filter_map(move |r| self.chunk(&sides, block, r))
    }

    /// The `reduced`-th chunk of a block, both in C order; none where a group has fewer than others.
    fn chunk(&self, sides: &[(u64, u64)], block: u64, reduced: u64) -> Option<Vec<u64>> {
        let (mut block, mut reduced) = (block, reduced);
        let mut coords = vec![0; self.grid.len()];
        let dims = coords.iter_mut().zip(&self.grid).zip(self.kept.iter().zip(&self.groups)).zip(sides).rev();
        for (((coord, grid), (&kept, groups)), &(blocks, chunks)) in dims {
            let (own_block, own_chunk) = (block % blocks.max(1), reduced % chunks.max(1));
            block /= blocks.max(1);
            reduced /= chunks.max(1);
            let place = match groups.as_ref().and_then(|g| g.blocks.as_ref()) {
                Some(blocks) => {
                    *blocks.get(usize::try_from(own_block).ok()?)?.chunks.get(usize::try_from(own_chunk).ok()?)?
                }
                None if kept => own_block,
                None => own_chunk,
            };
            *coord = grid.get(place).unwrap_or(0);
        }
        Some(coords)
    }

    /// Which block along each dimension a block is.
    fn places(&self, block: u64) -> Vec<u64> {
        let mut block = block;
        let place = |&(blocks, _): &(u64, u64)| {
            let own = block % blocks.max(1);
            block /= blocks.max(1);
            own
        };
        let mut places: Vec<u64> = self.sides().iter().rev().map(place).collect();
        places.reverse();
        places
    }

    /// The groups of a dimension that a block holds, if it does not hold all.
    pub fn groups_of(&self, block: u64, dim: usize) -> Option<GroupSpan> {
        let blocks = self.groups.get(dim)?.as_ref()?.blocks.as_ref()?;
        let place = self.places(block).get(dim).copied()?;
        Some(blocks.get(usize::try_from(place).ok()?)?.groups)
    }

    /// Where a block lies in the output: positions along each kept dimension, groups along each grouped one.
    pub fn landing(&self, block: u64) -> Vec<DimIndex> {
        let places = self.places(block);
        let pairs = self.index.iter().zip(self.array.grid.axes()).zip(self.grid.iter().zip(&places));
        pairs
            .zip(self.kept.iter().zip(&self.groups))
            .filter_map(|(((index, axis), (grid, &place)), (&kept, groups))| match groups {
                Some(GroupNumbers { blocks: Some(blocks), .. }) => {
                    let own = usize::try_from(place).ok().and_then(|place| blocks.get(place));
                    let GroupSpan { first: start, len } = own.map_or(GroupSpan { first: 0, len: 0 }, |b| b.groups);
                    Some(DimIndex::Range { start, step: 1, len })
                }
                Some(groups) => Some(DimIndex::all(groups.count)),
                None => kept.then(|| axis.within(index, grid.get(place).unwrap_or(0)).1),
            })
            .collect()
    }

    /// Cells of a block, bins not counted.
    pub fn block_cells(&self, block: u64) -> Result<usize> {
        let lengths: Vec<u64> = self.landing(block).iter().map(DimIndex::len).collect();
        to_usize(product(&lengths, "block")?, "block")
    }
}
