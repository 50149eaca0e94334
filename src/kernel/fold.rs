//! Folding a block into a partial, op by op.

use super::binning::Binner;
use super::lines::fold_lines;
use super::moments::{deviations_row, merge_moments};
use super::partial::{Column, Partial, is_wide, values_stay_raw};
use super::ranks::{fold_bounds, fold_positions, fold_ranks};
use super::rows::{Crop, ROW_LEN, Row, walk};
use super::sums::{add, add_deviations, add_row, count_row, max_row, min_row, sum_row, total, weighted_sum_row};
use super::touched::Touched;
use crate::array::{DimIndex, HANDLE_BYTES, read_f64, read_wide};
use crate::cf::Packing;
use crate::codec::element;
use crate::plan::{Op, Plan, Weights};

/// A decoded block.
pub struct Block<'a> {
    /// Elements in C order, little-endian.
    pub bytes: &'a [u8],
    /// Elements along each dimension.
    pub shape: &'a [u64],
}

/// The weights of a row.
enum RowWeights<'a> {
    None,
    One(f64),
    Each(&'a [f64]),
}

impl RowWeights<'_> {
    #[inline]
    fn at(&self, i: usize) -> f64 {
        match self {
            RowWeights::None => 1.0,
            RowWeights::One(w) => *w,
            RowWeights::Each(ws) => ws[i],
        }
    }
}

/// Buffers that every row uses again.
struct Scratch {
    values: Vec<f64>,
    weights: Vec<f64>,
    gathered: Vec<u8>,
}

/// Folds the cropped part of a block into the partial of an output block of `cell_shape`.
pub fn fold_block(plan: &Plan, block: &Block, crop: &Crop, cell_shape: &[u64], partial: &mut Partial) {
    let mut scratch = Scratch { values: vec![0.0; ROW_LEN], weights: vec![0.0; ROW_LEN], gathered: Vec::new() };
    match plan.op {
        None if plan.array.dtype.is_variable() => copy_elements(plan, block, crop, cell_shape, partial),
        None if values_stay_raw(plan.array.dtype) => copy_raw(plan, block, crop, cell_shape, partial),
        Some(op) if is_wide(plan) => fold_wide(plan, op, block, crop, cell_shape, partial),
        Some(Op::Var | Op::Std) => fold_moments(plan, block, crop, cell_shape, partial, &mut scratch),
        Some(op) if op.is_position() => walk(plan, block.shape, cell_shape, crop, |row| {
            let (xs, _) = load(plan, block, row, &mut scratch);
            fold_positions(op == Op::Argmin, plan.skipna, row, xs, &mut partial.columns);
        }),
        Some(Op::Lines) => walk(plan, block.shape, cell_shape, crop, |row| {
            let (ys, xs) = load(plan, block, row, &mut scratch);
            fold_lines(row, ys, |i| xs.at(i), &mut partial.columns);
        }),
        Some(Op::Ranks) => walk(plan, block.shape, cell_shape, crop, |row| {
            let (xs, _) = load(plan, block, row, &mut scratch);
            if let (Some(ranks), counts) = (&plan.ranks, column(&mut partial.columns, 0)) {
                fold_ranks(ranks, row, xs, counts);
            }
        }),
        op => {
            let binner = Binner::new(&plan.edges);
            walk(plan, block.shape, cell_shape, crop, |row| {
                let (xs, ws) = load(plan, block, row, &mut scratch);
                fold_row(op, plan.skipna, row, xs, &ws, &binner, &mut partial.columns);
            });
        }
    }
}

/// Reads a row as float64, masked and scaled, and its weights.
fn load<'s>(plan: &Plan, block: &Block, row: &Row, scratch: &'s mut Scratch) -> (&'s [f64], RowWeights<'s>) {
    let len = usize::try_from(row.positions.len()).unwrap_or(0).min(ROW_LEN);
    let values = &mut scratch.values[..len];
    read_row(block, row, plan.array.dtype.size(), &plan.packing, values, &mut scratch.gathered);
    let weights = match &plan.weights {
        None => RowWeights::None,
        Some(w) if row.weight_stride == 0 => RowWeights::One(weight(w, row.weight)),
        Some(w) => {
            for (slot, p) in scratch.weights.iter_mut().zip(row.weight_positions.positions()) {
                *slot = weight(w, row.weight + p * row.weight_stride);
            }
            RowWeights::Each(&scratch.weights[..len])
        }
    };
    (values, weights)
}

fn weight(weights: &Weights, at: u64) -> f64 {
    usize::try_from(at).ok().and_then(|at| weights.values.get(at)).copied().unwrap_or(0.0)
}

