//! One decoder at a time: exactly the promised length or an error, in little more memory than that.
//!
//! An input ends in three bytes: the decoded length in two, and one whose bits say how the decoder is called.

use crate::laws::within;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk, max_encoded_len, unbitshuffle, unshuffle};
use zarrscope::error::Result;
use zarrscope::meta::CodecSpec;

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

/// A codec as metadata would name it, decoding to the array's elements.
fn spec(config: &str) -> CodecSpec {
    let config = serde_json::from_str(config).unwrap_or_else(|e| panic!("{config}: {e}"));
    CodecSpec::parse_v2(&config).unwrap_or_else(|e| panic!("{config}: {e}"))
}

/// Encoded bytes and a tail of three: what a codec from bytes to bytes makes of them.
fn stream(data: &[u8], config: &str) {
    let Some((encoded, &[a, b, mode])) = data.split_last_chunk::<3>() else { return };
    let len = u64::from(u16::from_le_bytes([a, b])) << if mode & LONG != 0 { 4 } else { 0 };
    let mut codecs = vec![CodecSpec::Bytes(Endian::Little)];
    if mode & LIMIT_ONLY != 0 {
        codecs.push(CodecSpec::Lz4);
    }
    codecs.push(spec(config));
    let _ = lawful(encoded, &codecs, &ChunkShape { shape: &[len], dtype: DType::UInt8, fill: &[0] });
}

macro_rules! streams {
    ($($name:ident $config:literal)*) => {
        $(
            #[doc = concat!("The codec `", $config, "`.")]
            pub fn $name(data: &[u8]) {
                stream(data, $config);
            }
        )*
    };
}

streams! {
    blosc r#"{"id": "blosc"}"#
    gzip r#"{"id": "gzip"}"#
    zlib r#"{"id": "zlib"}"#
    zstd r#"{"id": "zstd"}"#
    lz4 r#"{"id": "lz4"}"#
}

/// Filters that only move bytes, check them or count with them, each with the type it decodes to.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    ("<i4", r#"{"id": "delta", "dtype": "<i4", "astype": "<i2"}"#),
    ("<f4", r#"{"id": "delta", "dtype": "<f4"}"#),
    (">f8", r#"{"id": "delta", "dtype": ">f8", "astype": "<f4"}"#),
    ("|u1", r#"{"id": "delta", "dtype": "|u1", "astype": ">i8"}"#),
    ("<f8", r#"{"id": "fixedscaleoffset", "dtype": "<f8", "astype": "|u1", "scale": 10.3, "offset": 273.15}"#),
    ("<i8", r#"{"id": "fixedscaleoffset", "dtype": "<i8", "astype": "<f4", "scale": 1e-30, "offset": 1e30}"#),
    (">u2", r#"{"id": "fixedscaleoffset", "dtype": ">u2", "astype": "<f8", "scale": 0, "offset": 1}"#),
    ("<i2", r#"{"id": "shuffle", "elementsize": 2}"#),
    ("<f8", r#"{"id": "shuffle", "elementsize": 5}"#),
    ("<f8", r#"{"id": "shuffle", "elementsize": 8}"#),
    ("<f4", r#"{"id": "crc32c"}"#),
    ("<f4", r#"{"id": "crc32c", "location": "start"}"#),
    ("<f4", r#"{"id": "base64"}"#),
];

/// Encoded bytes and a tail of three: the number of elements along two dimensions, and which filter.
pub fn filters(data: &[u8]) {
    let Some((encoded, &[rows, columns, which])) = data.split_last_chunk::<3>() else { return };
    let (dtype, config) = FILTERS[usize::from(which) % FILTERS.len()];
    let (dtype, endian) = DType::parse_numpy(dtype).expect("a type of numpy's");
    let fill = vec![0; dtype.size()];
    let shape = [u64::from(rows), u64::from(columns)];
    let codecs = [CodecSpec::Bytes(endian), spec(config)];
    let _ = lawful(encoded, &codecs, &ChunkShape { shape: &shape, dtype, fill: &fill });
}

/// Shuffles, of elements as wide as the last byte says, and a transpose of three dimensions.
pub fn places(data: &[u8]) {
    let Some((input, &[a, b, c, width])) = data.split_last_chunk::<4>() else { return };
    both_shuffles(usize::from(width), input);
    let shape = [u64::from(a % 16), u64::from(b % 16), u64::from(c % 16)];
    let order = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]][usize::from(width) % 4].to_vec();
    let dtype = [DType::UInt8, DType::Int16, DType::Float64, DType::Bytes(3)][usize::from(a / 64)];
    let fill = vec![0; dtype.size()];
    let codecs = [CodecSpec::Transpose(order), CodecSpec::Bytes(Endian::Big)];
    let _ = lawful(input, &codecs, &ChunkShape { shape: &shape, dtype, fill: &fill });
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
