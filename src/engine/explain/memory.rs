//! The most memory that one worker takes: of those that fetch and decode, and of the one that puts the result together.

use super::located::{batch_units, batches_at_once};
use crate::engine::units::{AHEAD_BYTES, AHEAD_REQUESTS};
use crate::error::Result;
use crate::kernel::{column_count, values_stay_raw};
use crate::meta::CodecSpec;
use crate::plan::{Op, Plan, Reading, inner_reads};

/// What an instance takes before it does anything: its stack, its tables, its allocator's first pages.
pub const BASE_BYTES: u64 = 3 << 19;
/// What is merged is at most so long (`store::coalesce`).
const MERGED_BYTES: u64 = 8 << 20;

/// The larger of both.
pub fn most(plan: &Plan, reading: &Reading, workers: Option<u64>) -> Result<u64> {
    Ok(computing(plan, reading, workers)?.max(coordinating(plan, workers)?).saturating_add(BASE_BYTES))
}

/// Bytes of one cell of a partial.
fn partial_width(plan: &Plan) -> u64 {
    match plan.op {
        None if values_stay_raw(plan.array.dtype) => plan.array.dtype.size() as u64,
        op => 8 * column_count(op),
    }
}

/// Bytes of one cell of the values that are made of partials: integers beyond doubles have 128 bits and a mark.
fn value_width(plan: &Plan) -> u64 {
    match plan.op {
        None => partial_width(plan),
        Some(Op::Sum | Op::Min | Op::Max) if plan.packing.decoded_dtype().is_integer() => 32,
        Some(_) => 8,
    }
}

/// Bytes of one block's partial.
fn partial(plan: &Plan) -> Result<u64> {
    let cells = if plan.unit_count() == 0 { 0 } else { plan.block_cells(0)? as u64 };
    Ok(cells.saturating_mul(plan.width()).saturating_mul(partial_width(plan)))
}

/// Of a worker that fetches, decodes and folds.
fn computing(plan: &Plan, reading: &Reading, workers: Option<u64>) -> Result<u64> {
    let (reads, chunk) = inner_reads(plan)?;
    let fetched = reading.bytes / plan.visit_count().max(1);
    let units = batch_units(plan, workers)?;
    let visits = units.saturating_mul(plan.unit_chunks(0)).min(plan.visit_count());
    let (ahead, codecs) = match plan.array.sharding() {
        // A shard's ranges, as far as its inner chunks lie together, and its index.
        Some(spec) => {
            let each = fetched.min(MERGED_BYTES.max(chunk));
            let all = (AHEAD_BYTES / each.max(chunk).max(1)).clamp(1, AHEAD_REQUESTS);
            (each.saturating_mul(all).min(fetched.max(each)).saturating_add(16 * reads), spec.codecs.as_slice())
        }
        None => {
            let all = (AHEAD_BYTES / chunk.max(1)).clamp(2, AHEAD_REQUESTS);
            (fetched.saturating_mul(all.min(visits)), plan.array.codecs.as_slice())
        }
    };
    // A codec's input and its output; what only orders or checks bytes does so in place.
    let makes_anew =
        |codec: &&CodecSpec| !matches!(codec, CodecSpec::Bytes(_) | CodecSpec::Crc32c(_) | CodecSpec::Checksum(..));
    let decoding = (codecs.iter().filter(makes_anew).count() as u64).min(2);
    // Partials are written down before they are sent.
    let partials = partial(plan)?.saturating_mul(2);
    let weights = plan.weights.as_ref().map_or(0, |w| 8 * w.values.len() as u64);
    let each = ahead.saturating_add(partials).saturating_add(weights);
    let batches = batches_at_once(units).min(plan.unit_count().div_ceil(units.max(1)));
    Ok(each.saturating_mul(batches).saturating_add(chunk.saturating_mul(decoding)))
}

/// Of the worker that merges partials and makes values of them.
fn coordinating(plan: &Plan, workers: Option<u64>) -> Result<u64> {
    let partial = partial(plan)?;
    // Blocks of one run are finished at once; others wait for their last run, and single runs for those before them.
    let coming = batches_at_once(batch_units(plan, workers)?);
    let waiting = if plan.run_count() > 1 { plan.block_count().saturating_add(coming) } else { coming };
    let cells = plan.output_shape().iter().fold(plan.width(), |all, n| all.saturating_mul(*n));
    Ok(partial.saturating_mul(waiting).saturating_add(cells.saturating_mul(value_width(plan))))
}
