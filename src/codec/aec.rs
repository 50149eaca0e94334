//! Adaptive entropy coding after CCSDS 121.0-B: blocks of samples, each coded the way that was shortest.
//!
//! A block: its option (3 to 5 bits), at the start of an interval a raw reference sample, then one of: all zero (with a
//! count of such blocks), second extension (pairs in unary), split samples (unary upper parts, then the lower bits),
//! or raw samples. A unit-delay predictor may stand before it, its errors folded to whole numbers.
//! Source: CCSDS 121.0-B-3; the options are libaec's. Out: as many samples as the metadata promises.

use super::msb::MsbBits;
use super::{Expected, buffer, wrong_length};
use crate::error::{Result, corrupt, unsupported};
use crate::meta::AecSpec;

const SIGNED: u32 = 1;
const THREE_BYTES: u32 = 2;
const BIG_ENDIAN: u32 = 4;
const PREPROCESS: u32 = 8;
const RESTRICTED: u32 = 16;
const PAD_INTERVAL: u32 = 32;
/// The count of zero blocks that means: to the end of the segment.
const REST_OF_SEGMENT: u32 = 5;
/// Blocks in a segment.
const SEGMENT: u32 = 64;
/// The largest code of a pair in the second extension.
const MAX_PAIR: u32 = 90;

/// Decodes a stream to samples of 1 to 4 bytes.
pub fn decode_aec(input: &[u8], spec: &AecSpec, expected: Expected) -> Result<Vec<u8>> {
    let Expected::Exactly(len) = expected else {
        return Err(unsupported("AEC inside another compressor: its stream does not say its length"));
    };
    decode_lines(input, spec, len, len, 0)
}

/// Decodes lines of so many bytes, each followed by samples that only pad it.
pub fn decode_lines(input: &[u8], spec: &AecSpec, len: usize, line: usize, padding: u32) -> Result<Vec<u8>> {
    let size = sample_size(spec);
    if !len.is_multiple_of(size) {
        return Err(wrong_length(len.next_multiple_of(size), len as u64));
    }
    let mut decoder = Decoder::new(input, spec)?;
    let mut out = buffer(len)?;
    let big_endian = spec.flags & BIG_ENDIAN != 0;
    for line in out.chunks_mut(line.max(1)) {
        for element in line.chunks_exact_mut(size) {
            let sample = decoder.next()?;
            if big_endian {
                element.copy_from_slice(sample.to_be_bytes().get(4 - size..).unwrap_or_default());
            } else {
                element.copy_from_slice(sample.to_le_bytes().get(..size).unwrap_or_default());
            }
        }
        decoder.skip(padding)?;
    }
    Ok(out)
}

/// Bytes of a decoded sample.
pub fn sample_size(spec: &AecSpec) -> usize {
    match spec.bits_per_sample {
        ..=8 => 1,
        9..=16 => 2,
        17..=24 if spec.flags & THREE_BYTES != 0 => 3,
        _ => 4,
    }
}

/// The samples of the block that is being read.
enum Block {
    /// So many zeros are left, over one or more blocks.
    Zeros,
    Raw,
    /// Unary parts were read already; so many lower bits follow.
    Split(u32),
    /// The second of a pair, if it is still to come.
    Pairs(Option<u32>),
}

/// Gives sample after sample.
pub struct Decoder<'a> {
    bits: MsbBits<'a>,
    spec: AecSpec,
    option_bits: u32,
    block: Block,
    /// Samples left in this block (or run of zero blocks).
    left: u32,
    /// Blocks read of this interval.
    blocks: u32,
    /// The upper parts of a block of split samples, last one first.
    upper: Vec<u32>,
    reference: Option<u32>,
    last: i64,
}

impl<'a> Decoder<'a> {
    /// Checks the options.
    pub fn new(input: &'a [u8], spec: &AecSpec) -> Result<Self> {
        let (bits, restricted) = (spec.bits_per_sample, spec.flags & RESTRICTED != 0);
        let option_bits = match bits {
            17..=32 => 5,
            9..=16 => 4,
            5..=8 if restricted => return Err(unsupported(format!("restricted options for {bits} bits"))),
            3..=4 if restricted => 2,
            1..=2 if restricted => 1,
            1..=8 => 3,
            _ => return Err(unsupported(format!("samples of {bits} bits"))),
        };
        if spec.block_size < 2 || !spec.block_size.is_multiple_of(2) || spec.block_size > 256 {
            return Err(unsupported(format!("blocks of {} samples", spec.block_size)));
        }
        if !(1..=4096).contains(&spec.blocks_per_interval) {
            return Err(unsupported(format!("intervals of {} blocks", spec.blocks_per_interval)));
        }
        let bits = MsbBits::new(input);
        let upper = Vec::with_capacity(spec.block_size as usize);
        let spec = spec.clone();
        Ok(Decoder { bits, spec, option_bits, block: Block::Raw, left: 0, blocks: 0, upper, reference: None, last: 0 })
    }

