//! Rows that land on the same cells one after another: what they add up to is held in the first-level cache, and reaches the
//! partial once for all of them. A map's cells are many; each would otherwise leave the cache between two time steps.

use super::load::Number;
use super::moments::merge_moments;
use super::rows::Row;
use super::sums::add;

/// Rows of float32 whose sums are held before they are added with compensation: a double has 29 bits to spare for them.
const SUMMED_ROWS: usize = 32;
/// Rows whose values are held for their deviations: 128 KiB at most, well within the second-level cache.
const HELD_ROWS: usize = 16;

/// The cells of a run.
#[derive(Default)]
struct Cells {
    first: usize,
    len: usize,
    rows: usize,
}

impl Cells {
    /// Whether a row may join.
    fn takes(&self, row: &Row, len: usize, most: usize) -> bool {
        self.rows > 0 && self.rows < most && self.first == row.cell && self.len == len
    }
}

/// Numbers and sums, of values that leave bits to spare. Takes no memory before the first row: most blocks have no such rows.
#[derive(Default)]
pub(super) struct SumRun {
    cells: Cells,
    n: Vec<f64>,
    sums: Vec<f64>,
}

impl SumRun {
    /// Adds a row; what was held of other cells goes to the columns first.
    pub(super) fn put<T: Number>(&mut self, row: &Row, xs: &[T], skipna: bool, columns: [&mut [f64]; 3]) {
        if !self.cells.takes(row, xs.len(), SUMMED_ROWS) {
            self.flush(columns);
            self.begin(row, xs.len());
        }
        self.add(xs, skipna);
    }

    /// Nothing yet, of a row's cells.
    fn begin(&mut self, row: &Row, len: usize) {
        self.cells = Cells { first: row.cell, len, rows: 0 };
        for column in [&mut self.n, &mut self.sums] {
            column.clear();
            column.resize(len, 0.0);
        }
    }

    fn add<T: Number>(&mut self, xs: &[T], skipna: bool) {
        self.cells.rows += 1;
        accumulate(&mut self.n, &mut self.sums, xs, skipna);
    }

    /// Adds what is held to the columns.
    pub(super) fn flush(&mut self, [n, hi, lo]: [&mut [f64]; 3]) {
        let Cells { first, len, rows } = std::mem::take(&mut self.cells);
        if rows == 0 {
            return;
        }
        let (n, hi, lo) = (&mut n[first..first + len], &mut hi[first..first + len], &mut lo[first..first + len]);
        let (own_n, own) = (&self.n[..len], &self.sums[..len]);
        for i in 0..len {
            n[i] += own_n[i];
            add(&mut hi[i], &mut lo[i], own[i]);
        }
    }
}

/// Adds a row to numbers and sums of its cells. Written over plain slices and without branches, so that it becomes SIMD.
fn accumulate<T: Number>(n: &mut [f64], sums: &mut [f64], xs: &[T], skipna: bool) {
    let len = xs.len();
    let (n, sums) = (&mut n[..len], &mut sums[..len]);
    for i in 0..len {
        let x = xs[i].value();
        let valid = !skipna | !x.is_nan();
        n[i] += if valid { 1.0 } else { 0.0 };
        sums[i] += if valid { x } else { 0.0 };
    }
}

/// Numbers, means and squared deviations. Takes no memory before the first row, either.
#[derive(Default)]
pub(super) struct MomentRun {
    sums: SumRun,
    /// The values of the rows, one row after another.
    held: Vec<f64>,
    deviations: Vec<f64>,
    squares: Vec<f64>,
}

impl MomentRun {
    /// Adds a row; what was held of other cells goes to the columns first.
    pub(super) fn put<T: Number>(&mut self, row: &Row, xs: &[T], skipna: bool, columns: [&mut [f64]; 3]) {
        if !self.sums.cells.takes(row, xs.len(), HELD_ROWS) {
            self.flush(skipna, columns);
            self.sums.begin(row, xs.len());
        }
        self.held.extend(xs.iter().map(|x| x.value()));
        self.sums.add(xs, skipna);
    }

    /// Merges what is held into the columns: the means of the run, then the deviations from them.
    pub(super) fn flush(&mut self, skipna: bool, [n_all, means, m2_all]: [&mut [f64]; 3]) {
        let Cells { first, len, rows } = std::mem::take(&mut self.sums.cells);
        if rows == 0 {
            return;
        }
        let (n, own) = (&self.sums.n[..len], &mut self.sums.sums[..len]);
        for column in [&mut self.deviations, &mut self.squares] {
            column.clear();
            column.resize(len, 0.0);
        }
        let (deviations, squares) = (&mut self.deviations[..len], &mut self.squares[..len]);
        for (mean, n) in own.iter_mut().zip(n) {
            *mean = if *n == 0.0 && !mean.is_nan() { 0.0 } else { *mean / n };
        }
        for row in self.held.chunks_exact(len.max(1)) {
            let row = &row[..len];
            for i in 0..len {
                let valid = !skipna | !row[i].is_nan();
                let d = if valid { row[i] - own[i] } else { 0.0 };
                deviations[i] += d;
                squares[i] += d * d;
            }
        }
        self.held.clear();
        let cells = first..first + len;
        let (n_all, means, m2_all) = (&mut n_all[cells.clone()], &mut means[cells.clone()], &mut m2_all[cells]);
        for i in 0..len {
            let found = settled(n[i], own[i], deviations[i], squares[i]);
            (n_all[i], means[i], m2_all[i]) = merge_moments((n_all[i], means[i], m2_all[i]), found);
        }
    }
}

/// (n, mean, M2) from a mean that is rounded, the sum of deviations from it, which corrects it, and that of their squares.
#[inline]
pub(super) fn settled(n: f64, mean: f64, deviations: f64, squares: f64) -> (f64, f64, f64) {
    if n == 0.0 {
        // Values of weight 0 count for nothing, but a missing one among them is still missing.
        return (0.0, mean, if mean.is_nan() { mean } else { 0.0 });
    }
    let correction = deviations / n;
    let m2 = squares - deviations * correction;
    // Rounding may leave less than nothing of equal values; a missing value stays missing.
    (n, mean + correction, if m2 < 0.0 { 0.0 } else { m2 })
}
