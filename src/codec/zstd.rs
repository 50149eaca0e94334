//! Zstandard (RFC 8878) through zrip, a decoder without unsafe code.
//!
//! The walk over frames is our own, in checked arithmetic: a skippable frame whose length wraps 32 bits would otherwise
//! send the decoder round in circles in wasm. Each frame is then decoded under the output that is still allowed.

use super::{Expected, give_back, used_buffer, wrong_length};
use crate::error::{Error, Result, corrupt};
use std::cell::RefCell;

const MAGIC: u32 = 0xfd2f_b528;
/// The magic numbers of skippable frames differ in their last four bits.
const SKIPPABLE: u32 = 0x184d_2a50;
/// What a compressed block decodes to at most (RFC 8878, section 3.1.1.2.4).
const MAX_BLOCK_BYTES: usize = 128 << 10;
/// Room that zrip wants behind its output; if it does not find it there, it takes twice the memory.
const OUTPUT_SLACK: usize = 64;

thread_local! {
    /// Tables of the frame before: their memory serves for the next.
    static CONTEXT: RefCell<zrip::DecompressContext> = RefCell::new(zrip::DecompressContext::new());
}

/// What small frames of one kind were compressed with.
pub struct ZstdDictionary(zrip::Dictionary);

impl ZstdDictionary {
    /// Reads a dictionary (RFC 8878, section 5).
    ///
    /// # Errors
    /// `corrupt_chunk` for what is none.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let dictionary = zrip::Dictionary::from_bytes(bytes);
        dictionary.map(ZstdDictionary).map_err(|e| corrupt(format!("the dictionary: {e}")))
    }
}

/// Decodes one frame, or several one after another.
pub fn decode_zstd(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    decode_zstd_with(input, expected, None)
}

/// The same, of frames that may need a dictionary.
pub fn decode_zstd_with(input: &[u8], expected: Expected, dictionary: Option<&ZstdDictionary>) -> Result<Vec<u8>> {
    let limit = expected.limit();
    let mut out: Vec<u8> = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let (frame, after) = rest.split_at_checked(frame_len(rest)?).ok_or_else(cut)?;
        rest = after;
        if magic(frame)? & !15 == SKIPPABLE {
            continue;
        }
        if let Expected::Exactly(len) = expected
            && out.capacity() == 0
        {
            out = used_buffer(len.saturating_add(OUTPUT_SLACK))?;
            out.clear();
        }
        let left = limit - out.len();
        let decoded = match dictionary {
            None => {
                CONTEXT.with_borrow_mut(|context| context.decompress_into_with_limit(frame, &mut out, left)).map(drop)
            }
            Some(dictionary) => zrip::decompress_with_dict_and_limit(frame, &dictionary.0, left)
                .map(|bytes| out.extend_from_slice(&bytes)),
        };
        decoded.map_err(|e| refused(&e, limit))?;
    }
    match expected {
        Expected::Exactly(len) if out.len() != len => Err(wrong_length(len, out.len() as u64)),
        _ => Ok(out),
    }
}

/// Decodes into a slice that must be filled; gives its length.
pub fn decode_zstd_into(input: &[u8], out: &mut [u8]) -> Result<usize> {
    let bytes = decode_zstd(input, Expected::Exactly(out.len()))?;
    out.copy_from_slice(&bytes);
    give_back(bytes);
    Ok(out.len())
}

fn refused(e: &zrip::DecompressError, limit: usize) -> Error {
    match e {
        zrip::DecompressError::OutputTooSmall => wrong_length(limit, limit as u64 + 1),
        other => corrupt(other.to_string()),
    }
}

fn cut() -> Error {
    corrupt("the input ends within a frame")
}

fn magic(frame: &[u8]) -> Result<u32> {
    frame.first_chunk::<4>().map(|m| u32::from_le_bytes(*m)).ok_or_else(cut)
}

/// Bytes of the frame at the start of the input, from its header and its blocks' headers; what the frame claims to decode
/// to must fit in its blocks.
fn frame_len(input: &[u8]) -> Result<usize> {
    let magic = magic(input)?;
    if magic & !15 == SKIPPABLE {
        let len = input.get(4..8).and_then(|b| b.first_chunk::<4>()).ok_or_else(cut)?;
        return (u32::from_le_bytes(*len) as usize).checked_add(8).ok_or_else(cut);
    }
    if magic != MAGIC {
        return Err(corrupt(format!("no zstd frame begins with {magic:08x}")));
    }
    let descriptor = *input.get(4).ok_or_else(cut)?;
    let single_segment = descriptor & 0x20 != 0;
    let window = usize::from(!single_segment);
    let dictionary = [0, 1, 2, 4].into_iter().nth(usize::from(descriptor & 3)).unwrap_or(0);
    let content_size = match descriptor >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let sizes_at = 5 + window + dictionary;
    let mut at = sizes_at + content_size;
    let mut most = 0usize;
    loop {
        let header = input.get(at..).and_then(|b| b.first_chunk::<3>()).ok_or_else(cut)?;
        let [a, b, c] = *header;
        let header = u32::from_le_bytes([a, b, c, 0]);
        let size = (header >> 3) as usize;
        let (stored, decoded) = match header >> 1 & 3 {
            0 => (size, size),
            1 => (1, size),
            _ => (size, MAX_BLOCK_BYTES),
        };
        at = at.checked_add(3 + stored).ok_or_else(cut)?;
        most = most.saturating_add(decoded);
        if header & 1 == 1 {
            break;
        }
    }
    // The decoder makes room for what the header claims.
    let claimed = input.get(sizes_at..sizes_at + content_size).unwrap_or_default();
    let claimed = claimed.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    if claimed > most as u64 {
        return Err(corrupt(format!("a frame that claims {claimed} bytes, of blocks of {most} at most")));
    }
    Ok(at + if descriptor & 4 != 0 { 4 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skippable_frame_cannot_wrap() {
        let hostile = [0x50, 0x2a, 0x4d, 0x18, 0xf8, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        assert!(decode_zstd(&hostile, Expected::Exactly(4)).is_err());
    }

    #[test]
    fn frames_follow_one_another() {
        let (Ok(a), Ok(b)) = (zrip::compress(b"abc", 1), zrip::compress(b"defg", 1)) else { return };
        let skip = [0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
        let both = [a.as_slice(), &skip, &b].concat();
        assert_eq!(decode_zstd(&both, Expected::Exactly(7)), Ok(b"abcdefg".to_vec()));
        assert!(decode_zstd(&both, Expected::Exactly(6)).is_err());
        assert!(decode_zstd(&both, Expected::Exactly(8)).is_err());
    }
}
