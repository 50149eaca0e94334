//! Decoding: bytes and a known decoded length in, exactly that many bytes out, or an error that names the codec.
//!
//! The decoded size of every chunk is known from metadata before a byte is fetched, so nothing here grows until done:
//! that one rule removes decompression bombs, short reads and most lying headers.
#![deny(clippy::indexing_slicing, unsafe_code)]

#[cfg(feature = "rare")]
mod aec;
mod base64;
mod blosc;
mod blosclz;
#[cfg(feature = "rare")]
mod bz2;
mod cast_value;
mod categorize;
mod checksum;
mod deflate;
#[cfg(feature = "rare")]
mod grib;
mod lz4;
#[cfg(feature = "rare")]
mod lzma;
#[cfg(feature = "rare")]
mod lzw;
mod matches;
#[cfg(feature = "rare")]
mod msb;
mod msgpack;
mod numeric;
mod objects;
mod packbits;
#[cfg(feature = "rare")]
mod pcodec;
mod pieces;
mod pipeline;
mod predictor;
mod rare;
mod register;
mod sharding;
mod shuffle;
mod sizes;
#[cfg(feature = "rare")]
mod szip;
mod transpose;
mod variable;
#[cfg(feature = "rare")]
mod zfp;
mod zstd;

pub use blosc::decode_blosc;
pub use deflate::{decode_gzip, inflate_raw};
pub use lz4::decode_lz4_block;
pub use pieces::{Pieces, pieces};
pub use pipeline::{ChunkShape, decode_chunk};
pub use rare::{RareHost, decode_rare, load_codecs, set_rare_host};
pub use sharding::{ShardIndex, fill_block, index_len_bytes};
pub use shuffle::{unbitshuffle, unshuffle};
pub use sizes::{encoded_len, encoded_limit, max_encoded_len};
pub use variable::{element, elements};
pub use zstd::{ZstdDictionary, decode_zstd, decode_zstd_with};

use crate::error::{Error, Result, corrupt};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::thread::LocalKey;

/// What a decoder must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// Exactly so many bytes.
    Exactly(usize),
    /// At most so many bytes: a compressor that stands outside another's output.
    AtMost(usize),
}

impl Expected {
    /// The most bytes that may come out.
    pub fn limit(self) -> usize {
        match self {
            Expected::Exactly(n) | Expected::AtMost(n) => n,
        }
    }

    /// Refuses a length that may not be.
    pub fn check(self, len: usize) -> Result<()> {
        let fits = match self {
            Expected::Exactly(n) => len == n,
            Expected::AtMost(n) => len <= n,
        };
        if fits { Ok(()) } else { Err(wrong_length(self.limit(), len as u64)) }
    }
}

/// The error for a decoder that gave another length than the metadata promises.
pub fn wrong_length(expected: usize, actual: u64) -> Error {
    corrupt(format!("decodes to {actual} bytes, expected {expected}")).with_sizes(expected as u64, actual)
}

/// A zeroed buffer, or `out_of_memory`: an allocation that fails must not take the worker down.
pub fn buffer(len: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).map_err(|_| {
        Error::new(crate::error::Code::OutOfMemory, format!("no memory for a block of {len} bytes"))
            .with_sizes(len as u64, 0)
    })?;
    bytes.resize(len, 0);
    Ok(bytes)
}

/// A block that is kept for the next one is no larger: a worker's memory must not grow by it.
const LARGEST_SPARE: usize = 32 << 20;
/// Up to here blocks are kept beside larger ones: a frame's blocks must not displace whole chunks.
const SMALL_SPARE: usize = 1 << 20;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static SPARE_SMALL: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Where blocks of such a length are kept.
fn spare(len: usize) -> &'static LocalKey<Cell<Vec<u8>>> {
    if len <= SMALL_SPARE { &SPARE_SMALL } else { &SPARE }
}

/// A buffer for a decoder that writes all of it, or fails: what stands in it is not zeroed, but of the block before
/// ([`give_back`]).
pub(super) fn used_buffer(len: usize) -> Result<Vec<u8>> {
    let mut spare = spare(len).take();
    if spare.capacity() < len || spare.capacity() / 4 > len {
        drop(spare);
        return buffer(len);
    }
    spare.resize(len, 0);
    Ok(spare)
}

/// Gives a block's bytes back, once they were looked at, for [`used_buffer`].
pub fn give_back(block: Vec<u8>) {
    if block.capacity() <= LARGEST_SPARE {
        spare(block.capacity()).set(block);
    }
}