/// The bytes of a row: borrowed where contiguous, gathered otherwise.
fn row_bytes<'a>(block: &'a Block, row: &Row, size: usize, gathered: &'a mut Vec<u8>) -> &'a [u8] {
    let offset =
        |position: u64| usize::try_from((row.base + position * row.stride) * size as u64).unwrap_or(usize::MAX);
    match row.positions {
        DimIndex::Range { start, step: 1, len } if row.stride == 1 => {
            let from = offset(*start);
            block.bytes.get(from..from + usize::try_from(*len).unwrap_or(0) * size).unwrap_or_default()
        }
        positions => {
            gathered.clear();
            for p in positions.positions() {
                let from = offset(p);
                gathered.extend_from_slice(block.bytes.get(from..from + size).unwrap_or_default());
            }
            gathered
        }
    }
}

fn read_row(block: &Block, row: &Row, size: usize, packing: &Packing, out: &mut [f64], gathered: &mut Vec<u8>) {
    let bytes = row_bytes(block, row, size, gathered);
    read_f64(bytes, packing.dtype, out);
    if !packing.missing_wide.is_empty() {
        let mut wide = vec![0; out.len()];
        read_wide(bytes, packing.dtype, &mut wide);
        for (x, n) in out.iter_mut().zip(&wide) {
            if packing.missing_wide.contains(n) {
                *x = f64::NAN;
            }
        }
    }
    for &missing in &packing.missing {
        for x in out.iter_mut() {
            *x = if *x == missing { f64::NAN } else { *x };
        }
    }
    if let Some((scale, offset)) = packing.scale {
        for x in out.iter_mut() {
            *x = *x * scale + offset;
        }
    }
}

pub(super) fn column(columns: &mut [Column], at: usize) -> &mut [f64] {
    match columns.get_mut(at) {
        Some(Column::F64(values)) => values,
        _ => &mut [],
    }
}

/// Two or three columns of doubles at once.
fn three(columns: &mut [Column]) -> (&mut [f64], &mut [f64], &mut [f64]) {
    match columns {
        [Column::F64(a), Column::F64(b), Column::F64(c)] => (a, b, c),
        [Column::F64(a), Column::F64(b)] => (a, b, &mut []),
        _ => (&mut [], &mut [], &mut []),
    }
}

fn fold_row(
    op: Option<Op>,
    skipna: bool,
    row: &Row,
    xs: &[f64],
    ws: &RowWeights,
    binner: &Binner,
    columns: &mut [Column],
) {
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
        Some(Op::Min | Op::Max) => fold_extreme(op == Some(Op::Min), skipna, row, xs, columns),
        Some(Op::Range) => {
            let (low, high, _) = three(columns);
            for &x in xs.iter().filter(|x| x.is_finite()) {
                low[0] = if x < low[0] { x } else { low[0] };
                high[0] = if x > high[0] { x } else { high[0] };
            }
        }
        Some(Op::Histogram) => {
            let bins = binner.len();
            let counts = column(columns, 0);
            for (i, &x) in xs.iter().enumerate() {
                if let Some(bin) = binner.bin(x) {
                    let cell = if row.kept { cell + i } else { cell };
                    counts[cell * bins + bin] += ws.at(i);
                }
            }
        }
        Some(Op::Sum | Op::Mean | Op::Var | Op::Std) => fold_sum(skipna, row, xs, ws, columns),
        Some(Op::Bounds) => fold_bounds(row, xs, columns),
        // Done with what a row does not tell, or not at all.
        Some(Op::Ranks | Op::Lines | Op::Median | Op::Quantile | Op::Argmin | Op::Argmax) => {}
    }
}

fn fold_sum(skipna: bool, row: &Row, xs: &[f64], ws: &RowWeights, columns: &mut [Column]) {
    let cell = row.cell;
    let (n, hi, lo) = three(columns);
    if !row.kept {
        let (count, sum) = match ws {
            RowWeights::None => sum_row(xs, skipna),
            _ => weighted_sum_row(xs, |i| ws.at(i), skipna),
        };
        n[cell] += count;
        add(&mut hi[cell], &mut lo[cell], sum);
        return;
    }
    let cells = cell..cell + xs.len();
    if matches!(ws, RowWeights::None) {
        add_row(&mut n[cells.clone()], &mut hi[cells.clone()], &mut lo[cells], xs, skipna);
        return;
    }
    let slots = n[cells.clone()].iter_mut().zip(&mut hi[cells.clone()]).zip(&mut lo[cells]);
    for (i, (((n, hi), lo), &x)) in slots.zip(xs).enumerate() {
        let valid = !skipna || !x.is_nan();
        let w = ws.at(i);
        *n += if valid { w } else { 0.0 };
        add(hi, lo, if valid { w * x } else { 0.0 });
    }
}

