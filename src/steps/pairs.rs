//! How two fields vary together.

use super::align::{Aligned, align};
use super::axis::{doubles, marked, offsets, split};
use super::moments::{Products, products};
use crate::error::{Code, Error, Result};
use crate::plan::Labelling;
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
    Ok(pairs(a, b, dims, Measure::Covariance(ddof))?.finish())
}

/// Pearson's correlation of two fields over some dimensions, or all, in [−1, 1]; pairs, labels and errors as in
/// [`covariance`]. Missing where the values of either are all equal.
///
/// # Errors
/// As [`covariance`].
///
/// Source: `xarray.corr`.
pub fn correlation(a: &Field, b: &Field, dims: Option<&[String]>) -> Result<Field> {
    Ok(pairs(a, b, dims, Measure::Correlation)?.finish())
}

/// What is wanted of pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Pearson's correlation.
    Correlation,
    /// The covariance, with its delta degrees of freedom.
    Covariance(f64),
}

/// The statistics of pairs, cell by cell: those of parts can be merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    measure: Measure,
    labels: Labelling,
    cells: Vec<Products>,
}

impl Pairs {
    /// Adds the statistics of the next part, which leaves the same cells.
    ///
    /// # Errors
    /// `worker_crashed` if it does not.
    pub fn merge(&mut self, next: &Pairs) -> Result<()> {
        if self.cells.len() != next.cells.len() {
            return Err(Error::new(Code::WorkerCrashed, "pairs of different cells"));
        }
        for (cell, next) in self.cells.iter_mut().zip(&next.cells) {
            *cell = cell.and(*next);
        }
        Ok(())
    }

    /// The values.
    pub fn finish(&self) -> Field {
        let value = |of: &Products| match self.measure {
            Measure::Correlation if of.xx > 0.0 && of.yy > 0.0 => {
                (of.xy / (of.xx.sqrt() * of.yy.sqrt())).clamp(-1.0, 1.0)
            }
            Measure::Covariance(ddof) if of.count > 0.0 && of.count - ddof > 0.0 => of.xy / (of.count - ddof),
            _ => f64::NAN,
        };
        let data = Data::F64(self.cells.iter().map(value).collect());
        Field { labels: self.labels.clone(), dtype: "float64".into(), data }
    }
}

/// The statistics of the pairs of two fields.
///
/// # Errors
/// As [`covariance`].
pub fn pairs(a: &Field, b: &Field, dims: Option<&[String]>, measure: Measure) -> Result<Pairs> {
    let what = if measure == Measure::Correlation { "correlation" } else { "covariance" };
    let (x, y) = (doubles(a, what)?, doubles(b, what)?);
    let Aligned { labels, left, right } = align(&a.labels, &b.labels)?;
    let (goes, labels) = paired(labels, dims, what)?;
    let ((stay_x, go_x), (stay_y, go_y)) = (split(&left, &goes), split(&right, &goes));
    let within: Vec<(usize, usize)> = offsets(go_x)?.into_iter().zip(offsets(go_y)?).collect();
    let mut cells = Vec::new();
    let mut pairs = Vec::with_capacity(within.len());
    for (i, j) in offsets(stay_x)?.into_iter().zip(offsets(stay_y)?) {
        pairs.clear();
        let there = within.iter().filter_map(|(k, l)| Some((*x.get(i + k)?, *y.get(j + l)?)));
        pairs.extend(there.filter(|(x, y)| !x.is_nan() && !y.is_nan()));
        cells.push(products(&pairs));
    }
    Ok(Pairs { measure, labels, cells })
}

/// Which dimensions of joined fields go, and the labels of what is left.
pub(super) fn paired(mut labels: Labelling, dims: Option<&[String]>, what: &str) -> Result<(Vec<bool>, Labelling)> {
    let goes = match dims {
        Some(dims) => marked(&labels, dims, what)?,
        None => vec![true; labels.dims.len()],
    };
    let gone: Vec<String> =
        labels.dims.iter().zip(&goes).filter(|(_, g)| **g).map(|((name, _), _)| name.clone()).collect();
    labels.without(&gone);
    Ok((goes, labels))
}
