//! A run, from its first pass to its result. It lives where partials are merged; workers only ever see plans.

use super::estimate::{Estimate, Spent};
use super::prepare::{Folding, Prepared};
use crate::array::DType;
use crate::error::{Code, Error, Result};
use crate::kernel::Partial;
use crate::plan::{Budget, Labelling, Op, Plan, Precision, Reduction, Step, zeros_of};
use crate::reduce::{Assembly, Data, Field, Finish, Selection, passes_for, relabel};
use crate::steps::{Outline, Part, apply, fold, labelled, outline, trend_of_lines, variables};
use std::rc::Rc;

/// A run under way.
pub struct Run {
    prepared: Prepared,
    assembly: Assembly,
    stage: Stage,
}

/// What a pass is for.
enum Stage {
    /// The range of a histogram.
    Range,
    /// The numbers between which order statistics lie.
    Bounds,
    /// Counts around them.
    Ranks(Box<Selection>),
    /// A round of an estimate, which takes the assembly's place.
    Sample(Box<Estimate>),
    /// The result.
    Main,
}

/// What comes after a pass.
pub enum Progress {
    /// Another pass, whose plan the run now holds.
    Another,
    /// The result.
    Done(Box<Field>),
    /// What is left of a part of a result.
    Part(Box<Part>),
}

impl Run {
    /// Starts the first pass.
    ///
    /// # Errors
    /// As [`Plan::settle`], and [`Estimate::new`].
    pub fn new(prepared: Prepared) -> Result<Self> {
        let (stage, plan) = if prepared.needs_range() {
            (Stage::Range, prepared.range_plan()?)
        } else if prepared.selects() {
            let plan = prepared.bounds_plan()?;
            let blind =
                prepared.first.as_ref().and_then(|first| Selection::blind(first, cells_of(&plan), zeros(&plan)));
            match blind.and_then(|selection| Some((selection.ranks()?, selection))) {
                Some((ranks, selection)) => (Stage::Ranks(Box::new(selection)), prepared.ranks_plan(ranks)?),
                None => (Stage::Bounds, plan),
            }
        } else {
            let plan = prepared.main_plan(None)?;
            let sample = prepared.estimate(&plan)?.map(|estimate| Stage::Sample(Box::new(estimate)));
            (sample.unwrap_or(Stage::Main), plan)
        };
        Ok(Run::of(prepared, plan, stage))
    }

    fn of(prepared: Prepared, plan: Plan, stage: Stage) -> Self {
        let finish = Finish::of(prepared.first.as_ref());
        Run { assembly: Assembly::new(plan, finish), prepared, stage }
    }

    /// The plan of the pass under way.
    pub fn plan(&self) -> &Plan {
        self.assembly.plan()
    }

