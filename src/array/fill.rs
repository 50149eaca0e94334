//! Fill values: from the many ways in which JSON metadata writes one to the little-endian bytes of one element.
//!
//! Zarr v2: numbers, "NaN", "Infinity", "-Infinity", base64 for byte strings. v3: also hexadecimal bit patterns
//! ("0x7fc00000"), complex pairs, and arrays of bytes. Spec: zarr v3 core, "Fill value representation".

use super::dtype::DType;
use super::record::Field;
use crate::error::{Result, invalid_metadata};
use base64::Engine as _;
use half::f16;
use serde_json::Value;

/// The bytes of one element, little-endian. `null` is all zeros (Zarr v2: undefined; every reader takes zero).
///
/// # Errors
/// `invalid_metadata` for a value that the type cannot hold.
pub fn parse_fill(value: &Value, dtype: DType) -> Result<Vec<u8>> {
    let bad = || invalid_metadata(format!("fill_value {value} for {}", dtype.name()));
    if dtype.is_variable() {
        return variable(value, dtype).ok_or_else(bad);
    }
    if value.is_null() {
        return Ok(vec![0; dtype.size()]);
    }
    let bytes = match dtype {
        DType::Bool => match value {
            Value::Bool(b) => vec![u8::from(*b)],
            Value::Number(n) => vec![u8::from(n.as_f64() != Some(0.0))],
            _ => return Err(bad()),
        },
        DType::Float16 | DType::Float32 | DType::Float64 => float(value, dtype).ok_or_else(bad)?,
        DType::Complex64 | DType::Complex128 => {
            let part = if dtype == DType::Complex64 { DType::Float32 } else { DType::Float64 };
            match value {
                Value::Array(parts) if parts.len() == 2 => {
                    let mut bytes = Vec::with_capacity(dtype.size());
                    for p in parts {
                        bytes.extend(float(p, part).ok_or_else(bad)?);
                    }
                    bytes
                }
                Value::Number(_) => {
                    let mut bytes = float(value, part).ok_or_else(bad)?;
                    bytes.resize(dtype.size(), 0);
                    bytes
                }
                Value::String(text) => base64_exact(text, dtype.size()).ok_or_else(bad)?,
                _ => return Err(bad()),
            }
        }
        DType::Datetime64(..) | DType::Timedelta64(..) => match value {
            Value::String(text) if text == "NaT" => i64::MIN.to_le_bytes().to_vec(),
            _ => integer(value, DType::Int64).ok_or_else(bad)?,
        },
        DType::Bytes(n) | DType::Raw(n) | DType::Record(n) => match value {
            Value::String(text) => {
                let raw = base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| bad())?;
                padded(raw, n as usize).ok_or_else(bad)?
            }
            Value::Number(n0) if n0.as_i64() == Some(0) => vec![0; n as usize],
            Value::Array(items) => {
                let raw: Option<Vec<u8>> = items.iter().map(|b| u8::try_from(b.as_u64()?).ok()).collect();
                padded(raw.ok_or_else(bad)?, n as usize).ok_or_else(bad)?
            }
            _ => return Err(bad()),
        },
        DType::Unicode(n) => match value {
            Value::String(text) => {
                let raw = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
                padded(raw, 4 * n as usize).ok_or_else(bad)?
            }
            Value::Number(n0) if n0.as_i64() == Some(0) => vec![0; dtype.size()],
            _ => return Err(bad()),
        },
        _ => integer(value, dtype).ok_or_else(bad)?,
    };
    Ok(bytes)
}

/// The bytes of one record: as of any element, or field by field from an object of their names.
///
/// # Errors
/// `invalid_metadata`.
pub fn parse_record_fill(value: &Value, dtype: DType, fields: &[Field]) -> Result<Vec<u8>> {
    let Value::Object(map) = value else { return parse_fill(value, dtype) };
    let mut bytes = vec![0; dtype.size()];
    for field in fields {
        let Some(own) = map.get(&field.name) else { continue };
        let element = parse_record_fill(own, field.dtype, &field.fields)?;
        let start = field.offset as usize;
        let Some(place) = bytes.get_mut(start..start.saturating_add(field.len_bytes())) else { continue };
        if !element.is_empty() {
            place.chunks_exact_mut(element.len()).for_each(|item| item.copy_from_slice(&element));
        }
    }
    Ok(bytes)
}

