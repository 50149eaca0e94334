//! A document done tile by tile: each tile is a document of its own, over a part of the selection. Results of tiles are put
//! side by side, or their statistics merged in order, and the steps that are left are done on what comes of it.

use super::arrange::Tiles;
use super::prepare::Folding;
use super::start::{Portion, Starter};
use super::tiling::{Cut, Tiling};
use super::work::{Due, Known, Later, Next, Operand, Operands, Work};
use crate::array::DimIndex;
use crate::error::{Code, Error, Result, too_large};
use crate::plan::{Document, Labelling, MAX_RESULT_CELLS, Selector, Step, With};
use crate::reduce::{Data, Field, beside, some_range};
use crate::steps::{Outline, Part, Ready, apply, needs_ranges, outline, with_ranges};

/// The most cells of a result that is sketched while it is made.
const SKETCH_CELLS: u64 = 1 << 20;

/// A document whose tiles are under way.
pub struct Tiled {
    frame: Frame,
    /// The tile under way.
    current: Work,
}

/// All but the tile under way.
struct Frame {
    /// The tiles' document, its selection still whole.
    document: Document,
    /// Cuts whose results are put side by side come first, those whose statistics are merged last.
    tiling: Tiling,
    index: Vec<DimIndex>,
    labels: Labelling,
    tail: Vec<Ready>,
    /// Results of documents that the tiles' steps take, then what the later steps take.
    operands: Operands,
    later: Vec<Later>,
    /// Whether the tiles are gone through for the ranges of a histogram.
    ranging: bool,
    /// The number of the tile under way.
    at: u64,
    /// The statistics of the tiles that are to be merged with the next.
    part: Option<Part>,
    fields: Vec<Field>,
}

impl Tiled {
    /// Starts the first tile.
    pub(super) async fn start(starter: &Starter, whole: Document, tiles: Tiles) -> Result<Work> {
        let Tiles { mut tiling, index, labels, tail } = tiles;
        tiling.cuts.sort_by_key(|cut| (cut.merged, cut.at));
        let own = tiling.steps + usize::from(tiling.folds);
        let (head, rest) = whole.steps.split_at(own.min(whole.steps.len()));
        let (mut operands, mut later) = (Operands::default(), Vec::new());
        for with in head.iter().filter_map(Step::with) {
            if let With::Document(document) = with {
                let own = Later::default();
                operands.0.push(Operand::Work(starter.start((**document).clone()).await?, own.clone()));
                later.push(own);
            }
        }
        for with in rest.iter().filter_map(Step::with) {
            if let Some(document) = with.document(&whole) {
                operands.0.push(Operand::Work(starter.start(document).await?, Later::default()));
            }
        }
        let ranging = tiling.folds && head.last().is_some_and(needs_ranges);
        let document = Document { steps: head.to_vec(), ..whole };
        let (at, part, fields) = (0, None, Vec::new());
        let frame = Frame { document, tiling, index, labels, tail, operands, later, ranging, at, part, fields };
        let current = frame.tile(starter).await?;
        Ok(Work::Tiled(Box::new(Tiled { frame, current })))
    }

    /// The work whose pass is under way.
    pub(super) fn current(&self) -> &Work {
        self.frame.operands.waiting().unwrap_or(&self.current)
    }

    /// The same, to be given partials.
    pub(super) fn current_mut(&mut self) -> &mut Work {
        self.frame.operands.waiting_mut().unwrap_or(&mut self.current)
    }

