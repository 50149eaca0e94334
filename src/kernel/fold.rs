//! Folding a block into a partial, op by op.

use super::binning::Binner;
use super::lines::fold_lines;
use super::load::{Loader, Number, RowWeights, row_bytes, with_values};
use super::moments::{merge_moments, moments_row};
use super::partial::{Column, Partial, is_wide, values_stay_raw};
use super::ranks::{fold_bounds, fold_positions, fold_ranks};
use super::rows::{Crop, ROW_LEN, Row, walk};
use super::runs::{MomentRun, SumRun};
use super::sums::{add, add_row, count_row, max_row, min_row, weighted_sum_row};
use super::tally::Tally;
use crate::array::{HANDLE_BYTES, read_wide};
use crate::codec::element;
use crate::plan::{Op, Plan};

/// A decoded block.
pub struct Block<'a> {
    /// Elements in C order, little-endian.
    pub bytes: &'a [u8],
    /// Elements along each dimension.
    pub shape: &'a [u64],
}

/// Folds the cropped part of a block into the partial of an output block of `cell_shape`.
pub fn fold_block(plan: &Plan, block: &Block, crop: &Crop, cell_shape: &[u64], partial: &mut Partial) {
    let mut loader = Loader::new(plan, block);
    let rows = |each: &mut dyn FnMut(&Row)| walk(plan, block.shape, cell_shape, crop, each);
    let columns = &mut partial.columns;
    match plan.op {
        None if plan.array.dtype.is_variable() => copy_elements(plan, block, crop, cell_shape, partial),
        None if values_stay_raw(plan.array.dtype) => copy_raw(plan, block, crop, cell_shape, partial),
        Some(op) if is_wide(plan) => fold_wide(plan, op, block, crop, cell_shape, partial),
        Some(Op::Sum | Op::Mean) => {
            let mut run = SumRun::default();
            rows(&mut |row| {
                let (xs, ws) = loader.load(row);
                with_values!(xs, xs => fold_sum(plan.skipna, row, xs, &ws, &mut run, columns));
            });
            run.flush(three(columns));
        }
        Some(Op::Var | Op::Std) => {
            let mut run = MomentRun::default();
            let mut one = OneCell::default();
            rows(&mut |row| {
                let (xs, ws) = loader.load(row);
                with_values!(xs, xs => fold_moments(plan.skipna, row, xs, &ws, &mut run, &mut one, columns));
            });
            run.flush(plan.skipna, three(columns));
            one.flush(three(columns));
        }
        Some(Op::Histogram) => {
            let binner = Binner::new(&plan.edges);
            let mut tally = Tally::new(&binner);
            rows(&mut |row| {
                let (xs, ws) = loader.load(row);
                with_values!(xs, xs => fold_histogram(row, xs, &ws, &binner, &mut tally, column(columns, 0)));
            });
            tally.flush(column(columns, 0));
        }
        Some(Op::Ranks) => {
            let Some(ranks) = &plan.ranks else { return };
            let mut keys = Vec::new();
            rows(&mut |row| {
                let (xs, _) = loader.load(row);
                with_values!(xs, xs => fold_ranks(ranks, row, xs, &mut keys, column(columns, 0)));
            });
        }
        Some(Op::Bounds) => rows(&mut |row| {
            let (xs, _) = loader.load(row);
            with_values!(xs, xs => fold_bounds(row, xs, columns));
        }),
        Some(op @ (Op::Min | Op::Max)) => rows(&mut |row| {
            let (xs, _) = loader.load(row);
            with_values!(xs, xs => fold_extreme(op == Op::Min, plan.skipna, row, xs, columns));
        }),
        op => rows(&mut |row| {
            let (xs, ws) = loader.load_f64(row);
            match op {
                Some(op) if op.is_position() => fold_positions(op == Op::Argmin, plan.skipna, row, xs, columns),
                Some(Op::Lines) => fold_lines(row, xs, |i| ws.at(i), columns),
                _ => fold_row(op, row, xs, columns),
            }
        }),
    }
}

pub(super) fn column(columns: &mut [Column], at: usize) -> &mut [f64] {
    match columns.get_mut(at) {
        Some(Column::F64(values)) => values,
        _ => &mut [],
    }
}

/// Two or three columns of doubles at once.
fn three(columns: &mut [Column]) -> [&mut [f64]; 3] {
    match columns {
        [Column::F64(a), Column::F64(b), Column::F64(c)] => [a, b, c],
        [Column::F64(a), Column::F64(b)] => [a, b, &mut []],
        _ => [&mut [], &mut [], &mut []],
    }
}

