//! A chunk folded slab by slab, each decoded just before, so that it is in the cache when it is folded.
//!
//! Slabs are runs of the chunk's elements in C order, cut by its shape alone: what comes out does not depend on how the chunk
//! was compressed.

use super::shards::touched;
use super::units::Context;
use crate::array::DimIndex;
use crate::codec::{ChunkShape, decode_chunk, give_back, pieces};
use crate::error::{Result, to_usize};
use crate::kernel::{Block, Crop, Partial, fold_block};
use crate::meta::CodecSpec;
use crate::plan::Plan;
use std::borrow::Cow;

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
        let size = chunk.dtype.size() as u64;
        for at in touched(crop, &slab) {
            let (offset, count) = extent(chunk.shape, &slab, &at);
            let bytes = pieces.piece(to_usize(offset * size, "offset")?, to_usize(count * size, "slab")?)?;
            fold_block(plan, &Block { bytes, shape: &slab }, &part(crop, &at, &slab), cell_shape, partial);
        }
        return Ok(());
    }
    let bytes = decode_chunk(encoded, codecs, chunk)?;
    context.decoded(bytes.len());
    fold_block(plan, &Block { bytes: &bytes, shape: chunk.shape }, crop, cell_shape, partial);
    give_back(bytes);
    Ok(())
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
