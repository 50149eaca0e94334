//! The configurations of codecs from bytes to bytes.

use super::parse::Config;
use super::{CodecSpec, IndexLocation};
use crate::error::Result;
use serde_json::Value;

/// The widest element that a shuffle may take apart, in bytes.
const MAX_ELEMENT: usize = 4096;

/// `elementsize`, or what the elements before it have (Zarr v3), or numcodecs' default.
pub fn shuffle(config: &Config) -> Result<CodecSpec> {
    let size = match config.map.get("elementsize") {
        None | Some(Value::Null) => Some(config.decoded.map_or(4, |dtype| dtype.size())),
        Some(size) => size.as_u64().and_then(|n| usize::try_from(n).ok()),
    };
    // numcodecs leaves elements of no or one byte as they are.
    let size = size.filter(|n| *n <= MAX_ELEMENT).ok_or_else(|| config.bad("elementsize"))?;
    Ok(CodecSpec::Shuffle(size.max(1)))
}

/// Where the checksum stands: at the end unless it says otherwise.
pub fn location(config: &Config) -> Result<IndexLocation> {
    match config.text("location")? {
        Some("start") => Ok(IndexLocation::Start),
        Some("end") | None => Ok(IndexLocation::End),
        Some(other) => Err(config.bad(&format!("location {other:?}"))),
    }
}
