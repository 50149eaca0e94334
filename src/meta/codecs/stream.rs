//! The configurations of codecs from bytes to bytes.

use super::parse::Config;
use super::{CodecSpec, IndexLocation};
use crate::error::Result;
use serde::{Deserialize, Serialize};
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

/// Where the checksum stands, if it is not said.
pub fn location(config: &Config, otherwise: IndexLocation) -> Result<IndexLocation> {
    match config.text("location")? {
        Some("start") => Ok(IndexLocation::Start),
        Some("end") => Ok(IndexLocation::End),
        None => Ok(otherwise),
        Some(other) => Err(config.bad(&format!("location {other:?}"))),
    }
}

/// A checksum of numcodecs' other than CRC-32C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Checksum {
    Crc32,
    Adler32,
    Fletcher32,
    /// Bob Jenkins' lookup3 from this seed, over these bytes and then the data.
    Jenkins {
        seed: u32,
        prefix: Vec<u8>,
    },
}

impl Checksum {
    /// numcodecs' id.
    pub fn name(&self) -> &'static str {
        match self {
            Checksum::Crc32 => "crc32",
            Checksum::Adler32 => "adler32",
            Checksum::Fletcher32 => "fletcher32",
            Checksum::Jenkins { .. } => "jenkins_lookup3",
        }
    }
}

/// The longest prefix of a Jenkins checksum, in bytes.
const MAX_PREFIX: usize = 4096;

pub fn checksum(config: &Config) -> Result<CodecSpec> {
    let (kind, location) = match config.name {
        "crc32" => (Checksum::Crc32, location(config, IndexLocation::Start)?),
        "adler32" => (Checksum::Adler32, location(config, IndexLocation::Start)?),
        "fletcher32" => (Checksum::Fletcher32, IndexLocation::End),
        _ => {
            let seed = config.map.get("initval").map_or(Some(0), Value::as_u64);
            let seed = seed.and_then(|n| u32::try_from(n).ok()).ok_or_else(|| config.bad("initval"))?;
            let byte = |n: &Value| n.as_u64().and_then(|n| u8::try_from(n).ok());
            let prefix = match config.map.get("prefix") {
                None | Some(Value::Null) => Some(Vec::new()),
                Some(Value::Array(list)) if list.len() <= MAX_PREFIX => list.iter().map(byte).collect(),
                Some(_) => None,
            };
            (Checksum::Jenkins { seed, prefix: prefix.ok_or_else(|| config.bad("prefix"))? }, IndexLocation::End)
        }
    };
    Ok(CodecSpec::Checksum(kind, location))
}

/// `raw` says whether a zlib wrapping is absent.
pub fn deflate(config: &Config) -> Result<CodecSpec> {
    Ok(if config.flag("raw")? { CodecSpec::Deflate } else { CodecSpec::Zlib })
}

/// `header` says whether the length stands before the block, as numcodecs has it.
pub fn image_lz4(config: &Config) -> Result<CodecSpec> {
    Ok(if config.flag("header")? { CodecSpec::Lz4 } else { CodecSpec::Lz4Block })
}

/// How LZMA data are wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum LzmaFormat {
    /// .xz or .lzma, whichever the data begin like.
    Auto,
    Xz,
    Alone,
    /// Without any header: the filters in encoding order, the compressor last.
    Raw(Vec<LzmaFilter>),
}

/// One filter of a raw LZMA chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum LzmaFilter {
    Delta { distance: u16 },
    X86,
    PowerPc,
    Ia64,
    Arm,
    ArmThumb,
    Sparc,
    Lzma1 { lc: u8, lp: u8, pb: u8, dictionary: u32 },
    Lzma2 { dictionary: u32 },
}

/// liblzma's dictionary sizes by preset, as powers of two.
const PRESETS: [u32; 10] = [18, 20, 21, 22, 22, 23, 23, 24, 25, 26];

/// Python's `lzma` module: `format` 0 finds out, 1 is .xz, 2 is .lzma, 3 is raw with `filters`.
pub fn lzma(config: &Config) -> Result<CodecSpec> {
    let format = match config.map.get("format").map_or(Some(1), Value::as_u64) {
        Some(0) => LzmaFormat::Auto,
        Some(1) => LzmaFormat::Xz,
        Some(2) => LzmaFormat::Alone,
        Some(3) => {
            let filters = config.map.get("filters").and_then(Value::as_array).filter(|f| (1..=4).contains(&f.len()));
            let filters = filters.ok_or_else(|| config.bad("filters"))?;
            let filters: Vec<LzmaFilter> = filters.iter().map(|f| lzma_filter(config, f)).collect::<Result<_>>()?;
            let compresses = |f: &LzmaFilter| matches!(f, LzmaFilter::Lzma1 { .. } | LzmaFilter::Lzma2 { .. });
            if filters.iter().position(compresses) != Some(filters.len() - 1) {
                return Err(config.bad("filters that do not end in a compressor"));
            }
            LzmaFormat::Raw(filters)
        }
        _ => return Err(config.bad("format")),
    };
    Ok(CodecSpec::Lzma(format))
}

fn lzma_filter(config: &Config, filter: &Value) -> Result<LzmaFilter> {
    let member = |key: &str| filter.get(key).filter(|value| !value.is_null());
    let number = |key: &str, otherwise: u32, most: u32| {
        let n = member(key).map_or(Some(u64::from(otherwise)), Value::as_u64);
        n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= most).ok_or_else(|| config.bad(key))
    };
    let byte = |key: &str, otherwise: u32, most: u32| number(key, otherwise, most).map(|n| n.to_le_bytes()[0]);
    // The highest bit of a preset asks for more effort.
    let preset = member("preset").map_or(Some(6), Value::as_u64).map(|n| n & 31);
    let preset = preset.and_then(|n| PRESETS.get(usize::try_from(n).ok()?)).ok_or_else(|| config.bad("preset"))?;
    let dictionary = number("dict_size", 1 << preset, u32::MAX)?;
    Ok(match member("id").and_then(Value::as_u64) {
        Some(0x03) => {
            let distance = number("dist", 1, 256)?.clamp(1, 256);
            LzmaFilter::Delta { distance: u16::try_from(distance).unwrap_or(1) }
        }
        Some(0x04) => LzmaFilter::X86,
        Some(0x05) => LzmaFilter::PowerPc,
        Some(0x06) => LzmaFilter::Ia64,
        Some(0x07) => LzmaFilter::Arm,
        Some(0x08) => LzmaFilter::ArmThumb,
        Some(0x09) => LzmaFilter::Sparc,
        Some(0x21) => LzmaFilter::Lzma2 { dictionary },
        Some(0x4000_0000_0000_0001) => {
            let (lc, lp, pb) = (byte("lc", 3, 4)?, byte("lp", 0, 4)?, byte("pb", 2, 4)?);
            if lc + lp > 4 {
                return Err(config.bad("lc + lp over liblzma's limit of 4"));
            }
            LzmaFilter::Lzma1 { lc, lp, pb, dictionary }
        }
        _ => return Err(config.bad("filter")),
    })
}
