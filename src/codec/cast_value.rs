//! Undoing `cast_value` and `scale_offset` (zarr-extensions). Elements are little-endian on both sides.

use super::numeric::{read_integer, read_number, write_integer, write_number};
use crate::array::{DType, Endian};
use crate::error::{Result, corrupt, unsupported};
use crate::meta::{CastValue, OutOfRange, Rounding, ScaleOffset};

const LITTLE: Endian = Endian::Little;
/// Integers up to here are doubles too.
const EXACT: u128 = 1 << 53;

/// Converts each stored number to the array's type.
///
/// # Errors
/// `corrupt_chunk` for a number that the array's type does not hold and no rule of the configuration covers.
pub fn decode_cast_value(input: &[u8], spec: &CastValue) -> Result<Vec<u8>> {
    let size = spec.encoded.size().max(1);
    let mut out = Vec::with_capacity(input.len() / size * spec.decoded.size());
    let is_nan = |bytes: &[u8]| -> Result<bool> {
        Ok(spec.encoded.is_float() && read_number(bytes, spec.encoded, LITTLE)?.is_nan())
    };
    let mut nan_image = None;
    let mut images = std::collections::BTreeMap::new();
    for (from, to) in &spec.map {
        if is_nan(from)? {
            nan_image.get_or_insert(to);
        } else {
            images.entry(from.as_slice()).or_insert(to);
        }
    }
    for element in input.chunks_exact(size) {
        let image = match images.get(element) {
            None if nan_image.is_some() && is_nan(element)? => nan_image,
            found => found.copied(),
        };
        match image {
            Some(image) => out.extend_from_slice(image),
            None if spec.encoded.is_integer() => {
                from_integer(read_integer(element, spec.encoded, LITTLE)?, spec, &mut out)?
            }
            None => from_float(read_number(element, spec.encoded, LITTLE)?, spec, &mut out)?,
        }
    }
    Ok(out)
}

fn beyond(x: impl std::fmt::Display, dtype: DType) -> crate::error::Error {
    corrupt(format!("{x} is no {}, and the configuration has no rule for it", dtype.name()))
}

fn from_integer(n: i128, spec: &CastValue, out: &mut Vec<u8>) -> Result<()> {
    if spec.decoded.is_float() {
        // Beyond, rounding to a double and then to a narrower type would round twice.
        if n.unsigned_abs() > EXACT && spec.decoded != DType::Float64 {
            return Err(unsupported(format!("{n} as a {}", spec.decoded.name())));
        }
        #[allow(clippy::cast_precision_loss)] // the nearest double, ties to even
        let x = n as f64;
        if n.unsigned_abs() > EXACT && spec.rounding != Rounding::NearestEven {
            return Err(unsupported("cast_value from wide integers to floats, other than to the nearest"));
        }
        return from_float(x, spec, out);
    }
    let (least, most) = range(spec.decoded);
    let n = match spec.out_of_range {
        _ if (least..=most).contains(&n) => n,
        Some(OutOfRange::Clamp) => n.clamp(least, most),
        Some(OutOfRange::Wrap) => n, // the low bytes are written
        None => return Err(beyond(n, spec.decoded)),
    };
    write_integer(n, spec.decoded, LITTLE, out)
}

fn from_float(x: f64, spec: &CastValue, out: &mut Vec<u8>) -> Result<()> {
    if spec.decoded.is_float() {
        let start = out.len();
        write_number(x, spec.decoded, LITTLE, out)?;
        let y = read_number(out.get(start..).unwrap_or_default(), spec.decoded, LITTLE)?;
        if y == x || x.is_nan() {
            return Ok(());
        }
        if spec.rounding != Rounding::NearestEven {
            return Err(unsupported("cast_value to a narrower float, other than to the nearest"));
        }
        return if y.is_finite() || spec.out_of_range == Some(OutOfRange::Clamp) {
            Ok(())
        } else {
            Err(beyond(x, spec.decoded))
        };
    }
    if !x.is_finite() {
        return Err(beyond(x, spec.decoded));
    }
    let whole = match spec.rounding {
        Rounding::NearestEven => x.round_ties_even(),
        Rounding::TowardsZero => x.trunc(),
        Rounding::TowardsPositive => x.ceil(),
        Rounding::TowardsNegative => x.floor(),
        Rounding::NearestAway => x.round(),
    };
    // Doubles beyond 2^126 are multiples of any modulus here.
    let whole = if whole.abs() < 2f64.powi(126) {
        #[allow(clippy::cast_possible_truncation)] // it is whole and within range
        let whole = whole as i128;
        whole
    } else {
        match spec.out_of_range {
            Some(OutOfRange::Wrap) => 0,
            _ if whole < 0.0 => i128::MIN,
            _ => i128::MAX,
        }
    };
    from_integer(whole, spec, out)
}

