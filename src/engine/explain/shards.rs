//! Shards: their indexes tell which inner chunks were written, where, and so how a run will read them.

use super::spread::{scaled, spread, sum};
use crate::codec::index_len_bytes;
use crate::engine::arrays::Source;
use crate::engine::shards::needed;
use crate::engine::units::crop_of;
use crate::error::{Result, product, unsupported};
use crate::meta::{IndexLocation, ShardSpec};
use crate::plan::{Plan, Reading};
use crate::references::{Form, Place};
use crate::store::coalesce;
use futures::stream::{self, StreamExt, TryStreamExt};

/// Indexes that are read for an answer.
const MAX_INDEXES: u64 = 32;
/// Bytes of indexes that are read for an answer, but for one index that is longer alone.
const MAX_INDEX_BYTES: u64 = 4 << 20;
/// Indexes that are read at a time.
const WIDTH: usize = 8;

/// What reading the shards costs: exact if there are few; `None` where indexes cannot be read.
pub async fn reading(source: &Source, plan: &Plan, spec: &ShardSpec) -> Option<Reading> {
    let index_len = index_len_bytes(&plan.array.grid.largest(), spec).ok()?;
    let some = spread(plan, (MAX_INDEX_BYTES / index_len.max(1)).clamp(1, MAX_INDEXES));
    let looked = some.visits.len() as u64;
    let shards = stream::iter(&some.visits).map(|(block, coords)| shard(source, plan, spec, *block, coords));
    let shards: Vec<Reading> = shards.buffered(WIDTH).try_collect().await.ok()?;
    let sum = sum(shards);
    match (some.are_all, looked) {
        (true, _) => Some(sum),
        (false, 0) => None,
        (false, _) => Some(scaled(&sum, plan.visit_count(), looked)),
    }
}

/// How a run reaches a shard.
struct Reached {
    /// Whether asking for it is a request.
    by_request: bool,
    /// Requests for its size, if it is there and its index stands at its end.
    for_end: u64,
}

async fn reach(source: &Source, key: &str) -> Result<Reached> {
    if !source.is_located() {
        return Ok(Reached { by_request: true, for_end: u64::from(source.store.asks_for_ends()) });
    }
    match source.place_of(key).await? {
        None | Some(Place::Inline(_)) => Ok(Reached { by_request: false, for_end: 0 }),
        Some(Place::Object(place)) if place.form == Form::Plain => {
            let sites = source.sites();
            let for_end = match sites.filter(|_| place.len.is_none()) {
                Some(sites) => u64::from(sites.at(&place.address)?.asks_for_ends()),
                None => 0,
            };
            Ok(Reached { by_request: true, for_end })
        }
        // To read the index of a shard that is wrapped is to read the shard.
        Some(Place::Object(_)) => Err(unsupported("an index behind a wrapping")),
    }
}

/// What one shard's part in a block costs.
async fn shard(source: &Source, plan: &Plan, spec: &ShardSpec, block: u64, coords: &[u64]) -> Result<Reading> {
    let key = plan.array.key(coords);
    let shape = plan.array.grid.shape_of(coords);
    let reached = reach(source, &key).await?;
    let Some(index) = source.looked.index(&*source.store, &key, &shape, spec).await? else {
        return Ok(Reading { requests: u64::from(reached.by_request), ..Reading::default() });
    };
    let needed = needed(plan, spec, &index, &crop_of(plan, block, coords))?;
    let inner = product(&spec.chunk_shape, "inner chunk")?.saturating_mul(plan.array.dtype.size() as u64);
    let decoded = inner.saturating_mul(needed.stored.len() as u64);
    if !reached.by_request {
        return Ok(Reading { decoded, ..Reading::default() });
    }
    let groups = coalesce(&needed.ranges);
    let for_end = if spec.index_location == IndexLocation::End { reached.for_end } else { 0 };
    Ok(Reading {
        requests: 1 + for_end + groups.len() as u64,
        bytes: groups.iter().map(|group| group.len).fold(index_len_bytes(&shape, spec)?, u64::saturating_add),
        decoded,
        ..Reading::default()
    })
}
