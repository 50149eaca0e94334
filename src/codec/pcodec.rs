//! pco's standalone files, as numcodecs' `pcodec` writes them: numbers of one type in chunks, each decoded in pieces.
//!
//! The file says its own type; its bytes are taken as they are. The crate `pco` bounds most of what it allocates by what
//! it has read; a chunk's dictionary and its window of earlier numbers are looked at before they are made.
//! A chunk: the type's number in a byte, the count of numbers less one in three, metadata, one page.

use super::{Expected, wrong_length};
use crate::error::{Code, Error, Result, corrupt, unsupported};
use half::f16;
use pco::data_types::{Number, NumberType};
use pco::errors::PcoError;
use pco::metadata::DeltaEncoding;
use pco::{standalone, wrapped};

/// Numbers decoded at a time: pco wants a multiple of 256.
const PIECE: usize = 2048;
/// A window of so many numbers is fine for any chunk; pco makes windows no longer than twice the chunk.
const SMALL_WINDOW: usize = 1 << 12;
/// The number of the mode whose values stand in a dictionary, in the metadata's first four bits; its length follows.
const DICTIONARY: u32 = 4;

/// Decodes a file to little-endian numbers.
pub fn decode_pcodec(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let (file, mut rest) = standalone::FileDecompressor::new(input).map_err(refused)?;
    let version = file.format_version();
    let (chunks, _) = wrapped::FileDecompressor::new([version.major, version.minor].as_slice()).map_err(refused)?;
    let mut out = Vec::new();
    if let Expected::Exactly(len) = expected {
        let refused = |_| Error::new(Code::OutOfMemory, format!("no memory for a block of {len} bytes"));
        out.try_reserve_exact(len).map_err(refused)?;
    }
    loop {
        let (type_number, after) = rest.split_first().ok_or_else(|| corrupt("the file has no end"))?;
        if *type_number == 0 {
            return Ok(out);
        }
        let number_type =
            NumberType::from_descriminant(*type_number).filter(|t| file.uniform_type().is_none_or(|u| u == *t));
        let number_type = number_type.ok_or_else(|| corrupt(format!("numbers of type {type_number}")))?;
        let (count, body) = after.split_first_chunk().ok_or_else(|| corrupt("a chunk without length"))?;
        let [low, middle, high] = *count;
        let n = u32::from_le_bytes([low, middle, high, 0]) as usize + 1;
        rest = match number_type {
            NumberType::U16 => chunk(&chunks, body, n, expected, &mut out, u16::to_le_bytes),
            NumberType::U32 => chunk(&chunks, body, n, expected, &mut out, u32::to_le_bytes),
            NumberType::U64 => chunk(&chunks, body, n, expected, &mut out, u64::to_le_bytes),
            NumberType::I16 => chunk(&chunks, body, n, expected, &mut out, i16::to_le_bytes),
            NumberType::I32 => chunk(&chunks, body, n, expected, &mut out, i32::to_le_bytes),
            NumberType::I64 => chunk(&chunks, body, n, expected, &mut out, i64::to_le_bytes),
            NumberType::F16 => chunk(&chunks, body, n, expected, &mut out, f16::to_le_bytes),
            NumberType::F32 => chunk(&chunks, body, n, expected, &mut out, f32::to_le_bytes),
            NumberType::F64 => chunk(&chunks, body, n, expected, &mut out, f64::to_le_bytes),
            other => return Err(unsupported(format!("numbers of pco's type {other:?}"))),
        }?;
    }
}

/// Decodes one chunk of `n` numbers behind `out`, and gives what follows it.
fn chunk<'a, T: Number, const SIZE: usize>(
    file: &wrapped::FileDecompressor,
    input: &'a [u8],
    n: usize,
    expected: Expected,
    out: &mut Vec<u8>,
    bytes: fn(T) -> [u8; SIZE],
) -> Result<&'a [u8]> {
    let len = out.len().saturating_add(n.saturating_mul(SIZE));
    if len > expected.limit() {
        return Err(wrong_length(expected.limit(), len as u64));
    }
    if let Some(head) = input.first_chunk().map(|head| u32::from_le_bytes(*head)).filter(|head| head & 15 == DICTIONARY)
    {
        let values = (head >> 4 & 0x1ff_ffff) as usize;
        if values > input.len() / SIZE {
            return Err(corrupt(format!("a dictionary of {values} values in {} bytes", input.len())));
        }
    }
    let (mut chunk, body) = file.chunk_decompressor::<T, _>(input).map_err(refused)?;
    if let DeltaEncoding::Lookback { config, .. } = &chunk.meta().delta_encoding {
        let window = 1usize.checked_shl(config.window_n_log).unwrap_or(usize::MAX);
        if window > SMALL_WINDOW && window > n.saturating_mul(4) {
            return Err(corrupt(format!("a window of {window} numbers for a chunk of {n}")));
        }
    }
    let mut page = chunk.page_decompressor(body, n).map_err(refused)?;
    let mut numbers = [T::default(); PIECE];
    let mut left = n;
    while left > 0 {
        let piece = numbers.get_mut(..left.min(PIECE)).unwrap_or_default();
        let done = page.read(piece).map_err(refused)?.n_processed;
        if done == 0 {
            return Err(corrupt(format!("{left} numbers are missing")));
        }
        out.extend(numbers.iter().take(done).flat_map(|&number| bytes(number)));
        left = left.saturating_sub(done);
    }
    Ok(page.into_src())
}

fn refused(error: PcoError) -> Error {
    corrupt(error.message)
}
