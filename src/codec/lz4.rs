//! LZ4 blocks; numcodecs puts the decoded length before them, in 4 bytes.

use super::{Expected, buffer, used_buffer, wrong_length};
use crate::error::{Result, corrupt};

/// Decodes numcodecs' `lz4`: the length, little-endian, then one block.
pub fn decode_lz4(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let (header, block) = input.split_first_chunk::<4>().ok_or_else(|| corrupt("no room for the length header"))?;
    let declared = u32::from_le_bytes(*header);
    let len = match expected {
        Expected::Exactly(len) if declared as usize == len => len,
        Expected::AtMost(limit) if declared as usize <= limit => declared as usize,
        _ => return Err(wrong_length(expected.limit(), declared.into())),
    };
    let mut bytes = used_buffer(len)?;
    match decode_lz4_into(block, &mut bytes)? {
        n if n == len => Ok(bytes),
        n => Err(wrong_length(len, n as u64)),
    }
}

/// Decodes one block with no length before it.
pub fn decode_lz4_block(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let mut bytes = buffer(expected.limit())?;
    let n = decode_lz4_into(input, &mut bytes)?;
    bytes.truncate(n);
    expected.check(n)?;
    Ok(bytes)
}

/// Decodes a bare block into a slice; gives the number of bytes written.
pub fn decode_lz4_into(input: &[u8], out: &mut [u8]) -> Result<usize> {
    lz4_flex::block::decompress_into(input, out).map_err(|e| corrupt(e.to_string()))
}
