//! What stands between the codecs of a chain: how many bytes, of which shape and element type.
//!
//! Walked in encoding order, from what the metadata promises: a decoder's output is exactly so long as long as only
//! codecs of known growth stand before it, and at most so long behind a compressor.

use super::{ChunkShape, Expected, index_len_bytes};
use crate::array::DType;
use crate::error::{Result, invalid_metadata, to_usize, too_large};
use crate::meta::{CodecSpec, MAX_CHUNK_BYTES, MAX_VARIABLE_BYTES, TypePair};

/// How the encoded size follows from the decoded one.
#[derive(Clone, Copy)]
pub enum Growth {
    /// As many bytes.
    Same,
    /// So many bytes more.
    Plus(usize),
    /// As many elements, of another size in bytes.
    Elements {
        /// Of the decoded elements.
        decoded: usize,
        /// Of the encoded ones.
        encoded: usize,
    },
    /// Any other function of the number of bytes, growing with it.
    Computed(fn(usize) -> usize),
    /// Nobody knows: elements vary in length.
    Unknown,
    /// A compressor's output: a little more than the decoded size at most.
    Bounded,
}

/// The rule of each codec.
pub fn growth(codec: &CodecSpec) -> Growth {
    match codec {
        CodecSpec::Transpose(_) | CodecSpec::Bytes(_) | CodecSpec::Shuffle(_) | CodecSpec::BitRound => Growth::Same,
        CodecSpec::Fields(_) => Growth::Same,
        CodecSpec::Objects(_) => Growth::Unknown,
        CodecSpec::Categorize(categories) => elements(&categories.types),
        CodecSpec::ScaleOffset(_) | CodecSpec::RowsDelta(_) | CodecSpec::RowsShuffle(_) | CodecSpec::BitShuffle(_) => {
            Growth::Same
        }
        CodecSpec::CastValue(spec) => Growth::Elements { decoded: spec.decoded.size(), encoded: spec.encoded.size() },
        CodecSpec::Delta(types) | CodecSpec::FixedScaleOffset { types, .. } | CodecSpec::AsType(types) => {
            elements(types)
        }
        CodecSpec::PackBits => Growth::Computed(|n| n.div_ceil(8).saturating_add(1)),
        CodecSpec::Crc32c(_) | CodecSpec::Checksum(..) => Growth::Plus(4),
        CodecSpec::Base64 => Growth::Computed(|n| n.div_ceil(3).saturating_mul(4)),
        CodecSpec::Blosc
        | CodecSpec::Gzip
        | CodecSpec::Zlib
        | CodecSpec::Zstd
        | CodecSpec::Lz4
        | CodecSpec::Bz2
        | CodecSpec::Deflate
        | CodecSpec::Lzma(_)
        | CodecSpec::Lzw
        | CodecSpec::TiffPackBits
        | CodecSpec::Lz4Block
        | CodecSpec::Pcodec
        | CodecSpec::Zfpy
        | CodecSpec::Aec(_)
        | CodecSpec::Szip(_)
        | CodecSpec::Grib(_)
        | CodecSpec::Sharding(_) => Growth::Bounded,
    }
}

fn is_shard(codec: &CodecSpec) -> bool {
    matches!(codec, CodecSpec::Sharding(_))
}

fn elements(types: &TypePair) -> Growth {
    Growth::Elements { decoded: types.dtype.size(), encoded: types.astype.size() }
}

/// The most bytes that an encoded chunk may have: compressors expand what they cannot compress, but not by much.
pub fn max_encoded_len(decoded_len: u64) -> u64 {
    decoded_len.saturating_add(decoded_len / 10).saturating_add(64 << 10)
}

/// What one codec decodes to.
#[derive(Debug, Clone)]
pub struct Stage {
    /// How many bytes.
    pub expected: Expected,
    /// Elements along each dimension, as long as it is an array.
    pub shape: Vec<u64>,
    /// The element type, as long as it is an array.
    pub dtype: DType,
    /// One element that was never written, little-endian; nothing where a filter stands between it and the array.
    pub fill: Vec<u8>,
}

impl Stage {
    /// The same as a chunk of its own.
    pub fn chunk(&self) -> ChunkShape<'_> {
        ChunkShape { shape: &self.shape, dtype: self.dtype, fill: &self.fill }
    }
}

