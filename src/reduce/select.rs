//! Order statistics of more values than can be at hand: each pass counts them in bins of the intervals in which the wanted
//! ones lie, until an interval holds one number. Where that takes fewer passes, the first pass counts among all numbers;
//! otherwise it finds how many values there are, and between which numbers they lie.
//!
//! Exact, in the memory of the counts. Source: Munro and Paterson 1980, "Selection and sorting with limited storage".

use crate::error::{Code, Error, Result};
use crate::plan::{Interval, Op, Quantiles, Ranks, Reduction, key_of, number_of};

/// Counts of a pass, at most.
const MAX_COUNTS: u64 = if cfg!(fuzzing) { 1 << 16 } else { 1 << 23 };
/// Order statistics that are looked for in one run, at most: with fewer bins than four passes would hardly end.
pub const MAX_RANKS: u64 = MAX_COUNTS >> 2;
/// Bits of a bin's number, at most: more bins than that cost more to merge than another pass.
const MAX_BITS: u32 = 18;
/// Bits that the keys of measured values share, by experience: numbers of like size have one sign and one exponent, or two.
const SHARED_BITS: u32 = 8;

/// A wanted order statistic.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// The least key that it may have.
    low: u64,
    /// It is among two to this power keys.
    left: u32,
    /// Its place among the values that have those keys, from 0.
    rank: u64,
    /// Whether that is one key.
    found: bool,
}

/// A selection under way.
#[derive(Debug, Clone)]
pub struct Selection {
    wanted: Vec<Wanted>,
    /// The number of values of each cell; none where the result is missing, or nothing is known yet.
    there: Vec<Option<f64>>,
    qs: Vec<f64>,
    /// Bits of a bin's number in the pass under way.
    bits: u32,
    zeros: u32,
    median: bool,
    /// Whether nothing is known yet of what is there.
    blind: bool,
}

/// The order statistics of each cell that a reduction needs: two neighbours for each quantile.
pub fn ranks_per_cell(reduction: &Reduction) -> u64 {
    2 * quantiles(reduction).len() as u64
}

/// Bits of a bin's number, for so many intervals.
fn bits_for(intervals: u64) -> u32 {
    (MAX_COUNTS / intervals.max(1)).checked_ilog2().unwrap_or(0).clamp(1, MAX_BITS)
}

/// The passes of a selection that begins among all numbers: of those that follow, the first pass leaves so many bits.
fn blind_passes(reduction: &Reduction, cells: u64, zeros: u32) -> u64 {
    let left = (64 - zeros.min(63)).saturating_sub(bits_for(cells));
    1 + u64::from(left.div_ceil(bits_for(cells.saturating_mul(ranks_per_cell(reduction)))))
}

/// The passes of one that begins with bounds, if keys share so many bits.
fn bounded_passes(reduction: &Reduction, cells: u64, zeros: u32, shared: u32) -> u64 {
    let bits = bits_for(cells.saturating_mul(ranks_per_cell(reduction)));
    1 + u64::from((64 - shared - zeros.min(63 - shared)).div_ceil(bits))
}

/// Whether to begin among all numbers: what is missing is not counted there.
fn begins_blind(reduction: &Reduction, cells: u64, zeros: u32) -> bool {
    let bounded = bounded_passes(reduction, cells, zeros, SHARED_BITS);
    reduction.skipna && blind_passes(reduction, cells, zeros) < bounded
}

/// How many passes a selection takes, at most: numbers of one sign and of a hundred orders of magnitude share three of their
/// bits.
pub fn passes_for(reduction: &Reduction, cells: u64, zeros: u32) -> u64 {
    if begins_blind(reduction, cells, zeros) {
        return blind_passes(reduction, cells, zeros);
    }
    bounded_passes(reduction, cells, zeros, 3)
}

fn quantiles(reduction: &Reduction) -> Vec<f64> {
    match (&reduction.op, &reduction.q) {
        (Op::Quantile, Quantiles::One(q)) => vec![*q],
        (Op::Quantile, Quantiles::Several(qs)) => qs.clone(),
        _ => vec![0.5],
    }
}

