//! One number of a sample: what every reduction means, on values at hand.
//!
//! Sums carry their rounding error along; deviations are taken from the mean, in a second pass.

use crate::kernel::{quotient, total, two_sum};
use crate::plan::{Op, Reduction};
use crate::reduce::between;

/// The values of a cell, and their weights if there are any.
#[derive(Default)]
pub struct Sample {
    /// Values, NaN where missing.
    pub values: Vec<f64>,
    /// As many weights, or none.
    pub weights: Vec<f64>,
}

impl Sample {
    /// Forgets the cell before.
    pub fn clear(&mut self) {
        self.values.clear();
        self.weights.clear();
    }

    /// The values that are there, ascending; none where one is missing and `skipna` does not pass it over.
    pub fn sorted(&mut self, skipna: bool) -> &[f64] {
        if !skipna && self.values.iter().any(|x| x.is_nan()) {
            return &[];
        }
        self.values.retain(|x| !x.is_nan());
        self.values.sort_unstable_by(f64::total_cmp);
        &self.values
    }

    /// Any reduction but quantiles and positions.
    pub fn reduce(&mut self, reduction: &Reduction, skipna: bool) -> f64 {
        let there = self.values.iter().filter(|x| !x.is_nan()).count();
        if reduction.op == Op::Count {
            #[allow(clippy::cast_precision_loss)]
            return there as f64;
        }
        if !skipna && there < self.values.len() {
            return f64::NAN;
        }
        match reduction.op {
            Op::Median => median(self.sorted(skipna)),
            Op::Min => self.present().fold(f64::NAN, f64::min),
            Op::Max => self.present().fold(f64::NAN, f64::max),
            Op::Sum if self.weights.is_empty() && (there as u64) < reduction.min_count => f64::NAN,
            Op::Sum => self.sum(|x| x),
            Op::Mean => self.mean(),
            Op::Var => self.variance(reduction.ddof),
            Op::Std => self.variance(reduction.ddof).sqrt(),
            _ => f64::NAN,
        }
    }

    fn present(&self) -> impl Iterator<Item = f64> {
        self.values.iter().copied().filter(|x| !x.is_nan())
    }

    /// The weights, or ones, of the values that are there.
    fn weight(&self) -> f64 {
        compensated(self.pairs().map(|(_, w)| w))
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        let weight = |i: usize| if self.weights.is_empty() { 1.0 } else { self.weights.get(i).copied().unwrap_or(0.0) };
        self.values.iter().enumerate().filter(|(_, x)| !x.is_nan()).map(move |(i, x)| (*x, weight(i)))
    }

    fn sum(&self, f: impl Fn(f64) -> f64) -> f64 {
        compensated(self.pairs().map(|(x, w)| w * f(x)))
    }

    fn mean(&self) -> f64 {
        let weight = self.weight();
        let (hi, lo) = in_two(self.pairs().map(|(x, w)| w * x));
        if weight == 0.0 { f64::NAN } else { quotient(hi, lo, weight) }
    }

    fn variance(&self, ddof: f64) -> f64 {
        let (weight, mean) = (self.weight(), self.mean());
        let free = weight - ddof;
        if weight == 0.0 || free <= 0.0 {
            return f64::NAN;
        }
        // The mean is rounded: what that leaves of the deviations is taken off again.
        let rest = self.sum(|x| x - mean);
        let squares = self.sum(|x| (x - mean) * (x - mean)) - rest * rest / weight;
        squares.max(0.0) / free
    }
}

/// A sum that carries its rounding error along.
pub fn compensated(values: impl Iterator<Item = f64>) -> f64 {
    let (hi, lo) = in_two(values);
    total(hi, lo)
}

/// A sum and its rounding error.
fn in_two(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0, 0.0), |(hi, lo), x| {
        let (sum, lost) = two_sum(hi, x);
        (sum, lo + lost)
    })
}

/// The middle of sorted values; of two, their mean.
fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => at(half),
        _ => (at(half - 1) + at(half)) / 2.0,
    }
}

/// A quantile of sorted values by linear interpolation, with numpy's order of operations.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // 0 ≤ h < n
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let h = last as f64 * q;
    let i = (h.floor() as usize).min(last);
    let at = |i: usize| sorted.get(i.min(last)).copied().unwrap_or(f64::NAN);
    let (a, b, t) = (at(i), at(i + 1), h - i as f64);
    between(a, b, t)
}

/// The position of the least or greatest value, the first of equals; NaN if all are missing. Without `skipna` the first
/// missing value is the position.
#[allow(clippy::cast_precision_loss)]
pub fn argument(values: &[f64], least: bool, skipna: bool) -> f64 {
    let mut best: Option<(usize, f64)> = None;
    for (i, &x) in values.iter().enumerate() {
        if x.is_nan() {
            if !skipna {
                return i as f64;
            }
            continue;
        }
        if best.is_none_or(|(_, y)| if least { x < y } else { x > y }) {
            best = Some((i, x));
        }
    }
    best.map_or(f64::NAN, |(i, _)| i as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile(&sorted, 0.5), 3.0);
        assert_eq!(quantile(&sorted, 0.0), 1.0);
        assert_eq!(quantile(&sorted, 1.0), 8.0);
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(median(&[1.0, 2.0, 4.0]), 2.0);
    }

    #[test]
    fn positions_of_the_first_of_equals() {
        let values = [f64::NAN, 3.0, 1.0, 1.0, 3.0];
        assert_eq!(argument(&values, true, true), 2.0);
        assert_eq!(argument(&values, false, true), 1.0);
        assert_eq!(argument(&values, true, false), 0.0);
        assert!(argument(&[f64::NAN], true, true).is_nan());
    }
}
