//! What a plan will cost, from metadata alone.

use super::precision::Budget;
use super::units::Plan;
use crate::error::{Result, product};
use crate::meta::CodecSpec;
use serde::Serialize;

/// Compressed data is taken to be half its decoded size where the store does not tell: real float fields are between a
/// third and nine tenths of it.
const GUESSED_RATIO: f64 = 0.5;
/// A selection that uses less than this share of what it decodes fights the chunking.
const POOR_USE: f64 = 0.1;
/// Inner chunks that lie together are read together, up to about so many decoded bytes.
const MERGED_BYTES: u64 = 8 << 20;
/// Fewer bytes than this are never worth a warning.
const WORTH_A_WARNING: u64 = 50 << 20;

/// The answer of `explain`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Chunks (shards, where sharded) touched.
    pub chunks: u64,
    /// HTTP requests for them.
    pub requests: u64,
    /// Bytes to fetch.
    pub bytes_to_fetch: u64,
    /// Whether that is an estimate.
    pub bytes_to_fetch_is_estimate: bool,
    /// Bytes that decoding gives.
    pub bytes_to_decode: u64,
    /// The most memory of one worker, in bytes.
    pub memory_bytes: u64,
    /// Shape of the result.
    pub output_shape: Vec<u64>,
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
        Cost {
            chunks: self.chunks.saturating_add(next.chunks),
            requests: self.requests.saturating_add(next.requests),
            bytes_to_fetch: self.bytes_to_fetch.saturating_add(next.bytes_to_fetch),
            bytes_to_fetch_is_estimate: self.bytes_to_fetch_is_estimate || next.bytes_to_fetch_is_estimate,
            bytes_to_decode: self.bytes_to_decode.saturating_add(next.bytes_to_decode),
            memory_bytes: self.memory_bytes.max(next.memory_bytes),
            output_shape: next.output_shape,
            units: self.units.saturating_add(next.units),
            passes: self.passes.saturating_add(next.passes),
            warnings,
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
            bytes_to_fetch_is_estimate: true,
            bytes_to_decode: part(self.bytes_to_decode),
            units: part(self.units),
            warnings,
            ..self
        }
    }
}

impl Cost {
    /// Of so many runs alike, each of a part of the result.
    pub fn times(self, n: u64) -> Cost {
        Cost {
            chunks: self.chunks.saturating_mul(n),
            requests: self.requests.saturating_mul(n),
            bytes_to_fetch: self.bytes_to_fetch.saturating_mul(n),
            bytes_to_decode: self.bytes_to_decode.saturating_mul(n),
            units: self.units.saturating_mul(n),
            passes: self.passes.saturating_mul(n),
            ..self
        }
    }
}

/// Adds up a plan.
pub fn cost_of(plan: &Plan, passes: u64) -> Result<Cost> {
    let chunks = plan.chunk_count()?;
    let element = plan.array.dtype.size() as u64;
    let chunk_bytes = plan.array.chunk_bytes()?;
    let (reads_per_chunk, inner_bytes) = inner_reads(plan, chunk_bytes)?;
    let decoded = chunks.saturating_mul(reads_per_chunk).saturating_mul(inner_bytes);
    let sharded = plan.array.codecs.iter().any(|c| matches!(c, CodecSpec::Sharding(_)));
    let compressed = plan.array.codecs.iter().any(CodecSpec::is_compressor);
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let fetched = if compressed { (decoded as f64 * GUESSED_RATIO) as u64 } else { decoded };
    let lengths: Vec<u64> = plan.index.iter().map(crate::array::DimIndex::len).collect();
    let used = product(&lengths, "selection")?.saturating_mul(element);
    let output_cells = product(&plan.output_shape(), "result")?.saturating_mul(plan.width());
    let mut warnings = Vec::new();
    #[allow(clippy::cast_precision_loss)]
    let share = used as f64 / decoded.max(1) as f64;
    if share < POOR_USE && decoded > WORTH_A_WARNING {
        let times = decoded / used.max(1);
        warnings.push(format!(
            "the chunks hold {times} times what is selected; their shape {:?} does not suit this selection",
            plan.array.grid.largest()
        ));
    }
    Ok(Cost {
        chunks,
        requests: passes.saturating_mul(chunks).saturating_mul(if sharded {
            // The shard's size, its index, and its inner chunks, neighbours together.
            2 + reads_per_chunk.min(reads_per_chunk.saturating_mul(inner_bytes).div_ceil(MERGED_BYTES))
        } else {
            1
        }),
        bytes_to_fetch: passes.saturating_mul(fetched),
        bytes_to_fetch_is_estimate: compressed || chunks > 0 && sharded,
        bytes_to_decode: passes.saturating_mul(decoded),
        memory_bytes: inner_bytes.saturating_mul(3).saturating_add(output_cells.saturating_mul(3 * 8)),
        output_shape: plan.output_shape(),
        units: plan.unit_count(),
        passes,
        warnings,
    })
}

/// How many reads a chunk takes, and the decoded bytes of each: one, or the touched inner chunks of a shard.
fn inner_reads(plan: &Plan, chunk_bytes: u64) -> Result<(u64, u64)> {
    let Some(CodecSpec::Sharding(spec)) = plan.array.codecs.first().filter(|_| plan.array.codecs.len() == 1) else {
        return Ok((1, chunk_bytes));
    };
    let chunks = plan.chunk_count()?.max(1);
    let touched: Vec<u64> = plan.index.iter().zip(&spec.chunk_shape).map(|(i, &c)| i.chunks(c).len()).collect();
    let inner = product(&spec.chunk_shape, "inner chunk")?.saturating_mul(plan.array.dtype.size() as u64);
    Ok((product(&touched, "inner chunks")?.div_ceil(chunks), inner))
}
