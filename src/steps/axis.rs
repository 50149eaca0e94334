//! Walking C-order data along any of its dimensions: for each dimension a table of how far every position lies from the
//! first, so that picking, joining, broadcasting and leaving dimensions out are all sums of tables.

use crate::error::{Result, invalid_document, product, to_usize, too_large, unsupported};
use crate::plan::{Labelling, MAX_RESULT_CELLS};
use crate::reduce::Field;

/// For each position along a dimension, its distance from the first in the data.
pub type Table = Vec<usize>;

/// The number of cells of a shape.
///
/// # Errors
/// `too_large` beyond [`MAX_RESULT_CELLS`].
pub fn cell_count(shape: &[u64]) -> Result<usize> {
    let cells = product(shape, "result")?;
    if cells > MAX_RESULT_CELLS {
        return Err(too_large("cells of a result", cells, MAX_RESULT_CELLS));
    }
    to_usize(cells, "result")
}

/// A field's values as doubles, NaN where missing, as many as its shape says.
///
/// # Errors
/// `unsupported` for values that are no real numbers, `too_large`.
pub fn doubles(field: &Field, what: &str) -> Result<Vec<f64>> {
    let values = field.data.to_f64().ok_or_else(|| unsupported(format!("{what} of {}", field.dtype)))?;
    let cells = cell_count(&field.labels.shape())?;
    if values.len() != cells {
        return Err(invalid_document(format!("{what}: {} values for a shape of {cells} cells", values.len())));
    }
    Ok(values)
}

/// Where a dimension stands.
///
/// # Errors
/// `invalid_document`, naming those that are there.
pub fn position_of(labels: &Labelling, dim: &str, what: &str) -> Result<usize> {
    labels.dims.iter().position(|(name, _)| name == dim).ok_or_else(|| {
        let names: Vec<&str> = labels.dims.iter().map(|(name, _)| name.as_str()).collect();
        invalid_document(format!("{what} over {dim:?}: there is {}", names.join(", ")))
    })
}

/// A table for each dimension of C-order data.
///
/// # Errors
/// `too_large` for a dimension that is longer than a result.
pub fn tables(shape: &[u64]) -> Result<Vec<Table>> {
    let mut stride = 1usize;
    let mut all = Vec::with_capacity(shape.len());
    for &len in shape.iter().rev() {
        let len = cell_count(&[len])?;
        all.push((0..len).map(|k| k.saturating_mul(stride)).collect());
        // Saturated only beside a dimension of no length, where no position is ever used.
        stride = stride.saturating_mul(len);
    }
    all.reverse();
    Ok(all)
}

/// The offsets of all cells that some dimensions span, in C order; one of 0 if there are none.
///
/// # Errors
/// `too_large` beyond [`MAX_RESULT_CELLS`].
pub fn offsets<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Result<Vec<usize>> {
    let mut all = vec![0usize];
    for table in tables {
        let cells = cell_count(&[all.len() as u64, table.len() as u64])?;
        let mut next = Vec::with_capacity(cells);
        for start in &all {
            next.extend(table.iter().map(|step| start.saturating_add(*step)));
        }
        all = next;
    }
    Ok(all)
}

/// Tables of the dimensions that stay, and of those that go, each in their order.
pub fn split<'a>(tables: &'a [Table], goes: &[bool]) -> (Vec<&'a Table>, Vec<&'a Table>) {
    let of = |wanted: bool| tables.iter().zip(goes).filter(move |(_, g)| **g == wanted).map(|(t, _)| t).collect();
    (of(false), of(true))
}

/// Which dimensions are among some names.
///
/// # Errors
/// `invalid_document` for a name that is no dimension.
pub fn marked(labels: &Labelling, dims: &[String], what: &str) -> Result<Vec<bool>> {
    for dim in dims {
        position_of(labels, dim, what)?;
    }
    Ok(labels.dims.iter().map(|(name, _)| dims.contains(name)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_tables_are_offsets() {
        let all = tables(&[2, 3, 2]).unwrap();
        assert_eq!(offsets(&all).unwrap(), (0..12).collect::<Vec<_>>());
        let (stay, go) = split(&all, &[false, true, false]);
        assert_eq!(offsets(stay).unwrap(), [0, 1, 6, 7]);
        assert_eq!(offsets(go).unwrap(), [0, 2, 4]);
        assert_eq!(offsets(&[]).unwrap(), [0]);
        assert!(offsets(&tables(&[1 << 20, 0]).unwrap()).unwrap().is_empty());
        assert!(tables(&[1 << 26]).is_err() && offsets(&tables(&[1 << 20, 1 << 20]).unwrap()).is_err());
    }
}
