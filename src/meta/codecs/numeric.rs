//! The configurations of filters that compute with elements.

use super::CodecSpec;
use super::parse::Config;
use crate::array::{DType, Endian};
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// A filter's two types, each with its byte order in the filter's own input and output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePair {
    /// The decoded type.
    pub dtype: DType,
    /// Its byte order.
    pub endian: Endian,
    /// The encoded type.
    pub astype: DType,
    /// Its byte order.
    pub as_endian: Endian,
}

pub fn delta(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::Delta(type_pair(config, "dtype", "astype")?))
}

pub fn fixed_scale_offset(config: &Config) -> Result<CodecSpec> {
    let types = type_pair(config, "dtype", "astype")?;
    Ok(CodecSpec::FixedScaleOffset { types, scale: config.number("scale")?, offset: config.number("offset")? })
}

pub fn as_type(config: &Config) -> Result<CodecSpec> {
    if config.text("encode_dtype")?.is_none() {
        return Err(config.bad("no encode_dtype"));
    }
    Ok(CodecSpec::AsType(type_pair(config, "decode_dtype", "encode_dtype")?))
}

/// Decoding only converts: the digits were lost on encoding.
pub fn quantize(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::AsType(type_pair(config, "dtype", "astype")?))
}

/// The types under these names; without the second it is the first, and in v3 the first may be left to the array.
fn type_pair(config: &Config, dtype: &str, astype: &str) -> Result<TypePair> {
    let read = |key| config.text(key)?.map(DType::parse_numpy_alias).transpose();
    let array = config.decoded.map(|dtype| (dtype, Endian::Little));
    let (dtype, endian) = read(dtype)?.or(array).ok_or_else(|| config.bad("no dtype"))?;
    let (astype, as_endian) = read(astype)?.unwrap_or((dtype, endian));
    if config.decoded.is_some() {
        // In v3 a filter meets values, not bytes: byte order is the business of `bytes`.
        return Ok(TypePair { dtype, endian: Endian::Little, astype, as_endian: Endian::Little });
    }
    Ok(TypePair { dtype, endian, astype, as_endian })
}
