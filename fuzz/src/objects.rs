//! Elements that vary in length: as many as are promised, each within the block, or an error.

use crate::decoders::{lawful_with, spec};
use serde_json::Value;
use zarrscope::array::{DType, Endian, HANDLE_BYTES};
use zarrscope::codec::ChunkShape;
use zarrscope::meta::CodecSpec;

/// The decoded type, and what makes bytes of elements.
pub(crate) const OBJECTS: &[(DType, &str)] = &[
    (DType::Text, r#"{"id": "vlen-utf8"}"#),
    (DType::Blob, r#"{"id": "vlen-bytes"}"#),
    (DType::Object, r#"{"id": "vlen-array", "dtype": "<i2"}"#),
    (DType::Object, r#"{"id": "vlen-array", "dtype": ">f8"}"#),
    (DType::Object, r#"{"id": "vlen-array", "dtype": "<M8[s]"}"#),
    (DType::Object, r#"{"id": "vlen-array", "dtype": "<U3"}"#),
    (DType::Object, r#"{"id": "json2"}"#),
    (DType::Object, r#"{"id": "msgpack2"}"#),
    (DType::Text, r#"{"id": "categorize", "dtype": "|O", "astype": "|u1", "labels": ["sea", "land", "ice"]}"#),
    (DType::Unicode(4), r#"{"id": "categorize", "dtype": "<U4", "astype": "<i8", "labels": ["sea", "land", "ice"]}"#),
    (DType::Bytes(3), r#"{"id": "categorize", "dtype": "|S3", "astype": "<i2", "labels": ["sea", "land"]}"#),
];

/// What one byte may become as JSON, twice: a byte of a `vlen-array` is four characters, one of a text up to six.
const GROWTH: usize = 32;
/// The longest label above.
const LABEL: usize = 4;

/// Encoded bytes and a tail of three: the number of elements along two dimensions, and which codec.
pub fn objects(data: &[u8]) {
    let Some((encoded, &[rows, columns, which])) = data.split_last_chunk::<3>() else { return };
    let (dtype, config) = OBJECTS[usize::from(which) % OBJECTS.len()];
    let shape = [u64::from(rows), u64::from(columns)];
    let codec = spec(config);
    let codecs = match codec {
        CodecSpec::Categorize(_) => vec![codec, CodecSpec::Bytes(Endian::Little)],
        codec => vec![codec],
    };
    let count = usize::from(rows) * usize::from(columns);
    let more = count * (HANDLE_BYTES + LABEL) + GROWTH * encoded.len();
    let fill = vec![0; if dtype.is_variable() { 0 } else { dtype.size() }];
    let chunk = ChunkShape { shape: &shape[..if columns == 1 { 1 } else { 2 }], dtype, fill: &fill };
    if let Ok(block) = lawful_with(more, encoded, &codecs, &chunk)
        && dtype == DType::Object
    {
        for element in zarrscope::codec::elements(&block, count) {
            let json: Result<Value, _> = serde_json::from_slice(element);
            assert!(json.is_ok(), "{:?} is no JSON", String::from_utf8_lossy(element));
        }
    }
}
