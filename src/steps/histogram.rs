//! Histograms of two variables side by side, as xhistogram makes them: how often both fall into a pair of bins.

use super::align::align;
use super::axis::{cell_count, doubles, marked, offsets, split};
use crate::cf::Labels;
use crate::error::{Code, Error, Result, too_large};
use crate::kernel::Binner;
use crate::plan::{Coord, Labelling, MAX_RESULT_CELLS, Reduction, Second, Weights};
use crate::reduce::{Data, Field, edges_over, naming};
use serde_json::{Map, Value};

/// Counts, or sums of weights, of the pairs of which both are there, on the dimensions that stay and then `bin` and `bin_2`.
/// Edges are numpy's, of each variable for itself; right-most edges are included. With `density` each cell integrates to
/// one, and an empty one is missing.
///
/// # Errors
/// As [`align`]; `invalid_document` for dimensions that are not there; `too_large`.
pub fn histogram_of_two(
    a: &Field,
    b: &Field,
    reduction: &Reduction,
    second: &Second,
    weights: Option<&Weights>,
) -> Result<Field> {
    Ok(counts_of_two(a, b, reduction, second, weights)?.finish())
}

/// Counts, cell by cell and bin by bin: those of parts with the same edges can be merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    labels: Labelling,
    edges: Vec<f64>,
    edges_2: Vec<f64>,
    weighted: bool,
    density: bool,
    counts: Vec<f64>,
}

impl Counts {
    /// Adds the counts of the next part, which leaves the same cells.
    ///
    /// # Errors
    /// `worker_crashed` if it does not.
    pub fn merge(&mut self, next: &Counts) -> Result<()> {
        if self.counts.len() != next.counts.len() {
            return Err(Error::new(Code::WorkerCrashed, "histograms of different cells"));
        }
        for (count, next) in self.counts.iter_mut().zip(&next.counts) {
            *count += next;
        }
        Ok(())
    }

    /// The values.
    pub fn finish(&self) -> Field {
        let mut counts = self.counts.clone();
        if self.density {
            let bins = (self.edges.len().saturating_sub(1)).saturating_mul(self.edges_2.len().saturating_sub(1));
            counts.chunks_mut(bins.max(1)).for_each(|cell| densities(cell, &self.edges, &self.edges_2));
        }
        let whole = !self.weighted && !self.density;
        let dtype = if whole { "int64" } else { "float64" }.into();
        Field { labels: self.labels.clone(), dtype, data: Data::F64(counts) }
    }
}

/// The counts of a histogram of two fields.
///
/// # Errors
/// As [`histogram_of_two`].
pub fn counts_of_two(
    a: &Field,
    b: &Field,
    reduction: &Reduction,
    second: &Second,
    weights: Option<&Weights>,
) -> Result<Counts> {
    let (xs, ys) = (doubles(a, "histogram")?, doubles(b, "histogram")?);
    let aligned = align(&a.labels, &b.labels)?;
    let edges = edges_over(&xs, &reduction.bins, reduction.range);
    let edges_2 = edges_over(&ys, &second.bins, second.range);
    let (binner, binner_2) = (Binner::new(&edges), Binner::new(&edges_2));
    let goes = goes(&aligned.labels, reduction)?;
    let weight_tables = weight_tables(&aligned.labels.dims, weights)?;
    let walk = |tables| -> Result<(Vec<usize>, Vec<usize>)> {
        let (stay, go) = split(tables, &goes);
        Ok((offsets(stay)?, offsets(go)?))
    };
    let (stay_a, go_a) = walk(&aligned.left)?;
    let (stay_b, go_b) = walk(&aligned.right)?;
    let (stay_w, go_w) = walk(&weight_tables)?;
    let bins = binner.len().saturating_mul(binner_2.len());
    let cells = (stay_a.len() as u64).saturating_mul(bins as u64);
    if cells > MAX_RESULT_CELLS {
        return Err(too_large("cells of the result", cells, MAX_RESULT_CELLS));
    }
    let mut counts = vec![0.0; cell_count(&[cells])?];
    for (cell, ((pa, pb), pw)) in stay_a.iter().zip(&stay_b).zip(&stay_w).enumerate() {
        let Some(own) = counts.get_mut(cell * bins..(cell + 1) * bins) else { continue };
        for ((qa, qb), qw) in go_a.iter().zip(&go_b).zip(&go_w) {
            let (Some(x), Some(y)) = (xs.get(pa + qa), ys.get(pb + qb)) else { continue };
            let (Some(i), Some(j)) = (binner.bin(*x), binner_2.bin(*y)) else { continue };
            let weight = weights.map_or(1.0, |w| w.values.get(pw + qw).copied().unwrap_or(0.0));
            if let Some(count) = own.get_mut(i * binner_2.len() + j) {
                *count += weight;
            }
        }
    }
    let sides = [(edges.as_slice(), &a.labels.attrs), (edges_2.as_slice(), &b.labels.attrs)];
    let labels = binned(aligned.labels, &goes, sides);
    Ok(Counts { labels, edges, edges_2, weighted: weights.is_some(), density: reduction.density, counts })
}

/// Which dimensions of joined fields go.
pub(super) fn goes(labels: &Labelling, reduction: &Reduction) -> Result<Vec<bool>> {
    match &reduction.dims {
        Some(dims) => marked(labels, dims, "histogram"),
        None => Ok(vec![true; labels.dims.len()]),
    }
}

/// The labels of the counts, given the edges of both variables and their attributes.
pub(super) fn binned(mut labels: Labelling, goes: &[bool], sides: [(&[f64], &Map<String, Value>); 2]) -> Labelling {
    let gone: Vec<String> =
        labels.dims.iter().zip(goes).filter(|(_, goes)| **goes).map(|((name, _), _)| name.clone()).collect();
    labels.without(&gone);
    for (dim, (edges, attrs)) in ["bin", "bin_2"].into_iter().zip(sides) {
        let centers: Vec<f64> = edges.iter().zip(edges.iter().skip(1)).map(|(a, b)| (a + b) / 2.0).collect();
        labels.dims.push((dim.into(), centers.len() as u64));
        for (name, values) in [("edges", edges.to_vec()), ("centers", centers)] {
            let (name, labels_of) = (format!("{dim}_{name}"), Labels::Numbers(values, false));
            labels.coords.push(Coord { name, dim: Some(dim.into()), labels: labels_of, attrs: naming(attrs) });
        }
    }
    labels
}

/// Where the weights of each position lie; all at 0 where they do not vary.
fn weight_tables(dims: &[(String, u64)], weights: Option<&Weights>) -> Result<Vec<Vec<usize>>> {
    let table = |(dim, len): &(String, u64)| {
        let stride = weights.map_or(0, |w| usize::try_from(w.stride(dim)).unwrap_or(0));
        Ok((0..cell_count(&[*len])?).map(|p| p.saturating_mul(stride)).collect())
    };
    dims.iter().map(table).collect()
}

fn densities(counts: &mut [f64], edges: &[f64], edges_2: &[f64]) {
    let total: f64 = counts.iter().sum();
    let widths = |edges: &[f64]| edges.iter().zip(edges.iter().skip(1)).map(|(a, b)| b - a).collect::<Vec<f64>>();
    let (rows, columns) = (widths(edges), widths(edges_2));
    let areas = rows.iter().flat_map(|h| columns.iter().map(move |w| h * w));
    for (count, area) in counts.iter_mut().zip(areas) {
        *count = if total == 0.0 { f64::NAN } else { *count / (total * area) };
    }
}
