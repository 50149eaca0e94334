//! The cells of an output block that a crop touches: the box around them, and a crop whose cells count from its corner.

use super::rows::Crop;
use crate::array::{DimIndex, Odometer};
use crate::plan::Plan;

/// A box of cells.
pub struct Touched {
    /// The crop, its cells counted from the box's corner.
    pub crop: Crop,
    /// Cells along each dimension that has some.
    pub shape: Vec<u64>,
    corner: Vec<u64>,
}

impl Touched {
    /// The box around the cells of a crop.
    pub fn of(plan: &Plan, crop: &Crop) -> Self {
        let mut touched = Touched { crop: crop.clone(), shape: Vec::new(), corner: Vec::new() };
        let with_cells = |(d, _): &(usize, &mut DimIndex)| plan.has_cells(*d);
        for (_, cells) in touched.crop.cells.iter_mut().enumerate().filter(with_cells) {
            let low = cells.positions().min().unwrap_or(0);
            let high = cells.positions().max().map_or(low, |h| h + 1);
            *cells = match cells {
                DimIndex::Range { start, step, len } => DimIndex::Range { start: *start - low, step: *step, len: *len },
                DimIndex::List(list) => DimIndex::List(list.iter().map(|c| c - low).collect()),
            };
            touched.corner.push(low);
            touched.shape.push(high - low);
        }
        touched
    }

    /// Calls `each(cell of the box, cell of the block)` for every cell of the box.
    pub fn each(&self, cell_shape: &[u64], mut each: impl FnMut(usize, usize)) {
        let (outer, row) = match self.shape.split_last() {
            Some((row, outer)) => (outer, *row),
            None => (&[][..], 1),
        };
        let mut local = 0;
        for at in Odometer::new(outer) {
            let mut flat = 0;
            for (d, &extent) in cell_shape.iter().enumerate() {
                flat = flat * extent + at.get(d).copied().unwrap_or(0) + self.corner.get(d).copied().unwrap_or(0);
            }
            for i in 0..row {
                each(local, usize::try_from(flat + i).unwrap_or(usize::MAX));
                local += 1;
            }
        }
    }
}
