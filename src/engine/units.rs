//! Working off units: fetch ahead, decode, fold, hand over the partial.
//!
//! Fetching runs ahead of decoding by a bounded number of requests and bytes; decoding runs ahead of nothing. A shard is
//! read through its index, fetched once, and its inner chunks by coalesced ranges: no shard is ever held as a whole.

use super::shards::{Needed, needed, read_index, touched};
use super::slabs::{ChunkFold, part};
use crate::array::DimIndex;
use crate::codec::{ChunkShape, ShardIndex, encoded_limit, load_codecs};
use crate::error::{Code, Error, Result, product, to_usize};
use crate::kernel::{Crop, Partial};
use crate::meta::ShardSpec;
use crate::plan::{Plan, Unit};
use crate::store::{ByteRange, Store, coalesce};
use futures::stream::{self, StreamExt};
use std::cell::Cell;

/// Decoded bytes that may be in flight ahead of the decoder, per batch.
const AHEAD_BYTES: u64 = 16 << 20;
/// Requests in flight per batch, where chunks are so small that the bytes allow it: at 50 ms latency a connection is idle most
/// of the time.
const AHEAD_REQUESTS: u64 = 24;

/// Bytes that are decoded and folded at a time: with the block that they are decoded from, half a second-level cache.
const SLAB_BYTES: u64 = 128 << 10;

/// What a batch of units reports, and how it is told to stop.
pub struct Context {
    /// Set to stop after the chunk at hand.
    pub cancelled: Cell<bool>,
    /// Chunks folded.
    pub chunks: Cell<u64>,
    /// Chunks that the store did not have.
    pub missing: Cell<u64>,
    /// Bytes that the chunks decode to, which were folded.
    pub bytes_decoded: Cell<u64>,
    /// The most bytes that are decoded and folded at a time, where a chunk allows it.
    pub slab_bytes: u64,
}

impl Default for Context {
    fn default() -> Self {
        Context {
            cancelled: Cell::default(),
            chunks: Cell::default(),
            missing: Cell::default(),
            bytes_decoded: Cell::default(),
            slab_bytes: SLAB_BYTES,
        }
    }
}

impl Context {
    fn check(&self) -> Result<()> {
        if self.cancelled.get() { Err(Error::new(Code::Aborted, "cancelled")) } else { Ok(()) }
    }

    pub(super) fn decoded(&self, bytes: usize) {
        self.bytes_decoded.set(self.bytes_decoded.get() + bytes as u64);
    }

    fn folded(&self, missing: bool) {
        self.chunks.set(self.chunks.get() + 1);
        self.missing.set(self.missing.get() + u64::from(missing));
    }
}

/// What was fetched of a chunk.
enum Fetched {
    Missing,
    Whole(Vec<u8>),
    Index(ShardIndex),
}

/// Works off units in order, and hands over each partial when it is complete.
///
/// # Errors
/// The first that occurs, with the array's path and the chunk.
pub async fn run_units(
    store: &dyn Store,
    plan: &Plan,
    ordinals: &[u64],
    context: &Context,
    mut each: impl FnMut(u64, Partial) -> Result<()>,
    mut progress: impl FnMut(&Context),
) -> Result<()> {
    load_codecs(&plan.array.codecs).await.map_err(|e| e.with_path(&plan.array.path))?;
    let units: Vec<(u64, Unit)> = ordinals.iter().map(|&o| (o, plan.unit(o))).collect();
    let jobs = units.iter().flat_map(|(_, unit)| unit.chunks.iter());
    let ahead = to_usize(chunks_ahead(plan)?, "requests")?;
    let mut fetched = stream::iter(jobs).map(|coords| async move { fetch(store, plan, coords).await }).buffered(ahead);
    for (ordinal, unit) in &units {
        let cell_shape: Vec<u64> = plan.landing(unit.block).iter().map(DimIndex::len).collect();
        let own = plan.of_block(unit.block);
        let mut partial = Partial::empty(plan, plan.block_cells(unit.block)?)?;
        for coords in &unit.chunks {
            let place = |e: Error| e.with_path(&plan.array.path).with_chunk(coords);
            let payload = match fetched.next().await {
                Some(payload) => payload.map_err(place)?,
                None => return Err(Error::new(Code::WorkerCrashed, "the stream of chunks ended early")),
            };
            context.check()?;
            let missing = matches!(payload, Fetched::Missing);
            fold(store, &own, (unit.block, coords), payload, &cell_shape, &mut partial, context)
                .await
                .map_err(place)?;
            context.folded(missing);
            progress(context);
        }
        each(*ordinal, partial)?;
    }
    drop(fetched);
    store.verify().await.map_err(|e| e.with_path(&plan.array.path))
}

/// How many chunks of a batch may be under way at a time (of shards: their indexes). Two at least: one comes while the other is
/// decoded. One where partials are as large as [`AHEAD_BYTES`], so that memory is bounded: another batch's comes meanwhile.
pub(super) fn chunks_ahead(plan: &Plan) -> Result<u64> {
    let chunk = plan.array.chunk_bytes()?.max(1);
    let is_frugal = plan.array.sharding().is_none() && Partial::average_bytes(plan)? >= AHEAD_BYTES;
    let least = if is_frugal { 1 } else { 2 };
    Ok((AHEAD_BYTES / chunk).clamp(least, AHEAD_REQUESTS))
}

