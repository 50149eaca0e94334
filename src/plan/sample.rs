//! Which chunks an estimate reads: a stratified random sample of those that are reduced into a block.
//!
//! The places of a block (its chunks in C order) are divided into contiguous stretches of equal length, the strata: chunks
//! that lie together are alike, so that what differs between strata is no part of the error. Within each, places are drawn
//! at random without replacement; strata take turns, in a random order each time. A sample is so many of the sequence's
//! first places, and a larger one begins with the smaller one's.
//!
//! Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), ch. 5; the draw is Fisher's and Yates' shuffle.

use super::units::Plan;
use std::collections::BTreeMap;

/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014). Eight lines, and the same bits
/// for ever: a crate's generator may change with its version, and with it the sample that a seed stands for.
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    /// Of several numbers.
    fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut random = Random(0);
        for n in numbers {
            random.0 ^= n;
            random.0 = random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`, which is far below 2^64: what that makes uneven is below 2^-40.
    #[allow(clippy::cast_possible_truncation)]
    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }
}

/// A stretch of places, of which some have been drawn.
#[derive(Debug, Clone)]
struct Stratum {
    first: u64,
    len: u64,
    drawn: u64,
    /// What the shuffle moved: the list itself would be as long as the stratum.
    moved: BTreeMap<u64, u64>,
}

impl Stratum {
    fn draw(&mut self, random: &mut Random) -> Option<u64> {
        let left = self.len.checked_sub(self.drawn).filter(|n| *n > 0)?;
        let from = self.drawn + random.below(left);
        let last = self.moved.remove(&self.drawn).unwrap_or(self.drawn);
        let chosen = if from == self.drawn { last } else { self.moved.insert(from, last).unwrap_or(from) };
        self.drawn += 1;
        Some(self.first + chosen)
    }
}

/// A place that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// In which stratum.
    pub stratum: usize,
    /// Which of the block's places.
    pub place: u64,
}

/// The places of a block in the order in which they are drawn.
#[derive(Debug, Clone)]
pub struct Sequence {
    strata: Vec<Stratum>,
    turns: Vec<usize>,
    random: Random,
}

impl Sequence {
    /// Of so many places in so many strata, fewer where there would be less than two places in each. `stream` tells
    /// sequences apart that shall have nothing in common.
    pub fn new(seed: u64, stream: u64, places: u64, strata: u64) -> Self {
        let count = strata.min(places / 2).max(1);
        let start = |h: u64| places / count * h + (places % count) * h / count;
        let stratum =
            |h: u64| Stratum { first: start(h), len: start(h + 1) - start(h), drawn: 0, moved: BTreeMap::new() };
        let random = Random::of([seed, stream, places, count]);
        Sequence { strata: (0..count).map(stratum).collect(), turns: Vec::new(), random }
    }

    /// How many places each stratum has.
    pub fn strata(&self) -> Vec<u64> {
        self.strata.iter().map(|s| s.len).collect()
    }

    /// The next place, until all are drawn.
    pub fn draw(&mut self) -> Option<Drawn> {
        if self.turns.is_empty() {
            let left = self.strata.iter().enumerate().filter(|(_, s)| s.drawn < s.len);
            self.turns = left.map(|(h, _)| h).collect();
            for last in (1..self.turns.len()).rev() {
                let with = usize::try_from(self.random.below(last as u64 + 1)).unwrap_or(last);
                self.turns.swap(last, with);
            }
        }
        let stratum = self.turns.pop()?;
        let place = self.strata.get_mut(stratum)?.draw(&mut self.random)?;
        Some(Drawn { stratum, place })
    }
}

impl Plan {
    /// How many chunks are reduced into a block.
    pub fn places_of(&self, block: u64) -> u64 {
        self.own_sides(block).iter().map(|(own, _)| own).product()
    }

    /// The unit of a block's place, in a plan whose units are of one chunk.
    pub fn ordinal_at(&self, block: u64, place: u64) -> u64 {
        let (mut left, mut factor, mut run) = (place, 1, 0);
        for (own, most) in self.own_sides(block).into_iter().rev() {
            run += left % own.max(1) * factor;
            left /= own.max(1);
            factor *= most.max(1);
        }
        self.ordinal(block, run)
    }

    /// A number for what of a block's chunks is its own: blocks of other groups have other chunks.
    pub fn stream_of(&self, block: u64) -> u64 {
        let of_groups = (0..self.dims.len()).filter_map(|d| self.groups_of(block, d));
        of_groups.fold(0, |all: u64, groups| all.wrapping_mul(1 << 32).wrapping_add(groups.first + 1))
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn drawn(seed: u64, places: u64, strata: u64) -> Vec<Drawn> {
        let mut sequence = Sequence::new(seed, 0, places, strata);
        std::iter::from_fn(|| sequence.draw()).collect()
    }

    #[test]
    fn every_place_is_drawn_once_and_strata_take_turns() {
        for (places, strata) in [(1, 4), (2, 4), (7, 3), (100, 8), (240, 60), (241, 16)] {
            let all = drawn(3, places, strata);
            let distinct: BTreeSet<u64> = all.iter().map(|d| d.place).collect();
            assert_eq!((all.len() as u64, distinct.len() as u64), (places, places));
            let lens = Sequence::new(3, 0, places, strata).strata();
            assert_eq!(lens.iter().sum::<u64>(), places);
            assert!(lens.iter().max().zip(lens.iter().min()).is_some_and(|(most, least)| most - least <= 1));
            let ends: Vec<u64> = lens.iter().scan(0, |end, n| Some(std::mem::replace(end, *end + n) + n)).collect();
            for Drawn { stratum, place } in &all {
                assert!(*place < ends[*stratum] && (*stratum == 0 || *place >= ends[stratum - 1]));
            }
            let first: BTreeSet<usize> = all.iter().take(lens.len()).map(|d| d.stratum).collect();
            assert_eq!(first.len(), lens.len(), "one of each stratum first");
        }
        assert_eq!(drawn(5, 50, 4), drawn(5, 50, 4));
        assert_ne!(drawn(5, 50, 4), drawn(6, 50, 4));
    }

    /// Each pair of places is equally likely to be the first two of its stratum.
    #[test]
    fn pairs_come_evenly() {
        let mut seen = BTreeMap::new();
        for seed in 0..6000 {
            let pair: BTreeSet<u64> = drawn(seed, 4, 1).iter().take(2).map(|d| d.place).collect();
            *seen.entry(pair).or_insert(0u32) += 1;
        }
        assert_eq!(seen.len(), 6);
        let deviation: f64 = seen.values().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(deviation < 20.5, "chi² of 5 degrees of freedom, beyond 0.1 %: {seen:?}");
    }
}
