//! The configuration of `sharding_indexed`.

use super::parse::{Config, parse_v3_chain};
use super::{CodecSpec, IndexLocation};
use crate::array::DType;
use crate::error::{Result, invalid_metadata, product};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A shard: inner chunks, their codecs, and the index's codecs (which keep a fixed size).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardSpec {
    /// The inner chunk's shape.
    pub chunk_shape: Vec<u64>,
    /// The inner chunks' codecs.
    pub codecs: Vec<CodecSpec>,
    /// The index's codecs: `bytes`, perhaps a checksum, or anything else that keeps its size fixed.
    pub index_codecs: Vec<CodecSpec>,
    /// At the start or at the end.
    pub index_location: IndexLocation,
}

pub fn sharding(config: &Config) -> Result<CodecSpec> {
    let decoded = config.decoded.ok_or_else(|| config.bad("a shard in Zarr v2"))?;
    let list = |key: &str, dtype: DType| -> Result<Vec<CodecSpec>> {
        let codecs = config.map.get(key).and_then(Value::as_array);
        parse_v3_chain(codecs.ok_or_else(|| invalid_metadata(format!("no {key}")))?, dtype)
    };
    let shape = config.map.get("chunk_shape").and_then(Value::as_array);
    let shape: Option<Vec<u64>> = shape.and_then(|s| s.iter().map(|n| n.as_u64().filter(|n| *n > 0)).collect());
    let chunk_shape = shape.ok_or_else(|| invalid_metadata("chunk_shape must be positive integers"))?;
    product(&chunk_shape, "inner chunk shape")?;
    let index_location = match config.text("index_location")? {
        Some("start") => IndexLocation::Start,
        Some("end") | None => IndexLocation::End,
        Some(other) => return Err(invalid_metadata(format!("index_location {other:?}"))),
    };
    let index_codecs = list("index_codecs", DType::UInt64)?;
    if let Some(codec) = index_codecs.iter().find(|c| c.is_compressor()) {
        return Err(invalid_metadata(format!("the index codec {} has no fixed size", codec.name())));
    }
    let codecs = list("codecs", decoded)?;
    Ok(CodecSpec::Sharding(Box::new(ShardSpec { chunk_shape, codecs, index_codecs, index_location })))
}
