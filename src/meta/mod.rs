//! Zarr metadata, v2 and v3: from JSON bytes to a tree of groups and arrays.

mod brief;
mod codecs;
mod consolidated;
mod exact;
mod grids;
mod json;
mod keys;
mod nczarr;
mod nodes;
mod open;
mod passed;
mod scan;
mod tree;
mod types;
mod v2;
mod v3;

pub use brief::Brief;
pub use codecs::{
    AecSpec, BitShuffle, ByteShuffle, CastValue, Categories, Checksum, CodecSpec, GribPart, GribSpec, IndexLocation,
    LzmaFilter, LzmaFormat, ObjectCoding, OutOfRange, Rounding, Rows, ScaleOffset, ShardSpec, SzipSpec, TypePair,
    parse_v3_chain,
};
pub use exact::Exact;
pub use json::{json_text, parse_json, quote_non_finite};
pub use keys::ChunkKeys;
pub use nodes::{Node, Nodes, Written};
pub use open::{open, resolve_array};
pub use passed::Passed;
pub use tree::{ArrayMeta, Group, Tree};

/// The largest metadata document read, in bytes (consolidated metadata of large catalogues reach tens of MB).
pub const MAX_METADATA_BYTES: u64 = 128 << 20;
/// The most dimensions of an array (numpy's own limit is 64).
pub const MAX_NDIM: usize = 64;
/// The most arrays and groups of one tree.
pub const MAX_NODES: usize = 200_000;
/// The largest chunk of elements that vary in length, in bytes, once its compressors are undone.
pub const MAX_VARIABLE_BYTES: usize = 128 << 20;
/// The largest decoded chunk, in bytes.
pub const MAX_CHUNK_BYTES: u64 = 512 << 20;