/// Likewise, how many groups of a shard's inner chunks, of which the longest takes so many bytes.
pub(super) fn groups_ahead(longest: u64) -> u64 {
    (AHEAD_BYTES / longest.max(1)).clamp(1, AHEAD_REQUESTS)
}

async fn fetch(store: &dyn Store, plan: &Plan, coords: &[u64]) -> Result<Fetched> {
    let key = plan.array.key(coords);
    let shape = plan.array.grid.shape_of(coords);
    if let Some(spec) = plan.array.sharding() {
        return Ok(read_index(store, &key, &shape, spec).await?.map_or(Fetched::Missing, Fetched::Index));
    }
    let chunk = ChunkShape { shape: &shape, dtype: plan.array.dtype, fill: &plan.array.fill };
    let limit = encoded_limit(&plan.array.codecs, &chunk)?;
    Ok(store.get(&key, ByteRange::All, limit).await?.map_or(Fetched::Missing, Fetched::Whole))
}

async fn fold(
    store: &dyn Store,
    plan: &Plan,
    (block, coords): (u64, &[u64]),
    payload: Fetched,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    let crop = crop_of(plan, block, coords);
    let shape = plan.array.grid.shape_of(coords);
    let shape = shape.as_slice();
    let chunk = ChunkShape { shape, dtype: plan.array.dtype, fill: &plan.array.fill };
    let whole = ChunkFold { plan, chunk, crop: &crop, cell_shape, context };
    match payload {
        Fetched::Whole(encoded) => whole.encoded(encoded.into(), &plan.array.codecs, partial)?,
        // Of a missing shard only as much as an inner chunk is made at a time.
        Fetched::Missing => match plan.array.sharding() {
            None => whole.missing(partial)?,
            Some(spec) => {
                for inner in touched(&crop, &spec.chunk_shape) {
                    fold_inner(plan, spec, &inner, None, &crop, cell_shape, partial, context)?;
                }
            }
        },
        Fetched::Index(index) => {
            if let Some(spec) = plan.array.sharding() {
                fold_shard(store, plan, coords, spec, &index, &crop, cell_shape, partial, context).await?;
            }
        }
    }
    Ok(())
}

/// Which part of a chunk is selected, and where it goes in its block.
pub(super) fn crop_of(plan: &Plan, block: u64, coords: &[u64]) -> Crop {
    let mut crop = Crop { inside: Vec::new(), cells: Vec::new(), selected: Vec::new() };
    for (d, &chunk) in coords.iter().enumerate() {
        let cut = plan.cut(d, chunk, plan.groups_of(block, d));
        crop.inside.push(cut.inside);
        crop.cells.push(cut.cells);
        crop.selected.push(cut.selected);
    }
    crop
}

#[allow(clippy::too_many_arguments)] // what a shard's fold needs is what a chunk's needs, and the index
async fn fold_shard(
    store: &dyn Store,
    plan: &Plan,
    coords: &[u64],
    spec: &ShardSpec,
    index: &ShardIndex,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    let key = plan.array.key(coords);
    let inner_bytes = product(&spec.chunk_shape, "inner chunk")?.saturating_mul(plan.array.dtype.size() as u64);
    let Needed { unwritten, stored, ranges } = needed(plan, spec, index, crop)?;
    for inner in unwritten {
        fold_inner(plan, spec, &inner, None, crop, cell_shape, partial, context)?;
    }
    let groups = coalesce(&ranges);
    let largest = groups.iter().map(|g| g.len).max().unwrap_or(1).max(inner_bytes);
    let ahead = to_usize(groups_ahead(largest), "requests")?;
    let mut fetched = stream::iter(&groups)
        .map(|group| {
            let range = ByteRange::Exact { offset: group.offset, len: group.len };
            let key = &key;
            async move { (group, store.get(key, range, group.len).await) }
        })
        .buffered(ahead);
    while let Some((group, bytes)) = fetched.next().await {
        context.check()?;
        let bytes = bytes?.ok_or_else(|| Error::new(Code::Changed, "the shard was there, and is gone"))?;
        for &member in &group.members {
            let (Some(&(offset, len)), Some(inner)) = (ranges.get(member), stored.get(member)) else { continue };
            let start = to_usize(offset - group.offset, "offset")?;
            let slice = bytes.get(start..start + to_usize(len, "length")?).unwrap_or_default();
            fold_inner(plan, spec, inner, Some(slice), crop, cell_shape, partial, context)?;
        }
    }
    Ok(())
}

/// Folds one inner chunk, stored or not.
#[allow(clippy::too_many_arguments)]
fn fold_inner(
    plan: &Plan,
    spec: &ShardSpec,
    inner: &[u64],
    encoded: Option<&[u8]>,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    context: &Context,
) -> Result<()> {
    let shape = &spec.chunk_shape;
    let chunk = ChunkShape { shape, dtype: plan.array.dtype, fill: &plan.array.fill };
    let inner_crop = part(crop, inner, shape);
    let own = ChunkFold { plan, chunk, crop: &inner_crop, cell_shape, context };
    match encoded {
        Some(encoded) => own.encoded(encoded.into(), &spec.codecs, partial),
        None => own.missing(partial),
    }
}
