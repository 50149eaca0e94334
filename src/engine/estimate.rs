//! An estimate under way: which chunks are read next, and whether that is enough.
//!
//! Rounds: the first reads two chunks of each stratum, each later one as many again as there are, until the error or the
//! bytes that the document allows are reached, or all chunks are read, when nothing is left to chance. The sample of a
//! block is the beginning of its sequence (`plan::sample`), and every block's is as long as the others'.

use super::prepare::Prepared;
use crate::error::{Code, Error, Result, invalid_document, too_large, unsupported};
use crate::kernel::Partial;
use crate::plan::{Bins, Budget, Document, Op, Plan, Precision, Reduction, Sequence, Step, estimated_reading};
use crate::reduce::{Data, Estimated, Estimator, Finish, numbers_of, spread_columns};
use std::collections::BTreeMap;

/// Chunks of a block for each stratum, if bytes allow them: fewer strata leave more to chance, more of them tell less of
/// how much.
const CHUNKS_PER_STRATUM: u64 = 3;
/// Strata of a block where only the error is limited: 16 chunks are read before it is looked at.
const STRATA_BY_ERROR: u64 = 8;
/// The most strata of a block.
const MAX_STRATA: u64 = 64;
/// Bytes of what is known of strata, at most: cells × strata × numbers.
const MAX_BYTES: u64 = 256 << 20;
/// Blocks of the result, at most: each has a sequence of its own.
const MAX_BLOCKS: u64 = 1 << 18;
/// Numbers of units that a double holds.
const MAX_UNITS: u64 = 1 << 53;
/// From so many chunks on their mean size says what as many more will have, within a factor of two.
const TELLING_CHUNKS: u64 = 16;
/// A round is worth its waiting if this share of the bytes is left.
const WORTH_A_ROUND: u64 = 20;

/// What reading chunks has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Bytes fetched.
    pub bytes: u64,
    /// Chunks fetched.
    pub chunks: u64,
}

/// A sample that grows.
pub struct Estimate {
    estimator: Estimator,
    budget: Budget,
    blocks: Vec<Sequence>,
    /// Of each unit of the round: its turn in its block's sequence, and its stratum.
    drawn: BTreeMap<u64, (u64, usize)>,
    /// Units of the round, in the order in which they sharpen the result evenly.
    ordinals: Vec<u64>,
    /// Chunks of each block that are drawn, where it has so many.
    level: u64,
    /// Of the block that has most.
    most: u64,
    rounds: u64,
    /// Bytes of a chunk that are fetched if nothing is compressed.
    largest: u64,
    spent: Spent,
}

impl Estimate {
    /// Draws the first round.
    ///
    /// # Errors
    /// `too_large` where the budget, or memory, does not allow two chunks of each block.
    pub fn new(plan: &Plan, finish: Finish, budget: Budget) -> Result<Self> {
        let blocks = plan.block_count();
        if blocks > MAX_BLOCKS {
            return Err(too_large("blocks of chunks in an estimate", blocks, MAX_BLOCKS).with_path(&plan.array.path));
        }
        // Units are told to JavaScript by number.
        if plan.unit_count() > MAX_UNITS {
            return Err(too_large("numbers of chunks in an estimate", plan.unit_count(), MAX_UNITS));
        }
        let places: Vec<u64> = (0..blocks).map(|block| plan.places_of(block)).collect();
        let most = places.iter().copied().max().unwrap_or(0);
        let (reading, chunks) = (estimated_reading(plan)?, plan.visit_count().max(1));
        let (largest, likely) = (reading.decoded / chunks, reading.bytes / chunks);
        let strata = strata_of(plan, budget, most, (largest.max(1), likely.max(1)))?;
        let sequence =
            |(block, &places): (u64, &u64)| Sequence::new(budget.seed, plan.stream_of(block), places, strata);
        let sequences: Vec<Sequence> = (0..).zip(&places).map(sequence).collect();
        let estimator = Estimator::new(plan.clone(), finish, sequences.iter().map(Sequence::strata).collect());
        let mut estimate = Estimate {
            estimator,
            budget,
            blocks: sequences,
            drawn: BTreeMap::new(),
            ordinals: Vec::new(),
            level: 0,
            most,
            rounds: 0,
            largest: largest.max(1),
            spent: Spent::default(),
        };
        estimate.draw(plan, 2 * strata);
        Ok(estimate)
    }

    /// Units of the round.
    pub fn ordinals(&self) -> &[u64] {
        &self.ordinals
    }

