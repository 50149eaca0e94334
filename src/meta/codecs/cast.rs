//! The configurations of `cast_value` and `scale_offset` (zarr-extensions).

use super::CodecSpec;
use super::parse::Config;
use crate::array::{DType, parse_fill};
use crate::error::{Result, unsupported};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a value that the target type does not hold becomes one that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Rounding {
    NearestEven,
    TowardsZero,
    TowardsPositive,
    TowardsNegative,
    NearestAway,
}

/// What becomes of a value outside the target type's range; without a rule it is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum OutOfRange {
    Clamp,
    Wrap,
}

/// A conversion of numbers, as decoding does it: from the stored type to the array's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CastValue {
    /// The array's type.
    pub decoded: DType,
    /// The stored type.
    pub encoded: DType,
    /// For values between two of the target's.
    pub rounding: Rounding,
    /// For values beyond the target's.
    pub out_of_range: Option<OutOfRange>,
    /// Stored values with an image of their own; both little-endian.
    pub map: Vec<(Vec<u8>, Vec<u8>)>,
}

/// `decoded = encoded / scale + offset`, in the arithmetic of one type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleOffset {
    /// The type before and after.
    pub dtype: DType,
    /// One element, little-endian; without it nothing is divided.
    pub scale: Option<Vec<u8>>,
    /// One element, little-endian; without it nothing is added.
    pub offset: Option<Vec<u8>>,
}

/// The most entries of a scalar map: a value of 16 bits may have one each.
const MAX_MAP: usize = 1 << 16;

pub fn cast_value(config: &Config) -> Result<CodecSpec> {
    only(config, &["data_type", "rounding", "out_of_range", "scalar_map"])?;
    let decoded = real(config.decoded, config)?;
    let data_type = config.map.get("data_type").ok_or_else(|| config.bad("no data_type"))?;
    let name = data_type.as_str().or_else(|| data_type.get("name")?.as_str()).ok_or_else(|| config.bad("data_type"))?;
    let encoded = DType::parse_v3(name).ok_or_else(|| unsupported(format!("cast_value to {name:?}")))?;
    let encoded = real(Some(encoded), config)?;
    let rounding = match config.text("rounding")? {
        None | Some("nearest-even") => Rounding::NearestEven,
        Some("towards-zero") => Rounding::TowardsZero,
        Some("towards-positive") => Rounding::TowardsPositive,
        Some("towards-negative") => Rounding::TowardsNegative,
        Some("nearest-away") => Rounding::NearestAway,
        Some(other) => return Err(config.bad(&format!("rounding {other:?}"))),
    };
    let out_of_range = match config.text("out_of_range")? {
        None => None,
        Some("clamp") => Some(OutOfRange::Clamp),
        Some("wrap") => Some(OutOfRange::Wrap),
        Some(other) => return Err(config.bad(&format!("out_of_range {other:?}"))),
    };
    let pairs = match config.map.get("scalar_map").and_then(|map| map.get("decode")) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(pairs)) if pairs.len() <= MAX_MAP => pairs.as_slice(),
        Some(_) => return Err(config.bad("scalar_map")),
    };
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([from, to]) => Ok((parse_fill(from, encoded)?, parse_fill(to, decoded)?)),
        _ => Err(config.bad("scalar_map")),
    };
    let map = pairs.iter().map(pair).collect::<Result<_>>()?;
    Ok(CodecSpec::CastValue(Box::new(CastValue { decoded, encoded, rounding, out_of_range, map })))
}

pub fn scale_offset(config: &Config) -> Result<CodecSpec> {
    only(config, &["scale", "offset"])?;
    let dtype = real(config.decoded, config)?;
    let scalar = |key: &str| config.map.get(key).map(|value| parse_fill(value, dtype)).transpose();
    let (scale, offset) = (scalar("scale")?, scalar("offset")?);
    if scale.as_ref().is_some_and(|bytes| bytes.iter().all(|b| *b == 0)) {
        return Err(config.bad("a scale of zero"));
    }
    Ok(CodecSpec::ScaleOffset(ScaleOffset { dtype, scale, offset }))
}

/// The spec's rule: a member that is not known makes the metadata invalid.
fn only(config: &Config, known: &[&str]) -> Result<()> {
    match config.map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(config.bad(&format!("the member {key:?} is not known"))),
        None => Ok(()),
    }
}

fn real(dtype: Option<DType>, config: &Config) -> Result<DType> {
    let dtype = dtype.ok_or_else(|| config.bad("only in Zarr v3"))?;
    if dtype.is_integer() || dtype.is_float() {
        Ok(dtype)
    } else {
        Err(unsupported(format!("numbers of {}", dtype.name())))
    }
}
