//! Whether a document is done at once or in tiles.

use super::arrays::Source;
use super::prepare::{Draft, Prepared, complete, draft, ready};
use super::tiling::{Extent, MAX_TILES, Tiling, tiling};
use crate::array::{ChunkGrid, DimIndex};
use crate::error::Result;
use crate::meta::ArrayMeta;
use crate::plan::{Document, Labelling, Step, With, zeros_of};
use crate::reduce::{MAX_RANKS, passes_for, ranks_per_cell};
use crate::steps::Ready;

/// As [`super::prepare()`], with a tiling instead if all values at hand would be more than so many cells.
///
/// # Errors
/// As [`super::prepare()`].
pub async fn arrange(source: &mut Source, document: &Document, cells: u64) -> Result<Arranged> {
    let draft = draft(source, document, false).await?;
    let plan = &draft.prepared.plan;
    let at_hand = plan.index.iter().fold(1u64, |all, index| all.saturating_mul(index.len()));
    if draft.prepared.first.is_none() && !draft.rest.is_empty() && at_hand > cells {
        let labels = &draft.prepared.labels;
        let inner = plan.array.inner_shape().map(ChunkGrid::even);
        let grid = inner.as_ref().unwrap_or(&plan.array.grid);
        let extent = Extent { dims: &plan.dims, index: &plan.index, grid, labels };
        let whole = |dim: &str| !same_along(source, &draft, dim);
        if let Some(tiling) = tiling(&extent, &draft.rest, cells, &whole).filter(|t| t.count() <= MAX_TILES) {
            if selection_is_less(&draft, &tiling) {
                return selection(source, document).await;
            }
            let after = draft.rest.get(tiling.steps + usize::from(tiling.folds)..).unwrap_or_default().to_vec();
            let (index, labels) = (plan.index.clone(), draft.prepared.labels.clone());
            let tail = ready(source, &draft.meta, after, &draft.selected).await?;
            return Ok(Arranged::Tiled(Box::new(Tiles { tiling, index, labels, tail })));
        }
        if selection_passes(&draft).is_some() {
            return selection(source, document).await;
        }
    }
    Ok(Arranged::Whole(Box::new(complete(source, draft).await?)))
}

/// How many passes a selection would take, if the first step takes order statistics of few enough cells.
fn selection_passes(draft: &Draft) -> Option<u64> {
    let Some(Step::Reduce(first)) = draft.rest.first().filter(|step| matches!(step, Step::Reduce(r) if r.op.selects()))
    else {
        return None;
    };
    let stays = |dim: &&(String, u64)| first.dims.as_ref().is_some_and(|gone| !gone.contains(&dim.0));
    let cells = draft.prepared.labels.dims.iter().filter(stays).fold(1u64, |all, (_, n)| all.saturating_mul(*n));
    let plan = &draft.prepared.plan;
    let passes = || passes_for(first, cells, zeros_of(plan.array.dtype, &plan.packing));
    (cells.saturating_mul(ranks_per_cell(first)) <= MAX_RANKS).then(passes)
}

/// Whether tiles would read chunks more often than a selection does.
fn selection_is_less(draft: &Draft, tiling: &Tiling) -> bool {
    let plan = &draft.prepared.plan;
    let pieces = tiling.cuts.iter().map(|cut| {
        let chunks =
            plan.array.grid.axes().get(cut.at).zip(plan.index.get(cut.at)).map_or(1, |(axis, i)| axis.touched(i).len());
        (cut.parts.len() as u64).div_ceil(chunks.max(1))
    });
    let reads = pieces.fold(1u64, u64::saturating_mul);
    selection_passes(draft).is_some_and(|passes| passes < reads)
}

/// A document whose first step looks for order statistics in several passes.
async fn selection(source: &mut Source, document: &Document) -> Result<Arranged> {
    let draft = draft(source, document, true).await?;
    Ok(Arranged::Whole(Box::new(complete(source, draft).await?)))
}

/// What becomes of a document.
pub enum Arranged {
    /// One run.
    Whole(Box<Prepared>),
    /// One for each tile.
    Tiled(Box<Tiles>),
}

/// What is known of tiles before any is read.
pub struct Tiles {
    /// Which they are.
    pub tiling: Tiling,
    /// The selected positions of each dimension of the array.
    pub index: Vec<DimIndex>,
    /// Their labels.
    pub labels: Labelling,
    /// The steps after those of the tiles.
    pub tail: Vec<Ready>,
}

/// Whether a part of a dimension's positions means the same to everything that the steps take beside the values: other
/// variables must have them, too, and results of documents are joined by label.
fn same_along(source: &Source, draft: &Draft, dim: &str) -> bool {
    let (meta, labels) = (&draft.meta, &draft.prepared.labels);
    draft.rest.iter().filter_map(Step::with).all(|with| match with {
        With::Number(_) => true,
        With::Document(_) => labels.coords.iter().any(|c| c.name == dim && c.dim.as_deref() == Some(dim)),
        With::Path(path) => source.tree.array(path.trim_matches('/')).is_ok_and(|other| {
            let len = |of: &ArrayMeta| of.dims.iter().position(|d| d == dim).and_then(|at| of.shape.get(at).copied());
            let own = |of: &ArrayMeta| source.coordinate_array(of, dim).map(|c| c.path.clone());
            len(&other).is_none() || len(&other) == len(meta) && own(&other) == own(meta)
        }),
    })
}
