//! Deviations from a mean.

use super::axis::{cell_count, doubles, marked, offsets, position_of, split, tables};
use super::moments::{Mean, Sum};
use crate::array::DimIndex;
use crate::error::{Result, invalid_document};
use crate::plan::Labelling;
use crate::reduce::{Data, Field};

/// Each value less the mean over some dimensions; float64. Shape, labels and units stay. With `skipna` the mean is of what
/// is there, and what is missing stays missing; without, one missing value makes all that share its mean missing.
///
/// # Errors
/// `invalid_document` for a dimension that is not there, `unsupported` for values that are no real numbers.
///
/// Source: `x - x.mean(dims)` of xarray.
pub fn anomaly(field: &Field, dims: &[String], skipna: bool) -> Result<Field> {
    let goes = marked(&field.labels, dims, "anomaly")?;
    let mut values = doubles(field, "anomaly")?;
    let all = tables(&field.labels.shape())?;
    let (stay, go) = split(&all, &goes);
    let within = offsets(go)?;
    for start in offsets(stay)? {
        let mut sum = Sum::default();
        within.iter().filter_map(|w| values.get(start + w)).for_each(|x| sum.add(*x, skipna));
        let mean = sum.mean();
        for w in &within {
            if let Some(x) = values.get_mut(start + w) {
                *x = mean.deviation(*x);
            }
        }
    }
    Ok(Field { labels: field.labels.clone(), dtype: "float64".into(), data: Data::F64(values) })
}

/// Each value less the mean of its group along a dimension; float64. `groups` gives each position its group, below
/// `count`; positions of none are gone from the result, and their labels with them. Missing values as in [`anomaly`].
///
/// # Errors
/// `invalid_document` if the dimension is not there or has another length than `groups`, `unsupported` for values that are
/// no real numbers, `too_large` for too many groups.
///
/// Source: `g - g.mean()` of xarray's groupby objects.
pub fn anomaly_by(field: &Field, dim: &str, groups: &[Option<usize>], count: usize, skipna: bool) -> Result<Field> {
    let at = position_of(&field.labels, dim, "anomaly")?;
    let values = doubles(field, "anomaly")?;
    let all = tables(&field.labels.shape())?;
    let along = all.get(at).map(Vec::as_slice).unwrap_or_default();
    if groups.len() != along.len() || groups.iter().flatten().any(|g| *g >= count) {
        let message = format!("{} positions in {count} groups, along {dim:?} of {}", groups.len(), along.len());
        return Err(invalid_document(message));
    }
    let kept: Vec<(usize, usize)> = along.iter().zip(groups).filter_map(|(a, g)| Some((*a, (*g)?))).collect();
    let outer = offsets(all.iter().take(at))?;
    let inner = offsets(all.iter().skip(at + 1))?;
    let mut sums = vec![Sum::default(); cell_count(&[count as u64, inner.len() as u64])?];
    let mut out = Vec::with_capacity(values.len());
    for start in &outer {
        sums.fill(Sum::default());
        let cell = |a: usize, i: usize| values.get(start + a + i).copied().unwrap_or(f64::NAN);
        for (a, group) in &kept {
            let row = sums.iter_mut().skip(group * inner.len());
            inner.iter().zip(row).for_each(|(i, sum)| sum.add(cell(*a, *i), skipna));
        }
        let means: Vec<Mean> = sums.iter().map(Sum::mean).collect();
        for (a, group) in &kept {
            let row = means.iter().skip(group * inner.len());
            out.extend(inner.iter().zip(row).map(|(i, mean)| mean.deviation(cell(*a, *i))));
        }
    }
    let labels = grouped_labels(&field.labels, dim, groups);
    Ok(Field { labels, dtype: "float64".into(), data: Data::F64(out) })
}

/// The labels without the positions of no group.
pub(super) fn grouped_labels(labels: &Labelling, dim: &str, groups: &[Option<usize>]) -> Labelling {
    let mut labels = labels.clone();
    let stay: Vec<u64> = groups.iter().zip(0u64..).filter_map(|(g, k)| g.map(|_| k)).collect();
    if stay.len() < groups.len() {
        let whole = groups.len();
        // What runs along the dimension with another length, such as edges, has no meaning for a part of it.
        labels.coords.retain(|c| c.dim.as_deref() != Some(dim) || c.labels.len() == whole);
        let index = DimIndex::List(stay);
        labels.dims.iter_mut().filter(|(name, _)| name == dim).for_each(|(_, n)| *n = index.len());
        for coord in labels.coords.iter_mut().filter(|c| c.dim.as_deref() == Some(dim)) {
            coord.labels = coord.labels.take(&index);
        }
    }
    labels
}
