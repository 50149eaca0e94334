//! Putting a result together from units as they come: each block merges its runs in order, whatever the order of arrival.

use super::field::Data;
use super::finish::Finish;
use super::merge::merge;
use crate::array::{DimIndex, Odometer};
use crate::error::{Code, Error, Result, product, to_usize};
use crate::kernel::Partial;
use crate::plan::Plan;
use std::collections::BTreeMap;

/// One pass under way.
pub struct Assembly {
    plan: Plan,
    finish: Finish,
    blocks: BTreeMap<u64, Block>,
    output: Output,
    chunks_merged: u64,
}

/// A block that has not got all its runs yet.
#[derive(Default)]
struct Block {
    merged: Option<Partial>,
    next_run: u64,
    /// Runs that came before their turn.
    waiting: BTreeMap<u64, Partial>,
}

/// The result's values, as far as blocks are finished.
enum Output {
    None,
    Some(Data),
}

impl Assembly {
    /// For a settled plan.
    pub fn new(plan: Plan, finish: Finish) -> Self {
        Assembly { plan, finish, blocks: BTreeMap::new(), output: Output::None, chunks_merged: 0 }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Takes the partial of a unit.
    ///
    /// # Errors
    /// `worker_crashed` for a partial that does not fit the plan; `out_of_memory`.
    pub fn add(&mut self, ordinal: u64, partial: Partial) -> Result<()> {
        let (index, run) = self.plan.block_and_run(ordinal);
        let block = self.blocks.entry(index).or_default();
        block.waiting.insert(run, partial);
        while let Some(next) = block.waiting.remove(&block.next_run) {
            match &mut block.merged {
                None => block.merged = Some(next),
                Some(merged) => merge(&self.plan, merged, next)?,
            }
            self.chunks_merged += self.plan.unit_chunks(self.plan.ordinal(index, block.next_run));
            block.next_run += 1;
        }
        if block.next_run == self.plan.run_count()
            && let Some(partial) = self.blocks.remove(&index).and_then(|b| b.merged)
        {
            let values = self.finish.values(&self.plan, &partial)?;
            let landing = self.plan.landing(index);
            self.place(values, &landing)?;
        }
        Ok(())
    }

    /// Share of the chunks that are in the merged partials, 0 to 1.
    #[allow(clippy::cast_precision_loss)]
    pub fn seen(&self) -> f64 {
        let all = self.plan.chunk_count().unwrap_or(0);
        if all == 0 { 1.0 } else { self.chunks_merged as f64 / all as f64 }
    }

    /// The result's values.
    ///
    /// # Errors
    /// `worker_crashed` if units are missing.
    pub fn finish(mut self) -> Result<Data> {
        if self.plan.unit_count() == 0 {
            // Nothing to read: the statistics of nothing, which is NaN, 0 or an empty array.
            let cells = to_usize(product(&self.plan.output_shape(), "result")?, "result")?;
            return self.finish.values(&self.plan, &Partial::empty(&self.plan, cells)?);
        }
        if !self.blocks.is_empty() {
            return Err(Error::new(
                Code::WorkerCrashed,
                format!("{} blocks never got all their chunks", self.blocks.len()),
            ));
        }
        match std::mem::replace(&mut self.output, Output::None) {
            Output::Some(data) => Ok(data),
            Output::None => Err(Error::new(Code::WorkerCrashed, "no block was finished")),
        }
    }

    /// The values as far as they are known: finished blocks, and what the merged runs of the others give.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn snapshot(&self) -> Result<Option<Data>> {
        let mut so_far = Assembly::new(self.plan.clone(), self.finish);
        if let Output::Some(data) = &self.output {
            so_far.output = Output::Some(data.clone());
        }
        for (index, block) in &self.blocks {
            if let Some(partial) = &block.merged {
                so_far.place(self.finish.values(&self.plan, partial)?, &self.plan.landing(*index))?;
            }
        }
        Ok(match so_far.output {
            Output::Some(data) => Some(data),
            Output::None => None,
        })
    }