    /// The next sample; its upper bits repeat the sign if samples are signed and predicted.
    #[inline]
    pub fn next(&mut self) -> Result<u32> {
        if self.left == 0 {
            self.start_block()?;
        }
        self.left -= 1;
        if let Some(reference) = self.reference.take() {
            let n = self.spec.bits_per_sample;
            let signed = self.spec.flags & SIGNED != 0 && n < 64 && reference >> (n - 1) & 1 == 1;
            self.last = i64::from(reference) - if signed { 1i64 << n } else { 0 };
            return Ok(low(self.last));
        }
        let code = match &mut self.block {
            Block::Zeros => 0,
            Block::Raw => self.bits.bits(self.spec.bits_per_sample)?,
            Block::Split(n) => {
                let upper = self.upper.pop().unwrap_or(0);
                upper.checked_shl(*n).unwrap_or(0) | self.bits.bits(*n)?
            }
            Block::Pairs(second) => match second.take() {
                Some(code) => code,
                None => {
                    let (a, b) = pair(self.bits.zeros()?)?;
                    *second = Some(b);
                    a
                }
            },
        };
        if self.spec.flags & PREPROCESS == 0 {
            return Ok(code);
        }
        self.last = self.unpredict(code);
        Ok(low(self.last))
    }

    /// Drops samples that only pad a line.
    fn skip(&mut self, padding: u32) -> Result<()> {
        for _ in 0..padding {
            self.next()?;
        }
        Ok(())
    }

    fn start_block(&mut self) -> Result<()> {
        if self.blocks >= self.spec.blocks_per_interval {
            self.blocks = 0;
            if self.spec.flags & PAD_INTERVAL != 0 {
                self.bits.align();
            }
        }
        let with_reference = self.spec.flags & PREPROCESS != 0 && self.blocks == 0;
        let option = self.bits.bits(self.option_bits)?;
        let low_entropy = option == 0;
        let extension = low_entropy && self.bits.bits(1)? == 1;
        if with_reference {
            self.reference = Some(self.bits.bits(self.spec.bits_per_sample)?);
        }
        let mut count = 1;
        let coded = self.spec.block_size - u32::from(with_reference);
        self.block = if low_entropy && !extension {
            count = self.zero_blocks()?;
            Block::Zeros
        } else if low_entropy {
            // The reference stands in the place of the first of a pair.
            let second = if with_reference { Some(pair(self.bits.zeros()?)?.1) } else { None };
            Block::Pairs(second)
        } else if option == (1 << self.option_bits) - 1 {
            Block::Raw
        } else {
            self.upper.clear();
            for _ in 0..coded {
                self.upper.push(self.bits.zeros()?);
            }
            self.upper.reverse();
            Block::Split(option - 1)
        };
        self.blocks += count;
        self.left = count * self.spec.block_size;
        Ok(())
    }

    /// How many blocks are zero, this one with them.
    fn zero_blocks(&mut self) -> Result<u32> {
        let left = self.spec.blocks_per_interval - self.blocks;
        let count = self.bits.zeros()?.saturating_add(1);
        let count = match count {
            REST_OF_SEGMENT => left.min(SEGMENT - self.blocks % SEGMENT),
            n if n > REST_OF_SEGMENT => n - 1,
            n => n,
        };
        if count <= left { Ok(count) } else { Err(corrupt(format!("{count} zero blocks where {left} are left"))) }
    }

    /// The sample whose prediction, the one before it, was off by a folded error.
    #[inline]
    fn unpredict(&self, code: u32) -> i64 {
        let n = self.spec.bits_per_sample;
        let (least, most) = if self.spec.flags & SIGNED != 0 {
            (-(1i64 << (n - 1)), (1i64 << (n - 1)) - 1)
        } else {
            (0, (1i64 << n) - 1)
        };
        let (code, last) = (i64::from(code), self.last);
        // Errors fold as 0, −1, 1, −2, 2 … while both signs are possible; beyond that only one is.
        let theta = (last - least).min(most - last);
        if code <= 2 * theta {
            if code & 1 == 0 { last + code / 2 } else { last - (code + 1) / 2 }
        } else if last - least <= most - last {
            least + code
        } else {
            most - code
        }
    }
}

/// The two samples that a code of the second extension stands for: their sum counts triangles, the rest is the second.
fn pair(code: u32) -> Result<(u32, u32)> {
    if code > MAX_PAIR {
        return Err(corrupt(format!("the code {code} for a pair of samples")));
    }
    let (mut sum, mut first) = (0, 0);
    while first + sum < code {
        first += sum + 1;
        sum += 1;
    }
    let second = code - first;
    Ok((sum - second, second))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the low bytes are what is stored
fn low(sample: i64) -> u32 {
    sample as u32
}
