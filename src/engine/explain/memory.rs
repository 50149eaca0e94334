//! The most memory that one worker takes: of those that fetch and decode, and of the one that puts the result together.

use crate::engine::shards::sharding;
use crate::engine::units::{AHEAD_BYTES, AHEAD_REQUESTS};
use crate::error::Result;
use crate::kernel::column_count;
use crate::plan::{Plan, Reading, inner_reads};
use crate::steps::Outline;

/// What an instance takes before it does anything: its stack, its tables, its allocator's first pages.
const BASE_BYTES: u64 = 2 << 20;
/// Batches that a worker holds, one fetching while the other is decoded (`js/src/pool/run.ts`).
const BATCHES: u64 = 2;
/// What is merged is at most so long (`store::coalesce`).
const MERGED_BYTES: u64 = 8 << 20;
/// Buffers of a chunk's decoded length while it is decoded: a filter's input and its output.
const DECODING: u64 = 2;

/// The larger of both.
pub fn most(plan: &Plan, reading: &Reading, outline: &Outline) -> Result<u64> {
    Ok(computing(plan, reading)?.max(coordinating(plan, outline)?).saturating_add(BASE_BYTES))
}

/// Bytes of one block's partial.
fn partial(plan: &Plan) -> Result<u64> {
    let cells = if plan.block_count() == 0 { 0 } else { plan.block_cells(0)? as u64 };
    let raw = plan.op.is_none();
    let width = if raw { plan.array.dtype.size() as u64 } else { 8 * column_count(plan.op) };
    Ok(cells.saturating_mul(plan.bins()).saturating_mul(width))
}

/// Of a worker that fetches, decodes and folds.
fn computing(plan: &Plan, reading: &Reading) -> Result<u64> {
    let (reads, chunk) = inner_reads(plan)?;
    let visits = plan.visit_count().max(1);
    let fetched = reading.bytes / visits;
    let ahead = match sharding(plan) {
        // A shard's ranges, as long as its inner chunks lie together.
        Some(_) => {
            let each = fetched.min(MERGED_BYTES.max(chunk));
            let all = (AHEAD_BYTES / each.max(chunk).max(1)).clamp(1, AHEAD_REQUESTS);
            each.saturating_mul(all).min(fetched.max(each)).saturating_add(16 * reads)
        }
        None => fetched.saturating_mul((AHEAD_BYTES / chunk.max(1)).clamp(2, AHEAD_REQUESTS).min(visits)),
    };
    // Partials are written down before they are sent.
    let partials = partial(plan)?.saturating_mul(2);
    let weights = plan.weights.as_ref().map_or(0, |w| 8 * w.values.len() as u64);
    let each = ahead.saturating_add(partials).saturating_add(weights);
    let batches = BATCHES.min(plan.unit_count().max(1));
    Ok(each.saturating_mul(batches).saturating_add(chunk.saturating_mul(DECODING)).saturating_add(fetched.min(chunk)))
}

/// Of the worker that merges, finishes and applies the later steps.
fn coordinating(plan: &Plan, outline: &Outline) -> Result<u64> {
    let partial = partial(plan)?;
    let blocks = plan.block_count();
    // Blocks of one run are finished at once; others wait for their last run, and single runs for those before them.
    let merging = if plan.run_count() > 1 { partial.saturating_mul(blocks.saturating_add(BATCHES)) } else { partial };
    let cells = plan.output_shape().iter().fold(plan.bins(), |all, n| all.saturating_mul(*n));
    let width = if plan.op.is_none() { plan.array.dtype.size() as u64 } else { 8 };
    let output = cells.saturating_mul(width);
    Ok(merging.saturating_add(output).max(outline.held_bytes))
}
