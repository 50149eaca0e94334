//! Two operands, cell by cell.

use super::align::align;
use super::axis::{Table, cell_count, doubles, offsets};
use crate::error::{Result, invalid_document};
use crate::plan::Arithmetic;
use crate::reduce::{Data, Field};
use serde_json::{Map, Value};

/// The second operand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand<'a> {
    /// One number for all cells.
    Number(f64),
    /// A field, joined by labels.
    Field(&'a Field),
}

/// Attributes that a sum or a difference of alike quantities keeps.
const KEPT: [&str; 2] = ["units", "long_name"];

fn of(op: Arithmetic, a: f64, b: f64) -> f64 {
    match op {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
    }
}

/// Both operands in float64, on the labels that both have and the dimensions of both ([`align`]). Missing where either is;
/// x / 0 is ±∞ and 0 / 0 missing. Of the attributes, sums and differences keep the units and the long name that both
/// agree on, or the first one's beside a number; nothing else says what the result is.
///
/// # Errors
/// As [`align`]; `unsupported` for values that are no real numbers.
///
/// Source: arithmetic of `xarray.DataArray` with `arithmetic_join="inner"`.
pub fn arithmetic(op: Arithmetic, left: &Field, right: Operand<'_>) -> Result<Field> {
    let a = doubles(left, op.name())?;
    let (mut labels, values, other) = match right {
        Operand::Number(b) => {
            (left.labels.clone(), a.into_iter().map(|a| of(op, a, b)).collect(), left.labels.attrs.clone())
        }
        Operand::Field(right) => {
            let b = doubles(right, op.name())?;
            let aligned = align(&left.labels, &right.labels)?;
            let values = combine(op, (&a, &aligned.left), (&b, &aligned.right), &aligned.labels.shape())?;
            (aligned.labels, values, right.labels.attrs.clone())
        }
    };
    labels.attrs = match op {
        Arithmetic::Add | Arithmetic::Subtract => agreed(&left.labels.attrs, &other),
        Arithmetic::Multiply | Arithmetic::Divide => Map::new(),
    };
    Ok(Field { labels, dtype: "float64".into(), data: Data::F64(values) })
}

fn agreed(a: &Map<String, Value>, b: &Map<String, Value>) -> Map<String, Value> {
    let both = a.iter().filter(|(key, value)| KEPT.contains(&key.as_str()) && b.get(*key) == Some(value));
    both.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Walks both along rows of the last dimension.
fn combine(op: Arithmetic, a: (&[f64], &[Table]), b: (&[f64], &[Table]), shape: &[u64]) -> Result<Vec<f64>> {
    let still = vec![0];
    let rows = |tables: &[Table]| offsets(tables.iter().take(tables.len().saturating_sub(1)));
    let (row_a, row_b) = (a.1.last().unwrap_or(&still), b.1.last().unwrap_or(&still));
    let mut out = Vec::with_capacity(cell_count(shape)?);
    for (i, j) in rows(a.1)?.into_iter().zip(rows(b.1)?) {
        let cells = row_a.iter().zip(row_b).map(|(k, l)| Some(of(op, *a.0.get(i + k)?, *b.0.get(j + l)?)));
        out.extend(cells.map(|x| x.unwrap_or(f64::NAN)));
    }
    match out.len() == cell_count(shape)? {
        true => Ok(out),
        false => Err(invalid_document(format!("{}: {} values are not of the shape {shape:?}", op.name(), out.len()))),
    }
}
