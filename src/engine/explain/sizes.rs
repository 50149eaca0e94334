//! Compressed chunks: how long they are, as the store lists them, or as it tells of a few.

use super::spread::{Spread, share, spread};
use crate::array::DimIndex;
use crate::engine::arrays::Source;
use crate::error::{Result, product};
use crate::plan::{Plan, Reading};
use futures::stream::{self, StreamExt};

/// Pages of a listing, of a thousand keys each.
const MAX_PAGES: u64 = 5;
/// Keys of those pages.
const MAX_LISTED: u64 = 5000;
/// Chunks that are asked for their sizes over a network, all at once.
const SAMPLE: u64 = 16;
/// The same on this machine.
const SAMPLE_AT_HAND: u64 = 512;
/// Questions that are under way at a time.
const WIDTH: usize = 16;

/// What reading the chunks costs: exact where all sizes are told; `None` where none is.
pub async fn reading(source: &Source, plan: &Plan, guess: &Reading) -> Option<Reading> {
    let most = if source.address.is_at_hand() { SAMPLE_AT_HAND } else { SAMPLE };
    let few = plan.visit_count() <= most;
    let all = if few { asked(source, plan, guess, most).await } else { None };
    if all.is_some_and(|all| !all.bytes_are_estimate) {
        return all;
    }
    match listed(source, plan, guess).await {
        Some(listed) => Some(listed),
        None if few => all,
        None => asked(source, plan, guess, most).await,
    }
}

/// Sizes that have been told of some chunks.
#[derive(Default)]
struct Told {
    count: u64,
    bytes: u64,
    /// Decoded bytes of those that are there, and of all.
    decoded: u64,
    whole: u64,
}

impl Told {
    fn add(&mut self, plan: &Plan, coords: &[u64], size: Option<u64>) -> Result<()> {
        let elements = product(&plan.array.grid.shape_of(coords), "chunk")?;
        let decoded = elements.saturating_mul(plan.array.dtype.size() as u64);
        self.count += 1;
        self.bytes = self.bytes.saturating_add(size.unwrap_or(0));
        self.whole = self.whole.saturating_add(decoded);
        self.decoded = self.decoded.saturating_add(if size.is_some() { decoded } else { 0 });
        Ok(())
    }

    /// For all visits: what they are, or what they probably are.
    fn reading(&self, plan: &Plan, guess: &Reading) -> Option<Reading> {
        if self.count == plan.visit_count() {
            return Some(Reading { bytes: self.bytes, decoded: self.decoded, bytes_are_estimate: false, ..*guess });
        }
        let (bytes, decoded) =
            (share(self.bytes, guess.decoded, self.whole), share(self.decoded, guess.decoded, self.whole));
        (self.count > 0).then_some(Reading { bytes, decoded, bytes_are_estimate: true, ..*guess })
    }
}

/// By a listing, if it is short.
async fn listed(source: &Source, plan: &Plan, guess: &Reading) -> Option<Reading> {
    if plan.visit_count().max(keys_below(source, plan)?) > MAX_LISTED {
        return None;
    }
    let Spread { visits, are_all: true } = spread(plan, MAX_LISTED) else { return None };
    let keys: Vec<String> = visits.iter().map(|(_, coords)| plan.array.key(coords)).collect();
    let first = keys.iter().min()?;
    let last = keys.iter().max()?;
    let alike = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    let listing = source.looked.listing(&*source.store, first.get(..alike)?, MAX_PAGES).await?;
    let mut told = Told::default();
    for (key, (_, coords)) in keys.iter().zip(&visits) {
        if let Some(size) = listing.get(key) {
            told.add(plan, coords, size).ok()?;
        }
    }
    told.reading(plan, guess).filter(|_| told.count == plan.visit_count() || told.count >= SAMPLE)
}

/// About how many keys begin as those of all visited chunks do: chunks of the array beside and behind them.
fn keys_below(source: &Source, plan: &Plan) -> Option<u64> {
    let meta = source.tree.array(&plan.array.path).ok()?;
    let alike = plan.grid.iter().take_while(|grid| grid.len() == 1).count();
    let rest = meta.shape.iter().zip(plan.array.grid.axes()).skip(alike);
    Some(rest.map(|(&n, axis)| axis.touched(&DimIndex::all(n)).len()).fold(1, u64::saturating_mul))
}

/// By asking for the sizes of some.
async fn asked(source: &Source, plan: &Plan, guess: &Reading, most: u64) -> Option<Reading> {
    let some = spread(plan, most);
    let sizes = stream::iter(&some.visits).map(|(_, coords)| async move {
        let key = plan.array.key(coords);
        source.looked.size(&*source.store, &key).await.map(|size| (coords, size))
    });
    let mut told = Told::default();
    for (coords, size) in sizes.buffered(WIDTH).filter_map(async |told| told.ok()).collect::<Vec<_>>().await {
        told.add(plan, coords, size).ok()?;
    }
    told.reading(plan, guess)
}
