//! Some of a plan's visits that stand for all of them.

use crate::plan::{Plan, Reading};
use std::collections::BTreeSet;

/// Places that are looked at one by one to find all visits.
const MAX_PLACES: u64 = 1 << 16;
/// 2^64 over the golden ratio: its multiples, as fractions of 2^64, fall evenly between 0 and 1.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Visits: the block, and the chunk's coordinates.
pub struct Spread {
    /// In their order.
    pub visits: Vec<(u64, Vec<u64>)>,
    /// Whether these are all.
    pub are_all: bool,
}

/// All visits, or if there are more than `most`, about so many, evenly spread.
pub fn spread(plan: &Plan, most: u64) -> Spread {
    let places = plan.place_count();
    let visit = |place| plan.visit(place);
    if plan.visit_count() <= most && places <= MAX_PLACES {
        return Spread { visits: (0..places).filter_map(visit).collect(), are_all: true };
    }
    #[allow(clippy::cast_possible_truncation)] // below `places`
    let place = |i: u64| {
        // One place in each of `most` equal parts, at another distance from its start: equal distances would meet the same
        // column of a grid again and again.
        let (low, high) = (share(i, places, most), share(i + 1, places, most));
        low + ((u128::from(i.wrapping_mul(GOLDEN)) * u128::from(high - low)) >> 64) as u64
    };
    let chosen: BTreeSet<u64> = (0..most).map(place).filter(|place| *place < places).collect();
    Spread { visits: chosen.into_iter().filter_map(visit).collect(), are_all: false }
}

/// The sum of readings.
pub fn sum(readings: impl IntoIterator<Item = Reading>) -> Reading {
    readings.into_iter().fold(Reading::default(), |all, one| Reading {
        requests: all.requests.saturating_add(one.requests),
        requests_are_estimate: all.requests_are_estimate || one.requests_are_estimate,
        bytes: all.bytes.saturating_add(one.bytes),
        bytes_are_estimate: all.bytes_are_estimate || one.bytes_are_estimate,
        decoded: all.decoded.saturating_add(one.decoded),
    })
}

/// What `part` of `whole` costs, for the whole: an estimate.
pub fn scaled(reading: &Reading, whole: u64, part: u64) -> Reading {
    Reading {
        requests: share(reading.requests, whole, part),
        requests_are_estimate: true,
        bytes: share(reading.bytes, whole, part),
        bytes_are_estimate: true,
        decoded: share(reading.decoded, whole, part),
    }
}

/// `n` times `whole` over `part`.
pub fn share(n: u64, whole: u64, part: u64) -> u64 {
    let all = u128::from(n) * u128::from(whole) / u128::from(part.max(1));
    u64::try_from(all).unwrap_or(u64::MAX)
}
