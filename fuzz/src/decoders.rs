//! Compressors, one at a time: exactly the promised length or an error, in little more memory than that.
//!
//! An input ends in three bytes: the decoded length in two, and one whose bits say how the decoder is called.

use crate::laws::within;
use zarrscope::array::{DType, Endian, HANDLE_BYTES};
use zarrscope::codec::{ChunkShape, decode_chunk, elements, max_encoded_len, pieces};
use zarrscope::error::Result;
use zarrscope::meta::{CodecSpec, MAX_VARIABLE_BYTES};

/// Bit of the last byte: another compressor stands before this one, so that only a limit is known.
const LIMIT_ONLY: u8 = 1;
/// Bit of the last byte: the length counts sixteen times.
pub(crate) const LONG: u8 = 2;
/// Above these bits the last byte chooses among configurations.
pub(crate) const CONFIG_SHIFT: u8 = 2;

/// Decodes with the law of lengths and of memory.
pub fn lawful(encoded: &[u8], codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Vec<u8>> {
    lawful_with(0, encoded, codecs, chunk)
}

/// The same for decoders that need so many bytes more.
pub fn lawful_with(more: usize, encoded: &[u8], codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Vec<u8>> {
    let Ok(len) = chunk.len_bytes() else { return decode_chunk(encoded, codecs, chunk) };
    let stages = codecs.len() + 2;
    // Of elements that vary in length nobody knows how many bytes they are: compressors may make so many.
    let unknown = if chunk.dtype.is_variable() && codecs.len() > 1 { MAX_VARIABLE_BYTES } else { 0 };
    let longest = usize::try_from(max_encoded_len((len + unknown) as u64)).unwrap_or(usize::MAX);
    let allowed = stages.saturating_mul(longest).saturating_add(4 * encoded.len()).saturating_add(more);
    let decoded = within(allowed, || decode_chunk(encoded, codecs, chunk));
    match &decoded {
        Ok(block) if chunk.dtype.is_variable() => whole(block, chunk.count().unwrap_or(0)),
        Ok(bytes) => assert_eq!(bytes.len(), len, "other than the promised length"),
        Err(error) => assert!(error.to_string().len() < 10_000, "a message of {} bytes", error.to_string().len()),
    }
    within(allowed, || in_pieces(encoded, codecs, chunk, &decoded));
    decoded
}

/// Where a chunk can be decoded piece by piece, its pieces are what the whole is, or one of them fails as the whole does.
fn in_pieces(encoded: &[u8], codecs: &[CodecSpec], chunk: &ChunkShape, whole: &Result<Vec<u8>>) {
    let (Ok(len), size) = (chunk.len_bytes(), chunk.dtype.size().max(1)) else { return };
    let own = match pieces(encoded, codecs, chunk) {
        Ok(None) => return,
        Ok(Some(mut own)) => (0..len).step_by((len / 5 / size + 1) * size).try_fold(0, |_, from| {
            let some = ((len / 5 / size + 1) * size).min(len - from);
            let piece = own.piece(from, some)?;
            if let Ok(whole) = whole {
                assert_eq!(piece, &whole[from..from + some], "a piece is other than the whole");
            }
            Ok(from)
        }),
        Err(error) => Err(error),
    };
    assert_eq!(own.err().map(|e| e.code()), whole.as_ref().err().map(|e| e.code()), "of pieces and of the whole");
}

/// Every handle of a block of elements that vary in length stands for bytes of the block.
fn whole(block: &[u8], count: usize) {
    assert!(block.len() >= count * HANDLE_BYTES, "{} bytes for {count} handles", block.len());
    let lens =
        block[..count * HANDLE_BYTES].chunks_exact(HANDLE_BYTES).map(|h| u32::from_le_bytes([h[4], h[5], h[6], h[7]]));
    for (element, len) in elements(block, count).zip(lens) {
        assert_eq!(element.len(), len as usize, "a handle that points outside");
    }
}

/// A codec as metadata would name it, decoding to the array's elements.
pub(crate) fn spec(config: &str) -> CodecSpec {
    let config = serde_json::from_str(config).unwrap_or_else(|e| panic!("{config}: {e}"));
    CodecSpec::parse_v2(&config).unwrap_or_else(|e| panic!("{config}: {e}"))
}

/// Decodes to bytes behind one codec.
pub(crate) fn bytes_of(more: usize, encoded: &[u8], len: u64, codec: CodecSpec) -> Result<Vec<u8>> {
    let chunk = ChunkShape { shape: &[len], dtype: DType::UInt8, fill: &[0] };
    lawful_with(more, encoded, &[CodecSpec::Bytes(Endian::Little), codec], &chunk)
}

/// The decoded length that two bytes and a mode tell.
pub(crate) fn length(low: u8, high: u8, mode: u8) -> u64 {
    u64::from(u16::from_le_bytes([low, high])) << if mode & LONG != 0 { 4 } else { 0 }
}

/// Encoded bytes and a tail of three: what a codec from bytes to bytes makes of them.
fn stream(data: &[u8], configs: &[&str]) {
    stream_of(data, configs, &[DType::UInt8]);
}

/// The same, of elements of one of these types.
fn stream_of(data: &[u8], configs: &[&str], dtypes: &[DType]) {
    let Some((encoded, &[a, b, mode])) = data.split_last_chunk::<3>() else { return };
    let mut codecs = vec![CodecSpec::Bytes(Endian::Little)];
    if mode & LIMIT_ONLY != 0 {
        codecs.push(CodecSpec::Lz4);
    }
    let choice = usize::from(mode >> CONFIG_SHIFT);
    codecs.push(spec(configs[choice % configs.len()]));
    let dtype = dtypes[choice / configs.len() % dtypes.len()];
    let shape = [length(a, b, mode) / dtype.size() as u64];
    let _ = lawful(encoded, &codecs, &ChunkShape { shape: &shape, dtype, fill: &[0; 8][..dtype.size()] });
}

macro_rules! streams {
    ($($name:ident $config:literal)*) => {
        $(
            #[doc = concat!("The codec `", $config, "`.")]
            pub fn $name(data: &[u8]) {
                stream(data, &[$config]);
            }
        )*
    };
}

streams! {
    gzip r#"{"id": "gzip"}"#
    zlib r#"{"id": "zlib"}"#
    zstd r#"{"id": "zstd"}"#
    lz4 r#"{"id": "lz4"}"#
    bz2 r#"{"id": "bz2"}"#
    lzw r#"{"id": "imagecodecs_lzw"}"#
    pcodec r#"{"id": "pcodec"}"#
    zfpy r#"{"id": "zfpy"}"#
}

/// Blosc, of elements of one to eight bytes.
pub fn blosc(data: &[u8]) {
    stream_of(data, &[r#"{"id": "blosc"}"#], &[DType::UInt8, DType::Int16, DType::Float32, DType::Float64]);
}

/// What is packed without any wrapping.
pub(crate) const BARE: &[&str] = &[
    r#"{"id": "imagecodecs_deflate", "raw": true}"#,
    r#"{"id": "imagecodecs_lz4"}"#,
    r#"{"id": "imagecodecs_packbits"}"#,
];

/// Deflate, LZ4 and TIFF's run lengths without headers.
pub fn bare(data: &[u8]) {
    stream(data, BARE);
}

/// Python's `lzma` in its formats, and raw with each filter.
pub(crate) const LZMA: &[&str] = &[
    r#"{"id": "lzma", "format": 1}"#,
    r#"{"id": "lzma", "format": 2}"#,
    r#"{"id": "imagecodecs_lzma"}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 33, "preset": 1}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 3, "dist": 4}, {"id": 33, "preset": 9}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 3, "dist": 2}, {"id": 4611686018427387905, "preset": 3, "lc": 2, "lp": 1, "pb": 1}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 4, "dist": 2}, {"id": 33, "dict_size": 4294967295}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 5}, {"id": 33}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 6}, {"id": 33}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 7}, {"id": 8}, {"id": 33}]}"#,
    r#"{"id": "lzma", "format": 3, "filters": [{"id": 9}, {"id": 3, "dist": 256}, {"id": 4611686018427387905, "lc": 0, "lp": 4, "pb": 4}]}"#,
];

/// LZMA; the checksum of an .xz file's first block header is always made right, so that mutations reach what stands
/// behind it.
pub fn lzma(data: &[u8]) {
    let mut data = data.to_vec();
    if data.starts_with(b"\xfd7zXZ\0") {
        let len = data.get(12).map_or(0, |&words| 4 * usize::from(words));
        if let Some((fields, [a, b, c, d, ..])) = data.get_mut(12..).and_then(|header| header.split_at_mut_checked(len))
        {
            [*a, *b, *c, *d] = crc32fast::hash(fields).to_le_bytes();
        }
    }
    stream(&data, LZMA);
}
