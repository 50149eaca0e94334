//! Little-endian bytes to numbers.

use super::dtype::DType;
use half::f16;

/// Reads elements as float64, as many as fit. False for types that are no real numbers.
///
/// Exact for all types but 64-bit integers beyond 2^53, which round to nearest.
#[allow(clippy::cast_precision_loss)]
pub fn read_f64(bytes: &[u8], dtype: DType, out: &mut [f64]) -> bool {
    macro_rules! each {
        ($type:ty, $size:literal, $convert:expr) => {
            for (x, raw) in out.iter_mut().zip(bytes.as_chunks::<$size>().0) {
                *x = $convert(<$type>::from_le_bytes(*raw));
            }
        };
    }
    match dtype {
        DType::Bool => each!(u8, 1, |b| f64::from(u8::from(b != 0))),
        DType::Int8 => each!(i8, 1, f64::from),
        DType::UInt8 => each!(u8, 1, f64::from),
        DType::Int16 => each!(i16, 2, f64::from),
        DType::UInt16 => each!(u16, 2, f64::from),
        DType::Int32 => each!(i32, 4, f64::from),
        DType::UInt32 => each!(u32, 4, f64::from),
        DType::Int64 => each!(i64, 8, |n| n as f64),
        DType::UInt64 => each!(u64, 8, |n| n as f64),
        DType::Float16 => each!(f16, 2, f16::to_f64),
        DType::Float32 => each!(f32, 4, f64::from),
        DType::Float64 => each!(f64, 8, |x| x),
        _ => return false,
    }
    true
}

/// Reads 64-bit integers exactly, as many as fit. False for other types.
pub fn read_wide(bytes: &[u8], dtype: DType, out: &mut [i128]) -> bool {
    let chunks = bytes.as_chunks::<8>().0;
    match dtype {
        DType::Int64 => out.iter_mut().zip(chunks).for_each(|(n, raw)| *n = i64::from_le_bytes(*raw).into()),
        DType::UInt64 => out.iter_mut().zip(chunks).for_each(|(n, raw)| *n = u64::from_le_bytes(*raw).into()),
        _ => return false,
    }
    true
}
