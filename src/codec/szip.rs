//! szip as HDF5's filter and `imagecodecs_szip` have it: the decoded length in 4 bytes, then an AEC stream of scanlines.
//!
//! Pixels of 32 and 64 bits are taken apart into planes of bytes before coding; each scanline is padded to whole blocks.
//! Source: HDF5's H5Zszip.c and libaec's szip interface, whose options these are.

use super::aec::{decode_lines, sample_size};
use super::shuffle::unshuffle;
use super::{Expected, buffer, wrong_length};
use crate::error::{Result, corrupt, invalid_metadata, to_usize, unsupported};
use crate::meta::{AecSpec, SzipSpec};

const MSB: u32 = 16;
const NEAREST_NEIGHBOUR: u32 = 32;
const AEC_MSB: u32 = 4;
const AEC_PREPROCESS: u32 = 8;
/// Blocks on a scanline, as libaec limits them.
const MAX_BLOCKS: u32 = 4096;

/// Decodes a chunk.
pub fn decode_szip(input: &[u8], spec: &SzipSpec, expected: Expected) -> Result<Vec<u8>> {
    let Expected::Exactly(len) = expected else {
        return Err(unsupported("szip inside another compressor"));
    };
    let mut stream = input;
    if spec.header {
        let (head, rest) = input.split_first_chunk().ok_or_else(|| corrupt("no length before the stream"))?;
        let stated = u32::from_le_bytes(*head) as usize;
        if stated != len {
            return Err(wrong_length(len, stated as u64));
        }
        stream = rest;
    }
    if spec.pixels_per_block == 0 || spec.pixels_per_scanline == 0 {
        return Err(invalid_metadata("szip needs pixels per block and per scanline"));
    }
    let blocks = spec.pixels_per_scanline.div_ceil(spec.pixels_per_block);
    let planes = match spec.bits_per_pixel {
        32 => 4,
        64 => 8,
        _ => 1,
    };
    let bits_per_sample = if planes > 1 { 8 } else { spec.bits_per_pixel };
    let mut flags = 0;
    for (option, flag) in [(MSB, AEC_MSB), (NEAREST_NEIGHBOUR, AEC_PREPROCESS)] {
        flags |= if spec.options & option != 0 { flag } else { 0 };
    }
    if blocks > MAX_BLOCKS {
        return Err(invalid_metadata(format!("{blocks} blocks on a scanline, at most {MAX_BLOCKS}")));
    }
    let aec = AecSpec { bits_per_sample, block_size: spec.pixels_per_block, blocks_per_interval: blocks, flags };
    let line = to_usize(u64::from(spec.pixels_per_scanline), "scanline")?.saturating_mul(sample_size(&aec));
    let padding = blocks.saturating_mul(spec.pixels_per_block).saturating_sub(spec.pixels_per_scanline);
    let mut bytes = decode_lines(stream, &aec, len, line, padding)?;
    if planes > 1 {
        let mut whole = buffer(bytes.len())?;
        unshuffle(planes, &bytes, &mut whole);
        bytes = whole;
    }
    Ok(bytes)
}
