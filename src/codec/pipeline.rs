//! A chunk through its codecs, last to first, each told the size that its output must have.

use super::checksum::decode_crc32c;
use super::deflate::{decode_gzip, decode_zlib};
use super::lz4::decode_lz4;
use super::numeric::{FixedScaleOffset, decode_delta, decode_fixed_scale_offset};
use super::sharding::decode_shard;
use super::shuffle::unshuffle;
use super::transpose::decode_transpose;
use super::zstd::decode_zstd;
use super::{Expected, buffer, decode_blosc, wrong_length};
use crate::array::{DType, Endian};
use crate::error::{Result, invalid_metadata, product, to_usize, too_large};
use crate::meta::{CodecSpec, MAX_CHUNK_BYTES};

/// What a chunk decodes to: its extents, its element type, and the bytes of an element that was never written.
#[derive(Debug, Clone)]
pub struct ChunkShape<'a> {
    /// Elements along each dimension.
    pub shape: &'a [u64],
    /// Element type.
    pub dtype: DType,
    /// One element, little-endian.
    pub fill: &'a [u8],
}

impl ChunkShape<'_> {
    /// Decoded bytes, within the limit for chunks.
    pub fn len_bytes(&self) -> Result<usize> {
        let n = product(self.shape, "chunk shape")?.saturating_mul(self.dtype.size() as u64);
        if n > MAX_CHUNK_BYTES {
            return Err(too_large("decoded chunk in bytes", n, MAX_CHUNK_BYTES));
        }
        to_usize(n, "decoded chunk in bytes")
    }
}

/// The most bytes that an encoded chunk may have: compressors expand what they cannot compress, but not by much.
pub fn max_encoded_len(decoded_len: u64) -> u64 {
    decoded_len.saturating_add(decoded_len / 10).saturating_add(64 << 10)
}

/// Decodes a chunk to little-endian elements in C order.
///
/// # Errors
/// `corrupt_chunk`, `checksum`, `too_large`, `unsupported`, each with the codec's name.
pub fn decode_chunk(encoded: Vec<u8>, codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Vec<u8>> {
    let len = chunk.len_bytes()?;
    let sizes = decoded_sizes(codecs, chunk, len)?;
    let mut bytes = encoded;
    for (codec, expected) in codecs.iter().zip(sizes).rev() {
        bytes = decode_one(codec, bytes, expected, chunk).map_err(|e| e.with_codec(codec.name()))?;
        if let Expected::Exactly(n) = expected
            && bytes.len() != n
        {
            return Err(wrong_length(n, bytes.len() as u64).with_codec(codec.name()));
        }
    }
    if bytes.len() == len { Ok(bytes) } else { Err(wrong_length(len, bytes.len() as u64)) }
}

/// What each codec's decoder must give: fixed as long as only size-preserving codecs stand before it.
fn decoded_sizes(codecs: &[CodecSpec], chunk: &ChunkShape, len: usize) -> Result<Vec<Expected>> {
    let elements = len.checked_div(chunk.dtype.size()).unwrap_or(0);
    let limit = to_usize(max_encoded_len(len as u64), "encoded chunk")?;
    let mut current = Expected::Exactly(len);
    let mut sizes = Vec::with_capacity(codecs.len());
    let mut is_bytes = false;
    for codec in codecs {
        sizes.push(current);
        let array_to_bytes = matches!(codec, CodecSpec::Bytes(_) | CodecSpec::Sharding(_));
        if array_to_bytes && is_bytes {
            return Err(invalid_metadata("two codecs that turn the array into bytes").with_codec(codec.name()));
        }
        is_bytes |= array_to_bytes;
        current = match codec {
            CodecSpec::Transpose(_) | CodecSpec::Bytes(_) | CodecSpec::Shuffle(_) => current,
            CodecSpec::Delta { astype, .. } | CodecSpec::FixedScaleOffset { astype, .. } => {
                Expected::Exactly(elements.saturating_mul(astype.size()))
            }
            CodecSpec::Crc32c(_) => match current {
                Expected::Exactly(n) => Expected::Exactly(n.saturating_add(4)),
                Expected::AtMost(n) => Expected::AtMost(n.saturating_add(4)),
            },
            _ => Expected::AtMost(limit),
        };
    }
    if is_bytes { Ok(sizes) } else { Err(invalid_metadata("no codec turns the array into bytes")) }
}

fn decode_one(codec: &CodecSpec, input: Vec<u8>, expected: Expected, chunk: &ChunkShape) -> Result<Vec<u8>> {
    match codec {
        CodecSpec::Bytes(endian) => Ok(to_little(input, chunk.dtype, *endian)),
        CodecSpec::Blosc => decode_blosc(&input, expected),
        CodecSpec::Gzip => decode_gzip(&input, expected),
        CodecSpec::Zlib => decode_zlib(&input, expected),
        CodecSpec::Zstd => decode_zstd(&input, expected),
        CodecSpec::Lz4 => decode_lz4(&input, expected),
        CodecSpec::Crc32c(location) => decode_crc32c(input, *location),
        CodecSpec::Shuffle(size) => {
            let mut out = buffer(input.len())?;
            unshuffle(*size, &input, &mut out);
            Ok(out)
        }
        CodecSpec::Transpose(order) => {
            let shape: Vec<usize> = chunk.shape.iter().map(|&n| to_usize(n, "extent")).collect::<Result<_>>()?;
            decode_transpose(input, order, &shape, chunk.dtype.size())
        }
        CodecSpec::Delta { dtype, endian, astype, as_endian } => {
            decode_delta(&input, *dtype, *endian, *astype, *as_endian)
        }
        &CodecSpec::FixedScaleOffset { dtype, endian, astype, as_endian, scale, offset } => {
            let parameters = FixedScaleOffset { dtype, endian, astype, as_endian, scale, offset };
            decode_fixed_scale_offset(&input, &parameters)
        }
        CodecSpec::Sharding(spec) => decode_shard(&input, spec, chunk),
    }
}

/// Swaps big-endian units in place.
fn to_little(mut bytes: Vec<u8>, dtype: DType, endian: Endian) -> Vec<u8> {
    let unit = dtype.swap_size();
    if endian == Endian::Big && unit > 1 {
        for element in bytes.chunks_exact_mut(unit) {
            element.reverse();
        }
    }
    bytes
}
