//! The configurations of imagecodecs' predictors and shuffles, as tifffile's references name them.

use super::CodecSpec;
use super::parse::Config;
use crate::array::{DType, Endian};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How elements lie along a predicted axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Elements along the axis; nothing if all are in one row.
    pub along: Option<u64>,
    /// From one element along the axis to the next.
    pub inner: u64,
    /// Steps along the axis from an element to the one that it was predicted from.
    pub dist: u64,
    /// The element type.
    pub dtype: DType,
    /// Its byte order.
    pub endian: Endian,
}

/// Bytes of equal significance together, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteShuffle {
    /// The rows.
    pub rows: Rows,
    /// Differences of bytes follow.
    pub delta: bool,
    /// The most significant bytes come first, whatever the type's byte order.
    pub high_first: bool,
}

/// Bits of equal significance together, block by block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BitShuffle {
    /// Bytes of an element.
    pub item_size: usize,
    /// Elements of a block, in eights; 0 is bitshuffle's own choice.
    pub block_size: usize,
}

pub fn delta(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::RowsDelta(rows(config)?))
}

/// TIFF's floating-point predictor is a byte shuffle with the sign first, and differences.
pub fn float_predictor(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::RowsShuffle(ByteShuffle { rows: rows(config)?, delta: true, high_first: true }))
}

pub fn byte_shuffle(config: &Config) -> Result<CodecSpec> {
    let (delta, high_first) = (config.flag("delta")?, config.flag("reorder")?);
    Ok(CodecSpec::RowsShuffle(ByteShuffle { rows: rows(config)?, delta, high_first }))
}

pub fn bit_shuffle(config: &Config) -> Result<CodecSpec> {
    let number = |key: &str, otherwise: u64, most: u64| {
        let n = config.map.get(key).filter(|v| !v.is_null()).map_or(Some(otherwise), Value::as_u64);
        n.filter(|n| *n <= most).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| config.bad(key))
    };
    let (item_size, block_size) = (number("itemsize", 1, 4096)?, number("blocksize", 0, 1 << 20)?);
    if item_size == 0 || !block_size.is_multiple_of(8) {
        return Err(config.bad("blocks of whole eights of elements"));
    }
    Ok(CodecSpec::BitShuffle(BitShuffle { item_size, block_size }))
}

fn rows(config: &Config) -> Result<Rows> {
    let dtype = config.text("dtype")?.map(DType::parse_numpy_alias).transpose()?;
    let array = config.decoded.map(|dtype| (dtype, Endian::Little));
    let (dtype, endian) = dtype.or(array).unwrap_or((DType::UInt8, Endian::Little));
    if !(dtype.is_integer() || dtype.is_float()) {
        return Err(config.bad("neither integers nor floats"));
    }
    let dist = config.map.get("dist").map_or(Some(1), Value::as_u64);
    let dist = dist.filter(|n| (1..=1 << 20).contains(n)).ok_or_else(|| config.bad("dist"))?;
    let shape = match config.map.get("shape") {
        None | Some(Value::Null) => return Ok(Rows { along: None, inner: 1, dist, dtype, endian }),
        Some(shape) => {
            let list = shape.as_array().and_then(|list| list.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>());
            list.ok_or_else(|| config.bad("shape"))?
        }
    };
    let axis = config.map.get("axis").map_or(Some(-1), Value::as_i64);
    let from_end = |axis: i64| shape.len().checked_sub(usize::try_from(axis.unsigned_abs()).ok()?);
    let axis = axis.and_then(|axis| if axis < 0 { from_end(axis) } else { usize::try_from(axis).ok() });
    let (along, behind) = axis.and_then(|axis| shape.get(axis..)?.split_first()).ok_or_else(|| config.bad("axis"))?;
    let inner = crate::error::product(behind, "shape")?;
    Ok(Rows { along: Some(*along), inner, dist, dtype, endian })
}
