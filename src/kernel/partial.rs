//! What a run of chunks leaves behind: sufficient statistics, a few numbers per cell of the output block.
//!
//! | op | columns |
//! |---|---|
//! | count | n |
//! | sum, mean | n (or the sum of weights), and a compensated sum in two doubles |
//! | sum of 64-bit integers | n, an exact sum |
//! | var, std | n (or the sum of weights), mean, M2 |
//! | min, max | the extreme, n |
//! | argmin, argmax | the extreme, its position among the reduced ones (NaN if there is none) |
//! | range | least and greatest finite value |
//! | bounds | n, how many are missing, the least and the greatest value |
//! | ranks | a count per bin of each interval |
//! | lines | n, means, slope, squares ([`super::lines`]) |
//! | histogram | a count (or sum of weights) per bin |
//! | none | the values |

use super::lines::LINE_COLUMNS;
use crate::array::DType;
use crate::error::{Code, Error, Result, to_usize};
use crate::plan::{Op, Plan};

/// One statistic of every cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Doubles.
    F64(Vec<f64>),
    /// Exact integers.
    Int(Vec<i128>),
    /// Elements as stored, little-endian.
    Raw(Vec<u8>),
    /// Elements that vary in length.
    Elements(Vec<Vec<u8>>),
}

/// The statistics of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    /// See the table above.
    pub columns: Vec<Column>,
}

/// Whether an op on this plan's values is done in exact 64-bit integers.
pub fn is_wide(plan: &Plan) -> bool {
    let exact_op = matches!(plan.op, Some(Op::Sum | Op::Min | Op::Max));
    plan.array.dtype.is_wide_integer() && plan.packing.is_identity() && exact_op && plan.weights.is_none()
}

/// Columns of eight bytes per cell, for sizing runs before a plan is settled.
pub fn column_count(op: Option<Op>) -> u64 {
    match op {
        None | Some(Op::Count | Op::Histogram | Op::Ranks) => 1,
        Some(Op::Min | Op::Max | Op::Range | Op::Argmin | Op::Argmax) => 2,
        // Done by other ops, in several passes.
        Some(Op::Median | Op::Quantile) => 1,
        // Their cells count once for each column already.
        Some(Op::Bounds | Op::Lines) => 1,
        Some(Op::Sum | Op::Mean | Op::Var | Op::Std) => 3,
    }
}

/// A column before anything is known: what all of its items are, and how many there are.
enum Blank {
    F64(f64, usize),
    Int(i128, usize),
    Raw(usize),
    Elements(usize),
}

/// The columns of a plan's partials of so many cells.
fn blanks(plan: &Plan, cells: usize) -> Vec<Blank> {
    let all = |values: &[f64]| values.iter().map(|x| Blank::F64(*x, cells)).collect();
    let (least, greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    match plan.op {
        None if plan.array.dtype.is_variable() => vec![Blank::Elements(cells)],
        None if values_stay_raw(plan.array.dtype) => vec![Blank::Raw(cells.saturating_mul(plan.array.dtype.size()))],
        None => all(&[f64::NAN]),
        Some(Op::Count) => all(&[0.0]),
        Some(Op::Sum) if is_wide(plan) => vec![Blank::F64(0.0, cells), Blank::Int(0, cells)],
        Some(Op::Sum | Op::Mean | Op::Var | Op::Std) => all(&[0.0; 3]),
        Some(Op::Min) if is_wide(plan) => vec![Blank::Int(i128::MAX, cells), Blank::F64(0.0, cells)],
        Some(Op::Max) if is_wide(plan) => vec![Blank::Int(i128::MIN, cells), Blank::F64(0.0, cells)],
        Some(Op::Min) => all(&[least, 0.0]),
        Some(Op::Max) => all(&[greatest, 0.0]),
        Some(Op::Range) => all(&[least, greatest]),
        Some(Op::Argmin | Op::Argmax) => all(&[f64::NAN; 2]),
        Some(Op::Median | Op::Quantile) => Vec::new(),
        Some(Op::Lines) => all(&[0.0; LINE_COLUMNS]),
        Some(Op::Bounds) => all(&[0.0, 0.0, least, greatest]),
        Some(Op::Histogram | Op::Ranks) => {
            let bins = usize::try_from(plan.width()).unwrap_or(usize::MAX);
            vec![Blank::F64(0.0, cells.saturating_mul(bins))]
        }
    }
}

impl Partial {
    /// Bytes that the statistics of a plan's blocks take on average; of elements of any length not they themselves.
    ///
    /// # Errors
    /// `too_large` for more cells than memory has addresses.
    pub fn average_bytes(plan: &Plan) -> Result<u64> {
        let cells = to_usize(plan.average_cells()?, "block")?;
        let len = |blank| match blank {
            Blank::F64(_, n) => 8 * n as u64,
            Blank::Int(_, n) => 16 * n as u64,
            Blank::Raw(n) => n as u64,
            Blank::Elements(n) => size_of::<Vec<u8>>() as u64 * n as u64,
        };
        Ok(blanks(plan, cells).into_iter().map(len).fold(0, u64::saturating_add))
    }

    /// The statistics of nothing.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn empty(plan: &Plan, cells: usize) -> Result<Self> {
        let column = |blank| {
            Ok(match blank {
                Blank::F64(x, n) => Column::F64(filled(x, n)?),
                Blank::Int(x, n) => Column::Int(filled(x, n)?),
                Blank::Raw(n) => Column::Raw(filled(0, n)?),
                Blank::Elements(n) => Column::Elements(filled(Vec::new(), n)?),
            })
        };
        Ok(Partial { columns: blanks(plan, cells).into_iter().map(column).collect::<Result<_>>()? })
    }

    /// Whether it has the form that a plan's partials of so many cells have.
    pub fn fits(&self, plan: &Plan, cells: usize) -> bool {
        let wanted = blanks(plan, cells);
        let same = |(column, blank): (&Column, &Blank)| match (column, blank) {
            (Column::F64(a), Blank::F64(_, n)) => a.len() == *n,
            (Column::Int(a), Blank::Int(_, n)) => a.len() == *n,
            (Column::Raw(a), Blank::Raw(n)) => a.len() == *n,
            (Column::Elements(a), Blank::Elements(n)) => a.len() == *n,
            _ => false,
        };
        self.columns.len() == wanted.len() && self.columns.iter().zip(&wanted).all(same)
    }
}

/// Types whose values pass as they are stored: those that a double cannot hold.
pub fn values_stay_raw(dtype: DType) -> bool {
    !dtype.is_real() || dtype.is_wide_integer()
}

fn filled<T: Clone>(value: T, n: usize) -> Result<Vec<T>> {
    let mut v = Vec::new();
    v.try_reserve_exact(n)
        .map_err(|_| Error::new(Code::OutOfMemory, format!("no memory for a partial of {n} cells")))?;
    v.resize(n, value);
    Ok(v)
}