fn fold_row(op: Option<Op>, row: &Row, xs: &[f64], columns: &mut [Column]) {
    let cell = row.cell;
    let cells = cell..cell + xs.len();
    match op {
        None if row.kept => column(columns, 0)[cells].copy_from_slice(xs),
        None => column(columns, 0)[cell] = xs[0],
        Some(Op::Count) if row.kept => {
            for (n, x) in column(columns, 0)[cells].iter_mut().zip(xs) {
                *n += if x.is_nan() { 0.0 } else { 1.0 };
            }
        }
        Some(Op::Count) => column(columns, 0)[cell] += count_row(xs),
        Some(Op::Range) => {
            let [low, high, _] = three(columns);
            for &x in xs.iter().filter(|x| x.is_finite()) {
                low[0] = if x < low[0] { x } else { low[0] };
                high[0] = if x > high[0] { x } else { high[0] };
            }
        }
        // Done by other functions, or not at all.
        Some(_) => {}
    }
}

fn fold_histogram<T: Number>(
    row: &Row,
    xs: &[T],
    ws: &RowWeights,
    binner: &Binner,
    tally: &mut Tally,
    counts: &mut [f64],
) {
    let bins = binner.len();
    if !row.kept && ws.are_none() && tally.pays(xs.len()) {
        return tally.put(row.cell, xs, counts);
    }
    for (i, x) in xs.iter().enumerate() {
        if let Some(bin) = binner.bin(x.value()) {
            let cell = if row.kept { row.cell + i } else { row.cell };
            counts[cell * bins + bin] += ws.at(i);
        }
    }
}

fn fold_sum<T: Number>(skipna: bool, row: &Row, xs: &[T], ws: &RowWeights, run: &mut SumRun, columns: &mut [Column]) {
    let cell = row.cell;
    if row.kept && ws.are_none() && T::SPARES_BITS {
        return run.put(row, xs, skipna, three(columns));
    }
    let [n, hi, lo] = three(columns);
    if !row.kept {
        let (count, sum) = weighted_sum_row(xs, ws, skipna);
        n[cell] += count;
        add(&mut hi[cell], &mut lo[cell], sum);
        return;
    }
    let cells = cell..cell + xs.len();
    if ws.are_none() {
        return add_row(&mut n[cells.clone()], &mut hi[cells.clone()], &mut lo[cells], xs, skipna);
    }
    let slots = n[cells.clone()].iter_mut().zip(&mut hi[cells.clone()]).zip(&mut lo[cells]);
    for (i, (((n, hi), lo), x)) in slots.zip(xs).enumerate() {
        let x = x.value();
        let valid = !skipna || !x.is_nan();
        let w = ws.at(i);
        *n += if valid { w } else { 0.0 };
        add(hi, lo, if valid { w * x } else { 0.0 });
    }
}

fn fold_extreme<T: Number>(least: bool, skipna: bool, row: &Row, xs: &[T], columns: &mut [Column]) {
    if least {
        keep_better(|x, y| x < y, min_row, skipna, row, xs, columns);
    } else {
        keep_better(|x, y| x > y, max_row, skipna, row, xs, columns);
    }
}

/// Keeps of each cell what is better. A missing extreme stays missing: comparisons with NaN are false.
fn keep_better<T: Number>(
    better: impl Fn(f64, f64) -> bool,
    best: impl Fn(&[T], bool) -> (f64, f64),
    skipna: bool,
    row: &Row,
    xs: &[T],
    columns: &mut [Column],
) {
    let [extreme, n, _] = three(columns);
    if !row.kept {
        let (x, count) = best(xs, skipna);
        n[row.cell] += count;
        let e = &mut extreme[row.cell];
        if better(x, *e) || x.is_nan() {
            *e = x;
        }
        return;
    }
    let len = xs.len();
    let (extreme, n) = (&mut extreme[row.cell..row.cell + len], &mut n[row.cell..row.cell + len]);
    for i in 0..len {
        let x = xs[i].value();
        n[i] += if x.is_nan() { 0.0 } else { 1.0 };
        extreme[i] = if better(x, extreme[i]) | (x.is_nan() & !skipna) { x } else { extreme[i] };
    }
}