/// The least and the greatest value of an integer type.
fn range(dtype: DType) -> (i128, i128) {
    let bits = 8 * dtype.size().min(8);
    if dtype.is_signed() { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
}

/// Divides by the scale and adds the offset, in the array's own type.
///
/// # Errors
/// `corrupt_chunk` for an integer that the scale does not divide, or a result that the type does not hold.
pub fn decode_scale_offset(input: Vec<u8>, spec: &ScaleOffset) -> Result<Vec<u8>> {
    if spec.scale.is_none() && spec.offset.is_none() {
        return Ok(input);
    }
    let dtype = spec.dtype;
    let mut out = Vec::with_capacity(input.len());
    if dtype.is_integer() {
        let number = |bytes: &Option<Vec<u8>>, otherwise| {
            bytes.as_ref().map_or(Ok(otherwise), |bytes| read_integer(bytes, dtype, LITTLE))
        };
        let (scale, offset) = (number(&spec.scale, 1)?, number(&spec.offset, 0)?);
        let (least, most) = range(dtype);
        for element in input.chunks_exact(dtype.size().max(1)) {
            let n = read_integer(element, dtype, LITTLE)?;
            let quotient = n.checked_div(scale).filter(|q| q * scale == n);
            let quotient = quotient.ok_or_else(|| corrupt(format!("{n} / {scale} is no {}", dtype.name())))?;
            let sum = quotient + offset;
            if !(least..=most).contains(&sum) {
                return Err(beyond(sum, dtype));
            }
            write_integer(sum, dtype, LITTLE, &mut out)?;
        }
        return Ok(out);
    }
    let number = |bytes: &Option<Vec<u8>>, otherwise| {
        bytes.as_ref().map_or(Ok(otherwise), |bytes| read_number(bytes, dtype, LITTLE))
    };
    let (scale, offset) = (number(&spec.scale, 1.0)?, number(&spec.offset, 0.0)?);
    for element in input.chunks_exact(dtype.size().max(1)) {
        let x = read_number(element, dtype, LITTLE)?;
        // A double holds twice the digits of a float32 and more: rounding it once more to the type is the type's own
        // arithmetic.
        let y = rounded(rounded(x / scale, dtype) + offset, dtype);
        if x.is_finite() && !y.is_finite() {
            return Err(beyond(y, dtype));
        }
        write_number(y, dtype, LITTLE, &mut out)?;
    }
    Ok(out)
}

fn rounded(x: f64, dtype: DType) -> f64 {
    #[allow(clippy::cast_possible_truncation)] // the type's own precision
    match dtype {
        DType::Float16 => half::f16::from_f64(x).to_f64(),
        DType::Float32 => (x as f32).into(),
        _ => x,
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::meta::CodecSpec;
    use serde_json::{Value, json};

    fn cast(configuration: Value, decoded: DType, input: &[u8]) -> Result<Vec<u8>> {
        match CodecSpec::parse_v3(&json!({"name": "cast_value", "configuration": configuration}), decoded)? {
            CodecSpec::CastValue(spec) => decode_cast_value(input, &spec),
            other => Err(corrupt(other.name())),
        }
    }

    #[test]
    fn the_examples_of_the_spec() {
        let x = 128f64.to_le_bytes();
        let to_int8 = |rule: Value| cast(json!({"data_type": "float64", "out_of_range": rule}), DType::Int8, &x);
        assert!(to_int8(Value::Null).is_err());
        assert_eq!(to_int8(json!("clamp")), Ok(vec![127]));
        assert_eq!(to_int8(json!("wrap")), Ok(vec![0x80]));
        for (from, to) in [(32768i32, -32768i16), (32769, -32767), (-32769, 32767)] {
            let wrapped =
                cast(json!({"data_type": "int32", "out_of_range": "wrap"}), DType::Int16, &from.to_le_bytes());
            assert_eq!(wrapped, Ok(to.to_le_bytes().to_vec()));
        }
        let map = json!({"data_type": "uint8", "scalar_map": {"encode": [["NaN", 0]], "decode": [[0, "NaN"]]}});
        let bytes = cast(map, DType::Float64, &[0, 7]).unwrap_or_default();
        assert!(f64::from_le_bytes(bytes[..8].try_into().unwrap_or_default()).is_nan());
        assert_eq!(bytes[8..], 7f64.to_le_bytes());
    }

    #[test]
    fn roundings() {
        let input: Vec<u8> = [-2.5f64, -1.5, -0.2, 0.5, 1.5, 2.7].iter().flat_map(|x| x.to_le_bytes()).collect();
        for (rounding, expected) in [
            ("nearest-even", [-2i8, -2, 0, 0, 2, 3]),
            ("towards-zero", [-2, -1, 0, 0, 1, 2]),
            ("towards-positive", [-2, -1, 0, 1, 2, 3]),
            ("towards-negative", [-3, -2, -1, 0, 1, 2]),
            ("nearest-away", [-3, -2, 0, 1, 2, 3]),
        ] {
            let got = cast(json!({"data_type": "float64", "rounding": rounding}), DType::Int8, &input);
            assert_eq!(got, Ok(expected.map(|n| n.to_le_bytes()[0]).to_vec()), "{rounding}");
        }
    }

    #[test]
    fn what_cannot_be_is_an_error() {
        let nan = f64::NAN.to_le_bytes();
        assert!(cast(json!({"data_type": "float64", "out_of_range": "clamp"}), DType::Int8, &nan).is_err());
        assert!(cast(json!({"data_type": "float64"}), DType::Float32, &1e300f64.to_le_bytes()).is_err());
        let infinite =
            cast(json!({"data_type": "float64", "out_of_range": "clamp"}), DType::Float32, &1e300f64.to_le_bytes());
        assert_eq!(infinite, Ok(f32::INFINITY.to_le_bytes().to_vec()));
        for bad in [
            json!({}),
            json!({"data_type": "complex64"}),
            json!({"data_type": "int8", "more": 1}),
            json!({"data_type": "int8", "rounding": "up"}),
        ] {
            assert!(cast(bad.clone(), DType::Int8, &[]).is_err(), "{bad}");
        }
    }

    #[test]
    fn scales_and_offsets() {
        let decode = |configuration: Value, dtype, input: &[u8]| match CodecSpec::parse_v3(
            &json!({"name": "scale_offset", "configuration": configuration}),
            dtype,
        )? {
            CodecSpec::ScaleOffset(spec) => decode_scale_offset(input.to_vec(), &spec),
            other => Err(corrupt(other.name())),
        };
        let floats = decode(json!({"scale": 0.1, "offset": 5}), DType::Float32, &3f32.to_le_bytes());
        assert_eq!(floats, Ok((3f32 / 0.1f32 + 5f32).to_le_bytes().to_vec()));
        assert_eq!(decode(json!({"offset": 1000}), DType::UInt16, &[5, 0]), Ok(1005u16.to_le_bytes().to_vec()));
        assert_eq!(decode(json!({}), DType::UInt8, &[5]), Ok(vec![5]));
        assert!(decode(json!({"scale": 2}), DType::UInt8, &[5]).is_err(), "5 / 2 is no integer");
        assert!(decode(json!({"offset": 255}), DType::UInt8, &[5]).is_err());
        assert!(decode(json!({"scale": 0}), DType::UInt8, &[5]).is_err());
    }
}
