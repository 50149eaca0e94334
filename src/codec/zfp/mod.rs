//! zfp streams as numcodecs' `zfpy` writes them: a full header, then blocks of 4 per dimension.
//!
//! In: magic `zfp` and the codec's version 5, 52 bits of extents and type, 12 or 64 bits of mode; out: little-endian
//! elements in C order. All modes: fixed rate, fixed precision, fixed accuracy, reversible, expert.
//! Source: the zfp manual (zfp.readthedocs.io), sections "Algorithm" and "Bit Stream"; LLNL/zfp 1.0.

mod block;
mod order;
mod stream;

use super::{Expected, buffer};
use crate::error::{Result, corrupt, to_usize, unsupported};
use block::{Limits, MAX_BLOCK, MIN_EXPONENT, Scalar, decode_block};
use stream::Bits;

/// `zfp`, then the version of the codec that zfp 0.5 and later write.
const MAGIC: [u8; 4] = *b"zfp\x05";
/// The most bits that a block may take where nothing else limits it.
const MAX_BLOCK_BITS: u32 = 16658;

struct Header {
    scalar: Scalar,
    /// Extents, fastest first; 1 beyond the dimensions.
    extents: [usize; 4],
    ndim: usize,
    limits: Limits,
}

/// Decodes a stream.
pub fn decode_zfp(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let body = input.strip_prefix(MAGIC.as_slice()).ok_or_else(|| match input.strip_prefix(b"zfp") {
        Some(&[version, ..]) => unsupported(format!("zfp codec version {version}")),
        _ => corrupt("no zfp header"),
    })?;
    let mut stream = Bits::new(body);
    let header = header(&mut stream)?;
    if stream.overrun() {
        return Err(corrupt(format!("a header of {} bytes", input.len())));
    }
    let size = header.scalar.width() as usize / 8;
    let len = header.extents.iter().try_fold(size, |len, &n| len.checked_mul(n));
    let len = len.filter(|&len| match expected {
        Expected::Exactly(n) => len == n,
        Expected::AtMost(n) => len <= n,
    });
    let len = len.ok_or_else(|| {
        corrupt(format!("the header says {:?} elements of {size} bytes", header.extents))
            .with_sizes(expected.limit() as u64, 0)
    })?;
    let mut out = buffer(len)?;
    decode_blocks(&mut stream, &header, size, &mut out)?;
    Ok(out)
}

fn header(stream: &mut Bits) -> Result<Header> {
    let mut meta = stream.bits(52);
    let scalar = match meta & 3 {
        0 => Scalar::Int32,
        1 => Scalar::Int64,
        2 => Scalar::Float32,
        _ => Scalar::Float64,
    };
    let (ndim, width) = match meta >> 2 & 3 {
        0 => (1, 48),
        1 => (2, 24),
        2 => (3, 16),
        _ => (4, 12),
    };
    meta >>= 4;
    let mut extents = [1; 4];
    for extent in extents.iter_mut().take(ndim) {
        *extent = to_usize((meta & ((1 << width) - 1)) + 1, "extent in a zfp header")?;
        meta >>= width;
    }
    Ok(Header { scalar, extents, ndim, limits: mode(stream)? })
}

/// The short mode of 12 bits, or all four limits in 64.
fn mode(stream: &mut Bits) -> Result<Limits> {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let exponent = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
    let free = Limits { min_bits: 1, max_bits: MAX_BLOCK_BITS, max_precision: 64, min_exponent: MIN_EXPONENT };
    let short = stream.bits(12);
    Ok(match short {
        0..2048 => Limits { min_bits: number(short) + 1, max_bits: number(short) + 1, ..free },
        2048..2176 => Limits { max_precision: number(short) + 1 - 2048, ..free },
        2176 => Limits { min_exponent: MIN_EXPONENT - 1, ..free },
        2177..4095 => Limits { min_exponent: MIN_EXPONENT + exponent(short) - 2177, ..free },
        _ => {
            let long = stream.bits(52);
            let min_bits = number(long & 0x7fff) + 1;
            let max_bits = number(long >> 15 & 0x7fff) + 1;
            let max_precision = number(long >> 30 & 0x7f) + 1;
            let min_exponent = exponent(long >> 37 & 0x7fff) - 16495;
            if min_bits > max_bits || max_precision > 64 {
                let message = format!("blocks of {min_bits} to {max_bits} bits, {max_precision} planes");
                return Err(corrupt(message));
            }
            Limits { min_bits, max_bits, max_precision, min_exponent }
        }
    })
}

/// Decodes block by block, fastest dimension first, and puts each where it belongs; what overhangs the array is dropped.
fn decode_blocks(stream: &mut Bits, header: &Header, size: usize, out: &mut [u8]) -> Result<()> {
    let [nx, ny, nz, nw] = header.extents;
    let mut block = [0; MAX_BLOCK];
    let block = block.get_mut(..1 << (2 * header.ndim)).unwrap_or_default();
    for w in (0..nw).step_by(4) {
        for z in (0..nz).step_by(4) {
            for y in (0..ny).step_by(4) {
                for x in (0..nx).step_by(4) {
                    decode_block(stream, header.scalar, header.ndim, &header.limits, block);
                    for (line, values) in block.chunks_exact(4).enumerate() {
                        let (y, z, w) = (y + line % 4, z + line / 4 % 4, w + line / 16);
                        if y >= ny || z >= nz || w >= nw {
                            continue;
                        }
                        let start = (((w * nz + z) * ny + y) * nx + x) * size;
                        let row = out.get_mut(start..start + 4.min(nx - x) * size).unwrap_or_default();
                        for (element, bits) in row.chunks_exact_mut(size).zip(values) {
                            element.copy_from_slice(bits.to_le_bytes().get(..size).unwrap_or_default());
                        }
                    }
                    if stream.overrun() {
                        return Err(corrupt(format!("the stream ends before the block at ({w}, {z}, {y}, {x})")));
                    }
                }
            }
        }
    }
    Ok(())
}
