//! The configurations of `bytes` and `transpose`.

use super::CodecSpec;
use super::parse::Config;
use crate::array::{DType, Endian};
use crate::error::{Result, unsupported};
use serde_json::Value;

pub fn bytes(config: &Config) -> Result<CodecSpec> {
    Ok(CodecSpec::Bytes(match config.text("endian")? {
        Some("little") | None => Endian::Little,
        Some("big") => Endian::Big,
        Some(other) => return Err(config.bad(&format!("endian {other:?}"))),
    }))
}

pub fn transpose(config: &Config) -> Result<CodecSpec> {
    let order = permutation(config.map.get("order")).ok_or_else(|| config.bad("order"))?;
    Ok(CodecSpec::Transpose(order))
}

/// numcodecs' filter for booleans.
pub fn pack_bits(config: &Config) -> Result<CodecSpec> {
    match config.decoded {
        None | Some(DType::Bool) => Ok(CodecSpec::PackBits),
        Some(other) => Err(unsupported(format!("packbits of {}", other.name()))),
    }
}

fn permutation(value: Option<&Value>) -> Option<Vec<usize>> {
    let order: Vec<usize> =
        value?.as_array()?.iter().map(|n| usize::try_from(n.as_u64()?).ok()).collect::<Option<_>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.iter().enumerate().all(|(i, &n)| i == n).then_some(order)
}