/// An element of variable length: text, a byte string in base64 or as a list, any JSON. Nothing, and zarr-python's 0 for
/// objects, are the empty one.
fn variable(value: &Value, dtype: DType) -> Option<Vec<u8>> {
    Some(match (dtype, value) {
        (DType::Object, _) => value.to_string().into_bytes(),
        (_, Value::Null) => Vec::new(),
        (_, Value::Number(n)) if n.as_f64() == Some(0.0) => Vec::new(),
        (DType::Text, Value::String(text)) => text.clone().into_bytes(),
        (DType::Blob, Value::String(text)) => base64::engine::general_purpose::STANDARD.decode(text).ok()?,
        (DType::Blob, Value::Array(items)) => {
            items.iter().map(|b| u8::try_from(b.as_u64()?).ok()).collect::<Option<Vec<u8>>>()?
        }
        _ => return None,
    })
}

fn padded(mut raw: Vec<u8>, len: usize) -> Option<Vec<u8>> {
    if raw.len() > len {
        return None;
    }
    raw.resize(len, 0);
    Some(raw)
}

fn base64_exact(text: &str, len: usize) -> Option<Vec<u8>> {
    let raw = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    (raw.len() == len).then_some(raw)
}

/// Little-endian bytes from a hexadecimal bit pattern, most significant digit first.
fn hex_pattern(text: &str, size: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    if digits.is_empty() || digits.len() > 2 * size {
        return None;
    }
    let pattern = u64::from_str_radix(digits, 16).ok()?;
    pattern.to_le_bytes().get(..size).map(<[u8]>::to_vec)
}

fn float(value: &Value, dtype: DType) -> Option<Vec<u8>> {
    let x = match value {
        Value::Number(n) => n.as_f64()?,
        Value::String(text) => match text.as_str() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => return hex_pattern(text, dtype.size()).or_else(|| base64_exact(text, dtype.size())),
        },
        Value::Bool(b) => f64::from(u8::from(*b)),
        _ => return None,
    };
    #[allow(clippy::cast_possible_truncation)] // rounding to the stored width is what is asked for
    Some(match dtype {
        DType::Float16 => f16::from_f64(x).to_le_bytes().to_vec(),
        DType::Float32 => (x as f32).to_le_bytes().to_vec(),
        _ => x.to_le_bytes().to_vec(),
    })
}

fn integer(value: &Value, dtype: DType) -> Option<Vec<u8>> {
    let n: i128 = match value {
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(n), _) => n.into(),
            (_, Some(n)) => n.into(),
            _ => whole(n.as_f64()?)?,
        },
        Value::Bool(b) => i128::from(*b),
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    Some(match dtype {
        DType::Int8 => i8::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::Int16 => i16::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::Int32 => i32::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::Int64 => i64::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::UInt8 => u8::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::UInt16 => u16::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::UInt32 => u32::try_from(n).ok()?.to_le_bytes().to_vec(),
        DType::UInt64 => u64::try_from(n).ok()?.to_le_bytes().to_vec(),
        _ => return None,
    })
}

/// A double that is a whole number, as `fill_value: 0.0` on an integer array is.
#[allow(clippy::cast_possible_truncation)] // guarded: whole, and below 2^63
fn whole(x: f64) -> Option<i128> {
    (x.fract() == 0.0 && x.abs() < 9.3e18).then_some(x as i128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_spelling() {
        let f = |v: Value, d| parse_fill(&v, d).map_err(|e| e.to_string());
        assert_eq!(f(json!("0x7fc00001"), DType::Float32), Ok(0x7fc0_0001u32.to_le_bytes().to_vec()));
        assert_eq!(f(json!("-Infinity"), DType::Float64), Ok(f64::NEG_INFINITY.to_le_bytes().to_vec()));
        assert_eq!(f(json!(9007199254740993i64), DType::Int64), Ok(9007199254740993i64.to_le_bytes().to_vec()));
        assert_eq!(f(json!(18446744073709551615u64), DType::UInt64), Ok(vec![255; 8]));
        assert_eq!(f(json!(null), DType::Int16), Ok(vec![0, 0]));
        assert_eq!(f(json!("eHk="), DType::Bytes(3)), Ok(b"xy\0".to_vec()));
        assert_eq!(
            f(json!("NaT"), DType::Datetime64(super::super::TimeUnit::Second, 1)),
            Ok(i64::MIN.to_le_bytes().to_vec())
        );
        assert!(f(json!(300), DType::UInt8).is_err());
        assert!(f(json!("nonsense"), DType::Float32).is_err());
    }
}