    /// Takes a unit's partial.
    ///
    /// # Errors
    /// `worker_crashed` for a unit that is not in the round.
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        let Some((turn, stratum)) = self.drawn.remove(&ordinal) else {
            return Err(Error::new(Code::WorkerCrashed, format!("unit {ordinal} is not in the sample")));
        };
        self.estimator.add(turn, stratum, ordinal, partial)
    }

    /// What was fetched since the run began.
    pub fn spend(&mut self, spent: Spent) {
        self.spent = spent;
    }

    /// The estimate so far.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn snapshot(&self) -> Result<Option<Estimated>> {
        self.estimator.estimate(self.rounds, self.budget.seed)
    }

    /// Share of all chunks that are in the estimate.
    #[allow(clippy::cast_precision_loss)]
    pub fn seen(&self) -> f64 {
        let (sampled, all) = self.estimator.seen();
        if all == 0 { 1.0 } else { sampled as f64 / all as f64 }
    }

    /// Ends the round, and draws another one: none if the estimate is good enough, or no more may be read.
    ///
    /// # Errors
    /// `worker_crashed` if partials are missing.
    pub fn go_on(&mut self, plan: &Plan) -> Result<bool> {
        if !self.drawn.is_empty() {
            let message = format!("{} units of the sample never came", self.drawn.len());
            return Err(Error::new(Code::WorkerCrashed, message));
        }
        let next = self.next_level()?.min(self.most);
        if next > self.level {
            self.draw(plan, next);
        }
        Ok(!self.drawn.is_empty())
    }

    /// The result.
    ///
    /// # Errors
    /// `worker_crashed` if nothing is known.
    pub fn finish(&self) -> Result<Data> {
        let nothing = || Error::new(Code::WorkerCrashed, "an estimate of no chunks");
        Ok(Data::Estimated(Box::new(self.snapshot()?.ok_or_else(nothing)?)))
    }

    /// Lengthens every block's sample: one of each block after the other.
    fn draw(&mut self, plan: &Plan, level: u64) {
        self.ordinals.clear();
        let level = level.min(self.most);
        for turn in self.level..level {
            for (block, sequence) in (0u64..).zip(&mut self.blocks) {
                let Some(drawn) = sequence.draw() else { continue };
                let ordinal = plan.ordinal_at(block, drawn.place);
                self.drawn.insert(ordinal, (turn, drawn.stratum));
                self.ordinals.push(ordinal);
            }
        }
        self.level = level;
        self.rounds += 1;
    }

    fn next_level(&self) -> Result<u64> {
        if let Some(share) = self.budget.relative_error
            && let Some(estimated) = self.snapshot()?
        {
            let (error, size) = estimated.size();
            if error <= share * size {
                return Ok(self.level);
            }
        }
        let Some(max) = self.budget.max_bytes else { return Ok(self.level.saturating_mul(2)) };
        let left = max.saturating_sub(self.spent.bytes);
        if left < max / WORTH_A_ROUND {
            return Ok(self.level);
        }
        // Chunks that are not compressed at all would fit; of many, what those before them took says more.
        let mut chunks = left / self.largest;
        if self.spent.chunks >= TELLING_CHUNKS {
            let each = (self.spent.bytes / self.spent.chunks).max(1);
            chunks = chunks.max(Some(left / each / 2).filter(|n| *n >= TELLING_CHUNKS).unwrap_or(0));
        }
        let more = chunks / (self.blocks.len() as u64).max(1);
        Ok(self.level + more.min(self.level))
    }
}

/// Into how many strata the chunks of a block are divided.
fn strata_of(plan: &Plan, budget: Budget, most: u64, (largest, likely): (u64, u64)) -> Result<u64> {
    let blocks = plan.block_count().max(1);
    let mut strata = MAX_STRATA;
    if let Some(max) = budget.max_bytes {
        let each = max / likely / blocks;
        let least = most.min(2);
        if each < least {
            let least = least.saturating_mul(blocks).saturating_mul(likely);
            let what = "an estimate from two chunks of each block of the result: bytes to fetch";
            return Err(too_large(what, least, max).with_path(&plan.array.path));
        }
        // The first round fits even if nothing is compressed, as far as two chunks do.
        strata = strata.min(each / CHUNKS_PER_STRATUM).min(max / largest / blocks / 2);
    }
    if budget.relative_error.is_some() {
        strata = strata.min(STRATA_BY_ERROR).min(most / CHUNKS_PER_STRATUM);
    }
    let mut cells = 0u64;
    for block in 0..blocks {
        cells = cells.saturating_add(plan.block_cells(block)? as u64);
    }
    let columns = spread_columns(numbers_of(plan.op)).saturating_mul(8);
    let bytes = cells.saturating_mul(plan.bins()).saturating_mul(columns).max(1);
    if bytes > MAX_BYTES {
        return Err(too_large("an estimate: bytes of its statistics", bytes, MAX_BYTES).with_path(&plan.array.path));
    }
    Ok(strata.min(MAX_BYTES / bytes).max(1))
}

/// Refuses what cannot be estimated from a sample, by name.
///
/// # Errors
/// `unsupported`; `invalid_document` for a sum with `minCount`.
pub fn check(document: &Document, first: Option<&Reduction>, rest: &[Step]) -> Result<()> {
    if document.precision == Precision::Exact {
        return Ok(());
    }
    const CAN: &str = "`precision` can be other than \"exact\" for mean, sum, count, std and var, alone or after groupby, \
         resample or coarsen, and for a histogram with a `range` or edges";
    let refuse = |what: &str| Err(unsupported(format!("an estimate of {what}: {CAN}, as the first step")));
    let Some(first) = first else {
        let names: Vec<&str> = document.steps.iter().take(2).map(Step::name).collect();
        return refuse(&if names.is_empty() { "the values themselves".to_string() } else { names.join(" and ") });
    };
    match (first.op, &first.bins, first.range) {
        (Op::Mean | Op::Sum | Op::Count | Op::Std | Op::Var, ..) => {}
        (Op::Histogram, Bins::Edges(_), _) | (Op::Histogram, _, Some(_)) => {}
        (Op::Histogram, ..) => return refuse("a histogram over the data's own range"),
        (op, ..) => return refuse(op.name()),
    }
    if first.min_count > 0 {
        return Err(invalid_document("`minCount` of an estimate: a sample does not tell how many values there are"));
    }
    match rest.iter().find(|step| !matches!(step, Step::Scale { .. })) {
        Some(step) => Err(unsupported(format!("{} after an estimate; scale can follow one", step.name()))),
        None => Ok(()),
    }
}

impl Prepared {
    /// The sample that a document asks for, given the plan of its main pass; none if all chunks are to be read.
    ///
    /// # Errors
    /// As [`Estimate::new`].
    pub fn estimate(&self, plan: &Plan) -> Result<Option<Estimate>> {
        match self.precision {
            Precision::Estimate(budget) => Estimate::new(plan, Finish::of(self.first.as_ref()), budget).map(Some),
            Precision::Exact => Ok(None),
        }
    }
}
