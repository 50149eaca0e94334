//! The most memory that one worker takes: of those that fetch and decode, and of the one that puts the result together.

use super::located::{batch_units, batches_at_once};
use crate::engine::units::{chunks_ahead, groups_ahead};
use crate::error::Result;
use crate::kernel::{Partial, values_stay_raw};
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

/// Bytes of one cell of the values that are made of partials: integers beyond doubles have 128 bits and a mark.
fn value_width(plan: &Plan) -> u64 {
    match plan.op {
        None if values_stay_raw(plan.array.dtype) => plan.array.dtype.size() as u64,
        Some(Op::Sum | Op::Min | Op::Max) if plan.packing.decoded_dtype().is_integer() => 32,
        _ => 8,
    }
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
            let all = groups_ahead(each.max(chunk));
            (each.saturating_mul(all).min(fetched.max(each)).saturating_add(16 * reads), spec.codecs.as_slice())
        }
        None => {
            let all = chunks_ahead(plan)?.min(visits);
            (fetched.saturating_mul(all), plan.array.codecs.as_slice())
        }
    };
    // A codec's input and its output; what only orders or checks bytes does so in place.
    let makes_anew =
        |codec: &&CodecSpec| !matches!(codec, CodecSpec::Bytes(_) | CodecSpec::Crc32c(_) | CodecSpec::Checksum(..));
    let decoding = (codecs.iter().filter(makes_anew).count() as u64).min(2);
    let weights = plan.weights.as_ref().map_or(0, |w| 8 * w.values.len() as u64);
    let each = ahead.saturating_add(Partial::average_bytes(plan)?).saturating_add(weights);
    let batches = batches_at_once(units).min(plan.unit_count().div_ceil(units.max(1)));
    Ok(each.saturating_mul(batches).saturating_add(chunk.saturating_mul(decoding)))
}

/// Of the worker that merges partials and makes values of them.
fn coordinating(plan: &Plan, workers: Option<u64>) -> Result<u64> {
    let partial = Partial::average_bytes(plan)?;
    // Blocks of one run are finished at once; others wait for their last run, and single runs for those before them.
    let units = batch_units(plan, workers)?;
    let coming = batches_at_once(units);
    let under_way = coming.saturating_mul(units).saturating_mul(workers.unwrap_or(1));
    let unfinished = if plan.run_count() > 1 { plan.unfinished_partials(under_way) } else { 0 };
    let waiting = unfinished.saturating_add(coming);
    let cells = plan.output_shape().iter().fold(plan.width(), |all, n| all.saturating_mul(*n));
    Ok(partial.saturating_mul(waiting).saturating_add(cells.saturating_mul(value_width(plan))))
}
