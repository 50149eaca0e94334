//! A run and the runs whose results it takes: they come first, one after another, each over its own source.

use super::run::{Progress, Run};
use crate::error::{Code, Error, Result};
use crate::kernel::Partial;
use crate::plan::Plan;
use crate::reduce::Field;
use std::collections::VecDeque;

/// A document under way. `S` is whatever leads to its source.
pub struct Work<S> {
    run: Run,
    source: S,
    waiting: VecDeque<Work<S>>,
    operands: Vec<Field>,
}

/// What a pass led to.
pub enum Next<S> {
    /// Another pass, of this or of another source.
    Pass(Box<Work<S>>),
    /// The result.
    Done(Box<Field>),
}

impl<S> Work<S> {
    /// A run over a source, and the works whose results its steps take, in their order.
    pub fn new(run: Run, source: S, waiting: Vec<Work<S>>) -> Self {
        Work { run, source, waiting: waiting.into(), operands: Vec::new() }
    }

    /// The run whose pass is under way, and its source.
    pub fn current(&self) -> (&Run, &S) {
        match self.waiting.front() {
            Some(first) => first.current(),
            None => (&self.run, &self.source),
        }
    }

    /// The plan of the pass under way.
    pub fn plan(&self) -> &Plan {
        self.current().0.plan()
    }

    /// All runs that are still to come, with their sources.
    pub fn runs(&self) -> Vec<(&Run, &S)> {
        let mut all: Vec<(&Run, &S)> = self.waiting.iter().flat_map(Work::runs).collect();
        all.push((&self.run, &self.source));
        all
    }

    /// How many passes are still to come.
    pub fn passes(&self) -> u64 {
        self.runs().iter().map(|(run, _)| run.passes()).sum()
    }

    /// Takes a unit's partial.
    ///
    /// # Errors
    /// As [`Run::add`].
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        match self.waiting.front_mut() {
            Some(first) => first.add(ordinal, partial),
            None => self.run.add(ordinal, partial),
        }
    }

    /// What is known of the result so far, and from which share of the chunks; nothing while operands are computed.
    ///
    /// # Errors
    /// As [`Run::snapshot`].
    pub fn snapshot(&self) -> Result<Option<(Field, f64)>> {
        if self.waiting.is_empty() { self.run.snapshot(&self.operands) } else { Ok(None) }
    }

    /// Ends the pass under way.
    ///
    /// # Errors
    /// As [`Run::advance`].
    pub fn advance(mut self) -> Result<Next<S>> {
        if let Some(first) = self.waiting.pop_front() {
            match first.advance()? {
                Next::Pass(more) => self.waiting.push_front(*more),
                Next::Done(field) => self.operands.push(*field),
            }
            return Ok(Next::Pass(Box::new(self)));
        }
        match self.run.advance(&self.operands)? {
            (Progress::Done(field), _) => Ok(Next::Done(field)),
            (Progress::Another, Some(run)) => Ok(Next::Pass(Box::new(Work { run, ..self }))),
            (Progress::Another, None) => Err(Error::new(Code::WorkerCrashed, "a pass without a plan")),
        }
    }
}
