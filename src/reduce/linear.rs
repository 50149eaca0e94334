//! Functions of totals that a stratified sample estimates, and their standard errors by their linear parts.

use super::spread::{CellSpread, MAX_NUMBERS, Spread};

/// What is known of a cell in a stratum.
pub struct Stratum {
    places: f64,
    chunks: f64,
    spread: CellSpread,
}

/// A function of totals: its value, its standard error, and the degrees of freedom behind that.
pub struct Linear {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Degrees of freedom; infinite without an error.
    pub freedom: f64,
}

/// What a small change of each total does to the function.
type Gradient = [f64; MAX_NUMBERS];

impl Stratum {
    /// A cell of a stratum of so many places.
    #[allow(clippy::cast_precision_loss)]
    pub fn of(places: u64, spread: &Spread, cell: usize) -> Self {
        Stratum { places: places as f64, chunks: spread.chunks(), spread: spread.at(cell) }
    }

    /// The variance that this stratum gives a linear function of totals: N² (1 − n/N) s²/n.
    fn variance(&self, gradient: &Gradient) -> f64 {
        if self.chunks >= self.places {
            return 0.0;
        }
        let mut square = 0.0;
        for (a, row) in gradient.iter().zip(&self.spread.covariances) {
            // What the function does not depend on may be missing.
            for (b, covariance) in gradient.iter().zip(row) {
                square += if *a == 0.0 || *b == 0.0 { 0.0 } else { a * b * covariance };
            }
        }
        let scale = self.places * self.places * (1.0 - self.chunks / self.places) / self.chunks;
        // Rounding may leave less than nothing; a stratum with one chunk says nothing of its variance.
        let square = if self.chunks < 2.0 { f64::NAN } else { square };
        if square < 0.0 { 0.0 } else { square * scale }
    }
}

impl Linear {
    /// Of strata, by the gradient.
    fn of(value: f64, strata: &[Stratum], gradient: &Gradient) -> Self {
        let (mut variance, mut squares) = (0.0, 0.0);
        for stratum in strata {
            let own = stratum.variance(gradient);
            variance += own;
            if own > 0.0 {
                squares += own * own / (stratum.chunks - 1.0);
            }
        }
        let freedom = if variance > 0.0 { variance * variance / squares } else { f64::INFINITY };
        Linear { value, error: variance.sqrt(), freedom }
    }

    /// Times a constant.
    pub fn times(self, factor: f64) -> Self {
        Linear { value: self.value * factor, error: self.error * factor.abs(), ..self }
    }
}

fn totals(strata: &[Stratum]) -> [f64; MAX_NUMBERS] {
    let mut totals = [0.0; MAX_NUMBERS];
    for stratum in strata {
        for (total, mean) in totals.iter_mut().zip(&stratum.spread.means) {
            *total += stratum.places * mean;
        }
    }
    totals
}

/// Y / X.
pub fn mean_of(strata: &[Stratum]) -> Linear {
    let [x, y, _] = totals(strata);
    let ratio = if x == 0.0 { f64::NAN } else { y / x };
    Linear::of(ratio, strata, &[-ratio / x, 1.0 / x, 0.0])
}

/// Y / X times the known X; nothing of nothing.
pub fn total_of(strata: &[Stratum], known: f64) -> Linear {
    if known == 0.0 {
        return Linear { value: 0.0, error: 0.0, freedom: f64::INFINITY };
    }
    mean_of(strata).times(known)
}

/// The variance of values, or its root: (Q − Y²/X) / (X − ddof), where Q are squares about where Y is counted from.
///
/// Squares about the estimated mean are too small by X times its variance, which is added.
pub fn variance_of(strata: &[Stratum], ddof: f64, root: bool) -> Linear {
    let [x, y, q] = totals(strata);
    let free = x - ddof;
    if x == 0.0 || free <= 0.0 {
        return Linear { value: f64::NAN, error: f64::NAN, freedom: f64::INFINITY };
    }
    let mean = y / x;
    let of_mean = Linear::of(mean, strata, &[-mean / x, 1.0 / x, 0.0]).error;
    let missed = if of_mean.is_nan() { 0.0 } else { of_mean * of_mean * x };
    let square = (q - mean * y + missed) / free;
    let square = if square < 0.0 { 0.0 } else { square };
    let gradient = [(mean * mean - square) / free, -2.0 * mean / free, 1.0 / free];
    let variance = Linear::of(square, strata, &gradient);
    if !root {
        return variance;
    }
    let deviation = square.sqrt();
    let error = if deviation == 0.0 { 0.0 } else { variance.error / (2.0 * deviation) };
    Linear { value: deviation, error, ..variance }
}
