//! A chunk through its codecs, last to first, each told the size that its output must have.

use super::base64::decode_base64;
use super::cast_value::{decode_cast_value, decode_scale_offset};
use super::categorize::decode_categorize;
use super::checksum::{decode_checksum, decode_crc32c};
use super::deflate::{decode_gzip, decode_zlib, inflate_raw};
use super::lz4::{decode_lz4, decode_lz4_block};
use super::numeric::{decode_as_type, decode_delta, decode_fixed_scale_offset};
use super::objects::decode_objects;
use super::packbits::{decode_runs, unpack_bits};
use super::predictor::{decode_bit_shuffle, decode_rows_delta, decode_rows_shuffle};
use super::rare::decode_rare;
use super::sharding::decode_shard;
use super::shuffle::unshuffle;
use super::sizes::{Stage, stages};
use super::transpose::decode_transpose;
use super::variable::split_handles;
use super::zstd::decode_zstd;
use super::{decode_blosc, used_buffer, wrong_length};
use crate::array::{DType, Endian, swap_fields};
use crate::error::{Result, product, to_usize, too_large};
use crate::meta::{CodecSpec, MAX_CHUNK_BYTES};
use std::borrow::Cow;

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
    /// Number of elements.
    ///
    /// # Errors
    /// As [`ChunkShape::len_bytes`].
    pub fn count(&self) -> Result<usize> {
        to_usize(product(self.shape, "chunk shape")?, "chunk shape")
    }

    /// Decoded bytes, within the limit for chunks; the bytes of the handles, where elements vary in length.
    pub fn len_bytes(&self) -> Result<usize> {
        let n = product(self.shape, "chunk shape")?.saturating_mul(self.dtype.size() as u64);
        if n > MAX_CHUNK_BYTES {
            return Err(too_large("decoded chunk in bytes", n, MAX_CHUNK_BYTES));
        }
        to_usize(n, "decoded chunk in bytes")
    }
}

/// Decodes a chunk to little-endian elements in C order.
///
/// # Errors
/// `corrupt_chunk`, `checksum`, `too_large`, `unsupported`, each with the codec's name.
pub fn decode_chunk<'a>(
    encoded: impl Into<Cow<'a, [u8]>>,
    codecs: &[CodecSpec],
    chunk: &ChunkShape,
) -> Result<Vec<u8>> {
    decode(encoded.into(), codecs, chunk)
}

fn decode(mut bytes: Cow<[u8]>, codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Vec<u8>> {
    let len = chunk.len_bytes()?;
    let (stages, _) = stages(codecs, chunk)?;
    for (codec, stage) in codecs.iter().zip(stages).rev() {
        bytes = Cow::Owned(decode_one(codec, bytes, &stage).map_err(|e| e.with_codec(codec.name()))?);
        stage.expected.check(bytes.len()).map_err(|e| e.with_codec(codec.name()))?;
    }
    // Behind handles stand the elements themselves.
    let complete = if chunk.dtype.is_variable() { bytes.len() >= len } else { bytes.len() == len };
    if complete { Ok(bytes.into_owned()) } else { Err(wrong_length(len, bytes.len() as u64)) }
}

/// Undoes one codec; `stage` is what it decodes to. Bytes that lie among others are copied only by codecs that keep them.
fn decode_one(codec: &CodecSpec, input: Cow<[u8]>, stage: &Stage) -> Result<Vec<u8>> {
    let expected = stage.expected;
    match codec {
        CodecSpec::Bytes(endian) => Ok(to_little(input.into_owned(), stage.dtype, *endian)),
        CodecSpec::Fields(swaps) => {
            let mut records = input.into_owned();
            swap_fields(&mut records, stage.dtype.size(), swaps);
            Ok(records)
        }
        CodecSpec::Objects(coding) => decode_objects(&input, *coding, &stage.shape, stage.chunk().count()?),
        CodecSpec::Categorize(categories) => decode_categorize(&input, categories, stage.chunk().count()?),
        CodecSpec::Sharding(spec) => decode_shard(&input, spec, &stage.chunk()),
        CodecSpec::Transpose(order) => {
            let shape: Vec<usize> = stage.shape.iter().map(|&n| to_usize(n, "extent")).collect::<Result<_>>()?;
            if !stage.dtype.is_variable() {
                return decode_transpose(input.into_owned(), order, &shape, stage.dtype.size());
            }
            let (handles, elements) = split_handles(input.into_owned(), stage.chunk().count()?)?;
            let mut block = decode_transpose(handles, order, &shape, stage.dtype.size())?;
            block.extend_from_slice(&elements);
            Ok(block)
        }
        CodecSpec::Delta(types) => decode_delta(&input, types),
        CodecSpec::FixedScaleOffset { types, scale, offset } => {
            decode_fixed_scale_offset(&input, types, *scale, *offset)
        }
        CodecSpec::AsType(types) => decode_as_type(&input, types),
        CodecSpec::CastValue(spec) => decode_cast_value(&input, spec),
        CodecSpec::ScaleOffset(spec) => decode_scale_offset(input.into_owned(), spec),
        CodecSpec::BitRound => Ok(input.into_owned()),
        CodecSpec::PackBits => unpack_bits(&input, expected),
        CodecSpec::Shuffle(size) => {
            let mut out = used_buffer(input.len())?;
            unshuffle(*size, &input, &mut out);
            Ok(out)
        }
        CodecSpec::Base64 => decode_base64(&input, expected),
        CodecSpec::RowsDelta(rows) => decode_rows_delta(input.into_owned(), rows),
        CodecSpec::RowsShuffle(spec) => decode_rows_shuffle(input.into_owned(), spec),
        CodecSpec::BitShuffle(spec) => decode_bit_shuffle(&input, spec),
        CodecSpec::Blosc => decode_blosc(&input, expected),
        CodecSpec::Gzip => decode_gzip(&input, expected),
        CodecSpec::Zlib => decode_zlib(&input, expected),
        CodecSpec::Zstd => decode_zstd(&input, expected),
        CodecSpec::Lz4 => decode_lz4(&input, expected),
        CodecSpec::Lz4Block => decode_lz4_block(&input, expected),
        CodecSpec::Deflate => inflate_raw(&input, expected),
        CodecSpec::TiffPackBits => decode_runs(&input, expected),
        CodecSpec::Crc32c(location) => decode_crc32c(input.into_owned(), *location),
        CodecSpec::Checksum(kind, location) => decode_checksum(input.into_owned(), kind, *location),
        CodecSpec::Bz2
        | CodecSpec::Lzma(_)
        | CodecSpec::Lzw
        | CodecSpec::Pcodec
        | CodecSpec::Zfpy
        | CodecSpec::Aec(_)
        | CodecSpec::Szip(_)
        | CodecSpec::Grib(_) => decode_rare(codec, &input, expected),
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
