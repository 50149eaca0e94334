//! Walking a block in rows: where each row lies in the block, in the output, and in the weights.

use crate::array::DimIndex;
use crate::plan::Plan;

/// Values of a row that are held at once: 32 KiB of doubles, the first-level cache.
pub const ROW_LEN: usize = 4096;
/// The same where each has a cell of its own, whose sums are held beside it.
pub const KEPT_ROW_LEN: usize = 1024;

/// Which part of a block counts, and what for.
#[derive(Debug, Clone)]
pub struct Crop {
    /// Positions in the block, per dimension.
    pub inside: Vec<DimIndex>,
    /// The output block's cells that they land on, per dimension (means nothing where the dimension is reduced).
    pub cells: Vec<DimIndex>,
    /// Which selected positions they are, per dimension: the index into weights.
    pub selected: Vec<DimIndex>,
}

/// One dimension of the walk, perhaps several merged.
#[derive(Debug, Clone)]
struct Axis {
    inside: DimIndex,
    cells: DimIndex,
    selected: DimIndex,
    /// Elements between neighbours in the block.
    stride: u64,
    /// Cells between neighbours in the output block; 0 where reduced.
    cell_stride: u64,
    /// Weights between neighbours; 0 where they do not vary.
    weight_stride: u64,
    kept: bool,
    /// Whether rows at several positions along it may land on the same cells.
    repeats: bool,
    /// Elements of the block along it.
    extent: u64,
    /// Cells of the output block along it.
    cell_extent: u64,
}

/// A piece of a row: at most [`ROW_LEN`] elements.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Elements from the block's start to position 0 of the row's dimension.
    pub base: u64,
    /// Positions along the row's dimension.
    pub positions: &'a DimIndex,
    /// Elements between neighbours.
    pub stride: u64,
    /// The first cell.
    pub cell: usize,
    /// Whether each element has a cell of its own, one after another.
    pub kept: bool,
    /// The first weight.
    pub weight: u64,
    /// Which weights follow: positions along the row, and their distance (0: one weight for all).
    pub weight_positions: &'a DimIndex,
    /// Distance between weights.
    pub weight_stride: u64,
}

/// Calls `each` for every piece of every row: in C order of the block where rows end in one cell each, else so that the rows
/// of the same cells follow one another (among them in C order).
pub fn walk(plan: &Plan, shape: &[u64], cell_shape: &[u64], crop: &Crop, mut each: impl FnMut(&Row)) {
    let mut axes = axes(plan, shape, cell_shape, crop);
    merge(&mut axes);
    let Some(inner) = axes.pop() else { return };
    let (repeating, own): (Vec<Axis>, Vec<Axis>) = axes.into_iter().partition(|axis| inner.kept && axis.repeats);
    let pieces = pieces(&inner);
    odometer(&own, |outer| {
        for piece in &pieces {
            let first_cell = if inner.kept { position(&piece.cells, 0) * inner.cell_stride } else { 0 };
            odometer(&repeating, |within| {
                each(&Row {
                    base: outer.base + within.base,
                    positions: &piece.inside,
                    stride: inner.stride,
                    cell: usize::try_from(outer.cell + within.cell + first_cell).unwrap_or(usize::MAX),
                    kept: inner.kept,
                    weight: outer.weight + within.weight,
                    weight_positions: &piece.selected,
                    weight_stride: inner.weight_stride,
                });
            });
        }
    });
}

/// Where some axes' positions put a row: in the block, among the cells, and among the weights.
#[derive(Clone, Copy, Default)]
struct Place {
    base: u64,
    cell: u64,
    weight: u64,
}

/// Calls `each` for every combination of positions along the axes, the last one fastest.
fn odometer(axes: &[Axis], mut each: impl FnMut(Place)) {
    fn along(axes: &[Axis], at: Place, each: &mut dyn FnMut(Place)) {
        let Some((axis, rest)) = axes.split_first() else { return each(at) };
        for i in 0..axis.inside.len() {
            let base = at.base + position(&axis.inside, i) * axis.stride;
            let cell = at.cell + if axis.kept { position(&axis.cells, i) * axis.cell_stride } else { 0 };
            let weight = at.weight + position(&axis.selected, i) * axis.weight_stride;
            along(rest, Place { base, cell, weight }, each);
        }
    }
    along(axes, Place::default(), &mut each);
}

