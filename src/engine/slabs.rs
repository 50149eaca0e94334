//! A chunk folded slab by slab, each decoded just before where codecs allow it, so that it is in the cache when it is folded.
//!
//! Slabs are runs of the chunk's elements in C order. They are cut by its shape and by the question alone, and chunks that are
//! decoded as a whole are folded in slabs, too: what comes out does not depend on how a chunk is compressed.

use super::shards::touched;
use super::units::Context;
use crate::array::DimIndex;
use crate::codec::{ChunkShape, decode_chunk, fill_block, give_back, pieces};
use crate::error::{Result, to_usize};
use crate::kernel::{Block, Crop, Partial, fold_block};
use crate::meta::CodecSpec;
use crate::plan::Plan;
use std::borrow::Cow;

/// Bytes of a slab for each byte of the edges of a histogram, at least.
const EDGES_WORTH: u64 = 16;

/// A chunk, and where what is selected of it goes.
pub(super) struct ChunkFold<'a> {
    pub(super) plan: &'a Plan,
    pub(super) chunk: ChunkShape<'a>,
    pub(super) crop: &'a Crop,
    /// Cells of the output block.
    pub(super) cell_shape: &'a [u64],
    pub(super) context: &'a Context,
}

impl ChunkFold<'_> {
    /// Decodes the chunk, and folds the cropped part of it.
    ///
    /// # Errors
    /// Those of [`decode_chunk`].
    pub(super) fn encoded(&self, encoded: Cow<[u8]>, codecs: &[CodecSpec], partial: &mut Partial) -> Result<()> {
        let slab = self.slab_shape();
        if let Some(slab) = &slab
            && let Some(mut pieces) = pieces(&encoded, codecs, &self.chunk)?
        {
            self.context.decoded(self.chunk.len_bytes()?);
            return self.each_slab(slab, |from, len, part| {
                self.block(pieces.piece(from, len)?, slab, part, partial);
                Ok(())
            });
        }
        let body = encoded.as_ptr();
        let bytes = decode_chunk(encoded, codecs, &self.chunk)?;
        self.context.decoded(bytes.len());
        self.at_hand(&bytes, slab.as_deref(), partial)?;
        // What nothing decoded is still the body, and no decoder would look for it.
        if bytes.as_ptr() != body {
            give_back(bytes);
        }
        Ok(())
    }

    /// Folds the cropped part of a chunk that no store has.
    ///
    /// # Errors
    /// Those of [`fill_block`].
    pub(super) fn missing(&self, partial: &mut Partial) -> Result<()> {
        self.at_hand(&fill_block(&self.chunk)?, self.slab_shape().as_deref(), partial)
    }

    /// Folds a chunk that is at hand, in the slabs of one that is decoded by and by.
    fn at_hand(&self, bytes: &[u8], slab: Option<&[u64]>, partial: &mut Partial) -> Result<()> {
        let Some(slab) = slab else {
            self.block(bytes, self.chunk.shape, self.crop, partial);
            return Ok(());
        };
        self.each_slab(slab, |from, len, part| {
            self.block(bytes.get(from..from + len).unwrap_or_default(), slab, part, partial);
            Ok(())
        })
    }

    fn block(&self, bytes: &[u8], shape: &[u64], crop: &Crop, partial: &mut Partial) {
        fold_block(self.plan, &Block { bytes, shape }, crop, self.cell_shape, partial);
    }

    /// The slabs that the crop touches: where their bytes begin, how many they are, and what of the crop is in them.
    fn each_slab(&self, slab: &[u64], mut each: impl FnMut(usize, usize, &Crop) -> Result<()>) -> Result<()> {
        let size = self.chunk.dtype.size() as u64;
        touched(self.crop, slab).iter().try_for_each(|at| {
            let (first, count) = extent(self.chunk.shape, slab, at);
            each(to_usize(first * size, "offset")?, to_usize(count * size, "slab")?, &part(self.crop, at, slab))
        })
    }

    /// The shape of slabs: one position along the first dimensions, some along the next, all along the others. `None` where a
    /// chunk is one slab, or better folded as a whole: where rows of the same cells follow one another, where positions are a list,
    /// and where elements vary in length.
    fn slab_shape(&self) -> Option<Vec<u64>> {
        let ChunkFold { plan, chunk, crop, .. } = self;
        let last = chunk.shape.len().checked_sub(1)?;
        let meets = |d: usize| !plan.kept.get(d).copied().unwrap_or(false) && crop.inside[d].len() > 1;
        let listed = crop.inside.iter().any(|index| matches!(index, DimIndex::List(_)));
        if chunk.dtype.is_variable() || listed || (plan.has_cells(last) && (0..last).any(meets)) {
            return None;
        }
        // Every slab looks at all edges of a histogram.
        let most = self.context.slab_bytes.max(EDGES_WORTH * 8 * plan.edges.len() as u64);
        let mut shape = chunk.shape.to_vec();
        let mut inner = chunk.dtype.size() as u64;
        let mut room = true;
        for extent in shape.iter_mut().rev() {
            let fits = if room { (most / inner.max(1)).max(1) } else { 1 };
            room = *extent <= fits;
            *extent = (*extent).min(fits).max(1);
            inner = inner.saturating_mul(*extent);
        }
        (shape != chunk.shape).then_some(shape)
    }
}

/// What of a crop falls into the part of its block that lies `at` multiples of `shape`, as a crop of that part.
pub(super) fn part(crop: &Crop, at: &[u64], shape: &[u64]) -> Crop {
    let mut part = Crop { inside: Vec::new(), cells: Vec::new(), selected: Vec::new() };
    for (d, (&at, &extent)) in at.iter().zip(shape).enumerate() {
        let (within, lands) = crop.inside[d].within(at, extent);
        part.selected.push(crop.selected[d].at(&lands));
        part.cells.push(crop.cells[d].at(&lands));
        part.inside.push(within);
    }
    part
}

/// A slab's first element in its chunk, and how many it has: fewer at the end of the dimension that slabs cut.
fn extent(chunk: &[u64], slab: &[u64], at: &[u64]) -> (u64, u64) {
    let mut first = 0;
    let mut count = 1;
    for ((&extent, &part), &at) in chunk.iter().zip(slab).zip(at) {
        let start = at * part;
        first = first * extent + start;
        count *= part.min(extent - start);
    }
    (first, count)
}
