//! How two fields vary together.

use super::align::{Aligned, align};
use super::axis::{doubles, marked, offsets, split};
use super::moments::{Products, products};
use crate::error::Result;
use crate::reduce::{Data, Field};

/// The covariance of two fields over some dimensions, or all: Σ(a − ā)(b − b̄) / (n − ddof) over the pairs that are both
/// there, means being theirs. Missing where no more than `ddof` pairs are there. Fields are joined by labels and broadcast
/// by name; the result is float64 on the dimensions that are left, without attributes.
///
/// # Errors
/// As [`align`]; `invalid_document` for a dimension that is not there, `unsupported` for values that are no real numbers.
///
/// Source: `xarray.cov`.
pub fn covariance(a: &Field, b: &Field, dims: Option<&[String]>, ddof: f64) -> Result<Field> {
    each(a, b, dims, "covariance", |of| {
        let free = of.count - ddof;
        if of.count > 0.0 && free > 0.0 { of.xy / free } else { f64::NAN }
    })
}

/// Pearson's correlation of two fields over some dimensions, or all, in [−1, 1]; pairs, labels and errors as in
/// [`covariance`]. Missing where the values of either are all equal.
///
/// # Errors
/// As [`covariance`].
///
/// Source: `xarray.corr`.
pub fn correlation(a: &Field, b: &Field, dims: Option<&[String]>) -> Result<Field> {
    each(a, b, dims, "correlation", |of| {
        let scale = of.xx.sqrt() * of.yy.sqrt();
        if of.xx > 0.0 && of.yy > 0.0 { (of.xy / scale).clamp(-1.0, 1.0) } else { f64::NAN }
    })
}

fn each(a: &Field, b: &Field, dims: Option<&[String]>, what: &str, finish: impl Fn(Products) -> f64) -> Result<Field> {
    let (x, y) = (doubles(a, what)?, doubles(b, what)?);
    let Aligned { mut labels, left, right } = align(a, b)?;
    let goes = match dims {
        Some(dims) => marked(&labels, dims, what)?,
        None => vec![true; labels.dims.len()],
    };
    let ((stay_x, go_x), (stay_y, go_y)) = (split(&left, &goes), split(&right, &goes));
    let within: Vec<(usize, usize)> = offsets(go_x)?.into_iter().zip(offsets(go_y)?).collect();
    let mut values = Vec::new();
    let mut pairs = Vec::with_capacity(within.len());
    for (i, j) in offsets(stay_x)?.into_iter().zip(offsets(stay_y)?) {
        pairs.clear();
        let there = within.iter().filter_map(|(k, l)| Some((*x.get(i + k)?, *y.get(j + l)?)));
        pairs.extend(there.filter(|(x, y)| !x.is_nan() && !y.is_nan()));
        values.push(finish(products(&pairs)));
    }
    let gone: Vec<String> =
        labels.dims.iter().zip(&goes).filter(|(_, g)| **g).map(|((name, _), _)| name.clone()).collect();
    labels.without(&gone);
    Ok(Field { labels, dtype: "float64".into(), data: Data::F64(values) })
}