/// The places of a quantile's two neighbours among so many values in order.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ h < n < 2^53
fn neighbours(n: f64, q: f64) -> [u64; 2] {
    let last = (n - 1.0).max(0.0);
    let below = (last * q).floor().min(last);
    [below as u64, (below + 1.0).min(last) as u64]
}

impl Selection {
    /// Begins among all numbers, if that is worth it.
    pub fn blind(reduction: &Reduction, cells: u64, zeros: u32) -> Option<Self> {
        if !begins_blind(reduction, cells, zeros) {
            return None;
        }
        let qs = quantiles(reduction);
        let cells = usize::try_from(cells).ok()?;
        let one = Wanted { low: 0, left: 64 - zeros, rank: 0, found: false };
        let median = reduction.op == Op::Median;
        let (wanted, there) = (vec![one; cells.checked_mul(2 * qs.len())?], vec![None; cells]);
        let bits = bits_for(cells as u64);
        Some(Selection { wanted, there, qs, bits, zeros, median, blind: true })
    }

    /// Begins with what the first pass gave of each cell: how many values are there, how many are missing, the least and the
    /// greatest.
    pub fn new(reduction: &Reduction, bounds: &[f64], zeros: u32) -> Self {
        let qs = quantiles(reduction);
        let cells = bounds.as_chunks::<4>().0;
        let (mut wanted, mut there) = (Vec::new(), Vec::new());
        for &[n, missing, least, greatest] in cells {
            let none = n == 0.0 || missing > 0.0 && !reduction.skipna;
            there.push((!none).then_some(n));
            let (low, high) = (key_of(least + 0.0, zeros), key_of(greatest + 0.0, zeros));
            let left = 64 - high.saturating_sub(low).leading_zeros();
            for rank in qs.iter().flat_map(|q| neighbours(n, *q)) {
                wanted.push(Wanted { low, left, rank, found: none || low == high });
            }
        }
        let median = reduction.op == Op::Median;
        let mut selection = Selection { wanted, there, qs, bits: 1, zeros, median, blind: false };
        selection.settle_bits();
        selection
    }

    /// Bins of the next pass: no more than it takes to end after as few passes as possible.
    fn settle_bits(&mut self) {
        let most = bits_for(self.wanted.len() as u64);
        let left = self.wanted.iter().filter(|w| !w.found).map(|w| w.left).max().unwrap_or(0);
        self.bits = left.div_ceil(left.div_ceil(most).max(1)).max(1);
    }

    /// Whether nothing is known yet.
    pub fn is_blind(&self) -> bool {
        self.blind
    }

    fn interval(&self, wanted: &Wanted) -> Interval {
        Interval { low: wanted.low, shift: wanted.left.saturating_sub(self.bits) }
    }

    /// The intervals of the next pass; none if nothing is left to be looked for.
    pub fn ranks(&self) -> Option<Ranks> {
        if self.wanted.iter().all(|w| w.found) {
            return None;
        }
        let (per_cell, places) = self.places();
        let mut intervals = vec![Interval::NOWHERE; self.there.len().saturating_mul(per_cell)];
        for (wanted, place) in self.wanted.iter().zip(places) {
            if let Some(slot) = place.and_then(|place| intervals.get_mut(place)) {
                *slot = self.interval(wanted);
            }
        }
        Some(Ranks { intervals, per_cell, bits: self.bits, zeros: self.zeros })
    }

    /// How many intervals each cell has in the pass under way, and which is whose: neighbours share most of theirs, and what
    /// is found needs none.
    fn places(&self) -> (usize, Vec<Option<usize>>) {
        let mut own = Vec::with_capacity(self.wanted.len());
        let mut per_cell = 1;
        for cell in self.wanted.chunks(2 * self.qs.len().max(1)) {
            let mut last: Option<(usize, &Wanted)> = None;
            for wanted in cell {
                let place = match last {
                    _ if wanted.found => None,
                    Some((place, w)) if (w.low, w.left) == (wanted.low, wanted.left) => Some(place),
                    Some((place, _)) => Some(place + 1),
                    None => Some(0),
                };
                own.push(place);
                last = place.map(|place| (place, wanted)).or(last);
            }
            per_cell = per_cell.max(last.map_or(0, |(place, _)| place + 1));
        }
        let cells = (0..self.there.len()).flat_map(|cell| std::iter::repeat_n(cell, 2 * self.qs.len()));
        (per_cell, own.into_iter().zip(cells).map(|(place, cell)| Some(cell * per_cell + place?)).collect())
    }

