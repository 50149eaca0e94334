//! The configurations of codecs whose elements vary in length: numcodecs' `vlen-*`, `json2`, `msgpack2`, `categorize`.

use super::parse::Config;
use super::{CodecSpec, TypePair};
use crate::array::{DType, Endian};
use crate::error::{Result, too_large};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most labels of `categorize`.
const MAX_LABELS: usize = 1 << 16;

/// How objects are written one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectCoding {
    /// Lengths and UTF-8 (numcodecs' `vlen-utf8`, and v3's).
    Utf8,
    /// Lengths and bytes (`vlen-bytes`).
    Bytes,
    /// Lengths and elements of a type (`vlen-array`).
    Array(DType, Endian),
    /// One JSON list of all of them (`json2`).
    Json,
    /// One MessagePack list of all of them (`msgpack2`).
    MsgPack,
}

impl ObjectCoding {
    /// The codec's name.
    pub fn name(self) -> &'static str {
        match self {
            ObjectCoding::Utf8 => "vlen-utf8",
            ObjectCoding::Bytes => "vlen-bytes",
            ObjectCoding::Array(..) => "vlen-array",
            ObjectCoding::Json => "json2",
            ObjectCoding::MsgPack => "msgpack2",
        }
    }

    /// The type of its elements.
    pub fn dtype(self) -> DType {
        match self {
            ObjectCoding::Utf8 => DType::Text,
            ObjectCoding::Bytes => DType::Blob,
            ObjectCoding::Array(..) | ObjectCoding::Json | ObjectCoding::MsgPack => DType::Object,
        }
    }
}

/// Labels, and the numbers that stand for them: 1 for the first, 0 for none (numcodecs' `categorize`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Categories {
    /// In the order of their numbers.
    pub labels: Vec<String>,
    /// The decoded and the encoded type.
    pub types: TypePair,
}

pub fn vlen_array(config: &Config) -> Result<CodecSpec> {
    let dtype = config.text("dtype")?.ok_or_else(|| config.bad("no dtype"))?;
    let (dtype, endian) = DType::parse_numpy_alias(dtype)?;
    Ok(CodecSpec::Objects(ObjectCoding::Array(dtype, endian)))
}

pub fn json2(config: &Config) -> Result<CodecSpec> {
    match config.text("encoding")? {
        None | Some("utf-8" | "utf8" | "ascii" | "UTF-8") => Ok(CodecSpec::Objects(ObjectCoding::Json)),
        Some(_) => Err(config.bad("an encoding that is no UTF-8")),
    }
}

pub fn categorize(config: &Config) -> Result<CodecSpec> {
    let labels = config.map.get("labels").and_then(Value::as_array).ok_or_else(|| config.bad("no labels"))?;
    if labels.len() > MAX_LABELS {
        return Err(too_large("labels", labels.len() as u64, MAX_LABELS as u64));
    }
    let labels = labels.iter().map(|label| label.as_str().map(str::to_string)).collect::<Option<Vec<_>>>();
    let labels = labels.ok_or_else(|| config.bad("labels must be text"))?;
    let (dtype, endian) = match config.text("dtype")? {
        Some("|O" | "O" | "object") => (DType::Text, Endian::Little),
        Some(text) => DType::parse_numpy_alias(text)?,
        None => return Err(config.bad("no dtype")),
    };
    let (astype, as_endian) = DType::parse_numpy_alias(config.text("astype")?.unwrap_or("|u1"))?;
    if !astype.is_integer() || !matches!(dtype, DType::Text | DType::Unicode(_) | DType::Bytes(_)) {
        return Err(config.bad("text from integers is what categorize makes"));
    }
    Ok(CodecSpec::Categorize(Box::new(Categories { labels, types: TypePair { dtype, endian, astype, as_endian } })))
}
