//! From a document to its work: sources are opened, runs prepared, and what steps take beside the values is started first.

use super::arrange::{Arranged, arrange};
use super::prepare::{Folding, prepare};
use super::run::Run;
use super::several::Several;
use super::tiles::Tiled;
use super::work::{Later, One, Operand, Operands, Reached, Shared, Work};
use crate::error::{Result, invalid_selection};
use crate::plan::{Document, With};
use futures::future::LocalBoxFuture;
use std::cell::RefCell;
use std::rc::Rc;

/// Opens the source of a document.
pub type Open = Rc<dyn Fn(&Document) -> LocalBoxFuture<'static, Result<Shared>>>;

/// What starting a document needs.
#[derive(Clone)]
pub struct Starter {
    /// Opens sources.
    pub open: Open,
    /// Values that may be at hand at a time; more are worked on in tiles, where the steps allow it.
    pub tile_cells: u64,
}

/// Documents that steps take, as far as they were met: each is computed once.
type Met = Rc<RefCell<Vec<(Document, Later)>>>;

/// A part of a document's values, on which the last of its steps is folded.
pub(super) struct Portion {
    /// What is wanted of the last step, if it is to be folded.
    pub folding: Option<Folding>,
    /// Results of documents that steps take, which whoever starts this computes.
    pub later: Vec<Later>,
}

impl Starter {
    /// Starts a document.
    ///
    /// # Errors
    /// As [`prepare`], and what opening its source brings about.
    pub fn start(&self, document: Document) -> LocalBoxFuture<'static, Result<Work>> {
        let starter = self.clone();
        Box::pin(async move {
            let met = Met::default();
            if document.variables.is_empty() {
                return starter.one(document, met).await;
            }
            starter.check_dims(&document).await?;
            let mut works = Vec::with_capacity(document.variables.len());
            for one in document.each() {
                works.push(starter.one(one, met.clone()).await?);
            }
            Ok(Work::Several(Box::new(Several::new(document.variables, works)?)))
        })
    }

    /// Refuses selections of dimensions that none of several variables has.
    async fn check_dims(&self, document: &Document) -> Result<()> {
        let shared = (self.open)(document).await?;
        let mut source = shared.lock().await;
        let mut dims: Vec<String> = Vec::new();
        for path in &document.variables {
            source.resolve(path).await?;
            dims.extend(source.tree.array(path)?.dims.iter().cloned());
        }
        match document.select.iter().find(|(dim, _)| !dims.contains(dim)) {
            Some((dim, _)) => Err(invalid_selection(format!("none of the variables has a dimension {dim:?}"))),
            None => Ok(()),
        }
    }

    fn one(&self, document: Document, met: Met) -> LocalBoxFuture<'static, Result<Work>> {
        let starter = self.clone();
        Box::pin(async move {
            let shared = (starter.open)(&document).await?;
            let mut source = shared.lock().await;
            let url = source.address.shown().to_string();
            let arranged = arrange(&mut source, &document, starter.tile_cells).await.map_err(|e| e.with_url(&url))?;
            let located = source.is_located();
            drop(source);
            match arranged {
                Arranged::Whole(prepared) => {
                    let run = Run::new(*prepared).map_err(|e| e.with_url(&url))?;
                    let mut operands = Operands::default();
                    for operand in document.operands() {
                        operands.0.push(starter.operand(operand, &met).await?);
                    }
                    Ok(Work::One(Box::new(One { run, reached: Reached { source: shared, located }, operands })))
                }
                Arranged::Tiled(tiles) => Tiled::start(&starter, document, *tiles).await,
            }
        })
    }

    /// A document that a step takes: started, unless the same one is computed before it.
    async fn operand(&self, document: Document, met: &Met) -> Result<Operand> {
        let known = met.borrow().iter().find(|(other, _)| *other == document).map(|(_, later)| later.clone());
        if let Some(later) = known {
            return Ok(Operand::Later(later));
        }
        let work = self.one(document.clone(), met.clone()).await?;
        let later = Later::default();
        met.borrow_mut().push((document, later.clone()));
        Ok(Operand::Work(work, later))
    }

    /// Starts a portion of a document.
    pub(super) async fn portion(&self, document: Document, portion: Portion) -> Result<Work> {
        let shared = (self.open)(&document).await?;
        let mut source = shared.lock().await;
        let url = source.address.shown().to_string();
        let prepared = prepare(&mut source, &document).await.map_err(|e| e.with_url(&url))?;
        let located = source.is_located();
        drop(source);
        let run = Run::new(prepared.folding(portion.folding)).map_err(|e| e.with_url(&url))?;
        let mut operands = Operands::default();
        let mut later = portion.later.into_iter();
        // As wholes: they are as small as the portion.
        let plain = Starter { tile_cells: u64::MAX, ..self.clone() };
        let met = Met::default();
        for with in document.steps.iter().filter_map(|step| step.with()) {
            match (with, with.document(&document)) {
                (_, None) => {}
                (With::Document(_), Some(_)) => operands.0.extend(later.next().map(Operand::Later)),
                (_, Some(other)) => operands.0.push(plain.operand(other, &met).await?),
            }
        }
        Ok(Work::One(Box::new(One { run, reached: Reached { source: shared, located }, operands })))
    }
}
