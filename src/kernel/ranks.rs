//! Order statistics, chunk by chunk: counts in intervals, the bounds that come before them, and positions of extremes.

use super::load::Number;
use super::partial::Column;
use super::rows::Row;
use super::sums::{max_row, min_row};
use crate::plan::{Interval, Ranks, key_of};

/// The cell of each value of a row.
fn cell_at(row: &Row, i: usize) -> usize {
    if row.kept { row.cell + i } else { row.cell }
}

/// Counts values in the bins of their cells' intervals. `keys` is a buffer.
pub(super) fn fold_ranks<T: Number>(ranks: &Ranks, row: &Row, xs: &[T], keys: &mut Vec<u64>, counts: &mut [f64]) {
    let (per_cell, bits) = (ranks.per_cell, ranks.bits);
    // One zero only: the bounds may be either.
    let key = |x: &T| key_of(x.value() + 0.0, ranks.zeros);
    let there = xs.iter().enumerate().filter(|(_, x)| !x.value().is_nan());
    let mut count = |first: usize, interval: &Interval, keys: &[u64]| {
        let bins = &mut counts[first << bits..(first + 1) << bits];
        for key in keys {
            if let Some(bin) = interval.bin(*key, bits) {
                #[allow(clippy::cast_possible_truncation)] // below 2^bits
                let bin = bin as usize;
                bins[bin] += 1.0;
            }
        }
    };
    let own = |cell: usize| {
        let first = cell * per_cell;
        let intervals = ranks.intervals[first..first + per_cell].iter().enumerate();
        intervals
            .filter(|(_, interval)| **interval != Interval::NOWHERE)
            .map(move |(j, interval)| (first + j, interval))
    };
    if row.kept {
        for (i, x) in there {
            for (place, interval) in own(row.cell + i) {
                count(place, interval, &[key(x)]);
            }
        }
        return;
    }
    keys.clear();
    keys.extend(there.map(|(_, x)| key(x)));
    for (place, interval) in own(row.cell) {
        count(place, interval, keys);
    }
}

/// Counts what is there and what is missing, and keeps the least and the greatest.
pub(super) fn fold_bounds<T: Number>(row: &Row, xs: &[T], columns: &mut [Column]) {
    let [Column::F64(n), Column::F64(missing), Column::F64(least), Column::F64(greatest)] = columns else { return };
    let len = xs.len();
    if !row.kept {
        let (low, there) = min_row(xs, true);
        let (high, _) = max_row(xs, true);
        let cell = row.cell;
        #[allow(clippy::cast_precision_loss)] // rows are short
        let all = len as f64;
        n[cell] += there;
        missing[cell] += all - there;
        least[cell] = if low < least[cell] { low } else { least[cell] };
        greatest[cell] = if high > greatest[cell] { high } else { greatest[cell] };
        return;
    }
    let cells = row.cell..row.cell + len;
    let (n, missing) = (&mut n[cells.clone()], &mut missing[cells.clone()]);
    let (least, greatest) = (&mut least[cells.clone()], &mut greatest[cells]);
    for i in 0..len {
        let x = xs[i].value();
        n[i] += if x.is_nan() { 0.0 } else { 1.0 };
        missing[i] += if x.is_nan() { 1.0 } else { 0.0 };
        least[i] = if x < least[i] { x } else { least[i] };
        greatest[i] = if x > greatest[i] { x } else { greatest[i] };
    }
}

/// Keeps the extreme and its position. Of equals the first counts; without `skipna` the first missing value does.
pub fn fold_positions(least: bool, skipna: bool, row: &Row, xs: &[f64], columns: &mut [Column]) {
    let [Column::F64(extremes), Column::F64(positions)] = columns else { return };
    for ((i, &x), along) in xs.iter().enumerate().zip(row.weight_positions.positions()) {
        if skipna && x.is_nan() {
            continue;
        }
        let cell = cell_at(row, i);
        #[allow(clippy::cast_precision_loss)] // positions are below 2^53
        let position = (row.weight + along * row.weight_stride) as f64;
        let kept = (extremes[cell], positions[cell]);
        (extremes[cell], positions[cell]) = first_extreme(least, kept, (x, position));
    }
}

/// Of two extremes with their positions the one that counts. A missing extreme is one that `skipna` does not pass over.
pub fn first_extreme(least: bool, a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let better = |x: f64, y: f64| x.is_nan() && !y.is_nan() || if least { x < y } else { x > y };
    if a.1.is_nan() || !b.1.is_nan() && (better(b.0, a.0) || !better(a.0, b.0) && b.1 < a.1) { b } else { a }
}
