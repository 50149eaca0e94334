//! Codecs as metadata names them, v2 ids and v3 names alike, in encoding order.
//!
//! Sources: Zarr v3 core and its codec specs; numcodecs' `get_config`; ZEP 2 (sharding).
#![deny(clippy::indexing_slicing)]

use crate::array::{DType, Endian};
use crate::error::{Code, Error, Result, invalid_metadata, product};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Blosc's inner compressor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum BloscCompressor {
    BloscLz,
    Lz4,
    Lz4Hc,
    Snappy,
    Zlib,
    Zstd,
}

/// Blosc's filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Shuffle {
    None,
    Byte,
    Bit,
}

/// Where a shard keeps its index, or a chunk its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum IndexLocation {
    Start,
    End,
}

/// A shard: inner chunks, their codecs, and the index's codecs (which keep a fixed size).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardSpec {
    /// The inner chunk's shape.
    pub chunk_shape: Vec<u64>,
    /// The inner chunks' codecs.
    pub codecs: Vec<CodecSpec>,
    /// The index's codecs: `bytes`, and perhaps `crc32c`.
    pub index_codecs: Vec<CodecSpec>,
    /// At the start or at the end.
    pub index_location: IndexLocation,
}

/// One codec and what its decoder must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CodecSpec {
    /// array → array: dimension `i` of the encoded array is dimension `order[i]` of the decoded one.
    Transpose(Vec<usize>),
    /// array → array: differences of neighbours (numcodecs).
    Delta {
        /// The decoded type.
        dtype: DType,
        /// Its byte order.
        endian: Endian,
        /// The encoded type.
        astype: DType,
        /// Its byte order.
        as_endian: Endian,
    },
    /// array → array: `decoded = encoded / scale + offset` (numcodecs).
    FixedScaleOffset {
        /// The decoded type.
        dtype: DType,
        /// Its byte order.
        endian: Endian,
        /// The encoded type.
        astype: DType,
        /// Its byte order.
        as_endian: Endian,
        /// Divisor on decoding.
        scale: f64,
        /// Summand on decoding.
        offset: f64,
    },
    /// array → bytes, in a byte order.
    Bytes(Endian),
    /// array → bytes: a shard.
    Sharding(Box<ShardSpec>),
    /// bytes → bytes: bytes of elements regrouped by significance (numcodecs).
    Shuffle(usize),
    /// bytes → bytes: Blosc 1 frames say for themselves how they were written.
    Blosc,
    /// bytes → bytes.
    Gzip,
    /// bytes → bytes.
    Zlib,
    /// bytes → bytes.
    Zstd,
    /// bytes → bytes: an LZ4 block behind its length in 4 bytes (numcodecs).
    Lz4,
    /// bytes → bytes: a CRC-32C in 4 bytes, at the end (numcodecs can put it at the start).
    Crc32c(IndexLocation),
}

/// The codecs that can be decoded, for messages.
const KNOWN: &str =
    "bytes, blosc, gzip, zlib, zstd, lz4, crc32c, transpose, shuffle, delta, fixedscaleoffset, sharding_indexed";

impl CodecSpec {
    /// The name in messages and in `info`.
    pub fn name(&self) -> &'static str {
        match self {
            CodecSpec::Transpose(_) => "transpose",
            CodecSpec::Delta { .. } => "delta",
            CodecSpec::FixedScaleOffset { .. } => "fixedscaleoffset",
            CodecSpec::Bytes(_) => "bytes",
            CodecSpec::Sharding(_) => "sharding_indexed",
            CodecSpec::Shuffle(_) => "shuffle",
            CodecSpec::Blosc => "blosc",
            CodecSpec::Gzip => "gzip",
            CodecSpec::Zlib => "zlib",
            CodecSpec::Zstd => "zstd",
            CodecSpec::Lz4 => "lz4",
            CodecSpec::Crc32c(_) => "crc32c",
        }
    }

    /// From a numcodecs configuration (Zarr v2).
    pub fn parse_v2(config: &Value) -> Result<Self> {
        let id = config.get("id").and_then(Value::as_str).ok_or_else(|| invalid_metadata(format!("codec {config}")))?;
        match config {
            Value::Object(map) => Self::parse(id, id, map),
            _ => Err(invalid_metadata(format!("codec {config}"))),
        }
    }

    /// From a v3 codec: a name, or `{name, configuration}`.
    ///
    /// # Errors
    /// `unknown_codec`, naming it; `invalid_metadata` for a configuration that cannot be.
    pub fn parse_v3(codec: &Value) -> Result<Self> {
        let empty = Map::new();
        let (name, configuration) = match codec {
            Value::String(name) => (name.as_str(), &empty),
            Value::Object(map) => {
                let name = map.get("name").and_then(Value::as_str);
                let name = name.ok_or_else(|| invalid_metadata(format!("codec {codec} has no name")))?;
                (name, map.get("configuration").and_then(Value::as_object).unwrap_or(&empty))
            }
            _ => return Err(invalid_metadata(format!("codec {codec}"))),
        };
        Self::parse(name, name.strip_prefix("numcodecs.").unwrap_or(name), configuration)
    }

    fn parse(full_name: &str, name: &str, config: &Map<String, Value>) -> Result<Self> {
        let bad =
            |what: &str| invalid_metadata(format!("{what}: {}", Value::Object(config.clone()))).with_codec(full_name);
        Ok(match name {
            "bytes" => CodecSpec::Bytes(match config.get("endian").and_then(Value::as_str) {
                Some("little") | None => Endian::Little,
                Some("big") => Endian::Big,
                Some(other) => return Err(bad(&format!("endian {other:?}"))),
            }),
            "blosc" => CodecSpec::Blosc,
            "gzip" => CodecSpec::Gzip,
            "zlib" => CodecSpec::Zlib,
            "zstd" => CodecSpec::Zstd,
            "lz4" => CodecSpec::Lz4,
            "crc32c" => CodecSpec::Crc32c(match config.get("location").and_then(Value::as_str) {
                Some("start") => IndexLocation::Start,
                Some("end") | None => IndexLocation::End,
                Some(other) => return Err(bad(&format!("location {other:?}"))),
            }),
            "transpose" => CodecSpec::Transpose(order(config.get("order")).ok_or_else(|| bad("order"))?),
            "shuffle" => {
                let size = config.get("elementsize").and_then(Value::as_u64).unwrap_or(4);
                let size = usize::try_from(size).ok().filter(|n| (1..=4096).contains(n));
                CodecSpec::Shuffle(size.ok_or_else(|| bad("elementsize"))?)
            }
            "delta" => {
                let (dtype, endian, astype, as_endian) = two_types(config).map_err(|e| e.with_codec(full_name))?;
                CodecSpec::Delta { dtype, endian, astype, as_endian }
            }
            "fixedscaleoffset" => {
                let (dtype, endian, astype, as_endian) = two_types(config).map_err(|e| e.with_codec(full_name))?;
                let number = |key: &str| config.get(key).and_then(Value::as_f64).ok_or_else(|| bad(key));
                let (scale, offset) = (number("scale")?, number("offset")?);
                CodecSpec::FixedScaleOffset { dtype, endian, astype, as_endian, scale, offset }
            }
            "sharding_indexed" => CodecSpec::Sharding(Box::new(shard(config).map_err(|e| e.with_codec(full_name))?)),
            _ => {
                let message = format!("the codec {full_name:?} is not known; known are {KNOWN}");
                return Err(Error::new(Code::UnknownCodec, message).with_codec(full_name));
            }
        })
    }
}