fn fold_extreme(least: bool, skipna: bool, row: &Row, xs: &[f64], columns: &mut [Column]) {
    let (extreme, n, _) = three(columns);
    // A missing extreme stays missing: comparisons with NaN are false.
    let better = |x: f64, y: f64| if least { x < y } else { x > y };
    if row.kept {
        let cells = row.cell..row.cell + xs.len();
        for ((e, n), &x) in extreme[cells.clone()].iter_mut().zip(&mut n[cells]).zip(xs) {
            let missing = x.is_nan();
            *n += if missing { 0.0 } else { 1.0 };
            if better(x, *e) || (missing && !skipna) {
                *e = x;
            }
        }
    } else {
        let (x, count) = if least { min_row(xs, skipna) } else { max_row(xs, skipna) };
        n[row.cell] += count;
        let e = &mut extreme[row.cell];
        if better(x, *e) || x.is_nan() {
            *e = x;
        }
    }
}

/// Two passes over the block: means of its cells, then deviations from them; then Chan's merge. Only the cells that the
/// block touches are looked at: an inner chunk of a shard is a small part of the shard's output.
fn fold_moments(
    plan: &Plan,
    block: &Block,
    crop: &Crop,
    cell_shape: &[u64],
    partial: &mut Partial,
    scratch: &mut Scratch,
) {
    let (n_all, mean_all, m2_all) = three(&mut partial.columns);
    let touched = Touched::of(plan, crop);
    let (crop, local_shape) = (&touched.crop, touched.shape.as_slice());
    let cells = usize::try_from(local_shape.iter().product::<u64>()).unwrap_or(0);
    let mut local = [Column::F64(vec![0.0; cells]), Column::F64(vec![0.0; cells]), Column::F64(vec![0.0; cells])];
    let mut deviation = vec![0.0; cells];
    let mut squares = vec![0.0; cells];
    walk(plan, block.shape, local_shape, crop, |row| {
        let (xs, ws) = load(plan, block, row, scratch);
        fold_sum(plan.skipna, row, xs, &ws, &mut local);
    });
    let (n, hi, lo) = three(&mut local);
    for ((hi, lo), n) in hi.iter_mut().zip(lo.iter()).zip(n.iter()) {
        // Values of weight 0 count for nothing, but a missing one among them is still missing.
        *hi = if *n == 0.0 && !hi.is_nan() { 0.0 } else { total(*hi, *lo) / n };
    }
    let mean = &*hi;
    walk(plan, block.shape, local_shape, crop, |row| {
        let (xs, ws) = load(plan, block, row, scratch);
        let cell = row.cell;
        if !row.kept {
            let (d, s) = match ws {
                RowWeights::None => deviations_row(xs, mean[cell], |_| 1.0, plan.skipna),
                _ => deviations_row(xs, mean[cell], |i| ws.at(i), plan.skipna),
            };
            deviation[cell] += d;
            squares[cell] += s;
            return;
        }
        if matches!(ws, RowWeights::None) {
            let cells = cell..cell + xs.len();
            let (sums, squares) = (&mut deviation[cells.clone()], &mut squares[cells.clone()]);
            add_deviations(sums, squares, &mean[cells], xs, plan.skipna);
            return;
        }
        for (i, &x) in xs.iter().enumerate() {
            let valid = !plan.skipna || !x.is_nan();
            let d = if valid { x - mean[cell + i] } else { 0.0 };
            let w = ws.at(i);
            deviation[cell + i] += w * d;
            squares[cell + i] += w * d * d;
        }
    });
    touched.each(cell_shape, |c, out| {
        if n[c] == 0.0 {
            // A missing value of no weight makes the mean missing, as any other does.
            if mean[c].is_nan() {
                mean_all[out] = f64::NAN;
            }
            return;
        }
        let correction = deviation[c] / n[c];
        let m2 = squares[c] - deviation[c] * correction;
        // Rounding may leave less than nothing of equal values; a missing value stays missing.
        let m2 = if m2 < 0.0 { 0.0 } else { m2 };
        let merged = merge_moments((n_all[out], mean_all[out], m2_all[out]), (n[c], mean[c] + correction, m2));
        (n_all[out], mean_all[out], m2_all[out]) = merged;
    });
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
