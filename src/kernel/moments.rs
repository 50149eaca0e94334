//! Mean and squared deviations, merged by Chan's formula.
//!
//! Within a row in two passes: the mean first, then deviations from it, whose own sum corrects the rounding of the mean
//! (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance", eq. 1.7 and 2.1).

use super::load::{Number, RowWeights};
use super::runs::settled;
use super::sums::{LANES, fold_lanes, weighted_sum_row};

/// Merges (n, mean, M2) of two sets. `n` may be sums of weights.
#[inline]
pub fn merge_moments(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    // A missing mean stays missing, though nothing weighs on it, and no deviation from it is known.
    if b.0 == 0.0 {
        return if b.1.is_nan() { (a.0, b.1, b.1) } else { a };
    }
    if a.0 == 0.0 {
        return if a.1.is_nan() { (b.0, a.1, a.1) } else { b };
    }
    let n = a.0 + b.0;
    let delta = b.1 - a.1;
    let share = b.0 / n;
    (n, a.1 + delta * share, a.2 + b.2 + delta * delta * a.0 * share)
}

/// (n, mean, M2) of a row.
pub(super) fn moments_row<T: Number>(xs: &[T], weights: &RowWeights, skipna: bool) -> (f64, f64, f64) {
    let (n, sum) = weighted_sum_row(xs, weights, skipna);
    let mean = if n == 0.0 && !sum.is_nan() { 0.0 } else { sum / n };
    let (deviations, squares) = match weights {
        RowWeights::None => deviations_row(xs, mean, |_| 1.0, skipna),
        RowWeights::One(w) => deviations_row(xs, mean, |_| *w, skipna),
        RowWeights::Each(ws) => deviations_row(xs, mean, |i| ws[i], skipna),
    };
    settled(n, mean, deviations, squares)
}

/// Sums of deviations and squared deviations of a row from a mean, in independent lanes.
#[inline]
fn deviations_row<T: Number>(xs: &[T], mean: f64, weight: impl Fn(usize) -> f64, skipna: bool) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    let (chunks, rest) = xs.as_chunks::<LANES>();
    for (at, chunk) in chunks.iter().enumerate() {
        for i in 0..LANES {
            let x = chunk[i].value();
            let d = if !skipna | !x.is_nan() { x - mean } else { 0.0 };
            let weighted = weight(LANES * at + i) * d;
            sums[i] += weighted;
            squares[i] += weighted * d;
        }
    }
    for (i, x) in rest.iter().enumerate() {
        let x = x.value();
        let d = if !skipna | !x.is_nan() { x - mean } else { 0.0 };
        let weighted = weight(LANES * chunks.len() + i) * d;
        sums[i] += weighted;
        squares[i] += weighted * d;
    }
    (fold_lanes(sums), fold_lanes(squares))
}
