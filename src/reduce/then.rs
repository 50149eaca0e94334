//! Reducing a result that is at hand: the second and later steps of a document. It is one block, folded by the same
//! kernels as chunks are.

use super::field::{Data, Field};
use super::finish::{Finish, relabel};
use super::merge::merge;
use crate::array::{ChunkGrid, DType, DimIndex};
use crate::cf::Packing;
use crate::error::{Result, invalid_document, to_usize, unsupported};
use crate::kernel::{Block, Crop, Partial, edges_of, fold_block};
use crate::meta::ChunkKeys;
use crate::plan::{ArraySpec, Bins, Labelling, Op, Plan, Reduction, Weights};
use crate::store::{Address, Storage};

/// Edges as a document gives them, or over the finite values; from 0 to 1 if there are none, as numpy's.
pub fn edges_over(values: &[f64], bins: &Bins, range: Option<(f64, f64)>) -> Vec<f64> {
    match (bins, range) {
        (Bins::Edges(edges), _) => edges.clone(),
        (Bins::Count(n), Some((low, high))) => edges_of(*n, low, high),
        (Bins::Count(n), None) => {
            let (low, high) = some_range(range_of(values));
            edges_of(*n, low, high)
        }
    }
}

/// The least and the greatest finite value; the first is above the second if there is none.
pub fn range_of(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|x| x.is_finite());
    (finite.clone().fold(f64::INFINITY, f64::min), finite.fold(f64::NEG_INFINITY, f64::max))
}

/// A range to make edges of: 0 to 1 where there is none, as in numpy.
pub fn some_range((low, high): (f64, f64)) -> (f64, f64) {
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// The statistics of a result, or of a part of one: those of parts can be merged before they become values.
#[derive(Debug, Clone)]
pub struct Folded {
    reduction: Reduction,
    plan: Plan,
    partial: Partial,
    /// What is left of the labels.
    labels: Labelling,
    dtype: String,
}

/// Applies a reduction to a result.
///
/// # Errors
/// `invalid_document` for dimensions that are gone; `unsupported` for values that are no real numbers.
pub fn reduce_field(field: &Field, reduction: &Reduction, weights: Option<&Weights>) -> Result<Field> {
    fold_field(field, reduction, weights)?.finish()
}

/// The statistics that a reduction makes its values of.
///
/// # Errors
/// As [`reduce_field`].
pub fn fold_field(field: &Field, reduction: &Reduction, weights: Option<&Weights>) -> Result<Folded> {
    let values =
        field.data.to_f64().ok_or_else(|| unsupported(format!("{} of {}", reduction.op.name(), field.dtype)))?;
    let dims: Vec<String> = field.labels.dims.iter().map(|(name, _)| name.clone()).collect();
    if let Some(gone) = reduction.dims.iter().flatten().find(|d| !dims.contains(d)) {
        return Err(invalid_document(format!("{} over {gone:?}: there is {}", reduction.op.name(), dims.join(", "))));
    }
    if let Some(w) = weights.filter(|w| w.dims.iter().any(|d| !dims.contains(d))) {
        return Err(invalid_document(format!("weights along {} after a step that reduces it", w.dims.join(", "))));
    }
    let shape = field.labels.shape();
    let array = ArraySpec {
        path: field.labels.variable.clone(),
        grid: ChunkGrid::even(&shape.iter().map(|n| (*n).max(1)).collect::<Vec<_>>()),
        dtype: DType::Float64,
        fields: Vec::new(),
        fill: vec![0; 8],
        codecs: Vec::new(),
        keys: ChunkKeys::V2(".".into()),
    };
    let index = shape.iter().map(|&n| DimIndex::all(n)).collect();
    // A plan has an address; nothing is ever fetched from this one.
    let address = Address::resolve("https://result.invalid/", &Storage::default())?;
    let mut plan = Plan::values(address, array, dims.clone(), Packing::none(DType::Float64), index);
    plan.kept = dims.iter().map(|d| reduction.dims.as_ref().is_some_and(|gone| !gone.contains(d))).collect();
    plan.skipna = reduction.skipna;
    plan.weights = weights.cloned();
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    if reduction.op == Op::Histogram {
        plan.edges = edges_over(&values, &reduction.bins, reduction.range);
    }
    plan.op = Some(reduction.op);
    let cell_shape = plan.output_shape();
    let cells = to_usize(cell_shape.iter().product(), "result")?;
    let mut partial = Partial::empty(&plan, cells)?;
    let all: Vec<DimIndex> = shape.iter().map(|&n| DimIndex::all(n)).collect();
    let crop = Crop { inside: all.clone(), cells: all.clone(), selected: all };
    if !values.is_empty() {
        fold_block(&plan, &Block { bytes: &bytes, shape: &shape }, &crop, &cell_shape, &mut partial);
    }
    let mut labels = field.labels.clone();
    relabel(&mut labels, reduction, &plan.edges);
    let keeps_integers = matches!(reduction.op, Op::Min | Op::Max) && matches!(field.data, Data::F64(_));
    let dtype = if keeps_integers { field.dtype.clone() } else { Finish::of(Some(reduction)).dtype(&plan) };
    Ok(Folded { reduction: reduction.clone(), plan, partial, labels, dtype })
}

impl Folded {
    /// Adds the statistics of the next part.
    ///
    /// # Errors
    /// `worker_crashed` if the parts do not leave the same cells.
    pub fn merge(&mut self, next: Folded) -> Result<()> {
        merge(&self.plan, &mut self.partial, next.partial)
    }

    /// The values.
    ///
    /// # Errors
    /// `worker_crashed`.
    pub fn finish(&self) -> Result<Field> {
        let data = Finish::of(Some(&self.reduction)).values(&self.plan, &self.partial)?;
        Ok(Field { labels: self.labels.clone(), dtype: self.dtype.clone(), data })
    }
}