/// What each codec decodes to, in encoding order, and what the whole chain decodes from.
pub fn stages(codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<(Vec<Stage>, Expected)> {
    let len = chunk.len_bytes()?;
    let (shape, fill) = (chunk.shape.to_vec(), chunk.fill.to_vec());
    let variable = chunk.dtype.is_variable();
    let expected =
        if variable { Expected::AtMost(len.saturating_add(MAX_VARIABLE_BYTES)) } else { Expected::Exactly(len) };
    let mut now = Stage { expected, shape, dtype: chunk.dtype, fill };
    let mut stages = Vec::with_capacity(codecs.len());
    let mut is_bytes = false;
    let mut longest = if variable { MAX_VARIABLE_BYTES } else { len };
    for codec in codecs {
        let in_codec = |e: crate::error::Error| e.with_codec(codec.name());
        stages.push(now.clone());
        if codec.is_array_to_bytes() && is_bytes {
            return Err(in_codec(invalid_metadata("two codecs that turn the array into bytes")));
        }
        if matches!(codec, CodecSpec::Objects(_)) != now.dtype.is_variable()
            && codec.is_array_to_bytes()
            && !is_shard(codec)
        {
            return Err(in_codec(invalid_metadata(format!("elements of the type {}", now.dtype.name()))));
        }
        is_bytes |= codec.is_array_to_bytes();
        if let CodecSpec::Categorize(_) = codec
            && now.dtype.is_variable()
        {
            // Handles stand for the text: as many as there are numbers.
            now.expected = Expected::Exactly(len);
        }
        if let CodecSpec::Sharding(spec) = codec {
            let index = to_usize(index_len_bytes(&now.shape, spec).map_err(in_codec)?, "shard index")?;
            longest = longest.saturating_add(index);
        }
        now.expected = encoded(growth(codec), now.expected, longest).map_err(in_codec)?;
        if let Expected::Exactly(n) = now.expected {
            longest = longest.max(n);
        }
        if !is_bytes {
            shape_before(codec, &mut now).map_err(in_codec)?;
        }
    }
    if is_bytes { Ok((stages, now.expected)) } else { Err(invalid_metadata("no codec turns the array into bytes")) }
}

/// The most bytes that a chain of codecs may make of a chunk.
pub fn encoded_limit(codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<u64> {
    let (_, encoded) = stages(codecs, chunk)?;
    Ok(match encoded {
        // What has a fixed size is fetched even when it is a little longer: the decoder's message says more.
        Expected::Exactly(n) => max_encoded_len(n as u64),
        Expected::AtMost(n) => n as u64,
    })
}

/// How long a chunk is as it is stored, if its codecs make all chunks of its shape equally long.
///
/// # Errors
/// As [`encoded_limit`].
pub fn encoded_len(codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Option<u64>> {
    Ok(match stages(codecs, chunk)?.1 {
        Expected::Exactly(n) => Some(n as u64),
        Expected::AtMost(_) => None,
    })
}

/// The size of a codec's input, from that of its output and the longest array or stream before it.
fn encoded(growth: Growth, decoded: Expected, longest: usize) -> Result<Expected> {
    let n = decoded.limit();
    let size = match growth {
        Growth::Same => n,
        Growth::Plus(k) => n.saturating_add(k),
        Growth::Computed(f) => f(n),
        Growth::Elements { decoded: from, encoded: to } => {
            let exact = matches!(decoded, Expected::Exactly(_));
            if from == 0 || to == 0 || (exact && !n.is_multiple_of(from)) {
                return Err(invalid_metadata(format!("{n} bytes in elements of {from} bytes")));
            }
            (n / from).saturating_mul(to)
        }
        Growth::Unknown => MAX_VARIABLE_BYTES,
        Growth::Bounded => to_usize(max_encoded_len(longest as u64), "encoded chunk")?,
    };
    let most = max_encoded_len(MAX_CHUNK_BYTES);
    if size as u64 > most {
        return Err(too_large("encoded chunk in bytes", size as u64, most));
    }
    Ok(match (growth, decoded) {
        (Growth::Bounded | Growth::Unknown, _) | (_, Expected::AtMost(_)) => Expected::AtMost(size),
        (_, Expected::Exactly(_)) => Expected::Exactly(size),
    })
}

/// The array that a codec from arrays to arrays makes.
fn shape_before(codec: &CodecSpec, now: &mut Stage) -> Result<()> {
    match codec {
        CodecSpec::Transpose(order) => {
            let shape: Option<Vec<u64>> = order.iter().map(|&d| now.shape.get(d).copied()).collect();
            let shape = shape.filter(|s| s.len() == now.shape.len());
            now.shape =
                shape.ok_or_else(|| invalid_metadata(format!("order {order:?} for {} dimensions", now.shape.len())))?;
        }
        CodecSpec::Delta(_)
        | CodecSpec::FixedScaleOffset { .. }
        | CodecSpec::AsType(_)
        | CodecSpec::PackBits
        | CodecSpec::Categorize(_)
        | CodecSpec::CastValue(_)
        | CodecSpec::ScaleOffset(_) => {
            now.dtype = codec.encoded_dtype(now.dtype);
            now.fill = Vec::new();
            if matches!(codec, CodecSpec::PackBits) {
                now.shape = vec![now.expected.limit() as u64];
            }
        }
        _ => {}
    }
    Ok(())
}
