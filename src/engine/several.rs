//! Several variables of one source in one run, one after another: what they need in common is read once.

use super::start::Starter;
use super::work::{Next, Work};
use crate::error::{Code, Error, Result};
use crate::plan::Labelling;
use crate::reduce::{Data, Field};
use futures::future::LocalBoxFuture;
use serde_json::Map;
use std::collections::VecDeque;

/// The works of several variables.
pub struct Several {
    names: Vec<String>,
    /// The one under way.
    pub(super) current: Work,
    waiting: VecDeque<Work>,
    done: Vec<Field>,
}

impl Several {
    /// Works in the order of their names.
    ///
    /// # Errors
    /// `worker_crashed` without any.
    pub(super) fn new(names: Vec<String>, works: Vec<Work>) -> Result<Self> {
        let mut waiting = VecDeque::from(works);
        let current = waiting.pop_front().ok_or_else(|| Error::new(Code::WorkerCrashed, "no variable"))?;
        Ok(Several { names, current, waiting, done: Vec::new() })
    }

    /// Their names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Those that are not done.
    pub(super) fn works(&self) -> impl Iterator<Item = &Work> {
        std::iter::once(&self.current).chain(&self.waiting)
    }

    /// The variables that are done, and what is known of the one under way.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn snapshot(&self) -> Result<Option<(Field, f64)>> {
        let mut fields = self.done.clone();
        let mut seen = fields.len() as f64;
        if let Some((field, share)) = self.current.snapshot()? {
            fields.push(field);
            seen += share;
        }
        if fields.is_empty() {
            return Ok(None);
        }
        Ok(Some((together(&self.names, fields), seen / self.names.len().max(1) as f64)))
    }

    /// Ends the pass under way.
    pub(super) fn advance<'a>(mut self: Box<Self>, starter: &'a Starter) -> LocalBoxFuture<'a, Result<Next>> {
        Box::pin(async move {
            match self.current.advance(starter).await? {
                Next::Pass(work) => self.current = work,
                Next::Part(_) => return Err(Error::new(Code::WorkerCrashed, "a variable that is a part")),
                Next::Done(field) => {
                    self.done.push(*field);
                    match self.waiting.pop_front() {
                        Some(next) => self.current = next,
                        None => return Ok(Next::Done(Box::new(together(&self.names, self.done)))),
                    }
                }
            }
            Ok(Next::Pass(Work::Several(self)))
        })
    }
}

/// Results side by side, each with its own labels; of several results of one variable each has both names, as `sst_slope`.
fn together(names: &[String], fields: Vec<Field>) -> Field {
    let labels = Labelling { variable: names.join(", "), dims: Vec::new(), coords: Vec::new(), attrs: Map::new() };
    let dtype = fields.first().map_or_else(|| "float64".into(), |field| field.dtype.clone());
    let mut all = Vec::with_capacity(fields.len());
    for (name, field) in names.iter().zip(fields) {
        match field.data {
            Data::Variables(own) => all.extend(own.into_iter().map(|(of, field)| (format!("{name}_{of}"), field))),
            _ => all.push((name.clone(), field)),
        }
    }
    Field { labels, dtype, data: Data::Variables(all) }
}
