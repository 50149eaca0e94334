//! Predictors and shuffles of images, as tifffile's references name them (imagecodecs): TIFF's horizontal predictor (2),
//! its floating-point predictor (3), byte shuffles along rows and blockwise bit shuffles.
//!
//! Arithmetic is that of unsigned integers as wide as the elements, floats included; it wraps.

use super::{buffer, unbitshuffle};
use crate::array::Endian;
use crate::error::{Result, corrupt, to_usize};
use crate::meta::{BitShuffle, ByteShuffle, Rows};

/// How the elements of a chunk lie along the predicted axis, in numbers of elements.
struct Layout {
    /// Elements of a row: along the axis and everything behind it.
    row: usize,
    /// From an element to the one that it was predicted from.
    stride: usize,
    /// Bytes of an element.
    size: usize,
}

fn layout(rows: &Rows, len: usize) -> Result<Layout> {
    let inner = to_usize(rows.inner, "elements")?;
    let stride = inner.checked_mul(to_usize(rows.dist, "dist")?).ok_or_else(|| corrupt("dist"))?;
    let size = rows.dtype.size();
    let row = match rows.along {
        Some(along) => to_usize(along, "elements")?.checked_mul(inner).ok_or_else(|| corrupt("a row"))?,
        None => len.checked_div(size).unwrap_or(0),
    };
    let bytes = row.checked_mul(size).ok_or_else(|| corrupt("a row"))?;
    if len > 0 && (bytes == 0 || !len.is_multiple_of(bytes)) {
        return Err(corrupt(format!("{len} bytes in rows of {bytes}")));
    }
    Ok(Layout { row, stride, size })
}

/// Undoes `imagecodecs_delta`: each element is a difference from the one `stride` before it in its row.
pub fn decode_rows_delta(mut bytes: Vec<u8>, rows: &Rows) -> Result<Vec<u8>> {
    let layout = layout(rows, bytes.len())?;
    for row in bytes.chunks_exact_mut((layout.row * layout.size).max(1)) {
        match layout.size {
            1 => add_up(row, layout.stride, |b: [u8; 1]| b[0], |n: u8| [n], u8::wrapping_add),
            2 => match rows.endian {
                Endian::Little => add_up(row, layout.stride, u16::from_le_bytes, u16::to_le_bytes, u16::wrapping_add),
                Endian::Big => add_up(row, layout.stride, u16::from_be_bytes, u16::to_be_bytes, u16::wrapping_add),
            },
            4 => match rows.endian {
                Endian::Little => add_up(row, layout.stride, u32::from_le_bytes, u32::to_le_bytes, u32::wrapping_add),
                Endian::Big => add_up(row, layout.stride, u32::from_be_bytes, u32::to_be_bytes, u32::wrapping_add),
            },
            _ => match rows.endian {
                Endian::Little => add_up(row, layout.stride, u64::from_le_bytes, u64::to_le_bytes, u64::wrapping_add),
                Endian::Big => add_up(row, layout.stride, u64::from_be_bytes, u64::to_be_bytes, u64::wrapping_add),
            },
        }
    }
    Ok(bytes)
}

/// `row[i] += row[i − stride]`, from left to right.
fn add_up<const N: usize, T>(
    row: &mut [u8],
    stride: usize,
    read: fn([u8; N]) -> T,
    write: fn(T) -> [u8; N],
    add: fn(T, T) -> T,
) {
    let (elements, _) = row.as_chunks_mut::<N>();
    for i in stride..elements.len() {
        let (before, at) = (elements.get(i - stride).copied(), elements.get_mut(i));
        if let (Some(before), Some(at)) = (before, at) {
            *at = write(add(read(*at), read(before)));
        }
    }
}

/// Undoes `imagecodecs_floatpred` and `imagecodecs_byteshuffle`: a row is planes of bytes of equal significance, the
/// highest first or as the type's byte order has them; with `delta`, bytes are differences along the whole row.
pub fn decode_rows_shuffle(mut bytes: Vec<u8>, spec: &ByteShuffle) -> Result<Vec<u8>> {
    let Layout { row, stride, size } = layout(&spec.rows, bytes.len())?;
    let mut out = buffer(bytes.len())?;
    let row_bytes = (row * size).max(1);
    for (source, target) in bytes.chunks_exact_mut(row_bytes).zip(out.chunks_exact_mut(row_bytes)) {
        if spec.delta {
            add_up(source, stride, |b: [u8; 1]| b[0], |n: u8| [n], u8::wrapping_add);
        }
        for (plane, source) in source.chunks_exact(row.max(1)).enumerate() {
            let reversed = spec.high_first && spec.rows.endian == Endian::Little;
            let place = if reversed { size - 1 - plane } else { plane };
            for (element, byte) in target.chunks_exact_mut(size.max(1)).zip(source) {
                if let Some(at) = element.get_mut(place) {
                    *at = *byte;
                }
            }
        }
    }
    Ok(out)
}

/// bitshuffle's own choice of a block: about so many bytes, but at least so many elements, in eights.
const TARGET_BLOCK_BYTES: usize = 8192;
const LEAST_BLOCK: usize = 128;

/// Undoes `imagecodecs_bitshuffle`: blocks of elements, a last shorter one, and up to seven elements as they are.
pub fn decode_bit_shuffle(input: &[u8], spec: &BitShuffle) -> Result<Vec<u8>> {
    let size = spec.item_size;
    let block = match spec.block_size {
        0 => (TARGET_BLOCK_BYTES / size.max(1) / 8 * 8).max(LEAST_BLOCK),
        given => given,
    };
    let block_bytes = block.checked_mul(size).filter(|n| *n > 0).ok_or_else(|| corrupt("blocks of no bytes"))?;
    let mut out = buffer(input.len())?;
    for (source, target) in input.chunks(block_bytes).zip(out.chunks_mut(block_bytes)) {
        let whole = source.len() / (8 * size) * (8 * size);
        let (eights, left) = source.split_at(whole);
        let (target, left_target) = target.split_at_mut(whole);
        unbitshuffle(size, eights, target);
        left_target.copy_from_slice(left);
    }
    Ok(out)
}
