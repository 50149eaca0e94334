//! Codecs as metadata names them, v2 ids and v3 names alike, in encoding order.
//!
//! Here stands what there is; [`parse`] reads configurations, one file per family. What a codec does to sizes is the
//! decoder's business (`codec::sizes`).
//! Sources: Zarr v3 core and its codec specs; numcodecs' `get_config`; ZEP 2 (sharding).
#![deny(clippy::indexing_slicing)]

mod array;
mod cast;
mod heavy;
mod image;
mod numeric;
mod objects;
mod parse;
mod shard;
mod stream;

pub use cast::{CastValue, OutOfRange, Rounding, ScaleOffset};
pub use heavy::{AecSpec, GribPart, GribSpec, SzipSpec};
pub use image::{BitShuffle, ByteShuffle, Rows};
pub use numeric::TypePair;
pub use objects::{Categories, ObjectCoding};
pub use parse::parse_v3_chain;
pub use shard::ShardSpec;
pub use stream::{Checksum, LzmaFilter, LzmaFormat};

use crate::array::{DType, Endian, Swap};
use serde::{Deserialize, Serialize};

/// Where a shard keeps its index, or a chunk its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum IndexLocation {
    Start,
    End,
}

/// One codec and what its decoder must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CodecSpec {
    /// array → array: dimension `i` of the encoded array is dimension `order[i]` of the decoded one.
    Transpose(Vec<usize>),
    /// array → array: differences of neighbours (numcodecs).
    Delta(TypePair),
    /// array → array: `decoded = encoded / scale + offset` (numcodecs).
    FixedScaleOffset {
        /// The decoded and the encoded type.
        types: TypePair,
        /// Divisor on decoding.
        scale: f64,
        /// Summand on decoding.
        offset: f64,
    },
    /// array → array: elements stored in another type (numcodecs' `astype` and `quantize`).
    AsType(TypePair),
    /// array → array: a conversion of numbers with rules for what does not fit (zarr-extensions).
    CastValue(Box<CastValue>),
    /// array → array: a linear map in the array's own type (zarr-extensions).
    ScaleOffset(ScaleOffset),
    /// array → array: nothing to undo (numcodecs' `bitround` only loses bits while encoding).
    BitRound,
    /// array → array: eight booleans to a byte, behind the number of padding bits (numcodecs).
    PackBits,
    /// array → bytes, in a byte order.
    Bytes(Endian),
    /// array → bytes: records, of which these units are big-endian.
    Fields(Vec<Swap>),
    /// array → bytes: elements that vary in length.
    Objects(ObjectCoding),
    /// array → array: numbers that stand for labels (numcodecs).
    Categorize(Box<Categories>),
    /// array → bytes: a shard.
    Sharding(Box<ShardSpec>),
    /// bytes → bytes: bytes of elements regrouped by significance (numcodecs).
    Shuffle(usize),
    /// bytes → bytes: differences along rows of elements (imagecodecs; TIFF's predictor 2).
    RowsDelta(Rows),
    /// bytes → bytes: bytes regrouped by significance along rows (imagecodecs; TIFF's predictor 3).
    RowsShuffle(ByteShuffle),
    /// bytes → bytes: bits regrouped by significance (imagecodecs).
    BitShuffle(BitShuffle),
    /// bytes → bytes: Blosc 1 frames say for themselves how they were written.
    Blosc,
    /// bytes → bytes.
    Gzip,
    /// bytes → bytes.
    Zlib,
    /// bytes → bytes.
    Zstd,
    /// bytes → bytes, in letters (numcodecs).
    Base64,
    /// bytes → bytes.
    Bz2,
    /// bytes → bytes: deflate without a wrapping.
    Deflate,
    /// bytes → bytes: .xz, .lzma, or neither.
    Lzma(LzmaFormat),
    /// bytes → bytes: LZW as in TIFF.
    Lzw,
    /// bytes → bytes: run lengths as in TIFF, compression 32773.
    TiffPackBits,
    /// bytes → bytes: one LZ4 block and nothing before it.
    Lz4Block,
    /// bytes → bytes: an LZ4 block behind its length in 4 bytes (numcodecs).
    Lz4,
    /// bytes → bytes: a CRC-32C in 4 bytes, at the end (numcodecs can put it at the start).
    Crc32c(IndexLocation),
    /// bytes → bytes: any other checksum in 4 bytes.
    Checksum(Checksum, IndexLocation),
    /// array → bytes in Zarr v3, where `bytes` is written out before it: pco's numbers say their type (numcodecs).
    Pcodec,
    /// array → bytes in Zarr v3, likewise: zfp blocks behind a full header (numcodecs).
    Zfpy,
    /// bytes → bytes: CCSDS 121.0-B (imagecodecs).
    Aec(AecSpec),
    /// bytes → bytes: HDF5's szip (imagecodecs).
    Szip(SzipSpec),
    /// array → bytes in Zarr v3, likewise: a GRIB2 message (kerchunk).
    Grib(GribSpec),
}

