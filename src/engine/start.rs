//! From a document to its work: sources are opened, runs prepared, and what steps take beside the values is started first.

use super::arrange::{Arranged, arrange};
use super::prepare::{Folding, prepare};
use super::run::Run;
use super::tiles::Tiled;
use super::work::{Later, One, Operand, Operands, Reached, Shared, Work};
use crate::error::Result;
use crate::plan::{Document, With};
use futures::future::LocalBoxFuture;
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
                        operands.0.push(Operand::Work(starter.start(operand).await?));
                    }
                    Ok(Work::One(Box::new(One { run, reached: Reached { source: shared, located }, operands })))
                }
                Arranged::Tiled(tiles) => Tiled::start(&starter, document, *tiles).await,
            }
        })
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
        for with in document.steps.iter().filter_map(|step| step.with()) {
            match (with, with.document(&document)) {
                (_, None) => {}
                (With::Document(_), Some(_)) => operands.0.extend(later.next().map(Operand::Later)),
                // As a whole: it is as small as the portion.
                (_, Some(other)) => {
                    let plain = Starter { tile_cells: u64::MAX, ..self.clone() };
                    operands.0.push(Operand::Work(plain.start(other).await?));
                }
            }
        }
        Ok(Work::One(Box::new(One { run, reached: Reached { source: shared, located }, operands })))
    }
}
