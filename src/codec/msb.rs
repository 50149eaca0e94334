//! Bits from the most significant end, as CCSDS streams and GRIB messages have them.

use crate::error::{Result, corrupt};

/// Reads bits of a slice in order; past the end it refuses.
#[derive(Clone)]
pub struct MsbBits<'a> {
    rest: &'a [u8],
    /// The next bits, at the top.
    buffer: u64,
    held: u32,
}

impl<'a> MsbBits<'a> {
    /// From the first bit of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        MsbBits { rest: bytes, buffer: 0, held: 0 }
    }

    /// Holds at least 57 bits, or all that are left.
    #[inline]
    fn refill(&mut self) {
        if let Some(word) = self.rest.first_chunk::<8>() {
            let n = (64 - self.held) / 8;
            let kept = if n == 8 { u64::MAX } else { !(u64::MAX >> (8 * n)) };
            self.buffer |= (u64::from_be_bytes(*word) & kept).checked_shr(self.held).unwrap_or(0);
            self.held += 8 * n;
            self.rest = self.rest.get(n as usize..).unwrap_or_default();
            return;
        }
        while self.held <= 56 {
            let Some((&byte, rest)) = self.rest.split_first() else { return };
            self.buffer |= u64::from(byte) << (56 - self.held);
            self.held += 8;
            self.rest = rest;
        }
    }

    /// The next 0 to 32 bits as a number.
    #[inline]
    pub fn bits(&mut self, n: u32) -> Result<u32> {
        if self.held < n {
            self.refill();
            if self.held < n {
                return Err(ended());
            }
        }
        let value = u32::try_from(self.buffer.checked_shr(64 - n).unwrap_or(0)).unwrap_or(u32::MAX);
        self.buffer <<= n;
        self.held -= n;
        Ok(value)
    }

    /// How many zeros stand before the next one; both are consumed.
    #[inline]
    pub fn zeros(&mut self) -> Result<u32> {
        let mut zeros = 0u32;
        loop {
            let leading = self.buffer.leading_zeros();
            if leading < self.held {
                self.buffer = self.buffer << leading << 1;
                self.held -= leading + 1;
                return zeros.checked_add(leading).ok_or_else(ended);
            }
            zeros = zeros.checked_add(self.held).ok_or_else(ended)?;
            (self.buffer, self.held) = (0, 0);
            self.refill();
            if self.held == 0 {
                return Err(ended());
            }
        }
    }

    /// Drops the bits up to the next whole byte.
    pub fn align(&mut self) {
        let odd = self.held % 8;
        self.buffer <<= odd;
        self.held -= odd;
    }
}

fn ended() -> crate::error::Error {
    corrupt("the stream ends too early")
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_plain_reader_reads() {
        let bytes: Vec<u8> = (0..40u8).map(|i| i.wrapping_mul(73)).collect();
        let plain = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
        for step in 1..=32usize {
            let (mut bits, mut at) = (MsbBits::new(&bytes), 0);
            while at + step <= 320 {
                let want = (at..at + step).fold(0u64, |n, i| n << 1 | u64::from(plain(i)));
                assert_eq!(bits.bits(step as u32).map(u64::from).ok(), Some(want), "{step} at {at}");
                at += step;
            }
            assert!(bits.bits(32).is_err());
        }
        let (mut bits, mut at) = (MsbBits::new(&bytes), 0);
        while let Ok(zeros) = bits.zeros() {
            assert!((0..zeros as usize).all(|i| plain(at + i) == 0) && plain(at + zeros as usize) == 1);
            at += zeros as usize + 1;
        }
        assert!((at..320).all(|i| plain(i) == 0));
    }
}
