//! What the steps make of labels alone: the shape of a result, and what it takes to make it, before there are values.

use super::align::align;
use super::anomaly::grouped_labels;
use super::apply::{axis_of, cells_of, check, plain_cells};
use super::axis::{marked, position_of};
use super::gather::{Cells, Groups, labelled};
use super::groups::group_by;
use super::histogram::{binned, goes};
use super::pairs::paired;
use super::regrid::{axis, relabelled};
use super::trend::{NAMES, described};
use crate::array::DType;
use crate::error::{Code, Error, Result};
use crate::plan::{Grouping, Labelling, Op, Reduction, Step, With};
use crate::reduce::{edges_over, relabel};

/// A field without its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Dimensions and coordinates.
    pub labels: Labelling,
    /// The elements' type; of numbers that the steps make, one of its size.
    pub dtype: DType,
    /// Names of the results that stand side by side, all of this shape; none where there is one.
    pub variables: Vec<&'static str>,
    /// The most bytes that the steps hold at a time.
    pub held_bytes: u64,
}

impl Outline {
    /// Of values before any step.
    pub fn of(labels: Labelling, dtype: DType) -> Self {
        Outline { labels, dtype, variables: Vec::new(), held_bytes: 0 }
    }

    /// The number of cells of one of the results.
    pub fn cells(&self) -> u64 {
        self.labels.dims.iter().fold(1, |all, (_, n)| all.saturating_mul(*n))
    }

    /// Bytes of all values in their type.
    pub fn bytes(&self) -> u64 {
        let each = self.cells().saturating_mul(self.dtype.size() as u64);
        each.saturating_mul((self.variables.len() as u64).max(1))
    }
}

/// Follows steps as [`super::apply()`] does, on labels.
///
/// # Errors
/// What [`super::apply()`] finds wrong with the labels.
pub fn outline<'a>(start: Outline, steps: impl IntoIterator<Item = &'a Step>, operands: &[Outline]) -> Result<Outline> {
    let mut now = start;
    now.held_bytes = operands.iter().map(|o| o.held_bytes).fold(now.held_bytes, u64::max);
    let mut operands = operands.iter();
    let mut grouping: Option<&Grouping> = None;
    for step in steps {
        let operand = operands_of(step, &mut operands)?;
        let labels = &now.labels;
        let (labels, dtype) = match step {
            Step::Group(next) => {
                grouping = Some(next);
                continue;
            }
            Step::Reduce(reduction) => reduced(&now, grouping.take(), reduction, operand)?,
            Step::Anomaly { dims, .. } => match grouping.take() {
                Some(Grouping::By(by)) => {
                    let grouped = group_by(labels, by)?;
                    (grouped_labels(labels, &grouped.dim, &grouped.of), DType::Float64)
                }
                _ => (kept(labels, dims, "anomaly")?, DType::Float64),
            },
            Step::Cumsum { dims, .. } => (kept(labels, dims, "cumsum")?, DType::Float64),
            Step::Scale { .. } | Step::Arithmetic(_, With::Number(_)) => (labels.clone(), DType::Float64),
            Step::Trend(dim) => {
                position_of(labels, dim, "trend")?;
                let [first, ..] = NAMES;
                (described(labels, dim, first), DType::Float64)
            }
            Step::Pair { correlation, dims, .. } => {
                let joined = joined(labels, operand)?;
                let what = if *correlation { "correlation" } else { "covariance" };
                (paired(joined, dims.as_deref(), what)?.1, DType::Float64)
            }
            Step::Arithmetic(..) => (joined(labels, operand)?, DType::Float64),
            Step::Regrid { lat, lon, .. } => {
                let (rows, columns) = (axis_of(labels, "latitude")?, axis_of(labels, "longitude")?);
                axis(labels, &rows)?;
                axis(labels, &columns)?;
                (relabelled(labels, (&rows, lat), (&columns, lon)), DType::Float64)
            }
        };
        let variables = if matches!(step, Step::Trend(_)) { NAMES.to_vec() } else { Vec::new() };
        let mut next = Outline { labels, dtype, variables, held_bytes: 0 };
        let held = held_bytes(step, &now, &next, operand);
        next.held_bytes = now.held_bytes.max(held);
        now = next;
    }
    Ok(now)
}

