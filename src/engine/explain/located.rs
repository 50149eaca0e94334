//! Keys that lie in other objects: their table tells how long they are, and which lie together.

use super::spread::{scaled, sum};
use crate::engine::arrays::Source;
use crate::error::Result;
use crate::plan::{Plan, Reading};
use crate::references::LocatedStore;

/// Chunks whose places are looked up for an answer.
const MAX_LOCATED: u64 = 4096;
/// Batches that are looked up where there are more chunks: a table may come in pieces.
const MAX_BATCHES: u64 = 16;
/// Decoded bytes and chunks of a batch, within which neighbours are read together, and how many batches each worker gets
/// at least (`batchUnits` of `js/src/pool/run.ts`).
const BATCH_BYTES: u64 = 16 << 20;
const BATCH_CHUNKS: u64 = 64;
const LEAST_BATCHES: u64 = 4;

/// What reading the chunks costs: exact if they are few and the number of workers is known; `None` where the table cannot
/// be read.
pub async fn reading(source: &Source, plan: &Plan, workers: Option<u64>) -> Option<Reading> {
    let units = plan.unit_count();
    let size = batch_units(plan, workers).ok()?;
    let batches = units.div_ceil(size);
    let all = plan.visit_count() <= MAX_LOCATED;
    let looked = if all { batches } else { batches.min(MAX_BATCHES) };
    let (mut chunks, mut readings) = (0u64, Vec::new());
    for i in 0..looked {
        let first = super::spread::share(i, batches, looked).saturating_mul(size);
        let ordinals: Vec<u64> = (first..first.saturating_add(size).min(units)).collect();
        chunks = ordinals.iter().fold(chunks, |sum, o| sum.saturating_add(plan.unit_chunks(*o)));
        readings.push(batch(source, plan, &ordinals).await.ok()??);
        // Batches of chunks of many groups may be long.
        if chunks > MAX_LOCATED.saturating_mul(2) {
            break;
        }
    }
    let sum = sum(readings);
    let coalesced = sum.requests < chunks && workers.is_none();
    Some(match chunks == plan.visit_count() {
        true => Reading { requests_are_estimate: sum.requests_are_estimate || coalesced, ..sum },
        false => scaled(&sum, plan.visit_count(), chunks),
    })
}

/// Units of a batch, as the pool cuts them.
pub(super) fn batch_units(plan: &Plan, workers: Option<u64>) -> Result<u64> {
    let chunks = plan.unit_chunks(0).max(1);
    let by_bytes = BATCH_BYTES / plan.array.chunk_bytes()?.saturating_mul(chunks).max(1);
    let units = plan.unit_count();
    let share = workers.map_or(u64::MAX, |n| units / n.min(units).max(1).saturating_mul(LEAST_BATCHES));
    Ok(by_bytes.min(BATCH_CHUNKS / chunks).min(share).max(1))
}

/// Batches of so many units that a worker holds at a time (`batchesAtOnce` of the pool).
pub(super) fn batches_at_once(units: u64) -> u64 {
    if units > 1 { 3 } else { 2 }
}

/// What a batch costs.
async fn batch(source: &Source, plan: &Plan, ordinals: &[u64]) -> Result<Option<Reading>> {
    let (Some(places), Some(sites)) = (source.locate(plan, ordinals).await?, source.sites()) else { return Ok(None) };
    let decoded = plan.array.chunk_bytes()?.saturating_mul(places.len() as u64);
    let (requests, bytes) = LocatedStore::new(places, sites).requests();
    // Objects that are read as a whole have sizes that the table does not know.
    let bytes_are_estimate = bytes.is_none();
    let bytes = bytes.unwrap_or(decoded / 2);
    Ok(Some(Reading { requests, bytes, bytes_are_estimate, decoded, ..Reading::default() }))
}