impl CodecSpec {
    /// The name in messages and in `info`.
    pub fn name(&self) -> &'static str {
        match self {
            CodecSpec::Transpose(_) => "transpose",
            CodecSpec::Delta(_) => "delta",
            CodecSpec::FixedScaleOffset { .. } => "fixedscaleoffset",
            CodecSpec::AsType(_) => "astype",
            CodecSpec::CastValue(_) => "cast_value",
            CodecSpec::ScaleOffset(_) => "scale_offset",
            CodecSpec::BitRound => "bitround",
            CodecSpec::PackBits => "packbits",
            CodecSpec::Bytes(_) | CodecSpec::Fields(_) => "bytes",
            CodecSpec::Objects(coding) => coding.name(),
            CodecSpec::Categorize(_) => "categorize",
            CodecSpec::Sharding(_) => "sharding_indexed",
            CodecSpec::Shuffle(_) => "shuffle",
            CodecSpec::RowsDelta(_) => "imagecodecs_delta",
            CodecSpec::RowsShuffle(spec) if spec.delta && spec.high_first => "imagecodecs_floatpred",
            CodecSpec::RowsShuffle(_) => "imagecodecs_byteshuffle",
            CodecSpec::BitShuffle(_) => "imagecodecs_bitshuffle",
            CodecSpec::Base64 => "base64",
            CodecSpec::Blosc => "blosc",
            CodecSpec::Gzip => "gzip",
            CodecSpec::Zlib => "zlib",
            CodecSpec::Zstd => "zstd",
            CodecSpec::Lz4 => "lz4",
            CodecSpec::Bz2 => "bz2",
            CodecSpec::Deflate => "imagecodecs_deflate",
            CodecSpec::Lzma(_) => "lzma",
            CodecSpec::Lzw => "imagecodecs_lzw",
            CodecSpec::TiffPackBits => "imagecodecs_packbits",
            CodecSpec::Lz4Block => "imagecodecs_lz4",
            CodecSpec::Crc32c(_) => "crc32c",
            CodecSpec::Checksum(kind, _) => kind.name(),
            CodecSpec::Pcodec => "pcodec",
            CodecSpec::Zfpy => "zfpy",
            CodecSpec::Aec(_) => "imagecodecs_aec",
            CodecSpec::Szip(_) => "imagecodecs_szip",
            CodecSpec::Grib(_) => "grib",
        }
    }

    /// The element type that stands behind this codec in the encoded form, where `decoded` stands before it.
    pub fn encoded_dtype(&self, decoded: DType) -> DType {
        match self {
            CodecSpec::Delta(types) | CodecSpec::FixedScaleOffset { types, .. } | CodecSpec::AsType(types) => {
                types.astype
            }
            CodecSpec::CastValue(spec) => spec.encoded,
            CodecSpec::PackBits => DType::UInt8,
            CodecSpec::Categorize(categories) => categories.types.astype,
            _ => decoded,
        }
    }

    /// True if this codec turns the array into bytes.
    pub fn is_array_to_bytes(&self) -> bool {
        matches!(self, CodecSpec::Bytes(_) | CodecSpec::Fields(_) | CodecSpec::Objects(_) | CodecSpec::Sharding(_))
    }

    /// The type of the objects that this codec makes, if it makes such.
    pub fn objects(&self) -> Option<DType> {
        match self {
            CodecSpec::Objects(coding) => Some(coding.dtype()),
            CodecSpec::Categorize(categories) if categories.types.dtype == DType::Text => Some(DType::Text),
            _ => None,
        }
    }

    /// This codec, and what writes out its numbers if it makes numbers: Zarr v2 leaves that unsaid.
    pub fn with_its_bytes(self) -> Vec<CodecSpec> {
        match &self {
            CodecSpec::Categorize(categories) => {
                let bytes = CodecSpec::Bytes(categories.types.as_endian);
                vec![self, bytes]
            }
            _ => vec![self],
        }
    }

    /// True if this codec compresses: its output's size follows from the values.
    pub fn is_compressor(&self) -> bool {
        match self {
            CodecSpec::Blosc | CodecSpec::Gzip | CodecSpec::Zlib | CodecSpec::Zstd | CodecSpec::Lz4 => true,
            CodecSpec::Bz2 | CodecSpec::Deflate | CodecSpec::Lzma(_) | CodecSpec::Lzw => true,
            CodecSpec::TiffPackBits | CodecSpec::Lz4Block => true,
            CodecSpec::Pcodec | CodecSpec::Zfpy | CodecSpec::Aec(_) | CodecSpec::Szip(_) | CodecSpec::Grib(_) => true,
            CodecSpec::Sharding(spec) => spec.codecs.iter().any(CodecSpec::is_compressor),
            _ => false,
        }
    }
}