/// Bytes that a step holds: its values and what comes of them as doubles, with the copies and tables that it makes.
fn held_bytes(step: &Step, before: &Outline, after: &Outline, operand: Option<&Outline>) -> u64 {
    let (cells, made) = (before.cells(), after.cells());
    let other = operand.map_or(0, |o| o.cells().saturating_mul(16));
    let each = match step {
        Step::Group(_) => 0,
        // Also as bytes, in a list that grows.
        Step::Reduce(reduction) if reduction.streams() => 32,
        // Where each cell's values lie, and the largest cell's values in a list that grows.
        Step::Reduce(_) => 24 + 16 / made.clamp(1, 16),
        // Offsets.
        Step::Anomaly { .. } => 20,
        // Sums in two doubles.
        Step::Cumsum { .. } => 32,
        Step::Scale { .. } | Step::Trend(_) | Step::Pair { .. } | Step::Arithmetic(..) | Step::Regrid { .. } => 16,
    };
    let variables = (after.variables.len() as u64).max(1);
    let results = made.saturating_mul(8 * variables);
    // Deviations are made in place.
    let results = if matches!(step, Step::Anomaly { .. }) { 0 } else { results };
    cells.saturating_mul(each).saturating_add(other).saturating_add(results)
}

/// The operand of a step that takes one.
fn operands_of<'a>(step: &Step, operands: &mut std::slice::Iter<'a, Outline>) -> Result<Option<&'a Outline>> {
    match step.with() {
        None | Some(With::Number(_)) => Ok(None),
        Some(_) => operands.next().map(Some).ok_or_else(no_operand),
    }
}

fn no_operand() -> Error {
    Error::new(Code::WorkerCrashed, "an operand was not prepared")
}

/// The labels of two fields together.
fn joined(labels: &Labelling, operand: Option<&Outline>) -> Result<Labelling> {
    let operand = operand.ok_or_else(no_operand)?;
    Ok(align(labels, &operand.labels)?.labels)
}

/// Labels that stay, if some dimensions are there.
fn kept(labels: &Labelling, dims: &Option<Vec<String>>, what: &str) -> Result<Labelling> {
    marked(labels, dims.as_deref().unwrap_or_default(), what)?;
    Ok(labels.clone())
}

fn reduced(
    now: &Outline,
    grouping: Option<&Grouping>,
    reduction: &Reduction,
    operand: Option<&Outline>,
) -> Result<(Labelling, DType)> {
    let dtype = if matches!(reduction.op, Op::Min | Op::Max) { now.dtype } else { DType::Float64 };
    Ok(match (grouping, &reduction.with) {
        (Some(grouping), _) => {
            let cells = cells_of(&now.labels, grouping, reduction)?;
            // What may be missing is no integer.
            let may_lack = |g: &Groups| g.gaps || g.least.is_some() || g.full.is_some();
            let lacks = cells.iter().any(|c| matches!(c, Cells::Groups(g) if may_lack(g)));
            let whole = dtype.is_integer() || dtype == DType::Bool;
            (labelled(&now.labels, &cells, reduction), if lacks && whole { DType::Float64 } else { dtype })
        }
        (None, Some(second)) => {
            let joined = joined(&now.labels, operand)?;
            let goes = goes(&joined, reduction)?;
            // How many bins there are does not depend on the values.
            let edges = edges_over(&[], &reduction.bins, reduction.range);
            let edges_2 = edges_over(&[], &second.bins, second.range);
            let none = serde_json::Map::new();
            (binned(joined, &goes, [(&edges, &none), (&edges_2, &none)]), DType::Float64)
        }
        (None, None) if reduction.streams() => {
            check(&now.labels, reduction)?;
            let mut labels = now.labels.clone();
            relabel(&mut labels, reduction, &edges_over(&[], &reduction.bins, reduction.range));
            (labels, dtype)
        }
        (None, None) => (labelled(&now.labels, &plain_cells(&now.labels, reduction)?, reduction), dtype),
    })
}