/// The moments of the rows of one cell, until another's come: they are merged with one another first, so that what is merged
/// into a partial is of like size.
#[derive(Default)]
struct OneCell {
    cell: usize,
    moments: (f64, f64, f64),
}

impl OneCell {
    fn put(&mut self, cell: usize, moments: (f64, f64, f64), columns: [&mut [f64]; 3]) {
        if cell != self.cell {
            self.flush(columns);
            self.cell = cell;
        }
        self.moments = merge_moments(self.moments, moments);
    }

    fn flush(&mut self, columns: [&mut [f64]; 3]) {
        merge_into(self.cell, std::mem::take(&mut self.moments), columns);
    }
}

fn merge_into(cell: usize, moments: (f64, f64, f64), [n, mean, m2]: [&mut [f64]; 3]) {
    if let (Some(n), Some(mean), Some(m2)) = (n.get_mut(cell), mean.get_mut(cell), m2.get_mut(cell)) {
        (*n, *mean, *m2) = merge_moments((*n, *mean, *m2), moments);
    }
}

fn fold_moments<T: Number>(
    skipna: bool,
    row: &Row,
    xs: &[T],
    ws: &RowWeights,
    run: &mut MomentRun,
    one: &mut OneCell,
    columns: &mut [Column],
) {
    if !row.kept {
        return one.put(row.cell, moments_row(xs, ws, skipna), three(columns));
    }
    if ws.are_none() {
        return run.put(row, xs, skipna, three(columns));
    }
    // Each value is a set of its own weight (West 1979, "Updating mean and variance estimates").
    for (i, x) in xs.iter().enumerate() {
        let x = x.value();
        if !skipna || !x.is_nan() {
            // A value does not deviate from itself, unless it is missing or infinite: then nothing has a deviation from the
            // mean, even if the value weighs nothing.
            let (mean, squares) = if x.is_finite() { (x, 0.0) } else { (f64::NAN, f64::NAN) };
            merge_into(row.cell + i, (ws.at(i), mean, squares), three(columns));
        }
    }
}

/// Sums and extremes of 64-bit integers, exactly.
fn fold_wide(plan: &Plan, op: Op, block: &Block, crop: &Crop, cell_shape: &[u64], partial: &mut Partial) {
    let mut wide = vec![0i128; ROW_LEN];
    let mut gathered = Vec::new();
    let (n, values) = match (op, partial.columns.as_mut_slice()) {
        (Op::Sum, [Column::F64(n), Column::Int(values)]) => (n, values),
        (_, [Column::Int(values), Column::F64(n)]) => (n, values),
        _ => return,
    };
    walk(plan, block.shape, cell_shape, crop, |row| {
        let len = usize::try_from(row.positions.len()).unwrap_or(0).min(ROW_LEN);
        let bytes = row_bytes(block, row, plan.array.dtype.size(), &mut gathered);
        read_wide(bytes, plan.packing.dtype, &mut wide[..len]);
        for (i, &x) in wide[..len].iter().enumerate() {
            let cell = if row.kept { row.cell + i } else { row.cell };
            n[cell] += 1.0;
            values[cell] = match op {
                Op::Min => values[cell].min(x),
                Op::Max => values[cell].max(x),
                _ => values[cell].saturating_add(x),
            };
        }
    });
}

/// Selected elements as they are stored.
fn copy_raw(plan: &Plan, block: &Block, crop: &Crop, cell_shape: &[u64], partial: &mut Partial) {
    let size = plan.array.dtype.size();
    let mut gathered = Vec::new();
    let Some(Column::Raw(out)) = partial.columns.first_mut() else { return };
    walk(plan, block.shape, cell_shape, crop, |row| {
        let bytes = row_bytes(block, row, size, &mut gathered);
        if let Some(target) = out.get_mut(row.cell * size..row.cell * size + bytes.len()) {
            target.copy_from_slice(bytes);
        }
    });
}

/// Selected elements that vary in length, by their handles.
fn copy_elements(plan: &Plan, block: &Block, crop: &Crop, cell_shape: &[u64], partial: &mut Partial) {
    let mut gathered = Vec::new();
    let Some(Column::Elements(out)) = partial.columns.first_mut() else { return };
    walk(plan, block.shape, cell_shape, crop, |row| {
        let handles = row_bytes(block, row, HANDLE_BYTES, &mut gathered);
        for (place, handle) in out.iter_mut().skip(row.cell).zip(handles.chunks_exact(HANDLE_BYTES)) {
            *place = element(block.bytes, handle).to_vec();
        }
    });
}
