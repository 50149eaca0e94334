//! Steps whose statistics can be merged: of a field that comes in parts, each part is folded, and the parts' statistics
//! become the result of the whole.

use super::apply::Ready;
use super::axis::doubles;
use super::histogram::{Counts, counts_of_two};
use super::pairs::{Measure, Pairs, pairs};
use crate::error::{Code, Error, Result};
use crate::plan::{Bins, Op, Reduction, Step};
use crate::reduce::{Field, Folded, fold_field, range_of};

/// What is left of a part.
#[derive(Debug, Clone)]
pub enum Part {
    /// Statistics of a reduction.
    Reduced(Box<Folded>),
    /// Of pairs of values.
    Pairs(Pairs),
    /// Of a histogram of two variables.
    Counts(Counts),
    /// The least and the greatest value of a field and of the second one: a histogram without edges looks for them first.
    Ranges([(f64, f64); 2]),
}

/// Whether the parts of a step can be merged.
pub fn folds(step: &Step) -> bool {
    match step {
        Step::Pair { .. } => true,
        // Positions in a part are not those in the whole.
        Step::Reduce(reduction) => reduction.op.streams() && !reduction.op.is_position(),
        _ => false,
    }
}

/// Whether a step is a histogram whose edges depend on all values.
pub fn needs_ranges(step: &Step) -> bool {
    let open = |bins: &Bins, range: Option<(f64, f64)>| matches!(bins, Bins::Count(_)) && range.is_none();
    match step {
        Step::Reduce(r) if r.op == Op::Histogram => {
            open(&r.bins, r.range) || r.with.as_ref().is_some_and(|second| open(&second.bins, second.range))
        }
        _ => false,
    }
}

/// Folds a part.
///
/// # Errors
/// As the step itself.
pub fn fold(field: &Field, ready: &Ready, operand: Option<&Field>, for_ranges: bool) -> Result<Part> {
    let second = || operand.ok_or_else(|| Error::new(Code::WorkerCrashed, "an operand was not computed"));
    let weights = ready.weights.as_ref();
    Ok(match &ready.step {
        Step::Reduce(_) if for_ranges => {
            let other = match operand {
                Some(field) => range_of(&doubles(field, "histogram")?),
                None => NO_RANGE,
            };
            Part::Ranges([range_of(&doubles(field, "histogram")?), other])
        }
        Step::Reduce(reduction) => match &reduction.with {
            Some(with) => Part::Counts(counts_of_two(field, second()?, reduction, with, weights)?),
            None => Part::Reduced(Box::new(fold_field(field, reduction, weights)?)),
        },
        Step::Pair { correlation: true, dims, .. } => {
            Part::Pairs(pairs(field, second()?, dims.as_deref(), Measure::Correlation)?)
        }
        Step::Pair { dims, ddof, .. } => {
            Part::Pairs(pairs(field, second()?, dims.as_deref(), Measure::Covariance(*ddof))?)
        }
        _ => return Err(Error::new(Code::WorkerCrashed, "a step whose parts cannot be merged")),
    })
}

const NO_RANGE: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

impl Part {
    /// Adds the next part.
    ///
    /// # Errors
    /// `worker_crashed` for parts that do not leave the same cells.
    pub fn merge(&mut self, next: Part) -> Result<()> {
        match (self, next) {
            (Part::Reduced(all), Part::Reduced(next)) => all.merge(*next),
            (Part::Pairs(all), Part::Pairs(next)) => all.merge(&next),
            (Part::Counts(all), Part::Counts(next)) => all.merge(&next),
            (Part::Ranges(all), Part::Ranges(next)) => {
                for (all, next) in all.iter_mut().zip(next) {
                    *all = (all.0.min(next.0), all.1.max(next.1));
                }
                Ok(())
            }
            _ => Err(Error::new(Code::WorkerCrashed, "parts of different steps")),
        }
    }

    /// The result of all parts; none of ranges, which are no result.
    ///
    /// # Errors
    /// `worker_crashed`.
    pub fn finish(&self) -> Result<Option<Field>> {
        Ok(match self {
            Part::Reduced(folded) => Some(folded.finish()?),
            Part::Pairs(pairs) => Some(pairs.finish()),
            Part::Counts(counts) => Some(counts.finish()),
            Part::Ranges(_) => None,
        })
    }
}

/// A histogram with the ranges that were found.
pub fn with_ranges(reduction: &Reduction, found: [(f64, f64); 2]) -> Reduction {
    let mut settled = reduction.clone();
    settled.range = settled.range.or(Some(found[0]));
    if let Some(second) = &mut settled.with {
        second.range = second.range.or(Some(found[1]));
    }
    settled
}
