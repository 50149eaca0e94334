//! Filters: what only moves bytes, checks them or counts with them, each with the type it decodes to.

use crate::decoders::lawful;
use serde_json::Value;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, unbitshuffle, unshuffle};
use zarrscope::meta::{CodecSpec, parse_v3_chain};

/// The decoded type, and a configuration: of Zarr v2, or a list, which is a chain of v3.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    ("<i4", r#"{"id": "delta", "dtype": "<i4", "astype": "<i2"}"#),
    ("<f4", r#"{"id": "delta", "dtype": "<f4"}"#),
    (">f8", r#"{"id": "delta", "dtype": ">f8", "astype": "<f4"}"#),
    ("|u1", r#"{"id": "delta", "dtype": "|u1", "astype": ">i8"}"#),
    ("|b1", r#"{"id": "delta", "dtype": "|b1"}"#),
    ("<f8", r#"{"id": "fixedscaleoffset", "dtype": "<f8", "astype": "|u1", "scale": 10.3, "offset": 273.15}"#),
    ("<i8", r#"{"id": "fixedscaleoffset", "dtype": "<i8", "astype": "<f4", "scale": 1e-30, "offset": 1e30}"#),
    (">u2", r#"{"id": "fixedscaleoffset", "dtype": ">u2", "astype": "<f8", "scale": 0, "offset": 1}"#),
    ("<i8", r#"{"id": "astype", "encode_dtype": "<f8", "decode_dtype": "<i8"}"#),
    ("<f2", r#"{"id": "astype", "encode_dtype": ">u8", "decode_dtype": "<f2"}"#),
    ("|b1", r#"{"id": "astype", "encode_dtype": "<f4", "decode_dtype": "|b1"}"#),
    (">f8", r#"{"id": "quantize", "digits": 2, "dtype": ">f8", "astype": "<f2"}"#),
    ("|b1", r#"{"id": "packbits"}"#),
    ("<i2", r#"{"id": "shuffle", "elementsize": 2}"#),
    ("<f8", r#"{"id": "shuffle", "elementsize": 5}"#),
    ("<f8", r#"{"id": "shuffle", "elementsize": 8}"#),
    ("<f4", r#"{"id": "crc32c"}"#),
    ("<f4", r#"{"id": "crc32c", "location": "start"}"#),
    ("<f4", r#"{"id": "crc32"}"#),
    ("<f4", r#"{"id": "adler32", "location": "end"}"#),
    ("<f4", r#"{"id": "fletcher32"}"#),
    ("<f4", r#"{"id": "jenkins_lookup3"}"#),
    ("<f4", r#"{"id": "jenkins_lookup3", "initval": 12345, "prefix": [1, 2, 255]}"#),
    ("<f4", r#"{"id": "base64"}"#),
    ("|u1", r#"{"id": "imagecodecs_delta", "dtype": "|u1", "shape": [2, 4, 6], "axis": -1, "dist": 1}"#),
    (">u2", r#"{"id": "imagecodecs_delta", "dtype": ">u2", "shape": [2, 4, 6], "axis": 1, "dist": 2}"#),
    ("<f8", r#"{"id": "imagecodecs_delta", "dtype": "<f8", "dist": 1048576}"#),
    ("<f4", r#"{"id": "imagecodecs_floatpred", "shape": [2, 4, 6], "dtype": "<f4", "axis": -2, "dist": 2}"#),
    (">f2", r#"{"id": "imagecodecs_floatpred", "shape": [4, 0], "dtype": ">f2", "axis": 0}"#),
    ("<i4", r#"{"id": "imagecodecs_byteshuffle", "dtype": "<i4", "delta": true, "reorder": true}"#),
    (">f8", r#"{"id": "imagecodecs_byteshuffle", "dtype": ">f8", "shape": [3, 5], "delta": true, "dist": 9}"#),
    ("|u1", r#"{"id": "imagecodecs_bitshuffle", "itemsize": 2}"#),
    ("|u1", r#"{"id": "imagecodecs_bitshuffle", "itemsize": 3, "blocksize": 8}"#),
    ("|u1", r#"{"id": "imagecodecs_bitshuffle", "itemsize": 4096, "blocksize": 1048576}"#),
    (
        "<f8",
        r#"[{"name": "cast_value", "configuration": {"data_type": "int8", "scalar_map": {"decode": [[0, "NaN"]]}}}, "bytes"]"#,
    ),
    (
        "|i1",
        r#"[{"name": "cast_value", "configuration": {"data_type": "float64", "rounding": "towards-negative", "out_of_range": "clamp"}}, "bytes"]"#,
    ),
    (
        "<u8",
        r#"[{"name": "cast_value", "configuration": {"data_type": "float32", "rounding": "nearest-away", "out_of_range": "wrap"}}, "bytes"]"#,
    ),
    (
        "<f2",
        r#"[{"name": "cast_value", "configuration": {"data_type": "uint64", "rounding": "towards-positive"}}, "bytes"]"#,
    ),
    ("<i2", r#"[{"name": "scale_offset", "configuration": {"scale": -3, "offset": 1000}}, "bytes"]"#),
    ("<i8", r#"[{"name": "scale_offset", "configuration": {"scale": -1, "offset": -9223372036854775808}}, "bytes"]"#),
    (
        "<f4",
        r#"[{"name": "scale_offset", "configuration": {"scale": 0.1, "offset": 5}}, "bytes", "numcodecs.shuffle"]"#,
    ),
];

/// A filter's chain in encoding order, and the type that it decodes to.
fn chain(dtype: &str, config: &str) -> (DType, Vec<CodecSpec>) {
    let (dtype, endian) = DType::parse_numpy(dtype).unwrap_or_else(|e| panic!("{dtype}: {e}"));
    let chain = match serde_json::from_str(config) {
        Ok(Value::Array(chain)) => parse_v3_chain(&chain, dtype),
        Ok(config) => CodecSpec::parse_v2(&config).map(|codec| vec![CodecSpec::Bytes(endian), codec]),
        Err(e) => panic!("{config}: {e}"),
    };
    (dtype, chain.unwrap_or_else(|e| panic!("{config}: {e}")))
}

/// Encoded bytes and a tail of three: the number of elements along two dimensions, and which filter.
pub fn filters(data: &[u8]) {
    let Some((encoded, &[rows, columns, which])) = data.split_last_chunk::<3>() else { return };
    let (dtype, config) = FILTERS[usize::from(which) % FILTERS.len()];
    let (dtype, codecs) = chain(dtype, config);
    let fill = vec![0; dtype.size()];
    let shape = [u64::from(rows), u64::from(columns)];
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
