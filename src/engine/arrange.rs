//! Whether a document is done at once or in tiles.

use super::arrays::Source;
use super::prepare::{Draft, Prepared, complete, draft, ready};
use super::tiling::{Extent, MAX_TILES, Tiling, tiling};
use crate::array::DimIndex;
use crate::error::Result;
use crate::meta::ArrayMeta;
use crate::plan::{Document, Labelling, Step, With};
use crate::steps::Ready;

/// As [`super::prepare()`], with a tiling instead if all values at hand would be more than so many cells.
///
/// # Errors
/// As [`super::prepare()`].
pub async fn arrange(source: &mut Source, document: &Document, cells: u64) -> Result<Arranged> {
    let draft = draft(source, document).await?;
    let plan = &draft.prepared.plan;
    let at_hand = plan.index.iter().fold(1u64, |all, index| all.saturating_mul(index.len()));
    if draft.prepared.first.is_none() && !draft.rest.is_empty() && at_hand > cells {
        let labels = &draft.prepared.labels;
        let extent = Extent { dims: &plan.dims, index: &plan.index, grid: &plan.array.grid, labels };
        let whole = |dim: &str| !same_along(source, &draft, dim);
        if let Some(tiling) = tiling(&extent, &draft.rest, cells, &whole).filter(|t| t.count() <= MAX_TILES) {
            let after = draft.rest.get(tiling.steps + usize::from(tiling.folds)..).unwrap_or_default().to_vec();
            let (index, labels) = (plan.index.clone(), draft.prepared.labels.clone());
            let tail = ready(source, &draft.meta, after, &draft.selected).await?;
            return Ok(Arranged::Tiled(Box::new(Tiles { tiling, index, labels, tail })));
        }
    }
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
