//! Blosc 1 frames, block by block into a slice of known size.
//!
//! Header, 16 bytes: version, inner version, flags, element size, then nbytes, blocksize, cbytes (32-bit, little-endian).
//! Flags: 1 byte shuffle, 2 stored, 4 bit shuffle, 16 blocks not split, bits 5–7 the compressor. Then the offset of each
//! block; a block holds one stream, or one per byte of an element, each behind its length.
//! Source: c-blosc, README_CHUNK_FORMAT.rst. No field is used before it is checked against what the metadata promises.

use super::blosclz::decode_blosclz_into;
use super::deflate::decode_zlib_into;
use super::lz4::decode_lz4_into;
use super::shuffle::{unbitshuffle, unshuffle};
use super::zstd::decode_zstd_into;
use super::{Expected, buffer, used_buffer, wrong_length};
use crate::error::{Result, corrupt, unsupported};

const HEADER_LEN: usize = 16;
const BYTE_SHUFFLE: u8 = 1;
const STORED: u8 = 2;
const BIT_SHUFFLE: u8 = 4;
const NOT_SPLIT: u8 = 16;

#[derive(Clone, Copy)]
enum Inner {
    BloscLz,
    Lz4,
    Snappy,
    Zlib,
    Zstd,
}

pub(super) struct Header {
    flags: u8,
    pub(super) element_size: usize,
    pub(super) nbytes: usize,
    pub(super) block_size: usize,
    inner: Inner,
}

/// How a block's bytes were put in order before they were compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shuffle {
    None,
    Bytes,
    Bits,
}

impl Header {
    /// The decoded bytes of a frame that holds them as they are; of others, that there are as many blocks as must be.
    pub(super) fn stored<'a>(&self, input: &'a [u8]) -> Result<Option<&'a [u8]>> {
        if self.flags & STORED == 0 {
            return self.starts(input).map(|_| None);
        }
        let body = input.get(HEADER_LEN..).unwrap_or_default();
        if body.len() == self.nbytes { Ok(Some(body)) } else { Err(wrong_length(self.nbytes, body.len() as u64)) }
    }

    pub(super) fn shuffle(&self) -> Shuffle {
        match self.flags {
            flags if flags & BYTE_SHUFFLE != 0 && self.element_size > 1 => Shuffle::Bytes,
            flags if flags & BIT_SHUFFLE != 0 => Shuffle::Bits,
            _ => Shuffle::None,
        }
    }

    /// Where each block starts.
    fn starts<'a>(&self, input: &'a [u8]) -> Result<&'a [[u8; 4]]> {
        let count = self.nbytes.div_ceil(self.block_size);
        let starts = input.get(HEADER_LEN..).and_then(|body| body.get(..count.saturating_mul(4)));
        Ok(starts.ok_or_else(|| corrupt(format!("no room for {count} blocks")))?.as_chunks::<4>().0)
    }

    /// A block's encoded bytes, and whatever comes after them.
    pub(super) fn block<'a>(&self, input: &'a [u8], number: usize) -> Result<&'a [u8]> {
        let start = self.starts(input)?.get(number).map_or(0, |start| u32::from_le_bytes(*start) as usize);
        let source = input.get(start..).filter(|_| start >= HEADER_LEN);
        source.ok_or_else(|| corrupt(format!("a block at {start} of {} bytes", input.len())))
    }
}

/// Decodes one frame.
pub fn decode_blosc(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let header = header(input, expected)?;
    let stored = header.stored(input)?;
    let mut out = used_buffer(header.nbytes)?;
    if let Some(body) = stored {
        out.copy_from_slice(body);
        return Ok(out);
    }
    // An empty frame may claim blocks of any size.
    let mut scratch = buffer(header.block_size.min(header.nbytes))?;
    for (number, block) in out.chunks_mut(header.block_size).enumerate() {
        decode_block(&header, header.block(input, number)?, block, &mut scratch)?;
    }
    Ok(out)
}

