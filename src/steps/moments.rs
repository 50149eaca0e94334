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

    /// How far it lies above another.
    fn less(self, other: Mean) -> f64 {
        (self.high - other.high) + (self.low - other.low)
    }

    /// The mean so much higher.
    fn plus(self, x: f64) -> Mean {
        let (high, lost) = two_sum(self.high, x);
        Mean { high, low: self.low + lost }
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
    /// The one value that all x have, if they have.
    only_x: Option<f64>,
    /// The one value that all y have.
    only_y: Option<f64>,
}

impl Products {
    /// Of the pairs of two sets together: Chan's formula, as for moments.
    pub fn and(self, next: Products) -> Products {
        if next.count == 0.0 {
            return self;
        }
        if self.count == 0.0 {
            return next;
        }
        let count = self.count + next.count;
        let share = next.count / count;
        let (dx, dy) = (next.mean_x.less(self.mean_x), next.mean_y.less(self.mean_y));
        let weight = self.count * share;
        let one = |a: Option<f64>, b: Option<f64>| a.filter(|a| b == Some(*a));
        let (only_x, only_y) = (one(self.only_x, next.only_x), one(self.only_y, next.only_y));
        let unless = |constant: bool, sum: f64| if constant { 0.0 } else { sum };
        Products {
            count,
            mean_x: self.mean_x.plus(dx * share),
            mean_y: self.mean_y.plus(dy * share),
            xx: unless(only_x.is_some(), self.xx + next.xx + dx * dx * weight),
            yy: unless(only_y.is_some(), self.yy + next.yy + dy * dy * weight),
            xy: unless(only_x.is_some() || only_y.is_some(), self.xy + next.xy + dx * dy * weight),
            only_x,
            only_y,
        }
    }
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
    let first = pairs.first().copied();
    let only_x = first.map(|(x, _)| x).filter(|one| pairs.iter().all(|(x, _)| x == one));
    let only_y = first.map(|(_, y)| y).filter(|one| pairs.iter().all(|(_, y)| y == one));
    let (constant_x, constant_y) = (only_x.is_some(), only_y.is_some());
    Products {
        count: sum_x.count,
        mean_x,
        mean_y,
        xx: if constant_x { 0.0 } else { xx.total() },
        yy: if constant_y { 0.0 } else { yy.total() },
        xy: if constant_x || constant_y { 0.0 } else { xy.total() },
        only_x,
        only_y,
    }
}