    /// All runs that are still to come: the tile under way stands for those after it.
    pub(super) fn runs(&self) -> Vec<Due<'_>> {
        let frame = &self.frame;
        let all = frame.tiling.count();
        let left = all.saturating_sub(frame.at).saturating_add(if frame.ranging { all } else { 0 });
        let tiles = self.current.runs().into_iter().map(|due| Due { times: due.times.saturating_mul(left), ..due });
        frame.operands.works().flat_map(Work::runs).chain(tiles).collect()
    }

    /// What the result will look like.
    pub(super) fn outline(&self, known: &mut Known) -> Result<Outline> {
        let frame = &self.frame;
        let Work::One(one) = &self.current else {
            return Err(Error::new(Code::WorkerCrashed, "a tile in tiles"));
        };
        let tail = frame.operands.outlines(known)?.split_off(frame.later.len());
        let tile = self.current.outline(known)?;
        // What a tile takes of other variables is a part of what all tiles take.
        let of_tile = one.operands.outlines(known)?.into_iter().zip(&one.operands.0);
        let beside: Vec<Outline> = of_tile
            .map(|(outline, operand)| match operand {
                Operand::Later(_) => outline,
                _ => Outline { labels: frame.widened(outline.labels), ..outline },
            })
            .collect();
        let values = Outline::of(frame.labels.clone(), one.run.plan().packing.decoded_dtype());
        let mut joined = outline(values, &frame.document.steps, &beside)?;
        joined.held_bytes = tile.held_bytes.saturating_add(joined.cells().saturating_mul(8));
        outline(joined, frame.tail.iter().map(|ready| &ready.step), &tail)
    }

    /// What is known of the result so far; tiles that are still to come are missing in it.
    pub(super) fn snapshot(&self) -> Result<Option<(Field, f64)>> {
        let frame = &self.frame;
        if frame.ranging || frame.operands.waiting().is_some() {
            return Ok(None);
        }
        let Some(field) = frame.sketch()? else { return Ok(None) };
        #[allow(clippy::cast_precision_loss)]
        let seen = frame.at as f64 / frame.tiling.count().max(1) as f64;
        Ok(Some((field, seen)))
    }

    /// Ends the pass under way.
    pub(super) async fn advance(self: Box<Self>, starter: &Starter) -> Result<Next> {
        let Tiled { mut frame, current } = *self;
        if frame.operands.advance(starter).await? {
            return Ok(Next::Pass(Work::Tiled(Box::new(Tiled { frame, current }))));
        }
        match current.advance(starter).await? {
            Next::Pass(current) => return Ok(Next::Pass(Work::Tiled(Box::new(Tiled { frame, current })))),
            Next::Done(field) => frame.fields.push(*field),
            Next::Part(next) => match &mut frame.part {
                Some(part) => part.merge(*next)?,
                none => *none = Some(*next),
            },
        }
        if !frame.take_in()? {
            let current = frame.tile(starter).await?;
            return Ok(Next::Pass(Work::Tiled(Box::new(Tiled { frame, current }))));
        }
        let operands = frame.tail_operands()?;
        let fields = std::mem::take(&mut frame.fields);
        let field = frame.assembled(fields)?;
        Ok(Next::Done(Box::new(apply(field, &frame.tail, &operands)?)))
    }
}

impl Frame {
    /// Starts the tile whose turn it is.
    async fn tile(&self, starter: &Starter) -> Result<Work> {
        let mut document = self.document.clone();
        for (cut, part) in self.tiling.cuts.iter().zip(self.places(self.at)) {
            let (Some(index), Some(&(start, len))) = (self.index.get(cut.at), cut.parts.get(part)) else { continue };
            let selector = positions(&index.at(&DimIndex::Range { start, step: 1, len }));
            document.select.retain(|(dim, _)| *dim != cut.dim);
            document.select.push((cut.dim.clone(), selector));
        }
        let folding = match (self.tiling.folds, self.ranging) {
            (false, _) => None,
            (true, false) => Some(Folding::Statistics),
            (true, true) => Some(Folding::Ranges),
        };
        starter.portion(document, Portion { folding, later: self.later.clone() }).await
    }

    /// Which part of each cut a tile is; the last cut runs fastest.
    fn places(&self, tile: u64) -> Vec<usize> {
        let mut left = tile;
        let place = |cut: &Cut| {
            let parts = cut.parts.len().max(1) as u64;
            let own = left % parts;
            left /= parts;
            usize::try_from(own).unwrap_or(0)
        };
        let mut places: Vec<usize> = self.tiling.cuts.iter().rev().map(place).collect();
        places.reverse();
        places
    }

    /// Cuts whose results are put side by side.
    fn besides(&self) -> impl DoubleEndedIterator<Item = &Cut> {
        self.tiling.cuts.iter().filter(|cut| !cut.merged)
    }

    /// How many results are put side by side.
    fn beside_count(&self) -> u64 {
        self.besides().fold(1, |all, cut| all.saturating_mul(cut.parts.len() as u64))
    }

    /// Counts the tile that was done, and says whether it was the last.
    fn take_in(&mut self) -> Result<bool> {
        self.at += 1;
        let last = self.at >= self.tiling.count();
        if self.ranging {
            if last {
                self.settle_ranges();
            }
            return Ok(false);
        }
        let merged = (self.tiling.count() / self.beside_count().max(1)).max(1);
        if self.tiling.folds && self.at.is_multiple_of(merged) {
            let part = self.part.take().ok_or_else(|| Error::new(Code::WorkerCrashed, "a tile without statistics"))?;
            self.fields.extend(part.finish()?);
        }
        // Rather now than after hours.
        if let [first] = self.fields.as_slice() {
            let cells = (cells_of(first) as u64).saturating_mul(self.beside_count());
            if cells > MAX_RESULT_CELLS.saturating_mul(2) {
                return Err(too_large("cells of the result", cells, MAX_RESULT_CELLS));
            }
        }
        Ok(last)
    }

