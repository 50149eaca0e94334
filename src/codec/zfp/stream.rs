//! Bits from the least significant end, and the bit planes of a block: embedded coding with group tests.

/// Reads bits; past the end it gives zeros and remembers that it did.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    buffer: u64,
    held: u32,
    overrun: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Bits { rest: bytes, buffer: 0, held: 0, overrun: false }
    }

    /// Whether more was read than there is.
    pub(super) fn overrun(&self) -> bool {
        self.overrun
    }

    fn refill(&mut self) {
        if let Some((word, rest)) = self.rest.split_first_chunk::<8>() {
            (self.buffer, self.held, self.rest) = (u64::from_le_bytes(*word), 64, rest);
            return;
        }
        self.overrun |= self.rest.is_empty();
        let last = self.rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        (self.buffer, self.held, self.rest) = (last, 64, &[]);
    }

    #[inline]
    pub(super) fn bit(&mut self) -> bool {
        if self.held == 0 {
            self.refill();
        }
        let bit = self.buffer & 1;
        self.buffer >>= 1;
        self.held -= 1;
        bit != 0
    }

    /// So many bits, 0 to 64.
    #[inline]
    pub(super) fn bits(&mut self, n: u32) -> u64 {
        let low = |n: u32| if n >= 64 { u64::MAX } else { (1 << n) - 1 };
        if n <= self.held {
            let value = self.buffer & low(n);
            self.buffer = self.buffer.checked_shr(n).unwrap_or(0);
            self.held -= n;
            return value;
        }
        let (value, had) = (self.buffer, self.held);
        self.refill();
        let more = n - had;
        let high = self.buffer & low(more);
        self.buffer = self.buffer.checked_shr(more).unwrap_or(0);
        self.held -= more;
        value | high << had
    }

    pub(super) fn skip(&mut self, mut n: u32) {
        while n > 0 {
            let step = n.min(64);
            self.bits(step);
            n -= step;
        }
    }
}

/// Decodes the upper `precision` bit planes of numbers of `width` bits, within a budget of bits; gives the bits used.
///
/// ```text
/// known = 0                        how many leading coefficients have had a one
/// for each plane, from the top:
///     one bit for each known coefficient
///     while coefficients are left and the group test is 1:
///         coefficients up to the next one-bit are zero in this plane (the last one needs no bit); known grows past it
/// ```
pub(super) fn decode_planes(stream: &mut Bits, budget: u32, precision: u32, width: u32, out: &mut [u64]) -> u32 {
    out.fill(0);
    let mut left = budget;
    let mut known: usize = 0;
    for plane in (width.saturating_sub(precision)..width).rev() {
        if left == 0 || stream.overrun() {
            break;
        }
        let one = 1u64 << plane;
        let mut first = out.iter_mut().take(known);
        while left > 0 && first.len() > 0 {
            let n = u32::try_from(first.len()).unwrap_or(64).min(64).min(left);
            left -= n;
            let mut ones = stream.bits(n);
            for number in first.by_ref().take(n as usize) {
                *number |= one & (ones & 1).wrapping_neg();
                ones >>= 1;
            }
        }
        while left > 0 && known < out.len() {
            left -= 1;
            if !stream.bit() {
                break;
            }
            while left > 0 && known + 1 < out.len() {
                left -= 1;
                if stream.bit() {
                    break;
                }
                known += 1;
            }
            if let Some(number) = out.get_mut(known) {
                *number |= one;
            }
            known += 1;
        }
    }
    budget - left
}
