//! How many selected values there are for each cell of the output: what an estimate of a total is measured by.

use super::units::Plan;
use crate::array::DimIndex;
use crate::error::{Code, Error, Result, product, to_usize};

impl Plan {
    /// Selected values, missing ones too, of each cell of a block: of those in a chunk, or of all. Cells in C order.
    ///
    /// # Errors
    /// `out_of_memory`.
    #[allow(clippy::cast_precision_loss)]
    pub fn values_per_cell(&self, block: u64, chunk: Option<&[u64]>) -> Result<Vec<f64>> {
        let (mut each, mut sides) = (1.0, Vec::new());
        let mut lands = self.landing(block).into_iter();
        for (d, (index, axis)) in self.index.iter().zip(self.array.grid.axes()).enumerate() {
            let selected = match chunk.and_then(|coords| coords.get(d)) {
                Some(&coord) => axis.within(index, coord).1,
                None => DimIndex::all(index.len()),
            };
            let groups = self.groups.get(d).and_then(Option::as_ref);
            if !self.has_cells(d) {
                each *= selected.len() as f64;
                continue;
            }
            let cells = to_usize(lands.next().map_or(0, |lands| lands.len()), "cells")?;
            let Some(groups) = groups else {
                sides.push(vec![1.0; cells]);
                continue;
            };
            let mut side = vec![0.0; cells];
            let own = self.groups_of(block, d);
            for position in selected.positions() {
                let of = usize::try_from(position).ok().and_then(|p| *groups.of.get(p)?);
                let cell = of.map(u64::from).and_then(|group| own.map_or(Some(group), |own| own.place(group)));
                let cell = cell.and_then(|cell| usize::try_from(cell).ok());
                if let Some(n) = cell.and_then(|cell| side.get_mut(cell)) {
                    *n += 1.0;
                }
            }
            sides.push(side);
        }
        let lengths: Vec<u64> = sides.iter().map(|side| side.len() as u64).collect();
        let cells = to_usize(product(&lengths, "block")?, "block")?;
        let mut out = Vec::new();
        out.try_reserve_exact(cells)
            .map_err(|_| Error::new(Code::OutOfMemory, format!("no memory for the sizes of {cells} cells")))?;
        out.push(each);
        for side in &sides {
            out = out.iter().flat_map(|n| side.iter().map(move |m| n * m)).collect();
        }
        Ok(out)
    }
}
