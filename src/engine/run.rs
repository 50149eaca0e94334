//! A run, from its first pass to its result. It lives where partials are merged; workers only ever see plans.

use super::prepare::{Folding, Prepared};
use crate::error::Result;
use crate::kernel::Partial;
use crate::plan::{Labelling, Plan};
use crate::reduce::{Assembly, Data, Field, Finish, relabel};
use crate::steps::{Part, apply, fold, labelled};
use std::rc::Rc;

/// A run under way.
pub struct Run {
    prepared: Prepared,
    assembly: Assembly,
    looking_for_range: bool,
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
    /// As [`Plan::settle`].
    pub fn new(prepared: Prepared) -> Result<Self> {
        let looking_for_range = prepared.needs_range();
        let plan = if looking_for_range { prepared.range_plan()? } else { prepared.main_plan(None)? };
        let finish = Finish::of(prepared.first.as_ref());
        Ok(Run { assembly: Assembly::new(plan, finish), prepared, looking_for_range })
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
        self.prepared.main_plan(Some((0.0, 1.0)))
    }

    /// How many passes there are in all.
    pub fn passes(&self) -> u64 {
        1 + u64::from(self.prepared.needs_range())
    }

    /// Takes a unit's partial.
    ///
    /// # Errors
    /// As [`Assembly::add`].
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        self.assembly.add(ordinal, partial)
    }

    /// What is known of the result so far, and from which share of the chunks, given what the steps take beside the values.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn snapshot(&self, operands: &[Rc<Field>]) -> Result<Option<(Field, f64)>> {
        if self.looking_for_range {
            return Ok(None);
        }
        match self.assembly.snapshot()? {
            Some(data) => Ok(Some((self.label(data, self.plan(), operands)?, self.assembly.seen()))),
            None => Ok(None),
        }
    }

    /// Ends the pass.
    ///
    /// # Errors
    /// `worker_crashed` if partials are missing.
    pub fn advance(self, operands: &[Rc<Field>]) -> Result<(Progress, Option<Run>)> {
        let Run { prepared, assembly, looking_for_range } = self;
        let plan = assembly.plan().clone();
        let data = assembly.finish()?;
        if looking_for_range {
            let found = match data {
                Data::F64(v) => v.first().copied().zip(v.get(1).copied()),
                _ => None,
            };
            let plan = prepared.main_plan(Some(found.unwrap_or((f64::INFINITY, f64::NEG_INFINITY))))?;
            let finish = Finish::of(prepared.first.as_ref());
            let next = Run { assembly: Assembly::new(plan, finish), prepared, looking_for_range: false };
            return Ok((Progress::Another, Some(next)));
        }
        let run = Run { assembly: Assembly::new(plan.clone(), Finish::of(None)), prepared, looking_for_range };
        let field = run.label(data, &plan, operands)?;
        let Some((ready, folding)) = &run.prepared.fold else { return Ok((Progress::Done(Box::new(field)), None)) };
        let operand = operands.get(run.prepared.taken()).map(Rc::as_ref);
        let part = fold(&field, ready, operand, *folding == Folding::Ranges)?;
        Ok((Progress::Part(Box::new(part)), None))
    }

    /// Puts labels on values, and applies the later steps.
    fn label(&self, data: Data, plan: &Plan, operands: &[Rc<Field>]) -> Result<Field> {
        let mut labels: Labelling = self.prepared.labels.clone();
        let finish = Finish::of(self.prepared.first.as_ref());
        match (&self.prepared.first, &self.prepared.cells) {
            (Some(first), Some(cells)) => labels = labelled(&labels, cells, first),
            (Some(first), None) => relabel(&mut labels, first, &plan.edges),
            (None, _) => {}
        }
        let dtype = finish.dtype(plan);
        apply(Field { labels, dtype, data }, &self.prepared.rest, operands)
    }
}