pub(super) fn header(input: &[u8], expected: Expected) -> Result<Header> {
    let head = input.first_chunk::<HEADER_LEN>().ok_or_else(|| corrupt(format!("a frame of {} bytes", input.len())))?;
    let [version, _, flags, element_size, n0, n1, n2, n3, b0, b1, b2, b3, c0, c1, c2, c3] = *head;
    let number = |bytes: [u8; 4]| u32::from_le_bytes(bytes) as usize;
    let (nbytes, block_size, cbytes) = (number([n0, n1, n2, n3]), number([b0, b1, b2, b3]), number([c0, c1, c2, c3]));
    if version == 0 || version > 2 {
        return Err(unsupported(format!("Blosc format version {version}")));
    }
    let fits = match expected {
        Expected::Exactly(len) => nbytes == len,
        Expected::AtMost(limit) => nbytes <= limit,
    };
    if !fits {
        return Err(wrong_length(expected.limit(), nbytes as u64));
    }
    if cbytes != input.len() {
        let message = format!("the header says {cbytes} bytes, the chunk has {}", input.len());
        return Err(corrupt(message).with_sizes(cbytes as u64, input.len() as u64));
    }
    if element_size == 0 || (nbytes > 0 && (block_size == 0 || block_size > nbytes.max(1) + 64)) {
        return Err(corrupt(format!("blocks of {block_size} bytes, elements of {element_size}")));
    }
    let inner = match flags >> 5 {
        0 => Inner::BloscLz,
        1 => Inner::Lz4,
        2 => Inner::Snappy,
        3 => Inner::Zlib,
        4 => Inner::Zstd,
        other => return Err(unsupported(format!("Blosc's compressor number {other}"))),
    };
    Ok(Header { flags, element_size: element_size.into(), nbytes, block_size: block_size.max(1), inner })
}

/// Decodes a block's streams, and undoes the shuffle.
fn decode_block(header: &Header, source: &[u8], block: &mut [u8], scratch: &mut [u8]) -> Result<()> {
    let len = block.len();
    let scratch = scratch.get_mut(..len).unwrap_or_default();
    match header.shuffle() {
        Shuffle::None => decode_streams(header, source, block)?,
        Shuffle::Bytes => {
            decode_streams(header, source, scratch)?;
            unshuffle(header.element_size, scratch, block);
        }
        Shuffle::Bits => {
            decode_streams(header, source, scratch)?;
            unbitshuffle(header.element_size, scratch, block);
        }
    }
    Ok(())
}

/// Decodes a block's streams, one after another.
pub(super) fn decode_streams(header: &Header, mut source: &[u8], target: &mut [u8]) -> Result<()> {
    let len = target.len();
    let whole = len == header.block_size;
    let streams = if header.flags & NOT_SPLIT == 0 && whole { header.element_size } else { 1 };
    if !len.is_multiple_of(streams) {
        return Err(corrupt(format!("a block of {len} bytes in {streams} streams")));
    }
    let stream_len = len / streams;
    for target in target.chunks_exact_mut(stream_len.max(1)) {
        let (size, rest) = source.split_first_chunk::<4>().ok_or_else(|| corrupt("a block without length"))?;
        let size = u32::from_le_bytes(*size) as usize;
        let (stream, rest) = rest
            .split_at_checked(size)
            .ok_or_else(|| corrupt(format!("a stream of {size} bytes where {} are left", rest.len())))?;
        source = rest;
        decode_stream(header.inner, stream, target)?;
    }
    Ok(())
}

fn decode_stream(inner: Inner, stream: &[u8], target: &mut [u8]) -> Result<()> {
    if stream.len() == target.len() {
        target.copy_from_slice(stream);
        return Ok(());
    }
    let n = match inner {
        Inner::BloscLz => decode_blosclz_into(stream, target)?,
        Inner::Lz4 => decode_lz4_into(stream, target)?,
        Inner::Zlib => decode_zlib_into(stream, target)?,
        Inner::Zstd => decode_zstd_into(stream, target)?,
        Inner::Snappy => {
            let declared = snap::raw::decompress_len(stream).map_err(|e| corrupt(e.to_string()))?;
            if declared != target.len() {
                return Err(wrong_length(target.len(), declared as u64));
            }
            snap::raw::Decoder::new().decompress(stream, target).map_err(|e| corrupt(e.to_string()))?
        }
    };
    if n == target.len() { Ok(()) } else { Err(wrong_length(target.len(), n as u64)) }
}
