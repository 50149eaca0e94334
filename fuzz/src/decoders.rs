//! One decoder at a time: exactly the promised length or an error, in little more memory than that.
//!
//! An input ends in three bytes: the decoded length in two, and one whose bits say how the decoder is called.

use crate::laws::within;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk, max_encoded_len, unbitshuffle, unshuffle};
use zarrscope::error::Result;
use zarrscope::meta::{CodecSpec, IndexLocation};

/// Bit of the last byte: the length counts sixteen times.
const LONG: u8 = 2;
/// Bit of the last byte: another compressor stands before this one, so that only a limit is known.
const LIMIT_ONLY: u8 = 1;

/// Decodes with the law of lengths and of memory.
pub fn lawful(encoded: &[u8], codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Vec<u8>> {
    let Ok(len) = chunk.len_bytes() else { return decode_chunk(encoded.to_vec(), codecs, chunk) };
    let stages = codecs.len() + 2;
    let longest = usize::try_from(max_encoded_len(len as u64)).unwrap_or(usize::MAX);
    let decoded = within(stages.saturating_mul(longest).saturating_add(4 * encoded.len()), || {
        decode_chunk(encoded.to_vec(), codecs, chunk)
    });
    match &decoded {
        Ok(bytes) => assert_eq!(bytes.len(), len, "other than the promised length"),
        Err(error) => assert!(error.to_string().len() < 10_000, "a message of {} bytes", error.to_string().len()),
    }
    decoded
}

fn bytes_codec(data: &[u8], codec: CodecSpec) {
    let Some((encoded, &[a, b, mode])) = data.split_last_chunk::<3>() else { return };
    let len = u64::from(u16::from_le_bytes([a, b])) << if mode & LONG != 0 { 4 } else { 0 };
    let mut codecs = vec![CodecSpec::Bytes(Endian::Little)];
    if mode & LIMIT_ONLY != 0 {
        codecs.push(CodecSpec::Lz4);
    }
    codecs.push(codec);
    let _ = lawful(encoded, &codecs, &ChunkShape { shape: &[len], dtype: DType::UInt8, fill: &[0] });
}

/// Blosc 1.
pub fn blosc(data: &[u8]) {
    bytes_codec(data, CodecSpec::Blosc);
}

/// gzip.
pub fn gzip(data: &[u8]) {
    bytes_codec(data, CodecSpec::Gzip);
}

/// zlib.
pub fn zlib(data: &[u8]) {
    bytes_codec(data, CodecSpec::Zlib);
}

/// Zstandard.
pub fn zstd(data: &[u8]) {
    bytes_codec(data, CodecSpec::Zstd);
}

/// numcodecs' LZ4.
pub fn lz4(data: &[u8]) {
    bytes_codec(data, CodecSpec::Lz4);
}

const TYPES: [DType; 13] = [
    DType::Bool,
    DType::Int8,
    DType::Int16,
    DType::Int32,
    DType::Int64,
    DType::UInt8,
    DType::UInt16,
    DType::UInt32,
    DType::UInt64,
    DType::Float16,
    DType::Float32,
    DType::Float64,
    DType::Bytes(3),
];

fn type_of(byte: u8) -> (DType, Endian) {
    let endian = if byte & 128 == 0 { Endian::Little } else { Endian::Big };
    (TYPES[usize::from(byte & 127) % TYPES.len()], endian)
}

/// The filters that only move bytes or count: which one, and how, is told by the last eight bytes.
pub fn filters(data: &[u8]) {
    let Some((encoded, &[which, from, to, a, b, c, rows, columns])) = data.split_last_chunk::<8>() else { return };
    let ((dtype, endian), (astype, as_endian)) = (type_of(from), type_of(to));
    let (scale, offset) = (f64::from(f32::from_bits(u32::from_le_bytes([0, a, b, c]))), f64::from(c) - 128.0);
    let location = if a & 1 == 0 { IndexLocation::End } else { IndexLocation::Start };
    let codec = match which % 6 {
        0 => CodecSpec::Delta { dtype, endian, astype, as_endian },
        1 => CodecSpec::FixedScaleOffset { dtype, endian, astype, as_endian, scale, offset },
        2 => CodecSpec::Shuffle(usize::from(a).max(1)),
        3 => CodecSpec::Crc32c(location),
        4 => CodecSpec::Transpose([[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]][usize::from(a) % 4].to_vec()),
        _ => return both_shuffles(usize::from(a), encoded),
    };
    let shape = [u64::from(rows), u64::from(columns), u64::from(b % 4) + 1];
    let bytes = CodecSpec::Bytes(endian);
    let codecs = if matches!(codec, CodecSpec::Transpose(_)) { [codec, bytes] } else { [bytes, codec] };
    let _ = lawful(encoded, &codecs, &ChunkShape { shape: &shape, dtype, fill: &[0] });
}

/// Each byte keeps its place or moves to another: none is lost.
fn both_shuffles(element_size: usize, input: &[u8]) {
    let ones = |bytes: &[u8]| bytes.iter().map(|b| u64::from(b.count_ones())).sum::<u64>();
    let mut out = vec![0; input.len()];
    unshuffle(element_size, input, &mut out);
    assert_eq!(ones(&out), ones(input), "a byte shuffle of elements of {element_size}");
    unbitshuffle(element_size, input, &mut out);
    assert_eq!(ones(&out), ones(input), "a bit shuffle of elements of {element_size}");
}