    /// How many passes are still to come, at most.
    pub fn passes(&self) -> u64 {
        let most = bits_for(self.wanted.len() as u64);
        let left = |w: &Wanted| w.left.saturating_sub(if self.blind { self.bits } else { 0 });
        let after = self.wanted.iter().filter(|w| !w.found).map(|w| u64::from(left(w).div_ceil(most))).max();
        after.unwrap_or(0) + u64::from(self.blind)
    }

    /// Narrows every interval to the bin in which the wanted value lies.
    ///
    /// # Errors
    /// `changed` if there are fewer values than before: they must have changed.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts are whole and below 2^53
    pub fn narrow(&mut self, counts: &[f64]) -> Result<()> {
        if std::mem::take(&mut self.blind) {
            self.learn(counts);
        }
        let (_, places) = self.places();
        let bits = self.bits;
        for (wanted, place) in self.wanted.iter_mut().zip(places) {
            let Some(place) = place else { continue };
            let mut before = 0u64;
            let within = counts.chunks(1 << bits).nth(place).unwrap_or_default().iter().position(|&count| {
                let next = before.saturating_add(count as u64);
                let here = wanted.rank < next;
                before = if here { before } else { next };
                here
            });
            let bin = within
                .ok_or_else(|| Error::new(Code::Changed, "values were there in one pass, and not in the next"))?;
            wanted.rank -= before;
            wanted.left = wanted.left.saturating_sub(bits);
            wanted.low = wanted.low.saturating_add((bin as u64) << wanted.left);
            wanted.found = wanted.left == 0;
        }
        self.settle_bits();
        Ok(())
    }

    /// Learns from counts of all numbers how many values each cell has.
    fn learn(&mut self, counts: &[f64]) {
        let cells = counts.chunks(1 << self.bits).zip(&mut self.there);
        for ((counts, there), wanted) in cells.zip(self.wanted.chunks_mut(2 * self.qs.len().max(1))) {
            let n: f64 = counts.iter().sum();
            *there = (n > 0.0).then_some(n);
            for (wanted, rank) in wanted.iter_mut().zip(self.qs.iter().flat_map(|q| neighbours(n, *q))) {
                (wanted.rank, wanted.found) = (rank, n == 0.0);
            }
        }
    }

    /// One value for each quantile and cell, cells running faster; while passes are still to come, near to it.
    pub fn values(&self) -> Vec<f64> {
        let number = |w: &Wanted| {
            let half = if w.found { 0 } else { 1u64.checked_shl(w.left.saturating_sub(1)).unwrap_or(0) };
            number_of(w.low.saturating_add(half), self.zeros)
        };
        let mut out = Vec::with_capacity(self.there.len().saturating_mul(self.qs.len()));
        for (i, q) in self.qs.iter().enumerate() {
            for (cell, there) in self.wanted.chunks(2 * self.qs.len().max(1)).zip(&self.there) {
                out.push(match (there, cell.get(2 * i), cell.get(2 * i + 1)) {
                    (Some(n), Some(a), Some(b)) if self.median => middle(number(a), number(b), *n),
                    (Some(n), Some(a), Some(b)) => {
                        let h = (n - 1.0) * q;
                        between(number(a), number(b), h - h.floor())
                    }
                    _ => f64::NAN,
                });
            }
        }
        out
    }
}

/// The median, given the two neighbours in the middle.
fn middle(a: f64, b: f64, n: f64) -> f64 {
    if n % 2.0 == 1.0 { a } else { (a + b) / 2.0 }
}

/// Linear interpolation with numpy's order of operations.
pub fn between(a: f64, b: f64, t: f64) -> f64 {
    let d = b - a;
    if t < 0.5 { a + d * t } else { b - d * (1.0 - t) }
}
