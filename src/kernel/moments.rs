//! Mean and squared deviations, merged by Chan's formula.
//!
//! Within a block in two passes: the mean first, then deviations from it, whose own sum corrects the rounding of the mean
//! (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance", eq. 1.7 and 2.1).

/// Merges (n, mean, M2) of two sets. `n` may be sums of weights.
#[inline]
pub fn merge_moments(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    // A missing mean stays missing, though nothing weighs on it.
    if b.0 == 0.0 {
        return (a.0, if b.1.is_nan() { b.1 } else { a.1 }, a.2);
    }
    if a.0 == 0.0 {
        return (b.0, if a.1.is_nan() { a.1 } else { b.1 }, b.2);
    }
    let n = a.0 + b.0;
    let delta = b.1 - a.1;
    let share = b.0 / n;
    (n, a.1 + delta * share, a.2 + b.2 + delta * delta * a.0 * share)
}

/// Sums of deviations and squared deviations of a row from a mean, in four independent lanes.
pub fn deviations_row(xs: &[f64], mean: f64, weight: impl Fn(usize) -> f64, skipna: bool) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0; 4], [0.0; 4]);
    let mut put = |lane: usize, i: usize, x: f64| {
        let d = if !skipna | !x.is_nan() { x - mean } else { 0.0 };
        let w = weight(i);
        sums[lane] += w * d;
        squares[lane] += w * d * d;
    };
    let (fours, rest) = xs.as_chunks::<4>();
    for (at, four) in fours.iter().enumerate() {
        for (lane, &x) in four.iter().enumerate() {
            put(lane, 4 * at + lane, x);
        }
    }
    for (lane, &x) in rest.iter().enumerate() {
        put(lane, 4 * fours.len() + lane, x);
    }
    let fold = |[a, b, c, d]: [f64; 4]| (a + c) + (b + d);
    (fold(sums), fold(squares))
}
