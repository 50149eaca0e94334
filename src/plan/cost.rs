//! What a run will cost.

use super::groups::GroupNumbers;
use super::precision::Budget;
use super::units::Plan;
use crate::array::{ChunkAxis, DimIndex};
use crate::error::{Result, product};
use crate::meta::CodecSpec;
use serde::Serialize;
use std::collections::BTreeSet;

/// Compressed data is taken to be half its decoded size where nothing tells: real float fields are between a third and
/// nine tenths of it.
const GUESSED_RATIO: f64 = 0.5;
/// Inner chunks that lie together are read together, up to about so many decoded bytes.
const MERGED_BYTES: u64 = 8 << 20;

/// The answer of `explain`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Chunks (shards, where sharded) touched.
    pub chunks: u64,
    /// HTTP requests for them, neighbours read together.
    pub requests: u64,
    /// Whether that is an estimate.
    pub requests_are_estimate: bool,
    /// Bytes to fetch.
    pub bytes_to_fetch: u64,
    /// Whether that is an estimate.
    pub bytes_to_fetch_is_estimate: bool,
    /// Bytes that decoding gives; chunks that are missing are not decoded where that is known.
    pub bytes_to_decode: u64,
    /// The most memory of one worker, in bytes: of one that fetches and decodes, or of the one that puts the result together
    /// and works on it. Always an estimate.
    pub memory_bytes: u64,
    /// Shape of the result after all steps; of the first of several.
    pub output_shape: Vec<u64>,
    /// Names of the results that stand side by side: those of a trend, of one shape, or of several variables; none where
    /// there is one.
    pub output_variables: Vec<String>,
    /// Bytes of all results' values in their type.
    pub output_bytes: u64,
    /// Units of work that workers share out.
    pub units: u64,
    /// How often the chunks are read: a histogram without a range looks for it first.
    pub passes: u64,
    /// What the user should know before starting.
    pub warnings: Vec<String>,
}

impl Cost {
    /// Of two runs one after another: the second one's result is what comes out.
    pub fn and(self, next: Cost) -> Cost {
        let mut warnings = self.warnings;
        warnings.extend(next.warnings);
        let mut known = BTreeSet::new();
        warnings.retain(|warning| known.insert(warning.clone()));
        Cost {
            chunks: self.chunks.saturating_add(next.chunks),
            requests: self.requests.saturating_add(next.requests),
            requests_are_estimate: self.requests_are_estimate || next.requests_are_estimate,
            bytes_to_fetch: self.bytes_to_fetch.saturating_add(next.bytes_to_fetch),
            bytes_to_fetch_is_estimate: self.bytes_to_fetch_is_estimate || next.bytes_to_fetch_is_estimate,
            bytes_to_decode: self.bytes_to_decode.saturating_add(next.bytes_to_decode),
            memory_bytes: self.memory_bytes.max(next.memory_bytes),
            units: self.units.saturating_add(next.units),
            passes: self.passes.saturating_add(next.passes),
            warnings,
            ..next
        }
    }

    /// Of an estimate: no more than what its limit allows.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    pub fn within(self, budget: &Budget) -> Cost {
        let mut warnings = self.warnings;
        if budget.relative_error.is_some() {
            warnings.push("how many chunks the error wants shows as they come: this is the most that it may be".into());
        }
        let share = budget.max_bytes.map_or(1.0, |max| max as f64 / self.bytes_to_fetch.max(1) as f64).min(1.0);
        let part = |n: u64| (n as f64 * share) as u64;
        Cost {
            chunks: part(self.chunks),
            requests: part(self.requests),
            bytes_to_fetch: part(self.bytes_to_fetch),
            requests_are_estimate: true,
            bytes_to_fetch_is_estimate: true,
            bytes_to_decode: part(self.bytes_to_decode),
            units: part(self.units),
            warnings,
            ..self
        }
    }
}