    /// The ranges are known: the tiles begin again, with edges.
    fn settle_ranges(&mut self) {
        let found = match self.part.take() {
            Some(Part::Ranges(found)) => found.map(some_range),
            _ => [(0.0, 1.0); 2],
        };
        if let Some(Step::Reduce(reduction)) = self.document.steps.last_mut() {
            *reduction = with_ranges(reduction, found);
        }
        (self.ranging, self.at) = (false, 0);
    }

    /// The labels of a part, as they are for all parts.
    fn widened(&self, mut labels: Labelling) -> Labelling {
        for cut in &self.tiling.cuts {
            let whole = self.labels.dims.iter().find(|(dim, _)| *dim == cut.dim);
            let own = labels.dims.iter_mut().find(|(dim, _)| *dim == cut.dim);
            let (Some((_, whole)), Some((_, own))) = (whole, own) else { continue };
            *own = *whole;
            for coord in labels.coords.iter_mut().filter(|c| c.dim.as_ref() == Some(&cut.dim)) {
                if let Some(known) = self.labels.coords.iter().find(|c| c.name == coord.name) {
                    coord.labels = known.labels.clone();
                }
            }
        }
        labels
    }

    fn tail_operands(&self) -> Result<Vec<std::rc::Rc<Field>>> {
        Ok(self.operands.fields()?.split_off(self.later.len()))
    }

    /// Results side by side, along the last cut first.
    fn assembled(&self, mut fields: Vec<Field>) -> Result<Field> {
        for cut in self.besides().rev() {
            let mut rest = fields.into_iter().peekable();
            let mut rows = Vec::new();
            while rest.peek().is_some() {
                rows.push(beside(&cut.dim, rest.by_ref().take(cut.parts.len().max(1)).collect())?);
            }
            fields = rows;
        }
        fields.pop().ok_or_else(|| Error::new(Code::WorkerCrashed, "no tile was done"))
    }

    /// The result as far as it is known.
    fn sketch(&self) -> Result<Option<Field>> {
        let unfinished = self.part.as_ref().map(Part::finish).transpose()?.flatten();
        let Some(last) = unfinished.as_ref().or(self.fields.last()).cloned() else { return Ok(None) };
        let all = self.beside_count();
        // Before anything large is copied: this is done four times a second.
        if all.saturating_mul(cells_of(&last) as u64) > SKETCH_CELLS {
            return Ok(None);
        }
        let mut fields = self.fields.clone();
        fields.extend(unfinished);
        let merged = (self.tiling.count() / all.max(1)).max(1);
        for n in fields.len() as u64..all {
            match self.blank(&last, n.saturating_mul(merged)) {
                Some(blank) => fields.push(blank),
                None => return Ok(None),
            }
        }
        let field = self.assembled(fields)?;
        Ok(Some(apply(field, &self.tail, &self.tail_operands()?)?))
    }

    /// A result like another, of another tile, in which all is missing; none for other than real numbers.
    fn blank(&self, like: &Field, tile: u64) -> Option<Field> {
        let mut labels = like.labels.clone();
        for (cut, part) in self.tiling.cuts.iter().zip(self.places(tile)).filter(|(cut, _)| !cut.merged) {
            let &(start, len) = cut.parts.get(part)?;
            labels.dims.iter_mut().find(|(dim, _)| *dim == cut.dim)?.1 = len;
            for coord in labels.coords.iter_mut().filter(|c| c.dim.as_ref() == Some(&cut.dim)) {
                let own = self.labels.coords.iter().find(|c| c.name == coord.name)?;
                coord.labels = own.labels.take(&DimIndex::Range { start, step: 1, len });
            }
        }
        let cells = usize::try_from(labels.shape().iter().product::<u64>()).ok()?;
        let data = match &like.data {
            Data::F64(_) | Data::Int(_) => Data::F64(vec![f64::NAN; cells]),
            Data::Variables(parts) => {
                let one = |(name, part): &(String, Field)| Some((name.clone(), self.blank(part, tile)?));
                Data::Variables(parts.iter().map(one).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Field { labels, dtype: like.dtype.clone(), data })
    }
}

/// Values of a result, those of several variables together.
fn cells_of(field: &Field) -> usize {
    match &field.data {
        Data::Variables(parts) => parts.iter().map(|(_, part)| cells_of(part)).sum(),
        data => data.len(),
    }
}

/// Positions as a selection.
fn positions(index: &DimIndex) -> Selector {
    let signed = |p: u64| i64::try_from(p).unwrap_or(i64::MAX);
    match index {
        DimIndex::Range { start, step, len } => {
            let end = start.saturating_add(step.saturating_mul(len.saturating_sub(1))).saturating_add(1);
            Selector::Slice(Some(signed(*start)), Some(signed(end)), *step)
        }
        DimIndex::List(list) => Selector::Indices(list.iter().map(|&p| signed(p)).collect()),
    }
}
