//! Order statistics of more values than can be at hand: a pass finds how many there are and between which numbers they lie,
//! then each pass counts them in bins of the intervals in which the wanted ones lie, until an interval holds one number.
//!
//! Exact, in the memory of the counts. Source: Munro and Paterson 1980, "Selection and sorting with limited storage".

use crate::error::{Code, Error, Result};
use crate::plan::{Interval, Op, Quantiles, Ranks, Reduction, key_of, number_of};

/// Counts of a pass, at most.
const MAX_COUNTS: u64 = if cfg!(fuzzing) { 1 << 16 } else { 1 << 23 };
/// Order statistics that are looked for in one run, at most: with fewer bins than four passes would hardly end.
pub const MAX_RANKS: u64 = MAX_COUNTS >> 2;
/// Bits of a bin's number, at most.
const MAX_BITS: u32 = 16;

/// A wanted order statistic.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    interval: Interval,
    /// Its place among the values of the interval, from 0.
    rank: u64,
    /// Whether the interval is one key.
    found: bool,
}

/// A selection under way.
#[derive(Debug, Clone)]
pub struct Selection {
    wanted: Vec<Wanted>,
    /// The number of values of each cell; none where the result is missing.
    there: Vec<Option<f64>>,
    qs: Vec<f64>,
    bits: u32,
    zeros: u32,
    median: bool,
}

/// The order statistics of each cell that a reduction needs: two neighbours for each quantile.
pub fn ranks_per_cell(reduction: &Reduction) -> u64 {
    2 * quantiles(reduction).len() as u64
}

/// Bits of a bin's number, for so many order statistics.
pub fn bits_for(ranks: u64) -> u32 {
    (MAX_COUNTS / ranks.max(1)).checked_ilog2().unwrap_or(0).clamp(1, MAX_BITS)
}

/// How many passes a selection takes, at most, after the one that finds the bounds: numbers of one sign and of a hundred
/// orders of magnitude share three of their bits.
pub fn passes_for(reduction: &Reduction, cells: u64, zeros: u32) -> u64 {
    let bits = bits_for(cells.saturating_mul(ranks_per_cell(reduction)));
    u64::from((61 - zeros.min(60)).div_ceil(bits))
}

fn quantiles(reduction: &Reduction) -> Vec<f64> {
    match (&reduction.op, &reduction.q) {
        (Op::Quantile, Quantiles::One(q)) => vec![*q],
        (Op::Quantile, Quantiles::Several(qs)) => qs.clone(),
        _ => vec![0.5],
    }
}

impl Selection {
    /// Begins with what the first pass gave of each cell: how many values are there, how many are missing, the least and the
    /// greatest.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ h < n < 2^53
    pub fn new(reduction: &Reduction, bounds: &[f64], zeros: u32) -> Self {
        let qs = quantiles(reduction);
        let cells = bounds.as_chunks::<4>().0;
        let bits = bits_for((cells.len() as u64).saturating_mul(2 * qs.len() as u64));
        let (mut wanted, mut there) = (Vec::new(), Vec::new());
        for &[n, missing, least, greatest] in cells {
            let none = n == 0.0 || missing > 0.0 && !reduction.skipna;
            there.push((!none).then_some(n));
            for q in &qs {
                let last = (n - 1.0).max(0.0);
                let below = (last * q).floor().min(last);
                for rank in [below, (below + 1.0).min(last)] {
                    let (low, high) = (key_of(least + 0.0, zeros), key_of(greatest + 0.0, zeros));
                    let span = 64 - high.saturating_sub(low).leading_zeros();
                    let interval = Interval { low, shift: span.saturating_sub(bits) };
                    wanted.push(Wanted { interval, rank: rank as u64, found: none || low == high });
                }
            }
        }
        Selection { wanted, there, qs, bits, zeros, median: reduction.op == Op::Median }
    }

    /// The intervals of the next pass; none if nothing is left to be looked for.
    pub fn ranks(&self) -> Option<Ranks> {
        if self.wanted.iter().all(|w| w.found) {
            return None;
        }
        // No value has the greatest key: what is found is not counted any more.
        let nowhere = Interval { low: u64::MAX, shift: 0 };
        let intervals = self.wanted.iter().map(|w| if w.found { nowhere } else { w.interval }).collect();
        Some(Ranks { intervals, per_cell: 2 * self.qs.len(), bits: self.bits, zeros: self.zeros })
    }

    /// How many passes are still to come, at most.
    pub fn passes(&self) -> u64 {
        let one = |w: &Wanted| if w.found { 0 } else { 1 + u64::from(w.interval.shift.div_ceil(self.bits)) };
        self.wanted.iter().map(one).max().unwrap_or(0)
    }

    /// Narrows every interval to the bin in which the wanted value lies.
    ///
    /// # Errors
    /// `changed` if there are fewer values than before: they must have changed.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts are whole and below 2^53
    pub fn narrow(&mut self, counts: &[f64]) -> Result<()> {
        for (wanted, counts) in self.wanted.iter_mut().zip(counts.chunks(1 << self.bits)) {
            if wanted.found {
                continue;
            }
            let mut before = 0u64;
            let within = counts.iter().position(|&count| {
                let next = before.saturating_add(count as u64);
                let here = wanted.rank < next;
                before = if here { before } else { next };
                here
            });
            let bin = within
                .ok_or_else(|| Error::new(Code::Changed, "values were there in one pass, and not in the next"))?;
            wanted.rank -= before;
            wanted.interval.low += (bin as u64) << wanted.interval.shift;
            wanted.found = wanted.interval.shift == 0;
            wanted.interval.shift = wanted.interval.shift.saturating_sub(self.bits);
        }
        Ok(())
    }

    /// One value for each quantile and cell, cells running faster; while passes are still to come, near to it.
    pub fn values(&self) -> Vec<f64> {
        let number = |w: &Wanted| {
            let half = if w.found { 0 } else { 1u64.checked_shl(w.interval.shift + self.bits - 1).unwrap_or(0) };
            number_of(w.interval.low.saturating_add(half), self.zeros)
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
