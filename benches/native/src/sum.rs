//! Sum and count of what is not missing, with several accumulators, which the compiler turns into vectors.

const LANES: usize = 16;

/// Sum and count of the numbers that are not NaN.
pub fn floats(values: &[f32]) -> (f64, u64) {
    let (mut sums, mut counts) = ([0f64; LANES], [0u64; LANES]);
    let (whole, rest) = values.as_chunks::<LANES>();
    // Counts in 32 bits between, so that a vector of floats has its counts in a vector.
    for piece in whole.chunks(1 << 12) {
        let mut counted = [0u32; LANES];
        for lanes in piece {
            for i in 0..LANES {
                let there = !lanes[i].is_nan();
                sums[i] += if there { f64::from(lanes[i]) } else { 0.0 };
                counted[i] += u32::from(there);
            }
        }
        counts.iter_mut().zip(counted).for_each(|(total, n)| *total += u64::from(n));
    }
    let there = rest.iter().filter(|v| !v.is_nan());
    let tail = there.clone().map(|v| f64::from(*v)).sum::<f64>();
    (sums.iter().sum::<f64>() + tail, counts.iter().sum::<u64>() + there.count() as u64)
}

/// Sum and count of the integers that are not `missing`.
pub fn packed(values: &[i16], missing: i16) -> (i64, u64) {
    let (mut sum, mut count) = (0i64, 0u64);
    for piece in values.chunks(1 << 12) {
        let (mut part, mut counted) = (0i32, 0u32);
        for v in piece {
            let there = *v != missing;
            part += if there { i32::from(*v) } else { 0 };
            counted += u32::from(there);
        }
        sum += i64::from(part);
        count += u64::from(counted);
    }
    (sum, count)
}
