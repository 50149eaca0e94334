//! What a run will cost: from metadata, and where keys lie in other objects, from their places.

use super::arrays::Source;
use super::run::Run;
use crate::error::Result;
use crate::meta::CodecSpec;
use crate::plan::{Cost, cost_of};
use crate::references::LocatedStore;

/// Chunks whose places are looked up for it.
const MAX_LOCATED: u64 = 4096;
/// Decoded bytes and chunks of a batch, within which neighbours are read together (`js/src/pool/run.ts`).
const BATCH_BYTES: u64 = 8 << 20;
const BATCH_CHUNKS: u64 = 64;

impl Source {
    /// The cost of a run over this source.
    ///
    /// # Errors
    /// What looking up places gives.
    pub async fn explain(&self, run: &Run) -> Result<Cost> {
        let plan = run.main_plan()?;
        let mut cost = cost_of(&plan, run.passes())?;
        if let Some(budget) = run.budget() {
            return Ok(cost.within(budget));
        }
        // Of a shard only its index and the inner chunks that are needed are read.
        let sharded = plan.array.codecs.iter().any(|codec| matches!(codec, CodecSpec::Sharding(_)));
        if !self.is_located() || cost.chunks > MAX_LOCATED || sharded {
            return Ok(cost);
        }
        let chunks = (BATCH_BYTES / plan.array.chunk_bytes()?.max(1)).clamp(1, BATCH_CHUNKS);
        let units = (chunks / plan.unit_chunks(0).max(1)).max(1);
        let (mut requests, mut bytes) = (0u64, Some(0u64));
        let mut first = 0;
        while first < plan.unit_count() {
            let after = first.saturating_add(units).min(plan.unit_count());
            let ordinals: Vec<u64> = (first..after).collect();
            let (more, len) = match (self.locate(&plan, &ordinals).await?, self.sites()) {
                (Some(places), Some(sites)) => LocatedStore::new(places, sites).requests(),
                _ => return Ok(cost),
            };
            requests = requests.saturating_add(more);
            bytes = bytes.zip(len).map(|(sum, len)| sum.saturating_add(len));
            first = after;
        }
        cost.requests = cost.passes.saturating_mul(requests);
        if let Some(bytes) = bytes {
            cost.bytes_to_fetch = cost.passes.saturating_mul(bytes);
            cost.bytes_to_fetch_is_estimate = false;
        }
        Ok(cost)
    }
}