impl Cost {
    /// Of so many runs nearly alike, each of a part of the result, as the first of them is.
    pub fn times(self, n: u64) -> Cost {
        Cost {
            chunks: self.chunks.saturating_mul(n),
            requests: self.requests.saturating_mul(n),
            requests_are_estimate: self.requests_are_estimate || n > 1,
            bytes_to_fetch: self.bytes_to_fetch.saturating_mul(n),
            bytes_to_fetch_is_estimate: self.bytes_to_fetch_is_estimate || n > 1,
            bytes_to_decode: self.bytes_to_decode.saturating_mul(n),
            units: self.units.saturating_mul(n),
            passes: self.passes.saturating_mul(n),
            ..self
        }
    }
}

/// What reading chunks costs, once.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Requests.
    pub requests: u64,
    /// Whether they are an estimate.
    pub requests_are_estimate: bool,
    /// Bytes that come.
    pub bytes: u64,
    /// Whether they are an estimate.
    pub bytes_are_estimate: bool,
    /// Bytes that decoding gives.
    pub decoded: u64,
}

/// What reading a plan's chunks costs, as far as metadata tell: all of them are taken to be there.
///
/// # Errors
/// `too_large` for numbers that 64 bits do not hold.
pub fn estimated_reading(plan: &Plan) -> Result<Reading> {
    let visits = plan.visit_count();
    let sharded = plan.array.codecs.iter().any(|c| matches!(c, CodecSpec::Sharding(_)));
    let compressed = plan.array.codecs.iter().any(CodecSpec::is_compressor);
    let (reads, inner_bytes) = inner_reads(plan)?;
    let decoded = match plan.array.sharding() {
        None => grid_bytes(plan),
        Some(_) => visits.saturating_mul(reads).saturating_mul(inner_bytes),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let bytes = if compressed { (decoded as f64 * GUESSED_RATIO) as u64 } else { decoded };
    // A shard's index, and its inner chunks, neighbours together.
    let merged = reads.min(reads.saturating_mul(inner_bytes).div_ceil(MERGED_BYTES));
    Ok(Reading {
        requests: visits.saturating_mul(if sharded { 1 + merged } else { 1 }),
        requests_are_estimate: visits > 0 && sharded,
        bytes,
        bytes_are_estimate: visits > 0 && (compressed || sharded),
        decoded,
    })
}

/// Decoded bytes of all visited chunks; chunks may differ in length along each dimension.
fn grid_bytes(plan: &Plan) -> u64 {
    let along = |d: usize| {
        let axis = plan.array.grid.axes().get(d);
        let length = |chunk: u64| axis.map_or(1, |axis| axis.length(chunk));
        let grid = plan.grid.get(d);
        let blocks = plan.groups.get(d).and_then(|g| g.as_ref()?.blocks.as_ref());
        match (blocks, grid) {
            (Some(blocks), Some(grid)) => {
                blocks.iter().flat_map(|b| &b.chunks).filter_map(|place| grid.get(*place)).map(length).sum()
            }
            (None, Some(grid)) if axis.is_some_and(|a| matches!(a, ChunkAxis::Even(_))) => {
                grid.len().saturating_mul(length(0))
            }
            (None, Some(grid)) => grid.positions().map(length).sum(),
            (_, None) => 1,
        }
    };
    let elements = (0..plan.grid.len()).map(along).fold(1, u64::saturating_mul);
    elements.saturating_mul(plan.array.dtype.size() as u64)
}

/// How many reads a visit takes, and the decoded bytes of each: one, or the touched inner chunks of a shard.
pub fn inner_reads(plan: &Plan) -> Result<(u64, u64)> {
    let Some(spec) = plan.array.sharding() else { return Ok((1, plan.array.chunk_bytes()?)) };
    let touched = |((index, &inner), groups): ((&DimIndex, &u64), &Option<GroupNumbers>)| {
        let blocks = groups.as_ref().and_then(|groups| groups.blocks.as_ref());
        blocks.map_or_else(|| index.chunks(inner).len(), |blocks| blocks.iter().map(|block| block.pieces).sum())
    };
    let touched: Vec<u64> = plan.index.iter().zip(&spec.chunk_shape).zip(&plan.groups).map(touched).collect();
    let inner = product(&spec.chunk_shape, "inner chunk")?.saturating_mul(plan.array.dtype.size() as u64);
    Ok((product(&touched, "inner chunks")?.div_ceil(plan.visit_count().max(1)), inner))
}
