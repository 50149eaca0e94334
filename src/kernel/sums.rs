//! Sums of rows: several accumulators, which the compiler turns into SIMD, then compensated addition of their totals.

use super::load::{Number, RowWeights};

/// Lanes of independent sums.
pub(super) const LANES: usize = 8;

/// `a + b` rounded, and what rounding lost. Knuth, The Art of Computer Programming, vol. 2, 4.2.2, theorem B.
#[inline]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// Adds to a sum held in two doubles.
#[inline]
pub fn add(hi: &mut f64, lo: &mut f64, x: f64) {
    let (sum, lost) = two_sum(*hi, x);
    *hi = sum;
    *lo += lost;
}

/// Adds a row to sums of its own cells. Written over plain slices and without branches, so that it becomes SIMD.
pub(super) fn add_row<T: Number>(n: &mut [f64], hi: &mut [f64], lo: &mut [f64], xs: &[T], skipna: bool) {
    let len = xs.len();
    let (n, hi, lo) = (&mut n[..len], &mut hi[..len], &mut lo[..len]);
    for i in 0..len {
        let x = xs[i].value();
        let valid = !skipna | !x.is_nan();
        n[i] += if valid { 1.0 } else { 0.0 };
        add(&mut hi[i], &mut lo[i], if valid { x } else { 0.0 });
    }
}

/// A sum in two doubles over a number, rounded once: what division leaves is divided again.
#[inline]
pub fn quotient(hi: f64, lo: f64, n: f64) -> f64 {
    let (sum, rest) = two_sum(hi, lo);
    let q = sum / n;
    if !q.is_finite() || !rest.is_finite() {
        return total(hi, lo) / n;
    }
    q + (left(sum, q, n) + rest) / n
}

/// What a division leaves: `sum - q * n`, exactly. wasm has no instruction for it, and what stands in for one takes as long as
/// ten divisions; of a whole number of 26 bits, which most counts are, the products with both halves of the quotient are exact.
#[inline]
fn left(sum: f64, q: f64, n: f64) -> f64 {
    /// The upper 26 of a double's 53 bits.
    const UPPER: u64 = !0 << 27;
    if n.abs() > 67_108_864.0 || n.trunc() != n || sum.abs() > 1e300 {
        return f64::mul_add(-q, n, sum);
    }
    let upper = f64::from_bits(q.to_bits() & UPPER);
    (sum - upper * n) - (q - upper) * n
}

/// The value of a sum in two doubles; an infinite or missing sum has no meaningful low part.
#[inline]
pub fn total(hi: f64, lo: f64) -> f64 {
    if hi.is_finite() { hi + lo } else { hi }
}

pub(super) fn fold_lanes(lanes: [f64; LANES]) -> f64 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Number and sum of a row's values. Missing ones are passed over, or make the sum missing.
pub(super) fn sum_row<T: Number>(xs: &[T], skipna: bool) -> (f64, f64) {
    let (chunks, rest) = xs.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    let mut counts = [0.0; LANES];
    if skipna {
        for chunk in chunks {
            for i in 0..LANES {
                let x = chunk[i].value();
                let valid = !x.is_nan();
                sums[i] += if valid { x } else { 0.0 };
                counts[i] += if valid { 1.0 } else { 0.0 };
            }
        }
        for (i, x) in rest.iter().enumerate() {
            let x = x.value();
            if !x.is_nan() {
                sums[i] += x;
                counts[i] += 1.0;
            }
        }
        (fold_lanes(counts), fold_lanes(sums))
    } else {
        for chunk in chunks {
            for i in 0..LANES {
                sums[i] += chunk[i].value();
            }
        }
        for (i, x) in rest.iter().enumerate() {
            sums[i] += x.value();
        }
        #[allow(clippy::cast_precision_loss)]
        let n = xs.len() as f64;
        (n, fold_lanes(sums))
    }
}

/// Number of a row's values that are not missing.
pub(super) fn count_row<T: Number>(xs: &[T]) -> f64 {
    sum_row(xs, true).0
}

/// Sum of weights of a row's values, and their weighted sum.
pub(super) fn weighted_sum_row<T: Number>(xs: &[T], weights: &RowWeights, skipna: bool) -> (f64, f64) {
    match weights {
        RowWeights::None => sum_row(xs, skipna),
        RowWeights::One(w) => match sum_row(xs, skipna) {
            // A weight that is missing or infinite weighs on values only.
            (0.0, _) => (0.0, 0.0),
            (n, sum) => (w * n, w * sum),
        },
        RowWeights::Each(ws) => weighted_sums(xs, ws, skipna),
    }
}