    /// Copies a block's values to their place in the result.
    fn place(&mut self, values: Data, landing: &[DimIndex]) -> Result<()> {
        let shape = self.plan.output_shape();
        let bins = self.plan.width();
        let cells = to_usize(product(&shape, "result")?.saturating_mul(bins), "result")?;
        if values.len() == cells && self.plan.block_count() == 1 && is_in_order(landing) {
            self.output = Output::Some(values);
            return Ok(());
        }
        if matches!(self.output, Output::None) {
            self.output = Output::Some(nothing(&values, cells)?);
        }
        let Output::Some(output) = &mut self.output else { return Ok(()) };
        let width = to_usize(bins, "bins")?;
        match (output, values) {
            (Data::F64(out), Data::F64(block)) => scatter(out, &block, &shape, landing, width),
            (Data::Int(out), Data::Int(block)) => scatter(out, &block, &shape, landing, width),
            (Data::Values(out), Data::Values(block)) => scatter(out, &block, &shape, landing, width),
            (Data::Raw(out, dtype), Data::Raw(block, _)) => scatter(out, &block, &shape, landing, width * dtype.size()),
            _ => return Err(Error::new(Code::WorkerCrashed, "blocks of different forms")),
        }
        Ok(())
    }
}

fn is_in_order(landing: &[DimIndex]) -> bool {
    landing.iter().all(|l| matches!(l, DimIndex::Range { start: 0, step: 1, .. }))
}

/// A result in which nothing is known yet.
fn nothing(like: &Data, cells: usize) -> Result<Data> {
    fn filled<T: Clone>(value: T, n: usize) -> Result<Vec<T>> {
        let mut v = Vec::new();
        v.try_reserve_exact(n)
            .map_err(|_| Error::new(Code::OutOfMemory, format!("no memory for a result of {n} cells")))?;
        v.resize(n, value);
        Ok(v)
    }
    Ok(match like {
        Data::F64(_) | Data::Estimated(_) => Data::F64(filled(f64::NAN, cells)?),
        Data::Int(_) => Data::Int(filled(None, cells)?),
        Data::Values(_) | Data::Variables(_) => Data::Values(filled(serde_json::Value::Null, cells)?),
        Data::Raw(_, dtype) => Data::Raw(filled(0, cells.saturating_mul(dtype.size()))?, *dtype),
    })
}

/// Copies a block in C order to where its positions land. `width` items belong to each cell.
pub(super) fn scatter<T: Clone>(out: &mut [T], block: &[T], shape: &[u64], landing: &[DimIndex], width: usize) {
    let lengths: Vec<u64> = landing.iter().map(DimIndex::len).collect();
    // The last dimension is copied as a whole where it lands in order.
    let row = match landing.last() {
        Some(DimIndex::Range { step: 1, len, .. }) => usize::try_from(*len).unwrap_or(1),
        _ => 1,
    };
    let mut walked = lengths.clone();
    if let Some(last) = walked.last_mut() {
        *last = if row > 1 || *last == 1 { 1 } else { *last };
    }
    for (at, source) in Odometer::new(&walked).zip(block.chunks_exact((row * width).max(1))) {
        let mut flat = 0;
        for ((&i, positions), &extent) in at.iter().zip(landing).zip(shape) {
            flat = flat * extent + positions.get(i).unwrap_or(0);
        }
        let start = usize::try_from(flat).unwrap_or(usize::MAX).saturating_mul(width);
        if let Some(target) = start.checked_add(source.len()).and_then(|end| out.get_mut(start..end)) {
            target.clone_from_slice(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_land_where_their_positions_say() {
        let mut out = vec![0; 12];
        let columns = DimIndex::Range { start: 1, step: 1, len: 2 };
        scatter(&mut out, &[1, 2, 3, 4], &[3, 4], &[DimIndex::List(vec![2, 0]), columns], 1);
        assert_eq!(out, [0, 3, 4, 0, 0, 0, 0, 0, 0, 1, 2, 0]);
        let mut out = vec![0; 4];
        scatter(&mut out, &[7, 8], &[4], &[DimIndex::List(vec![3, 1])], 1);
        assert_eq!(out, [0, 8, 0, 7]);
        let mut out = vec![0; 2];
        scatter(&mut out, &[5, 6], &[], &[], 2);
        assert_eq!(out, [5, 6]);
    }
}
