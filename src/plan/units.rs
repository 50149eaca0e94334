//! The plan that every worker gets, and its units of work.
//!
//! The touched chunks form a grid. Its kept dimensions divide the output into blocks; the chunks that are reduced into
//! one block are cut into runs. A unit is one run of one block: its chunks are folded in order into one partial. Runs are
//! merged in order, too. What a unit is depends on the document and the metadata alone, never on the number of workers:
//! so the result has the same bits whoever computes it.

use super::document::Op;
use super::weights::Weights;
use crate::array::{ChunkGrid, DType, DimIndex, Field};
use crate::cf::Packing;
use crate::error::{Result, product, to_usize, too_large};
use crate::meta::{ArrayMeta, ChunkKeys, CodecSpec};
use crate::store::{Address, join_path};
use serde::{Deserialize, Serialize};

/// Runs are cut so that there are about so many units, if there are as many chunks.
const TARGET_UNITS: u64 = 64;
/// A run is long enough for its partial to be small beside what it decodes, but leaves this many units.
const LEAST_UNITS: u64 = 16;
/// How many times a run's decoded bytes should exceed its partial's.
const DECODED_PER_PARTIAL: u64 = 4;

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
    /// `None`: the values themselves.
    pub op: Option<Op>,
    /// Whether missing values are passed over.
    pub skipna: bool,
    /// Edges of a histogram, ascending.
    pub edges: Vec<f64>,
    /// Weights.
    pub weights: Option<Weights>,
    /// Chunks touched along each dimension.
    pub grid: Vec<DimIndex>,
    /// Chunks of one block that are folded into one partial.
    run_len: u64,
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
        let kept = vec![true; dims.len()];
        Plan {
            address,
            array,
            dims,
            packing,
            index,
            kept,
            op: None,
            skipna: true,
            edges: Vec::new(),
            weights: None,
            grid: Vec::new(),
            run_len: 1,
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
        let cells = product(&self.output_shape(), "result")?.saturating_mul(self.bins());
        if cells > super::MAX_RESULT_CELLS {
            return Err(too_large("cells of the result", cells, super::MAX_RESULT_CELLS).with_path(&self.array.path));
        }
        let chunks = self.chunk_count()?;
        if chunks > super::MAX_CHUNKS {
            return Err(too_large("chunks of the selection", chunks, super::MAX_CHUNKS).with_path(&self.array.path));
        }
        let reduced = self.reduced_per_block();
        let decoded = self.array.chunk_bytes()?.max(1);
        let block_cells = cells.div_ceil(self.block_count().max(1));
        let partial = block_cells.saturating_mul(8 * columns);
        let by_count = chunks.div_ceil(TARGET_UNITS);
        let by_size = partial.saturating_mul(DECODED_PER_PARTIAL).div_ceil(decoded);
        let longest = (chunks / LEAST_UNITS).max(1);
        self.run_len = by_count.max(by_size.min(longest)).clamp(1, reduced.max(1));
        Ok(self)
    }

    /// Bins per cell: 1 but for histograms.
    pub fn bins(&self) -> u64 {
        (self.edges.len() as u64).saturating_sub(1).max(1)
    }

    /// Selected positions along the kept dimensions.
    pub fn output_shape(&self) -> Vec<u64> {
        self.index.iter().zip(&self.kept).filter(|(_, kept)| **kept).map(|(i, _)| i.len()).collect()
    }

    fn lengths(&self, kept: bool) -> Vec<u64> {
        self.grid.iter().zip(&self.kept).filter(|(_, k)| **k == kept).map(|(g, _)| g.len()).collect()
    }

    /// All chunks touched.
    pub fn chunk_count(&self) -> Result<u64> {
        let lengths: Vec<u64> = self.grid.iter().map(DimIndex::len).collect();
        product(&lengths, "chunks of the selection")
    }

    /// Blocks of the output.
    pub fn block_count(&self) -> u64 {
        self.lengths(true).iter().product()
    }

    fn reduced_per_block(&self) -> u64 {
        self.lengths(false).iter().product()
    }

    /// Runs of each block.
    pub fn run_count(&self) -> u64 {
        self.reduced_per_block().div_ceil(self.run_len.max(1))
    }

    /// Units in all; their ordinals count runs first, so that the whole output sharpens evenly.
    pub fn unit_count(&self) -> u64 {
        self.block_count() * self.run_count()
    }

    /// Chunks of a unit, without listing them.
    pub fn unit_chunks(&self, ordinal: u64) -> u64 {
        let run = ordinal / self.block_count().max(1);
        self.run_len.min(self.reduced_per_block().saturating_sub(run * self.run_len))
    }

    /// A unit by its ordinal.
    pub fn unit(&self, ordinal: u64) -> Unit {
        let blocks = self.block_count().max(1);
        let (run, block) = (ordinal / blocks, ordinal % blocks);
        let first = run * self.run_len;
        let chunks = (first..first + self.unit_chunks(ordinal)).map(|r| self.chunk(block, r)).collect();
        Unit { block, run, chunks }
    }

    /// The `reduced`-th chunk of a block, both in C order.
    fn chunk(&self, block: u64, reduced: u64) -> Vec<u64> {
        let mut rest = [reduced, block];
        let mut coords = vec![0; self.grid.len()];
        for ((place, chunks), &kept) in coords.iter_mut().zip(&self.grid).zip(&self.kept).rev() {
            let len = chunks.len().max(1);
            let [reduced, block] = &mut rest;
            let side = if kept { block } else { reduced };
            *place = chunks.get(*side % len).unwrap_or(0);
            *side /= len;
        }
        coords
    }

    /// Where a block lies in the output: positions along each kept dimension.
    pub fn landing(&self, block: u64) -> Vec<DimIndex> {
        let coords = self.chunk(block, 0);
        let pairs = self.index.iter().zip(self.array.grid.axes()).zip(&coords).zip(&self.kept);
        pairs.filter(|(_, kept)| **kept).map(|(((index, axis), &c), _)| axis.within(index, c).1).collect()
    }

    /// Cells of a block, bins not counted.
    pub fn block_cells(&self, block: u64) -> Result<usize> {
        let lengths: Vec<u64> = self.landing(block).iter().map(DimIndex::len).collect();
        to_usize(product(&lengths, "block")?, "block")
    }
}
