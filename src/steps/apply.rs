//! The steps of a document, one after another, on values at hand.

use super::gather::{Cells, Groups, gather};
use super::groups::group_by;
use super::periods::periods;
use super::windows::{blocks, windows};
use crate::error::{Result, invalid_document, unsupported};
use crate::plan::{Grouping, Labelling, Op, Reduction, Step, Weights};
use crate::reduce::{Field, reduce_field};

/// Applies steps, each with the weights that were read for it.
///
/// # Errors
/// `invalid_document` for dimensions that are gone; `unsupported` for values that are no real numbers; `too_large`.
pub fn apply(field: Field, steps: &[(Step, Option<Weights>)]) -> Result<Field> {
    let mut field = field;
    let mut grouping: Option<&Grouping> = None;
    for (step, weights) in steps {
        field = match step {
            Step::Group(next) => {
                grouping = Some(next);
                continue;
            }
            Step::Reduce(reduction) => match grouping.take() {
                Some(grouping) => {
                    let cells = cells_of(&field.labels, grouping, reduction)?;
                    gather(&field, &cells, reduction, weights.as_ref())?
                }
                None if reduction.op.streams() => reduce_field(&field, reduction, weights.as_ref())?,
                None => gather(&field, &plain(&field.labels, reduction)?, reduction, weights.as_ref())?,
            },
            other => return Err(unsupported(format!("{other:?}"))),
        };
    }
    Ok(field)
}

/// Which dimensions a plain reduction takes.
fn plain(labels: &Labelling, reduction: &Reduction) -> Result<Vec<Cells>> {
    check(labels, reduction)?;
    let gone = |dim: &String| reduction.dims.as_ref().is_none_or(|dims| dims.contains(dim));
    Ok(labels.dims.iter().map(|(dim, _)| if gone(dim) { Cells::Reduced } else { Cells::Kept }).collect())
}

/// Refuses dimensions that are not there.
fn check(labels: &Labelling, reduction: &Reduction) -> Result<()> {
    let names: Vec<&str> = labels.dims.iter().map(|(name, _)| name.as_str()).collect();
    match reduction.dims.iter().flatten().find(|dim| !names.contains(&dim.as_str())) {
        Some(gone) => {
            Err(invalid_document(format!("{} over {gone:?}: there is {}", reduction.op.name(), names.join(", "))))
        }
        None => Ok(()),
    }
}

/// What becomes of each dimension in a reduction within groups: over the grouped dimensions, and whatever else it names.
///
/// # Errors
/// `invalid_document` for dimensions that are not there; `unsupported` for reductions that groups do not have.
pub fn cells_of(labels: &Labelling, grouping: &Grouping, reduction: &Reduction) -> Result<Vec<Cells>> {
    check(labels, reduction)?;
    if matches!(reduction.op, Op::Histogram | Op::Argmin | Op::Argmax) {
        return Err(unsupported(format!("{} after {}", reduction.op.name(), grouping.name())));
    }
    let mut groups = groups_of(labels, grouping)?;
    let named = |dim: &str| reduction.dims.as_ref().is_some_and(|dims| dims.iter().any(|d| d == dim));
    if let Some(dims) = &reduction.dims
        && let Some((left, _)) = groups.iter().find(|(dim, _)| !dims.contains(dim))
    {
        return Err(invalid_document(format!(
            "{} after {} must be over {left:?}",
            reduction.op.name(),
            grouping.name()
        )));
    }
    let dims = labels.dims.iter().map(|(dim, _)| dim);
    Ok(dims
        .map(|dim| match groups.iter().position(|(grouped, _)| grouped == dim) {
            Some(at) => Cells::Groups(groups.swap_remove(at).1),
            None if named(dim) => Cells::Reduced,
            None => Cells::Kept,
        })
        .collect())
}

/// The groups of each grouped dimension.
fn groups_of(labels: &Labelling, grouping: &Grouping) -> Result<Vec<(String, Groups)>> {
    Ok(match grouping {
        Grouping::By(by) => {
            let grouped = group_by(labels, by)?;
            vec![(grouped.dim.clone(), grouped.groups())]
        }
        Grouping::Resample(frequency) => vec![periods(labels, frequency)?],
        Grouping::Coarsen(lengths, boundary) => {
            let one = |(dim, n): &(String, u64)| Ok((dim.clone(), blocks(labels, dim, *n, *boundary)?));
            lengths.iter().map(one).collect::<Result<_>>()?
        }
        Grouping::Rolling { windows: lengths, center, min_periods } => {
            let least = min_periods.unwrap_or_else(|| lengths.iter().map(|(_, n)| *n).product());
            let one = |(dim, n): &(String, u64)| {
                let groups = windows(labels, dim, *n, *center)?;
                Ok((dim.clone(), Groups { least: Some(least), ..groups }))
            };
            lengths.iter().map(one).collect::<Result<_>>()?
        }
    })
}
