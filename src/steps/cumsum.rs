//! Running sums.

use super::axis::{Table, cell_count, doubles, marked, offsets, tables};
use crate::array::read_wide;
use crate::error::{Result, invalid_document};
use crate::kernel::{total, two_sum};
use crate::reduce::{Data, Field};

/// The sum of each value and all before it along some dimensions, one dimension after the other; shape, labels and units
/// stay. A missing value counts as 0 with `skipna`, and makes all from it on missing without. Sums of integers are exact:
/// int64, or uint64 of unsigned ones. Others are float64, summed in two doubles and rounded once.
///
/// # Errors
/// `invalid_document` for a dimension that is not there, `unsupported` for values that are no real numbers.
///
/// Source: `xarray.DataArray.cumsum`.
pub fn cumsum(field: &Field, dims: &[String], skipna: bool) -> Result<Field> {
    let goes = marked(&field.labels, dims, "cumsum")?;
    let all = tables(&field.labels.shape())?;
    let unsigned = field.dtype.starts_with("uint");
    let (dtype, data) = if unsigned || field.dtype.starts_with("int") || field.dtype == "bool" {
        let mut sums = integers(field)?;
        if skipna {
            sums.iter_mut().for_each(|n| *n = n.or(Some(0)));
        }
        run(&all, &goes, |before, at| {
            let next = sums.get(before).copied().flatten();
            if let Some(here) = sums.get_mut(at) {
                *here = here.zip(next).and_then(|(a, b)| a.checked_add(b));
            }
        })?;
        (if unsigned { "uint64" } else { "int64" }, Data::Int(sums))
    } else {
        let values = doubles(field, "cumsum")?;
        let start = |x: f64| if skipna && x.is_nan() { 0.0 } else { x };
        let mut sums: Vec<(f64, f64)> = values.into_iter().map(|x| (start(x), 0.0)).collect();
        run(&all, &goes, |before, at| {
            let (high, low) = sums.get(before).copied().unwrap_or_default();
            if let Some(here) = sums.get_mut(at) {
                let (sum, lost) = two_sum(here.0, high);
                *here = (sum, here.1 + low + lost);
            }
        })?;
        ("float64", Data::F64(sums.into_iter().map(|(high, low)| total(high, low)).collect()))
    };
    Ok(Field { labels: field.labels.clone(), dtype: dtype.into(), data })
}

/// Visits each cell that has one before it along a dimension, in order, for one dimension after the other.
fn run(all: &[Table], goes: &[bool], mut add: impl FnMut(usize, usize)) -> Result<()> {
    for (at, along) in all.iter().enumerate().filter(|(at, _)| goes.get(*at) == Some(&true)) {
        let outer = offsets(all.iter().take(at))?;
        let inner = offsets(all.iter().skip(at + 1))?;
        for start in &outer {
            for (before, here) in along.iter().zip(along.iter().skip(1)) {
                for i in &inner {
                    add(start + before + i, start + here + i);
                }
            }
        }
    }
    Ok(())
}

/// The values of a field of integers, `None` where missing.
#[allow(clippy::cast_possible_truncation)]
fn integers(field: &Field) -> Result<Vec<Option<i128>>> {
    let values = match &field.data {
        Data::Int(values) => values.clone(),
        Data::Raw(bytes, dtype) if dtype.size() == 8 && dtype.is_integer() => {
            let mut wide = vec![0; field.data.len()];
            read_wide(bytes, *dtype, &mut wide);
            wide.into_iter().map(Some).collect()
        }
        // Narrower ones and counts are whole as doubles, too.
        _ => doubles(field, "cumsum")?.into_iter().map(|x| (!x.is_nan()).then_some(x as i128)).collect(),
    };
    match values.len() == cell_count(&field.labels.shape())? {
        true => Ok(values),
        false => Err(invalid_document(format!("cumsum: {} values are not of the shape", values.len()))),
    }
}
