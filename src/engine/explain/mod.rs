//! What a run will cost, before it is started: from metadata, and where they do not tell, from shards' indexes, tables of
//! references, listings, and the sizes of a few chunks. None of it reads a chunk, and none of it fails but to a worse answer.

mod located;
mod looked;
mod memory;
mod shards;
mod sizes;
mod spread;
mod warnings;

pub use looked::Looked;

use super::arrays::Source;
use super::run::Run;
use super::work::{Due, Work};
use crate::codec::{ChunkShape, encoded_len};
use crate::error::{Code, Error, Result};
use crate::plan::{Cost, Plan, Reading, estimated_reading};
use crate::steps::Outline;

/// Chunks of different lengths whose sizes are added up one by one.
const MAX_SUMMED: u64 = 1 << 16;

impl Source {
    /// The cost of a run over this source, its later steps left out. How keys that lie in other objects are read together
    /// depends on the number of computing workers.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub async fn explain(&self, run: &Run, workers: Option<u64>) -> Result<Cost> {
        let plan = run.main_plan()?;
        let passes = run.passes();
        let reading = self.reading(&plan, workers).await?;
        let mut cost = Cost {
            chunks: plan.chunk_count()?,
            requests: passes.saturating_mul(reading.requests),
            // The pass for the range has other batches, in which other neighbours meet.
            requests_are_estimate: reading.requests_are_estimate
                || run.may_end_early()
                || passes > 1 && self.is_located(),
            bytes_to_fetch: passes.saturating_mul(reading.bytes),
            bytes_to_fetch_is_estimate: reading.bytes_are_estimate || run.may_end_early(),
            bytes_to_decode: passes.saturating_mul(reading.decoded),
            memory_bytes: memory::most(&plan, &reading, workers)?,
            output_shape: plan.output_shape(),
            output_variables: Vec::new(),
            output_bytes: 0,
            units: plan.unit_count(),
            passes,
            warnings: Vec::new(),
        };
        cost.warnings = warnings::of(run, &plan, &reading)?;
        Ok(match run.budget() {
            Some(budget) => cost.within(budget),
            None => cost,
        })
    }

    /// What reading all chunks once costs.
    async fn reading(&self, plan: &Plan, workers: Option<u64>) -> Result<Reading> {
        let guess = estimated_reading(plan)?;
        if plan.visit_count() == 0 {
            return Ok(guess);
        }
        let told = if let Some(spec) = plan.array.sharding() {
            shards::reading(self, plan, spec).await
        } else if self.is_located() {
            located::reading(self, plan, workers).await
        } else if let Some(bytes) = uncompressed(plan)? {
            Some(Reading { bytes, bytes_are_estimate: false, ..guess })
        } else {
            sizes::reading(self, plan, &guess).await
        };
        Ok(told.unwrap_or(guess))
    }
}

impl Work {
    /// The cost of all runs, and what the result will look like.
    ///
    /// # Errors
    /// As [`Source::explain`] and [`Work::outline`].
    pub async fn explain(&self, workers: Option<u64>) -> Result<Cost> {
        let outlines = self.outlines()?;
        let mut sum: Option<Cost> = None;
        for Due { run, reached, times } in self.runs() {
            let cost = reached.source.lock().await.explain(run, workers).await?.times(times);
            sum = Some(match sum {
                Some(sum) => sum.and(cost),
                None => cost,
            });
        }
        let nothing = || Error::new(Code::WorkerCrashed, "a document without a run");
        Ok(with_results(sum.ok_or_else(nothing)?, self.names(), &outlines))
    }
}

/// A cost, with the results after all steps, of several variables by their names, and what the steps hold.
pub fn with_results(cost: Cost, names: &[String], outlines: &[Outline]) -> Cost {
    let bytes = outlines.iter().map(Outline::bytes).fold(0, u64::saturating_add);
    let held = outlines.iter().map(|outline| outline.held_bytes).max().unwrap_or(0);
    // Those that are done wait for the last.
    let waiting = if names.is_empty() { 0 } else { bytes };
    let parts = outlines.first().map_or(&[][..], |outline| &outline.variables);
    Cost {
        output_shape: outlines.first().map(|outline| outline.labels.shape()).unwrap_or_default(),
        output_variables: match names {
            [] => parts.iter().map(|name| name.to_string()).collect(),
            names => names.to_vec(),
        },
        output_bytes: bytes,
        memory_bytes: cost.memory_bytes.max(held.saturating_add(memory::BASE_BYTES)).saturating_add(waiting),
        ..cost
    }
}

/// Bytes of chunks whose codecs say how long they are.
fn uncompressed(plan: &Plan) -> Result<Option<u64>> {
    let array = &plan.array;
    let len = |shape: &[u64]| encoded_len(&array.codecs, &ChunkShape { shape, dtype: array.dtype, fill: &array.fill });
    let Some(largest) = len(&array.grid.largest())? else { return Ok(None) };
    if array.grid.is_even() {
        return Ok(Some(plan.visit_count().saturating_mul(largest)));
    }
    if plan.place_count() > MAX_SUMMED {
        return Ok(None);
    }
    let mut sum = 0u64;
    for (_, coords) in (0..plan.place_count()).filter_map(|place| plan.visit(place)) {
        let Some(bytes) = len(&array.grid.shape_of(&coords))? else { return Ok(None) };
        sum = sum.saturating_add(bytes);
    }
    Ok(Some(sum))
}