/// The same, of values that have a weight each.
fn weighted_sums<T: Number>(xs: &[T], ws: &[f64], skipna: bool) -> (f64, f64) {
    let ((chunks, rest), (weights, other_weights)) = (xs.as_chunks::<LANES>(), ws.as_chunks::<LANES>());
    let (mut sums, mut heavy) = ([0.0; LANES], [0.0; LANES]);
    let pair = |x: f64, w: f64| {
        let valid = !skipna | !x.is_nan();
        (if valid { w } else { 0.0 }, if valid { w * x } else { 0.0 })
    };
    for (chunk, ws) in chunks.iter().zip(weights) {
        for i in 0..LANES {
            let (w, wx) = pair(chunk[i].value(), ws[i]);
            heavy[i] += w;
            sums[i] += wx;
        }
    }
    for (i, (x, w)) in rest.iter().zip(other_weights).enumerate() {
        let (w, wx) = pair(x.value(), *w);
        heavy[i] += w;
        sums[i] += wx;
    }
    (fold_lanes(heavy), fold_lanes(sums))
}

/// Least (or, negated, greatest) value of a row and the number of values; missing ones as in [`sum_row`].
pub(super) fn min_row<T: Number>(xs: &[T], skipna: bool) -> (f64, f64) {
    let (chunks, rest) = xs.as_chunks::<LANES>();
    let mut least = [f64::INFINITY; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            let x = chunk[i].value();
            least[i] = if x < least[i] { x } else { least[i] };
        }
    }
    let mut low = f64::INFINITY;
    for x in least.into_iter().chain(rest.iter().map(|x| x.value())) {
        low = if x < low { x } else { low };
    }
    let n = count_row(xs);
    #[allow(clippy::cast_precision_loss)]
    let all = n == xs.len() as f64;
    if skipna || all { (low, n) } else { (f64::NAN, n) }
}

/// The greatest value, likewise.
pub(super) fn max_row<T: Number>(xs: &[T], skipna: bool) -> (f64, f64) {
    let (chunks, rest) = xs.as_chunks::<LANES>();
    let mut greatest = [f64::NEG_INFINITY; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            let x = chunk[i].value();
            greatest[i] = if x > greatest[i] { x } else { greatest[i] };
        }
    }
    let mut high = f64::NEG_INFINITY;
    for x in greatest.into_iter().chain(rest.iter().map(|x| x.value())) {
        high = if x > high { x } else { high };
    }
    let n = count_row(xs);
    #[allow(clippy::cast_precision_loss)]
    let all = n == xs.len() as f64;
    if skipna || all { (high, n) } else { (f64::NAN, n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weighted_sums_are_those_of_a_plain_loop(
            row in prop::collection::vec((prop_oneof![9 => -1e3..1e3, 1 => Just(f64::NAN)], 0.0..10.0), 0..100),
            skipna: bool,
        ) {
            let (xs, ws): (Vec<f64>, Vec<f64>) = row.into_iter().unzip();
            for weights in [RowWeights::Each(&ws), RowWeights::One(2.5), RowWeights::None] {
                let (mut heavy, mut sum, mut size) = (0.0, 0.0, 0.0);
                for (i, x) in xs.iter().enumerate().filter(|(_, x)| !skipna || !x.is_nan()) {
                    heavy += weights.at(i);
                    sum += weights.at(i) * x;
                    size += (weights.at(i) * x).abs();
                }
                let (found_heavy, found) = weighted_sum_row(&xs, &weights, skipna);
                prop_assert!((found_heavy - heavy).abs() <= 1e-14 * heavy);
                prop_assert!(found.is_nan() && sum.is_nan() || (found - sum).abs() <= 1e-14 * size);
            }
        }

        #[test]
        fn what_a_division_leaves_is_what_a_fused_multiplication_says(
            sum in any::<f64>(),
            n in prop_oneof![(-70_000_000i32..70_000_000).prop_map(f64::from), (1i32..100).prop_map(f64::from), any::<f64>()],
        ) {
            let q = sum / n;
            if q.is_finite() {
                prop_assert_eq!(left(sum, q, n).abs().to_bits(), f64::mul_add(-q, n, sum).abs().to_bits());
            }
        }
    }
}
