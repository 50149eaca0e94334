//! The configurations of rare codecs: AEC (CCSDS 121.0-B) and szip, as imagecodecs names them; GRIB, as kerchunk does.

use super::CodecSpec;
use super::parse::Config;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an AEC stream does not say of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AecSpec {
    /// Bits of a sample, 1 to 32.
    pub bits_per_sample: u32,
    /// Samples in a block.
    pub block_size: u32,
    /// Blocks between reference samples.
    pub blocks_per_interval: u32,
    /// libaec's flags.
    pub flags: u32,
}

/// What an szip stream does not say of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SzipSpec {
    /// szip's options mask.
    pub options: u32,
    /// Pixels in a block.
    pub pixels_per_block: u32,
    /// Bits of a pixel: 1 to 24, 32 or 64.
    pub bits_per_pixel: u32,
    /// Pixels on a scanline.
    pub pixels_per_scanline: u32,
    /// Whether the decoded length stands before the stream.
    pub header: bool,
}

/// What of a GRIB message is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum GribPart {
    Values,
    Latitudes,
    Longitudes,
}

/// kerchunk's `grib`: what of a message, and as which floats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GribSpec {
    /// Values, or where they lie.
    pub part: GribPart,
    /// As doubles, or as single floats.
    pub double: bool,
}

/// libaec's flag for prediction, imagecodecs' default.
const PREPROCESS: u32 = 8;

/// `imagecodecs_aec`: its defaults are those of decoding without an array to decode into.
pub fn aec(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::Aec(AecSpec {
        bits_per_sample: whole(config, "bitspersample", Some(8))?,
        block_size: whole(config, "blocksize", Some(8))?,
        blocks_per_interval: whole(config, "rsi", Some(2))?,
        flags: whole(config, "flags", Some(PREPROCESS))?,
    }))
}

/// `imagecodecs_szip`.
pub fn szip(config: &Config) -> Result<CodecSpec> {
    let header = match config.map.get("header") {
        None | Some(Value::Null) => true,
        Some(value) => value.as_bool().ok_or_else(|| config.bad("header"))?,
    };
    Ok(CodecSpec::Szip(SzipSpec {
        options: whole(config, "options_mask", None)?,
        pixels_per_block: whole(config, "pixels_per_block", None)?,
        bits_per_pixel: whole(config, "bits_per_pixel", None)?,
        pixels_per_scanline: whole(config, "pixels_per_scanline", None)?,
        header,
    }))
}

/// `grib`: any variable but `latitude` and `longitude` stands for the values.
pub fn grib(config: &Config) -> Result<CodecSpec> {
    let part = match config.text("var")? {
        Some("latitude") => GribPart::Latitudes,
        Some("longitude") => GribPart::Longitudes,
        Some(_) => GribPart::Values,
        None => return Err(config.bad("var")),
    };
    let double = match config.text("dtype")? {
        None => part != GribPart::Values,
        Some("float64" | "<f8" | "f8" | "=f8") => true,
        Some("float32" | "<f4" | "f4" | "=f4") => false,
        Some(other) => return Err(config.bad(&format!("dtype {other:?}"))),
    };
    Ok(CodecSpec::Grib(GribSpec { part, double }))
}

/// A member that is a whole number of 32 bits; null is absent.
fn whole(config: &Config, key: &str, default: Option<u32>) -> Result<u32> {
    let number = match config.map.get(key) {
        None | Some(Value::Null) => default,
        Some(value) => value.as_u64().and_then(|n| u32::try_from(n).ok()),
    };
    number.ok_or_else(|| config.bad(key))
}
