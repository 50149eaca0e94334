//! Values of small arrays that steps need beside the large one (weights, bounds of cells): read once.

use super::arrays::{Source, read_values};
use crate::array::DimIndex;
use crate::error::Result;
use crate::meta::ArrayMeta;
use crate::reduce::Data;
use std::cell::RefCell;

/// Cells that are held, of all arrays together.
const MAX_CELLS: usize = 1 << 22;

/// What was read, the last used at the end.
#[derive(Default)]
pub struct Held {
    values: RefCell<Vec<(String, Vec<DimIndex>, Data)>>,
}

impl Held {
    fn find(&self, path: &str, index: &[DimIndex]) -> Option<Data> {
        let mut values = self.values.borrow_mut();
        let at = values.iter().position(|(known, positions, _)| known == path && positions == index)?;
        let found = values.remove(at);
        let data = found.2.clone();
        values.push(found);
        Some(data)
    }

    fn keep(&self, path: &str, index: Vec<DimIndex>, data: &Data) {
        if data.len() > MAX_CELLS / 4 {
            return;
        }
        let mut values = self.values.borrow_mut();
        values.push((path.to_string(), index, data.clone()));
        // An array of no cells takes room, too.
        let mut cells: usize = values.iter().map(|(.., data)| data.len().max(64)).sum();
        while cells > MAX_CELLS && !values.is_empty() {
            cells -= values.remove(0).2.len().max(64);
        }
    }
}

/// Decoded values of a small array's selection.
///
/// # Errors
/// As [`read_values`].
pub async fn held_values(source: &Source, array: &ArrayMeta, index: Vec<DimIndex>) -> Result<Data> {
    if let Some(known) = source.held.find(&array.path, &index) {
        return Ok(known);
    }
    let data = read_values(source, array, index.clone(), true).await?;
    source.held.keep(&array.path, index, &data);
    Ok(data)
}
