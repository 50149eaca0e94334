//! A document under way: one run, or one for each tile, after those whose results its steps take. Everything lives where
//! partials are merged; workers only ever see plans.

use super::arrays::Source;
use super::estimate::Spent;
use super::run::{Progress, Run};
use super::several::Several;
use super::start::Starter;
use super::tiles::Tiled;
use crate::array::DType;
use crate::error::{Code, Error, Result};
use crate::kernel::Partial;
use crate::plan::Plan;
use crate::reduce::Field;
use crate::steps::{Outline, Part};
use futures::future::LocalBoxFuture;
use futures::lock::Mutex;
use std::cell::OnceCell;
use std::rc::Rc;

/// A source that several runs use.
pub type Shared = Rc<Mutex<Source>>;

/// A run's source, and whether it must be asked where chunks lie.
pub struct Reached {
    /// The source.
    pub source: Shared,
    /// Whether its keys lie in other objects.
    pub located: bool,
}

/// A document under way.
pub enum Work {
    /// One run.
    One(Box<One>),
    /// One for each tile.
    Tiled(Box<Tiled>),
    /// One for each of several variables.
    Several(Box<Several>),
}

/// What a pass led to.
pub enum Next {
    /// Another pass, of this or of another source.
    Pass(Work),
    /// The result.
    Done(Box<Field>),
    /// What is left of a part of a result.
    Part(Box<Part>),
}

/// A result that several runs take.
pub type Later = Rc<OnceCell<Rc<Field>>>;

/// What results will look like that several runs take.
pub type Known = Vec<(Later, Outline)>;

/// What a step takes beside the values.
pub enum Operand {
    /// It is still to be computed, for others too.
    Work(Work, Later),
    /// It is here, or a run that comes first computes it.
    Later(Later),
}

/// All that the steps take, in their order.
#[derive(Default)]
pub struct Operands(pub Vec<Operand>);

impl Operands {
    /// The first that is still to be computed.
    pub fn waiting(&self) -> Option<&Work> {
        self.0.iter().find_map(|operand| if let Operand::Work(work, _) = operand { Some(work) } else { None })
    }

    /// The same, to be given partials.
    pub fn waiting_mut(&mut self) -> Option<&mut Work> {
        self.0.iter_mut().find_map(|operand| if let Operand::Work(work, _) = operand { Some(work) } else { None })
    }

    /// All that are still to be computed.
    pub fn works(&self) -> impl Iterator<Item = &Work> {
        self.0.iter().filter_map(|operand| if let Operand::Work(work, _) = operand { Some(work) } else { None })
    }

    /// Ends the pass of the first that is still to be computed; false if there is none.
    ///
    /// # Errors
    /// As [`Work::advance`].
    pub async fn advance(&mut self, starter: &Starter) -> Result<bool> {
        let Some(slot) = self.0.iter_mut().find(|operand| matches!(operand, Operand::Work(..))) else {
            return Ok(false);
        };
        if let Operand::Work(work, later) = std::mem::replace(slot, Operand::Later(Later::default())) {
            *slot = match work.advance(starter).await? {
                Next::Pass(work) => Operand::Work(work, later),
                Next::Done(field) => {
                    // Set once: whoever waits for it has the same cell.
                    let _ = later.set(Rc::new(*field));
                    Operand::Later(later)
                }
                Next::Part(_) => return Err(Error::new(Code::WorkerCrashed, "an operand that is a part")),
            };
        }
        Ok(true)
    }

    /// What all of them will look like; those that are computed here become known.
    ///
    /// # Errors
    /// As [`Work::outline`].
    pub fn outlines(&self, known: &mut Known) -> Result<Vec<Outline>> {
        let missing = || Error::new(Code::WorkerCrashed, "an operand was not prepared");
        let outline = |operand: &Operand| match operand {
            Operand::Work(work, later) => {
                let outline = work.outline(known)?;
                known.push((later.clone(), outline.clone()));
                Ok(outline)
            }
            Operand::Later(later) => match (known.iter().find(|(other, _)| Rc::ptr_eq(other, later)), later.get()) {
                (Some((_, outline)), _) => Ok(outline.clone()),
                (None, Some(field)) => Ok(Outline::of(field.labels.clone(), DType::Float64)),
                (None, None) => Err(missing()),
            },
        };
        self.0.iter().map(outline).collect()
    }

    /// All of them, once they are computed.
    ///
    /// # Errors
    /// `worker_crashed` if one is not.
    pub fn fields(&self) -> Result<Vec<Rc<Field>>> {
        let field = |operand: &Operand| match operand {
            Operand::Later(later) => later.get().cloned(),
            Operand::Work(..) => None,
        };
        let missing = || Error::new(Code::WorkerCrashed, "an operand was not computed");
        self.0.iter().map(|operand| field(operand).ok_or_else(missing)).collect()
    }
}

