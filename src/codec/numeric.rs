//! numcodecs' numeric filters: `delta` and `fixedscaleoffset`.
//!
//! Arithmetic is numpy's: delta adds in the decoded type and wraps; fixedscaleoffset divides and adds in float64 for
//! integers, in the float type itself otherwise.

use crate::array::{DType, Endian};
use crate::error::{Result, corrupt, unsupported};
use crate::meta::TypePair;
use half::f16;

/// Undoes `delta`: the first element as it is, then running sums.
pub fn decode_delta(input: &[u8], types: &TypePair) -> Result<Vec<u8>> {
    let &TypePair { dtype, endian, astype, as_endian } = types;
    let mut out = Vec::with_capacity(input.len() / astype.size().max(1) * dtype.size());
    if dtype == DType::Bool && astype == DType::Bool {
        // numpy's sum of booleans is their disjunction, whatever the encoder's differences meant.
        out.extend(input.iter().scan(0, |seen, byte| {
            *seen |= u8::from(*byte != 0);
            Some(*seen)
        }));
    } else if dtype.is_integer() && astype.is_integer() {
        let mut sum: i128 = 0;
        for element in input.chunks_exact(astype.size()) {
            sum = sum.wrapping_add(read_integer(element, astype, as_endian)?);
            write_integer(sum, dtype, endian, &mut out)?;
        }
    } else if dtype == DType::Float32 && astype == DType::Float32 {
        let mut sum: Option<f32> = None;
        for element in input.chunks_exact(4) {
            #[allow(clippy::cast_possible_truncation)] // it was widened from float32
            let x = read_number(element, astype, as_endian)? as f32;
            let next = sum.map_or(x, |s| s + x);
            sum = Some(next);
            write_number(next.into(), dtype, endian, &mut out)?;
        }
    } else {
        let mut sum: Option<f64> = None;
        for element in input.chunks_exact(astype.size()) {
            let x = read_number(element, astype, as_endian)?;
            let next = sum.map_or(x, |s| s + x);
            sum = Some(next);
            write_number(next, dtype, endian, &mut out)?;
        }
    }
    Ok(out)
}

/// Undoes `fixedscaleoffset`.
pub fn decode_fixed_scale_offset(input: &[u8], p: &TypePair, scale: f64, offset: f64) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(input.len() / p.astype.size().max(1) * p.dtype.size());
    for element in input.chunks_exact(p.astype.size()) {
        let x = read_number(element, p.astype, p.as_endian)?;
        #[allow(clippy::cast_possible_truncation)] // numpy computes in the encoded float type
        let y = if p.astype == DType::Float32 {
            f64::from(x as f32 / scale as f32 + offset as f32)
        } else {
            x / scale + offset
        };
        write_number(y, p.dtype, p.endian, &mut out)?;
    }
    Ok(out)
}

/// Undoes `astype` and `quantize`: a conversion from the stored type.
pub fn decode_as_type(input: &[u8], types: &TypePair) -> Result<Vec<u8>> {
    let &TypePair { dtype, endian, astype, as_endian } = types;
    let mut out = Vec::with_capacity(input.len() / astype.size().max(1) * dtype.size());
    let is_whole = |dtype: DType| dtype.is_integer() || dtype == DType::Bool;
    for element in input.chunks_exact(astype.size().max(1)) {
        if is_whole(astype) {
            let n = read_integer(element, astype, as_endian)?;
            #[allow(clippy::cast_precision_loss)] // one rounding, to the type asked for
            match dtype {
                DType::Bool => write_integer(i128::from(n != 0), dtype, endian, &mut out)?,
                DType::Float32 => write_number((n as f32).into(), dtype, endian, &mut out)?,
                _ if dtype.is_float() => write_number(n as f64, dtype, endian, &mut out)?,
                _ => write_integer(n, dtype, endian, &mut out)?,
            }
        } else {
            let x = read_number(element, astype, as_endian)?;
            match dtype {
                DType::Bool => write_integer(i128::from(x != 0.0), dtype, endian, &mut out)?,
                _ => write_number(x, dtype, endian, &mut out)?,
            }
        }
    }
    Ok(out)
}

/// The element's bytes, least significant first.
fn little<const N: usize>(element: &[u8], endian: Endian) -> Result<[u8; N]> {
    let mut bytes: [u8; N] = element.try_into().map_err(|_| corrupt("an element cut short"))?;
    if endian == Endian::Big {
        bytes.reverse();
    }
    Ok(bytes)
}

pub(super) fn read_integer(element: &[u8], dtype: DType, endian: Endian) -> Result<i128> {
    Ok(match dtype {
        DType::Int8 => i8::from_le_bytes(little(element, endian)?).into(),
        DType::Int16 => i16::from_le_bytes(little(element, endian)?).into(),
        DType::Int32 => i32::from_le_bytes(little(element, endian)?).into(),
        DType::Int64 => i64::from_le_bytes(little(element, endian)?).into(),
        DType::UInt8 | DType::Bool => u8::from_le_bytes(little(element, endian)?).into(),
        DType::UInt16 => u16::from_le_bytes(little(element, endian)?).into(),
        DType::UInt32 => u32::from_le_bytes(little(element, endian)?).into(),
        DType::UInt64 => u64::from_le_bytes(little(element, endian)?).into(),
        _ => return Err(unsupported(format!("{} in a numeric filter", dtype.name()))),
    })
}

pub(super) fn read_number(element: &[u8], dtype: DType, endian: Endian) -> Result<f64> {
    #[allow(clippy::cast_precision_loss)] // numpy converts to float64 likewise
    Ok(match dtype {
        DType::Float16 => f16::from_le_bytes(little(element, endian)?).to_f64(),
        DType::Float32 => f32::from_le_bytes(little(element, endian)?).into(),
        DType::Float64 => f64::from_le_bytes(little(element, endian)?),
        _ => read_integer(element, dtype, endian)? as f64,
    })
}

/// Writes the low bytes of a two's complement number: wrapping, as numpy does.
pub(super) fn write_integer(n: i128, dtype: DType, endian: Endian, out: &mut Vec<u8>) -> Result<()> {
    let size = dtype.size();
    let bytes = n.to_le_bytes();
    let low = bytes.get(..size).ok_or_else(|| unsupported(dtype.name()))?;
    match endian {
        Endian::Little => out.extend_from_slice(low),
        Endian::Big => out.extend(low.iter().rev()),
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation)] // converting to the declared type is the codec's meaning
pub(super) fn write_number(x: f64, dtype: DType, endian: Endian, out: &mut Vec<u8>) -> Result<()> {
    let mut put = |bytes: &[u8]| match endian {
        Endian::Little => out.extend_from_slice(bytes),
        Endian::Big => out.extend(bytes.iter().rev()),
    };
    match dtype {
        DType::Float16 => put(&f16::from_f64(x).to_le_bytes()),
        DType::Float32 => put(&(x as f32).to_le_bytes()),
        DType::Float64 => put(&x.to_le_bytes()),
        _ if dtype.is_integer() => return write_integer(x as i128, dtype, endian, out),
        _ => return Err(unsupported(format!("{} in a numeric filter", dtype.name()))),
    }
    Ok(())
}
