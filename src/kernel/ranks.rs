//! Order statistics, chunk by chunk: counts in intervals, the bounds that come before them, and positions of extremes.

use super::partial::Column;
use super::rows::Row;
use crate::plan::{Ranks, key_of};

/// The cell of each value of a row.
fn cell_at(row: &Row, i: usize) -> usize {
    if row.kept { row.cell + i } else { row.cell }
}

/// Counts values in the bins of their cells' intervals.
pub fn fold_ranks(ranks: &Ranks, row: &Row, xs: &[f64], counts: &mut [f64]) {
    let (per_cell, bits) = (ranks.per_cell, ranks.bits);
    for (i, &x) in xs.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
        // One zero only: the bounds may be either.
        let key = key_of(x + 0.0, ranks.zeros);
        let first = cell_at(row, i) * per_cell;
        for (j, interval) in ranks.intervals[first..first + per_cell].iter().enumerate() {
            if let Some(bin) = interval.bin(key, bits) {
                #[allow(clippy::cast_possible_truncation)] // below 2^bits
                let place = ((first + j) << bits) + bin as usize;
                counts[place] += 1.0;
            }
        }
    }
}

/// Counts what is there and what is missing, and keeps the least and the greatest.
pub fn fold_bounds(row: &Row, xs: &[f64], columns: &mut [Column]) {
    let [Column::F64(n), Column::F64(missing), Column::F64(least), Column::F64(greatest)] = columns else { return };
    for (i, &x) in xs.iter().enumerate() {
        let cell = cell_at(row, i);
        if x.is_nan() {
            missing[cell] += 1.0;
            continue;
        }
        n[cell] += 1.0;
        least[cell] = if x < least[cell] { x } else { least[cell] };
        greatest[cell] = if x > greatest[cell] { x } else { greatest[cell] };
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
