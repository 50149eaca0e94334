//! Sums, means and products of deviations, each in two doubles: what anomalies, trends and correlations are made of.

use crate::kernel::{total, two_sum};

/// A sum under way.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sum {
    count: f64,
    high: f64,
    low: f64,
}

/// A mean in two doubles, so that what is near to it loses nothing when it is taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a value; a missing one is passed over with `skipna`.
    pub fn add(&mut self, x: f64, skipna: bool) {
        if skipna && x.is_nan() {
            return;
        }
        let (high, lost) = two_sum(self.high, x);
        *self = Sum { count: self.count + 1.0, high, low: self.low + lost };
    }

    /// The sum of what was added, rounded once; 0 of nothing.
    pub fn total(&self) -> f64 {
        total(self.high, self.low)
    }

    /// The mean of what was added; NaN of nothing.
    pub fn mean(&self) -> Mean {
        let high = self.total() / self.count;
        // Fused, because the product's own rounding is as large as what is looked for; once a mean, so that it may be slow.
        let rest = self.low - high.mul_add(self.count, -self.high);
        Mean { high, low: if rest.is_finite() { rest / self.count } else { 0.0 } }
    }
}

impl Mean {
    /// A value less the mean.
    pub fn deviation(&self, x: f64) -> f64 {
        (x - self.high) - self.low
    }

    /// The mean, rounded.
    pub fn value(&self) -> f64 {
        self.high + self.low
    }
}

/// Sums over pairs of values: their number, means, and products of deviations from these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Products {
    /// Number of pairs.
    pub count: f64,
    /// Mean of the first; NaN of nothing.
    pub mean_x: Mean,
    /// Mean of the second.
    pub mean_y: Mean,
    /// Σ(x − x̄)²; exactly 0 if all x are equal.
    pub xx: f64,
    /// Σ(y − ȳ)²; exactly 0 if all y are equal.
    pub yy: f64,
    /// Σ(x − x̄)(y − ȳ).
    pub xy: f64,
}

/// Sums over pairs that are both there, in two passes: means first, then deviations from them.
pub fn products(pairs: &[(f64, f64)]) -> Products {
    let (mut sum_x, mut sum_y) = (Sum::default(), Sum::default());
    for (x, y) in pairs {
        sum_x.add(*x, false);
        sum_y.add(*y, false);
    }
    let (mean_x, mean_y) = (sum_x.mean(), sum_y.mean());
    let (mut xx, mut yy, mut xy) = (Sum::default(), Sum::default(), Sum::default());
    for (x, y) in pairs {
        let (dx, dy) = (mean_x.deviation(*x), mean_y.deviation(*y));
        xx.add(dx * dx, false);
        yy.add(dy * dy, false);
        xy.add(dx * dy, false);
    }
    // The mean of equal values may be a rounding beside them.
    let first = pairs.first().copied().unwrap_or_default();
    let constant_x = pairs.iter().all(|(x, _)| *x == first.0);
    let constant_y = pairs.iter().all(|(_, y)| *y == first.1);
    Products {
        count: sum_x.count,
        mean_x,
        mean_y,
        xx: if constant_x { 0.0 } else { xx.total() },
        yy: if constant_y { 0.0 } else { yy.total() },
        xy: if constant_x || constant_y { 0.0 } else { xy.total() },
    }
}
