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
use crate::error::{Code, Error, Result};
use crate::plan::{Op, Plan};
use serde::{Deserialize, Serialize};

/// One statistic of every cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

impl Partial {
    /// The statistics of nothing.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn empty(plan: &Plan, cells: usize) -> Result<Self> {
        let zeros = |value: f64, n: usize| -> Result<Column> { Ok(Column::F64(filled(value, n)?)) };
        let columns = match plan.op {
            None if plan.array.dtype.is_variable() => vec![Column::Elements(filled(Vec::new(), cells)?)],
            None if values_stay_raw(plan.array.dtype) => {
                vec![Column::Raw(filled(0, cells.saturating_mul(plan.array.dtype.size()))?)]
            }
            None => vec![zeros(f64::NAN, cells)?],
            Some(Op::Count) => vec![zeros(0.0, cells)?],
            Some(Op::Sum) if is_wide(plan) => vec![zeros(0.0, cells)?, Column::Int(filled(0, cells)?)],
            Some(Op::Sum | Op::Mean | Op::Var | Op::Std) => {
                vec![zeros(0.0, cells)?, zeros(0.0, cells)?, zeros(0.0, cells)?]
            }
            Some(Op::Min) if is_wide(plan) => vec![Column::Int(filled(i128::MAX, cells)?), zeros(0.0, cells)?],
            Some(Op::Max) if is_wide(plan) => vec![Column::Int(filled(i128::MIN, cells)?), zeros(0.0, cells)?],
            Some(Op::Min) => vec![zeros(f64::INFINITY, cells)?, zeros(0.0, cells)?],
            Some(Op::Max) => vec![zeros(f64::NEG_INFINITY, cells)?, zeros(0.0, cells)?],
            Some(Op::Range) => vec![zeros(f64::INFINITY, cells)?, zeros(f64::NEG_INFINITY, cells)?],
            Some(Op::Argmin | Op::Argmax) => vec![zeros(f64::NAN, cells)?, zeros(f64::NAN, cells)?],
            Some(Op::Median | Op::Quantile) => Vec::new(),
            Some(Op::Lines) => (0..LINE_COLUMNS).map(|_| zeros(0.0, cells)).collect::<Result<_>>()?,
            Some(Op::Bounds) => vec![
                zeros(0.0, cells)?,
                zeros(0.0, cells)?,
                zeros(f64::INFINITY, cells)?,
                zeros(f64::NEG_INFINITY, cells)?,
            ],
            Some(Op::Histogram | Op::Ranks) => {
                let bins = usize::try_from(plan.width()).unwrap_or(usize::MAX);
                vec![zeros(0.0, cells.saturating_mul(bins))?]
            }
        };
        Ok(Partial { columns })
    }

    /// Whether it has the form that a plan's partials of so many cells have.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn fits(&self, plan: &Plan, cells: usize) -> Result<bool> {
        let like = Self::empty(plan, cells)?;
        let same = |(a, b): (&Column, &Column)| match (a, b) {
            (Column::F64(a), Column::F64(b)) => a.len() == b.len(),
            (Column::Int(a), Column::Int(b)) => a.len() == b.len(),
            (Column::Raw(a), Column::Raw(b)) => a.len() == b.len(),
            (Column::Elements(a), Column::Elements(b)) => a.len() == b.len(),
            _ => false,
        };
        Ok(self.columns.len() == like.columns.len() && self.columns.iter().zip(&like.columns).all(same))
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
