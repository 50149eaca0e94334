//! Student's t: how many standard errors to either side hold the truth in 95 of 100 cases.

use puruspe::invbetai;
use std::sync::OnceLock;

/// Steps of the table within one degree of freedom.
const STEPS: f64 = 4.0;
/// Degrees of freedom beyond which the last entry stands: 1.9696 there, 1.9600 for infinitely many.
const MOST: u16 = 250;

/// The 0.975 quantile by degrees of freedom, of less than one that of one: from a table, because a map asks for it a million
/// times. Between two entries the greater is taken.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn student(freedom: f64) -> f64 {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    let table = TABLE.get_or_init(|| (0..MOST * 4).map(|i| quantile(1.0 + f64::from(i) / STEPS)).collect());
    let place = ((freedom - 1.0) * STEPS).max(0.0) as usize;
    table.get(place).or(table.last()).copied().unwrap_or(f64::NAN)
}

/// t² / (ν + t²) is distributed as Beta(½, ν/2): Abramowitz and Stegun, 26.7.
fn quantile(freedom: f64) -> f64 {
    let share = invbetai(0.95, 0.5, freedom / 2.0);
    (freedom * share / (1.0 - share)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of scipy.stats.t.ppf(0.975, df).
    #[test]
    fn as_the_tables_have_it() {
        for (freedom, t) in [
            (1.0, 12.706204736432095),
            (2.0, 4.302652729911275),
            (5.0, 2.5705818366147395),
            (10.0, 2.2281388519649385),
            (30.0, 2.0422724563012373),
            (100.0, 1.9839715184496334),
            (200.0, 1.9718962236316089),
        ] {
            assert!((student(freedom) - t).abs() < 1e-7 * t, "{freedom}: {}, not {t}", student(freedom));
        }
        assert_eq!(student(0.3), student(1.0));
        assert_eq!(student(1e9), student(250.8));
        assert!(student(7.2) >= student(7.4) && student(7.2) == student(7.0));
    }
}
