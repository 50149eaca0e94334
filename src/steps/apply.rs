//! The steps of a document, one after another, on values at hand.

use super::anomaly::{anomaly, anomaly_by};
use super::arithmetic::{Operand, arithmetic};
use super::cumsum::cumsum;
use super::gather::{Cells, Groups, gather};
use super::groups::group_by;
use super::histogram::histogram_of_two;
use super::pairs::{correlation, covariance};
use super::periods::periods;
use super::regrid::{Target, regrid};
use super::scale::scale;
use super::trend::trend;
use super::windows::{blocks, windows};
use crate::error::{Code, Error, Result, invalid_document, unsupported};
use crate::plan::{Coord, Grouping, Labelling, Op, Reduction, Step, Weights, With};
use crate::reduce::{Data, Field, reduce_field};
use serde_json::Value;
use std::rc::Rc;

/// A step, and what was read for it beforehand.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// The step.
    pub step: Step,
    /// The weights of a reduction.
    pub weights: Option<Weights>,
    /// The cells of the variable's grid, for conservative regridding.
    pub bounds: Option<CellBounds>,
}

/// The edges of cells, n × 2, in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct CellBounds {
    /// Of latitude.
    pub lat: Vec<f64>,
    /// Of longitude.
    pub lon: Vec<f64>,
}

/// Applies steps. `operands` are the results of [`crate::plan::Document::operands`], in their order.
///
/// # Errors
/// `invalid_document` for dimensions that are gone; `unsupported` for values that are no real numbers; `too_large`.
pub fn apply(field: Field, steps: &[Ready], operands: &[Rc<Field>]) -> Result<Field> {
    let mut field = field;
    let mut operands = operands.iter().map(Rc::as_ref);
    let mut grouping: Option<&Grouping> = None;
    for Ready { step, weights, bounds } in steps {
        let mut operand =
            || operands.next().ok_or_else(|| Error::new(Code::WorkerCrashed, "an operand was not computed"));
        let dims = |dims: &Option<Vec<String>>, labels: &Labelling| match dims {
            Some(dims) => dims.clone(),
            None => labels.dims.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(),
        };
        field = match step {
            Step::Group(next) => {
                grouping = Some(next);
                continue;
            }
            Step::Reduce(reduction) => match (grouping.take(), &reduction.with) {
                (Some(grouping), _) => {
                    let cells = cells_of(&field.labels, grouping, reduction)?;
                    gather(&field, &cells, reduction, weights.as_ref())?
                }
                (None, Some(second)) => histogram_of_two(&field, operand()?, reduction, second, weights.as_ref())?,
                (None, None) if reduction.streams() => reduce_field(&field, reduction, weights.as_ref())?,
                (None, None) => gather(&field, &plain_cells(&field.labels, reduction)?, reduction, weights.as_ref())?,
            },
            Step::Anomaly { dims: gone, skipna } => match grouping.take() {
                Some(Grouping::By(by)) => {
                    let grouped = group_by(&field.labels, by)?;
                    anomaly_by(&field, &grouped.dim, &grouped.of, grouped.labels.len(), *skipna)?
                }
                _ => anomaly(&field, &dims(gone, &field.labels), *skipna)?,
            },
            Step::Scale { factor, offset, units } => scale(&field, *factor, *offset, units.as_deref())?,
            Step::Cumsum { dims: along, skipna } => cumsum(&field, &dims(along, &field.labels), *skipna)?,
            Step::Trend(dim) => {
                let parts = trend(&field, dim)?;
                variables(parts, field.labels)
            }
            Step::Pair { correlation: true, dims, .. } => correlation(&field, operand()?, dims.as_deref())?,
            Step::Pair { dims, ddof, .. } => covariance(&field, operand()?, dims.as_deref(), *ddof)?,
            Step::Arithmetic(op, With::Number(number)) => arithmetic(*op, &field, Operand::Number(*number))?,
            Step::Arithmetic(op, _) => arithmetic(*op, &field, Operand::Field(operand()?))?,
            Step::Regrid { method, lat, lon } => {
                let target = Target { lat: lat.clone(), lon: lon.clone() };
                let (rows, columns) = (axis_of(&field.labels, "latitude")?, axis_of(&field.labels, "longitude")?);
                let bounds = bounds.as_ref().map(|b| (b.lat.as_slice(), b.lon.as_slice()));
                regrid(&field, *method, &target, &rows, &columns, bounds)?
            }
        };
    }
    Ok(field)
}

/// Results side by side, under the labels of the first; under others if there is none.
pub fn variables(parts: Vec<(&'static str, Field)>, others: Labelling) -> Field {
    let labels = parts.first().map_or(others, |(_, first)| first.labels.clone());
    let parts = parts.into_iter().map(|(name, part)| (name.to_string(), part)).collect();
    Field { labels, dtype: "float64".into(), data: Data::Variables(parts) }
}

/// The dimension of a role.
pub(super) fn axis_of(labels: &Labelling, role: &str) -> Result<String> {
    let own = |c: &&Coord| c.dim.is_some() && c.attrs.get("role").and_then(Value::as_str) == Some(role);
    let found = labels.coords.iter().find(own).and_then(|c| c.dim.clone());
    found.ok_or_else(|| unsupported(format!("regrid without a dimension of {role}")))
}

/// Which dimensions a plain reduction takes.
///
/// # Errors
/// `invalid_document` for dimensions that are not there.
pub fn plain_cells(labels: &Labelling, reduction: &Reduction) -> Result<Vec<Cells>> {
    check(labels, reduction)?;
    let gone = |dim: &String| reduction.dims.as_ref().is_none_or(|dims| dims.contains(dim));
    Ok(labels.dims.iter().map(|(dim, _)| if gone(dim) { Cells::Reduced } else { Cells::Kept }).collect())
}

/// Refuses dimensions that are not there.
pub(super) fn check(labels: &Labelling, reduction: &Reduction) -> Result<()> {
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
            let all = lengths.iter().fold(1u64, |all, (_, n)| all.saturating_mul(*n));
            let least = min_periods.unwrap_or(all);
            let one = |(dim, n): &(String, u64)| {
                let groups = windows(labels, dim, *n, *center)?;
                Ok((dim.clone(), Groups { least: Some(least), ..groups }))
            };
            lengths.iter().map(one).collect::<Result<_>>()?
        }
    })
}
