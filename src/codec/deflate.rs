//! gzip (RFC 1952, several members allowed) and zlib (RFC 1950), through flate2 on zlib-rs.

use super::{Expected, used_buffer, wrong_length};
use crate::error::{Result, corrupt};
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// Decodes gzip members until the input ends.
pub fn decode_gzip(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    read(MultiGzDecoder::new(input), expected)
}

/// Decodes one zlib stream.
pub fn decode_zlib(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let mut rest = input;
    let bytes = read(ZlibDecoder::new(&mut rest), expected)?;
    if rest.is_empty() { Ok(bytes) } else { Err(corrupt(format!("{} bytes after the end of the stream", rest.len()))) }
}

/// Decodes a deflate stream without any wrapping (RFC 1951), as ZIP files hold it.
///
/// # Errors
/// `corrupt_chunk`.
pub fn inflate_raw(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    read(DeflateDecoder::new(input), expected)
}

/// Decodes one zlib stream into a slice, for Blosc.
pub fn decode_zlib_into(input: &[u8], out: &mut [u8]) -> Result<usize> {
    let mut decoder = ZlibDecoder::new(input);
    let n = fill(&mut decoder, out)?;
    if n == out.len() && fill(&mut decoder, &mut [0])? > 0 {
        return Err(wrong_length(n, n as u64 + 1));
    }
    Ok(n)
}

/// Reads a decoder to its end, which must come where it is expected.
pub(super) fn read(mut decoder: impl Read, expected: Expected) -> Result<Vec<u8>> {
    match expected {
        Expected::Exactly(len) => {
            let mut bytes = used_buffer(len)?;
            let n = fill(&mut decoder, &mut bytes)?;
            if n < len {
                return Err(wrong_length(len, n as u64));
            }
            // Reading on verifies the checksum, and that nothing more comes.
            match fill(&mut decoder, &mut [0])? {
                0 => Ok(bytes),
                _ => Err(wrong_length(len, len as u64 + 1)),
            }
        }
        Expected::AtMost(limit) => {
            let mut bytes = Vec::new();
            let mut bounded = decoder.take(limit as u64 + 1);
            bounded.read_to_end(&mut bytes).map_err(|e| corrupt(e.to_string()))?;
            if bytes.len() > limit { Err(wrong_length(limit, bytes.len() as u64)) } else { Ok(bytes) }
        }
    }
}

/// Reads until the slice is full or the stream ends; gives the number of bytes read.
fn fill(decoder: &mut impl Read, out: &mut [u8]) -> Result<usize> {
    let mut n = 0;
    while let Some(rest) = out.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match decoder.read(rest).map_err(|e| corrupt(e.to_string()))? {
            0 => break,
            k => n += k,
        }
    }
    Ok(n)
}
