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

/// Decodes a chunk, and folds the cropped part of it.
///
/// # Errors
/// Those of [`decode_chunk`].
pub(super) fn fold_encoded(
    plan: &Plan,
    (encoded, codecs): (Cow<[u8]>, &[CodecSpec]),
    chunk: &ChunkShape,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    if let Some(slab) = slab_shape(plan, chunk, crop, context.slab_bytes)
        && let Some(mut pieces) = pieces(&encoded, codecs, chunk)?
    {
        context.decoded(chunk.len_bytes()?);
        return each_slab(chunk, crop, &slab, |from, len, part| {
            let block = Block { bytes: pieces.piece(from, len)?, shape: &slab };
            fold_block(plan, &block, part, cell_shape, partial);
            Ok(())
        });
    }
    let bytes = decode_chunk(encoded, codecs, chunk)?;
    context.decoded(bytes.len());
    fold_bytes(plan, &bytes, chunk, crop, cell_shape, partial, context)?;
    give_back(bytes);
    Ok(())
}

/// Folds the cropped part of a chunk that no store has.
///
/// # Errors
/// Those of [`fill_block`].
pub(super) fn fold_missing(
    plan: &Plan,
    chunk: &ChunkShape,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    fold_bytes(plan, &fill_block(chunk)?, chunk, crop, cell_shape, partial, context)
}

/// Folds a chunk that is at hand, in the slabs of one that is decoded by and by.
fn fold_bytes(
    plan: &Plan,
    bytes: &[u8],
    chunk: &ChunkShape,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    let Some(slab) = slab_shape(plan, chunk, crop, context.slab_bytes) else {
        fold_block(plan, &Block { bytes, shape: chunk.shape }, crop, cell_shape, partial);
        return Ok(());
    };
    each_slab(chunk, crop, &slab, |from, len, part| {
        let bytes = bytes.get(from..from + len).unwrap_or_default();
        fold_block(plan, &Block { bytes, shape: &slab }, part, cell_shape, partial);
        Ok(())
    })
}

/// The slabs that a crop touches: where their bytes begin, how many they are, and what of the crop is in them.
fn each_slab(
    chunk: &ChunkShape,
    crop: &Crop,
    slab: &[u64],
    mut each: impl FnMut(usize, usize, &Crop) -> Result<()>,
) -> Result<()> {
    let size = chunk.dtype.size() as u64;
    touched(crop, slab).iter().try_for_each(|at| {
        let (first, count) = extent(chunk.shape, slab, at);
        each(to_usize(first * size, "offset")?, to_usize(count * size, "slab")?, &part(crop, at, slab))
    })
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

/// The shape of slabs of `most` bytes: one position along the first dimensions, some along the next, all along the others. `None` where a chunk
/// is one slab, or better folded as a whole: where rows of the same cells follow one another, and where positions are a list.
fn slab_shape(plan: &Plan, chunk: &ChunkShape, crop: &Crop, most: u64) -> Option<Vec<u64>> {
    let last = chunk.shape.len().checked_sub(1)?;
    let meets = |d: usize| !plan.kept.get(d).copied().unwrap_or(false) && crop.inside[d].len() > 1;
    let listed = crop.inside.iter().any(|index| matches!(index, DimIndex::List(_)));
    if listed || (plan.has_cells(last) && (0..last).any(meets)) {
        return None;
    }
    if chunk.dtype.is_variable() {
        return None;
    }
    // Every slab looks at all edges of a histogram.
    let most = most.max(EDGES_WORTH * 8 * plan.edges.len() as u64);
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