fn order(value: Option<&Value>) -> Option<Vec<usize>> {
    let order: Vec<usize> =
        value?.as_array()?.iter().map(|n| usize::try_from(n.as_u64()?).ok()).collect::<Option<_>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.iter().enumerate().all(|(i, &n)| i == n).then_some(order)
}

fn two_types(config: &Map<String, Value>) -> Result<(DType, Endian, DType, Endian)> {
    let text = |key: &str| config.get(key).and_then(Value::as_str);
    let dtype = text("dtype").ok_or_else(|| invalid_metadata("no dtype"))?;
    let astype = text("astype").unwrap_or(dtype);
    let (dtype, endian) = DType::parse_numpy(dtype)?;
    let (astype, as_endian) = DType::parse_numpy(astype)?;
    Ok((dtype, endian, astype, as_endian))
}

fn shard(config: &Map<String, Value>) -> Result<ShardSpec> {
    let list = |key: &str| -> Result<Vec<CodecSpec>> {
        let codecs = config.get(key).and_then(Value::as_array);
        codecs.ok_or_else(|| invalid_metadata(format!("no {key}")))?.iter().map(CodecSpec::parse_v3).collect()
    };
    let shape = config.get("chunk_shape").and_then(Value::as_array);
    let shape: Option<Vec<u64>> = shape.and_then(|s| s.iter().map(|n| n.as_u64().filter(|n| *n > 0)).collect());
    let chunk_shape = shape.ok_or_else(|| invalid_metadata("chunk_shape must be positive integers"))?;
    product(&chunk_shape, "inner chunk shape")?;
    let index_location = match config.get("index_location").and_then(Value::as_str) {
        Some("start") => IndexLocation::Start,
        Some("end") | None => IndexLocation::End,
        Some(other) => return Err(invalid_metadata(format!("index_location {other:?}"))),
    };
    let index_codecs = list("index_codecs")?;
    if let Some(codec) = index_codecs.iter().find(|c| !matches!(c, CodecSpec::Bytes(_) | CodecSpec::Crc32c(_))) {
        return Err(invalid_metadata(format!("the index codec {} has no fixed size", codec.name())));
    }
    Ok(ShardSpec { chunk_shape, codecs: list("codecs")?, index_codecs, index_location })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings() {
        assert_eq!(CodecSpec::parse_v2(&json!({"id": "shuffle", "elementsize": 2})).ok(), Some(CodecSpec::Shuffle(2)));
        let v3 = json!({"name": "numcodecs.shuffle", "configuration": {"elementsize": 2}});
        assert_eq!(CodecSpec::parse_v3(&v3).ok(), Some(CodecSpec::Shuffle(2)));
        assert_eq!(CodecSpec::parse_v3(&json!("crc32c")).ok(), Some(CodecSpec::Crc32c(IndexLocation::End)));
    }

    #[test]
    fn an_unknown_codec_is_named() {
        let error = CodecSpec::parse_v3(&json!({"name": "numcodecs.pcodec"})).err();
        let details = error.map(|e| e.details().clone());
        assert_eq!(details.map(|d| (d.code, d.codec)), Some((Code::UnknownCodec, Some("numcodecs.pcodec".into()))));
    }

    #[test]
    fn lies_are_refused() {
        for bad in [
            json!({"name": "transpose", "configuration": {"order": [0, 0]}}),
            json!({"name": "transpose", "configuration": {"order": "F"}}),
            json!({"name": "shuffle", "configuration": {"elementsize": 0}}),
            json!({"name": "sharding_indexed", "configuration": {"chunk_shape": [0], "codecs": [], "index_codecs": []}}),
            json!({"name": "sharding_indexed", "configuration": {"chunk_shape": [1], "codecs": [], "index_codecs": ["zstd"]}}),
            json!({"name": "delta", "configuration": {"dtype": "<q9"}}),
            json!(7),
        ] {
            assert!(CodecSpec::parse_v3(&bad).is_err(), "{bad}");
        }
    }
}