/// A run over a source, and what its steps take.
pub struct One {
    /// The run.
    pub run: Run,
    /// Its source.
    pub reached: Reached,
    /// What the steps take.
    pub operands: Operands,
}

/// A run of a work: with its source, and how often the like of it comes.
pub struct Due<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its source.
    pub reached: &'a Reached,
    /// 1, or the number of tiles of which this is the first.
    pub times: u64,
}

impl Work {
    /// The run whose pass is under way, and its source.
    pub fn current(&self) -> (&Run, &Reached) {
        match self {
            Work::One(one) => match one.operands.waiting() {
                Some(first) => first.current(),
                None => (&one.run, &one.reached),
            },
            Work::Tiled(tiled) => tiled.current().current(),
            Work::Several(several) => several.current.current(),
        }
    }

    /// The plan of the pass under way.
    pub fn plan(&self) -> &Plan {
        self.current().0.plan()
    }

    /// All runs that are still to come, with their sources.
    pub fn runs(&self) -> Vec<Due<'_>> {
        match self {
            Work::One(one) => {
                let mut all: Vec<Due> = one.operands.works().flat_map(Work::runs).collect();
                all.push(Due { run: &one.run, reached: &one.reached, times: 1 });
                all
            }
            Work::Tiled(tiled) => tiled.runs(),
            Work::Several(several) => several.works().flat_map(Work::runs).collect(),
        }
    }

    /// What the results will look like, before anything has been run: one, or one of each variable.
    ///
    /// # Errors
    /// As [`Run::outline`].
    pub fn outlines(&self) -> Result<Vec<Outline>> {
        let known = &mut Known::new();
        match self {
            Work::Several(several) => several.works().map(|work| work.outline(known)).collect(),
            one => Ok(vec![one.outline(known)?]),
        }
    }

    /// What the one result will look like, given what comes before it.
    pub(super) fn outline(&self, known: &mut Known) -> Result<Outline> {
        match self {
            Work::One(one) => one.run.outline(&one.operands.outlines(known)?),
            Work::Tiled(tiled) => tiled.outline(known),
            Work::Several(_) => Err(Error::new(Code::WorkerCrashed, "several variables within a document")),
        }
    }

    /// Names of the variables, if there are several.
    pub fn names(&self) -> &[String] {
        if let Work::Several(several) = self { several.names() } else { &[] }
    }

    /// How many passes are still to come.
    pub fn passes(&self) -> u64 {
        self.runs().iter().map(|due| due.run.passes().saturating_mul(due.times)).sum()
    }

    /// Takes a unit's partial.
    ///
    /// # Errors
    /// As [`Run::add`].
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        match self {
            Work::One(one) => match one.operands.waiting_mut() {
                Some(first) => first.add(ordinal, partial),
                None => one.run.add(ordinal, partial),
            },
            Work::Tiled(tiled) => tiled.current_mut().add(ordinal, partial),
            Work::Several(several) => several.current.add(ordinal, partial),
        }
    }

    /// Takes what was fetched since the work began. Estimates have no works before them, so that it is theirs alone.
    pub fn spend(&mut self, spent: Spent) {
        if let Work::One(one) = self {
            one.run.spend(spent);
        }
    }

    /// What is known of the result so far, and from which share of the chunks; nothing while operands are computed.
    ///
    /// # Errors
    /// As [`Run::snapshot`].
    pub fn snapshot(&self) -> Result<Option<(Field, f64)>> {
        match self {
            Work::One(one) => match one.operands.waiting() {
                Some(_) => Ok(None),
                None => one.run.snapshot(&one.operands.fields()?),
            },
            Work::Tiled(tiled) => tiled.snapshot(),
            Work::Several(several) => several.snapshot(),
        }
    }

    /// Ends the pass under way.
    ///
    /// # Errors
    /// As [`Run::advance`]; what starting the run of another tile brings about.
    pub fn advance<'a>(self, starter: &'a Starter) -> LocalBoxFuture<'a, Result<Next>> {
        Box::pin(async move {
            match self {
                Work::One(one) => one.advance(starter).await,
                Work::Tiled(tiled) => tiled.advance(starter).await,
                Work::Several(several) => several.advance(starter).await,
            }
        })
    }
}

impl One {
    async fn advance(mut self: Box<Self>, starter: &Starter) -> Result<Next> {
        if self.operands.advance(starter).await? {
            return Ok(Next::Pass(Work::One(self)));
        }
        let One { run, reached, operands } = *self;
        match run.advance(&operands.fields()?)? {
            (Progress::Done(field), _) => Ok(Next::Done(field)),
            (Progress::Part(part), _) => Ok(Next::Part(part)),
            (Progress::Another, Some(run)) => Ok(Next::Pass(Work::One(Box::new(One { run, reached, operands })))),
            (Progress::Another, None) => Err(Error::new(Code::WorkerCrashed, "a pass without a plan")),
        }
    }
}
