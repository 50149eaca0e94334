//! A document's selections against an array's dimensions and coordinates.

use super::document::Selector;
use crate::array::DimIndex;
use crate::cf::Coordinate;
use crate::error::{Result, invalid_selection};
use crate::meta::ArrayMeta;
use std::collections::BTreeMap;

/// What was selected of one dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// Positions.
    pub index: DimIndex,
    /// Whether the dimension goes, having one position only.
    pub drop: bool,
}

/// Resolves every dimension of an array, in its order. Those without a form are taken whole.
///
/// # Errors
/// `invalid_selection` for dimensions, labels or positions that are not there, and for an empty selection.
pub fn select(
    meta: &ArrayMeta,
    forms: &[(String, Selector)],
    coordinates: &BTreeMap<String, Coordinate>,
) -> Result<Vec<Selected>> {
    for (name, _) in forms {
        if !meta.dims.contains(name) {
            let message = format!("{:?} has no dimension {name:?}; it has {}", meta.path, meta.dims.join(", "));
            return Err(invalid_selection(message).with_path(&meta.path));
        }
    }
    let one = |(dim, &len): (&String, &u64)| match forms.iter().find(|(name, _)| name == dim) {
        Some((_, form)) => {
            let selected = resolve(dim, len, form, coordinates.get(dim))?;
            if selected.index.is_empty() {
                return Err(invalid_selection(format!("the selection of {dim} is empty; it has {len} positions")));
            }
            Ok(selected)
        }
        None => Ok(Selected { index: DimIndex::all(len), drop: false }),
    };
    meta.dims.iter().zip(&meta.shape).map(|pair| one(pair).map_err(|e| e.with_path(&meta.path))).collect()
}

fn resolve(dim: &str, len: u64, form: &Selector, coordinate: Option<&Coordinate>) -> Result<Selected> {
    let labelled = || {
        coordinate.ok_or_else(|| {
            invalid_selection(format!("{dim} has no coordinate; select by position with index or start/stop/step"))
        })
    };
    let many = |index| Ok(Selected { index, drop: false });
    match form {
        Selector::Between(from, to) => many(labelled()?.between(from.as_ref(), to.as_ref())?),
        Selector::Nearest(label) => Ok(Selected { index: DimIndex::one(labelled()?.nearest(label)?), drop: true }),
        Selector::NearestEach(labels) => {
            let coordinate = labelled()?;
            many(DimIndex::List(labels.iter().map(|l| coordinate.nearest(l)).collect::<Result<_>>()?))
        }
        Selector::Values(labels) => {
            let coordinate = labelled()?;
            many(DimIndex::List(labels.iter().map(|l| coordinate.exactly(l)).collect::<Result<_>>()?))
        }
        Selector::Index(i) => Ok(Selected { index: DimIndex::one(position(dim, *i, len)?), drop: true }),
        Selector::Indices(list) => {
            many(DimIndex::List(list.iter().map(|i| position(dim, *i, len)).collect::<Result<_>>()?))
        }
        Selector::Slice(start, stop, step) => {
            let start = start.map_or(0, |i| clamped(i, len));
            let stop = stop.map_or(len, |i| clamped(i, len));
            let len = stop.saturating_sub(start).div_ceil(*step);
            many(DimIndex::Range { start, step: *step, len })
        }
    }
}

/// A position that must be there.
fn position(dim: &str, i: i64, len: u64) -> Result<u64> {
    let from_start = if i < 0 { len.checked_sub(i.unsigned_abs()) } else { Some(i.unsigned_abs()) };
    from_start
        .filter(|p| *p < len)
        .ok_or_else(|| invalid_selection(format!("{dim} has no position {i}; it has {len} positions")))
}

/// An end of a slice: Python clamps what lies outside.
fn clamped(i: i64, len: u64) -> u64 {
    if i < 0 { len.saturating_sub(i.unsigned_abs()) } else { i.unsigned_abs().min(len) }
}