fn position(index: &DimIndex, i: u64) -> u64 {
    index.get(i).unwrap_or(0)
}

fn axes(plan: &Plan, shape: &[u64], cell_shape: &[u64], crop: &Crop) -> Vec<Axis> {
    let stride = |d: usize| shape.iter().skip(d + 1).product::<u64>();
    let mut axes: Vec<Axis> = Vec::with_capacity(shape.len().max(1));
    let mut kept_seen = 0;
    for (d, &extent) in shape.iter().enumerate() {
        // A grouped dimension has cells as a kept one has, but several positions may share one.
        let kept = plan.has_cells(d);
        let (cell_extent, cell_stride) = if kept {
            kept_seen += 1;
            (cell_shape[kept_seen - 1], cell_shape.iter().skip(kept_seen).product())
        } else {
            (1, 0)
        };
        axes.push(Axis {
            inside: crop.inside[d].clone(),
            cells: crop.cells[d].clone(),
            selected: crop.selected[d].clone(),
            stride: stride(d),
            cell_stride,
            weight_stride: plan.beside_stride(d),
            kept,
            repeats: !plan.kept.get(d).copied().unwrap_or(false),
            extent,
            cell_extent,
        });
    }
    if axes.is_empty() {
        // An array without dimensions is one row of one element.
        let one = DimIndex::one(0);
        axes.push(Axis {
            inside: one.clone(),
            cells: one.clone(),
            selected: one,
            stride: 1,
            cell_stride: 0,
            weight_stride: 0,
            kept: false,
            repeats: true,
            extent: 1,
            cell_extent: 1,
        });
    }
    axes
}

/// Merges the innermost dimension with the one before it, as long as both together are one contiguous row.
fn merge(axes: &mut Vec<Axis>) {
    while let [.., outer, inner] = axes.as_slice() {
        let whole = |index: &DimIndex, extent: u64| *index == DimIndex::all(extent);
        let (DimIndex::Range { start, step: 1, len }, DimIndex::Range { start: first_cell, step: 1, .. }) =
            (&outer.inside, &outer.cells)
        else {
            return;
        };
        let contiguous = whole(&inner.inside, inner.extent)
            && (outer.kept, outer.repeats) == (inner.kept, inner.repeats)
            && outer.weight_stride == 0
            && inner.weight_stride == 0
            && (!inner.kept || whole(&inner.cells, inner.cell_extent));
        if !contiguous {
            return;
        }
        let range = |start: u64| DimIndex::Range { start: start * inner.extent, step: 1, len: len * inner.extent };
        let merged = Axis {
            inside: range(*start),
            cells: range(*first_cell),
            selected: DimIndex::Range { start: 0, step: 0, len: len * inner.extent },
            stride: inner.stride,
            cell_stride: inner.cell_stride,
            weight_stride: 0,
            kept: inner.kept,
            repeats: inner.repeats,
            extent: outer.extent * inner.extent,
            cell_extent: outer.cell_extent * inner.cell_extent,
        };
        axes.truncate(axes.len() - 2);
        axes.push(merged);
    }
}

struct Piece {
    inside: DimIndex,
    cells: DimIndex,
    selected: DimIndex,
}

/// Cuts the innermost dimension into pieces whose cells are contiguous.
fn pieces(inner: &Axis) -> Vec<Piece> {
    let len = inner.inside.len();
    let contiguous = !inner.kept || matches!(inner.cells, DimIndex::Range { step: 1, .. });
    let most = match (contiguous, inner.kept) {
        (true, false) => ROW_LEN as u64,
        (true, true) => KEPT_ROW_LEN as u64,
        (false, _) => 1,
    };
    let cut = |index: &DimIndex, from: u64, n: u64| index.at(&DimIndex::Range { start: from, step: 1, len: n });
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < len {
        let n = most.min(len - from);
        pieces.push(Piece {
            inside: cut(&inner.inside, from, n),
            cells: cut(&inner.cells, from, n),
            selected: cut(&inner.selected, from, n),
        });
        from += n;
    }
    pieces
}