    /// The plan of the main pass, whose shape and size do not depend on the range that another pass may have to find.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub fn main_plan(&self) -> Result<Plan> {
        if self.prepared.selects() { self.prepared.bounds_plan() } else { self.prepared.main_plan(Some((0.0, 1.0))) }
    }

    /// The units of the pass under way, if they are not all: those that an estimate has drawn.
    pub fn sampled(&self) -> Option<&[u64]> {
        if let Stage::Sample(estimate) = &self.stage { Some(estimate.ordinals()) } else { None }
    }

    /// The limits of an estimate.
    pub fn budget(&self) -> Option<&Budget> {
        match &self.prepared.precision {
            Precision::Estimate(budget) => Some(budget),
            Precision::Exact => None,
        }
    }

    /// What was fetched since the run began: an estimate may have a limit to it.
    pub fn spend(&mut self, spent: Spent) {
        if let Stage::Sample(estimate) = &mut self.stage {
            estimate.spend(spent);
        }
    }

    /// Whether steps follow that take all values at once.
    pub fn has_later_steps(&self) -> bool {
        !self.prepared.rest.is_empty()
    }

    /// Whether there may be fewer passes than [`Run::passes`] says.
    pub fn may_end_early(&self) -> bool {
        matches!(self.stage, Stage::Bounds | Stage::Ranks(_))
    }

    /// How many passes are still to come, this one included; of a selection, at most, of an estimate, at least.
    pub fn passes(&self) -> u64 {
        match &self.stage {
            Stage::Range => 2,
            Stage::Main | Stage::Sample(_) => 1,
            Stage::Ranks(selection) => selection.passes(),
            Stage::Bounds => {
                let plan = self.plan();
                self.prepared.first.as_ref().map_or(1, |first| passes_for(first, cells_of(plan), zeros(plan)))
            }
        }
    }

    /// Takes a unit's partial.
    ///
    /// # Errors
    /// As [`Assembly::add`].
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        match &mut self.stage {
            Stage::Sample(estimate) => estimate.add(ordinal, partial),
            _ => self.assembly.add(ordinal, partial),
        }
    }

    /// What is known of the result so far, and from which share of the chunks, given what the steps take beside the values.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn snapshot(&self, operands: &[Rc<Field>]) -> Result<Option<(Field, f64)>> {
        match &self.stage {
            Stage::Range | Stage::Bounds => Ok(None),
            Stage::Ranks(selection) if selection.is_blind() => Ok(None),
            // All data have been seen, but only the intervals are known.
            Stage::Ranks(selection) => {
                Ok(Some((self.label(Data::F64(selection.values()), self.plan(), operands)?, 1.0)))
            }
            Stage::Sample(estimate) => match estimate.snapshot()? {
                Some(so_far) => {
                    let data = Data::Estimated(Box::new(so_far));
                    Ok(Some((self.label(data, self.plan(), operands)?, estimate.seen())))
                }
                None => Ok(None),
            },
            Stage::Main => match self.assembly.snapshot()? {
                Some(data) => Ok(Some((self.label(data, self.plan(), operands)?, self.assembly.seen()))),
                None => Ok(None),
            },
        }
    }

    /// Ends the pass.
    ///
    /// # Errors
    /// `worker_crashed` if partials are missing, `changed` if the data are not what they were in the pass before.
    pub fn advance(mut self, operands: &[Rc<Field>]) -> Result<(Progress, Option<Run>)> {
        if let Stage::Sample(estimate) = &mut self.stage {
            if estimate.go_on(self.assembly.plan())? {
                return Ok((Progress::Another, Some(self)));
            }
            let data = estimate.finish()?;
            return Ok((Progress::Done(Box::new(self.label(data, self.plan(), operands)?)), None));
        }
        let Run { prepared, assembly, stage } = self;
        let plan = assembly.plan().clone();
        let data = assembly.finish()?;
        let numbers = |data: &Data| if let Data::F64(v) = data { v.clone() } else { Vec::new() };
        let (data, plan) = match stage {
            Stage::Main | Stage::Sample(_) => (data, plan),
            Stage::Range => {
                let found = numbers(&data);
                let found = found.first().copied().zip(found.get(1).copied());
                let plan = prepared.main_plan(Some(found.unwrap_or((f64::INFINITY, f64::NEG_INFINITY))))?;
                return Ok((Progress::Another, Some(Run::of(prepared, plan, Stage::Main))));
            }
            Stage::Bounds | Stage::Ranks(_) => {
                let selection = match (stage, &prepared.first) {
                    (Stage::Ranks(mut selection), _) => {
                        selection.narrow(&numbers(&data))?;
                        selection
                    }
                    (_, Some(first)) => Box::new(Selection::new(first, &numbers(&data), zeros(&plan))),
                    _ => return Err(Error::new(Code::WorkerCrashed, "bounds without a reduction")),
                };
                if let Some(ranks) = selection.ranks() {
                    let plan = prepared.ranks_plan(ranks)?;
                    return Ok((Progress::Another, Some(Run::of(prepared, plan, Stage::Ranks(selection)))));
                }
                (Data::F64(selection.values()), plan)
            }
        };
        let run = Run::of(prepared, plan.clone(), Stage::Main);
        let field = run.label(data, &plan, operands)?;
        let Some((ready, folding)) = &run.prepared.fold else { return Ok((Progress::Done(Box::new(field)), None)) };
        let operand = operands.get(run.prepared.taken()).map(Rc::as_ref);
        let part = fold(&field, ready, operand, *folding == Folding::Ranges)?;
        Ok((Progress::Part(Box::new(part)), None))
    }

    /// Puts labels on values, and applies the later steps.
    fn label(&self, data: Data, plan: &Plan, operands: &[Rc<Field>]) -> Result<Field> {
        if let Some(Reduction { op: Op::Lines, dims: Some(dims), .. }) = &self.prepared.first {
            let labels = self.prepared.labels.clone();
            let dim = dims.first().map_or("", String::as_str);
            let parts = trend_of_lines(&labels, dim, &data.to_f64().unwrap_or_default())?;
            let field = variables(parts, labels);
            return apply(field, &self.prepared.rest, operands);
        }
        let finish = Finish::of(self.prepared.first.as_ref());
        let known = self.prepared.selects() || matches!(data, Data::Estimated(_));
        let dtype = if known { "float64".into() } else { finish.dtype(plan) };
        let labels = self.labels(plan);
        apply(Field { labels, dtype, data }, &self.prepared.rest, operands)
    }

    /// Labels of the values that come from the chunks.
    fn labels(&self, plan: &Plan) -> Labelling {
        let mut labels: Labelling = self.prepared.labels.clone();
        match (&self.prepared.first, &self.prepared.cells) {
            (Some(first), Some(cells)) => labels = labelled(&labels, cells, first),
            (Some(first), None) => relabel(&mut labels, first, &plan.edges),
            (None, _) => {}
        }
        labels
    }

    /// What the result will look like, given what the steps take; of a part of a whole, what its own result would.
    ///
    /// # Errors
    /// As [`outline`].
    pub fn outline(&self, operands: &[Outline]) -> Result<Outline> {
        let plan = self.main_plan()?;
        let fold = self.prepared.fold.iter().map(|(ready, _)| ready);
        let steps = self.prepared.rest.iter().chain(fold).map(|ready| &ready.step);
        if let Some(Reduction { op: Op::Lines, dims: Some(dims), .. }) = &self.prepared.first {
            let values = Outline::of(self.prepared.labels.clone(), DType::Float64);
            let trend = outline(values, &dims.first().cloned().map(Step::Trend), &[])?;
            return outline(Outline { held_bytes: 0, ..trend }, steps, operands);
        }
        let dtype = match plan.op {
            None | Some(Op::Min | Op::Max) => plan.packing.decoded_dtype(),
            _ => DType::Float64,
        };
        outline(Outline::of(self.labels(&plan), dtype), steps, operands)
    }
}

/// Cells of a plan's output.
fn cells_of(plan: &Plan) -> u64 {
    plan.output_shape().iter().fold(1u64, |all, n| all.saturating_mul(*n))
}

/// Bits of a plan's values that are always 0.
fn zeros(plan: &Plan) -> u32 {
    zeros_of(plan.array.dtype, &plan.packing)
}
