//! One block of 4 to the power of the dimensions: planes, order, sign, the inverse transform, and back to floats.

use super::order::order;
use super::stream::{Bits, decode_planes};

/// What every block of a stream obeys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) min_bits: u32,
    pub(super) max_bits: u32,
    pub(super) max_precision: u32,
    /// The exponent of the smallest bit plane kept; below [`MIN_EXPONENT`] it means: reversible.
    pub(super) min_exponent: i32,
}

/// The exponent of the smallest double.
pub(super) const MIN_EXPONENT: i32 = -1074;
/// The most numbers in a block.
pub(super) const MAX_BLOCK: usize = 256;

/// The element types of the format, in the order of their numbers in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Int32,
    Int64,
    Float32,
    Float64,
}

impl Scalar {
    /// Bits of an element.
    pub(super) fn width(self) -> u32 {
        match self {
            Scalar::Int32 | Scalar::Float32 => 32,
            Scalar::Int64 | Scalar::Float64 => 64,
        }
    }
}

/// Decodes a block to the bits of its elements, fastest dimension first.
pub(super) fn decode_block(stream: &mut Bits, scalar: Scalar, ndim: usize, limits: &Limits, out: &mut [u64]) {
    let width = scalar.width();
    let reversible = limits.min_exponent < MIN_EXPONENT;
    let (exponent_bits, bias) = if width == 32 { (8, 127) } else { (11, 1023) };
    if matches!(scalar, Scalar::Int32 | Scalar::Int64) {
        decode_integers(stream, width, ndim, limits, 0, (!reversible).then_some(limits.max_precision), out);
        return;
    }
    if !stream.bit() {
        out.fill(0);
        stream.skip(limits.min_bits.saturating_sub(1));
        return;
    }
    if reversible && stream.bit() {
        decode_integers(stream, width, ndim, limits, 2, None, out);
        out.iter_mut().for_each(|bits| *bits = sign_magnitude(*bits, width));
        return;
    }
    let stored = i32::try_from(stream.bits(exponent_bits)).unwrap_or(0);
    let exponent = stored - bias;
    let kept = i64::from(exponent) - i64::from(limits.min_exponent) + 2 * ndim as i64 + 2;
    let precision = limits.max_precision.min(u32::try_from(kept.max(0)).unwrap_or(u32::MAX));
    let used = exponent_bits + 1 + u32::from(reversible);
    decode_integers(stream, width, ndim, limits, used, (!reversible).then_some(precision), out);
    if reversible && stored == 0 {
        out.fill(0);
    } else if width == 32 {
        #[allow(clippy::cast_possible_truncation)] // a power of two, or zero where a float has none so small
        let scale = power_of_two(exponent - 30) as f32;
        out.iter_mut().for_each(|bits| *bits = u64::from((scale * (signed_32(*bits) as f32)).to_bits()));
    } else {
        let scale = power_of_two(exponent - 62);
        out.iter_mut().for_each(|bits| *bits = (scale * (bits.cast_signed() as f64)).to_bits());
    }
}

/// Decodes a block of integers, of which `used` bits of overhead were read; without a precision, the reversible way.
fn decode_integers(
    stream: &mut Bits,
    width: u32,
    ndim: usize,
    limits: &Limits,
    used: u32,
    precision: Option<u32>,
    out: &mut [u64],
) {
    let mut used = used;
    let planes = precision.unwrap_or_else(|| {
        let length = if width == 32 { 5 } else { 6 };
        used += length;
        u32::try_from(stream.bits(length)).unwrap_or(0) + 1
    });
    let mut coefficients = [0; MAX_BLOCK];
    let coefficients = coefficients.get_mut(..out.len()).unwrap_or_default();
    used += decode_planes(stream, limits.max_bits.saturating_sub(used), planes, width, coefficients);
    stream.skip(limits.min_bits.saturating_sub(used));
    for (&place, &coefficient) in order(ndim).iter().zip(&*coefficients) {
        if let Some(number) = out.get_mut(usize::from(place)) {
            *number = from_negabinary(coefficient);
        }
    }
    // The slowest dimension first: the lossy transform rounds, so the order tells.
    for axis in (0..ndim).rev() {
        let stride = 1 << (2 * axis);
        for lines in out.chunks_exact_mut(4 * stride) {
            match (precision, width) {
                (Some(_), 32) => lift(lines, stride, |line| unlift(line.map(signed_32)).map(bits_32)),
                (Some(_), _) => lift(lines, stride, |line| unlift(line.map(u64::cast_signed)).map(i64::cast_unsigned)),
                (None, _) => lift(lines, stride, unlift_reversible),
            }
        }
    }
    if width == 32 {
        out.iter_mut().for_each(|bits| *bits &= u64::from(u32::MAX));
    }
}

/// Base −2 to two's complement; the lower 32 bits of a 32-bit number are right, its upper ones mean nothing.
fn from_negabinary(number: u64) -> u64 {
    const MASK: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    (number ^ MASK).wrapping_sub(MASK)
}

#[allow(clippy::cast_possible_truncation)] // only the lower half means anything
fn signed_32(bits: u64) -> i32 {
    bits as i32
}

fn bits_32(number: i32) -> u64 {
    number.cast_unsigned().into()
}

fn sign_magnitude(bits: u64, width: u32) -> u64 {
    let negative = bits >> (width - 1) & 1 == 1;
    let magnitude = u64::MAX >> (65 - width);
    if negative { bits ^ magnitude } else { bits }
}

/// Applies a map to the lines of four along one dimension.
#[inline]
fn lift(lines: &mut [u64], stride: usize, line: impl Fn([u64; 4]) -> [u64; 4]) {
    let (front, back) = lines.split_at_mut(2 * stride);
    let ((xs, ys), (zs, ws)) = (front.split_at_mut(stride), back.split_at_mut(stride));
    for (((x, y), z), w) in xs.iter_mut().zip(ys).zip(zs).zip(ws) {
        [*x, *y, *z, *w] = line([*x, *y, *z, *w]);
    }
}

/// Wrapping arithmetic of the lossy transform.
trait Lift: Copy {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn half(self) -> Self;
}

impl Lift for i32 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }
    fn half(self) -> Self {
        self >> 1
    }
}

impl Lift for i64 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }
    fn half(self) -> Self {
        self >> 1
    }
}

/// The inverse of the lossy transform, in lifting steps:
/// `(x y z w) = ¼ · ((4 6 −4 −1) (4 2 4 5) (4 −2 4 −5) (4 −6 −4 1)) · (x y z w)`.
#[inline]
fn unlift<T: Lift>([x, y, z, w]: [T; 4]) -> [T; 4] {
    let y = y.plus(w.half());
    let w = w.minus(y.half());
    // Thrice (a, b) → (a − b, a + b) of the pair, as `b += a; a = 2a − b`.
    let pair = |a: T, b: T| {
        let sum = b.plus(a);
        (a.minus(sum.minus(a)), sum)
    };
    let (w, y) = pair(w, y);
    let (x, z) = pair(x, z);
    let (z, y) = pair(z, y);
    let (x, w) = pair(x, w);
    [x, y, z, w]
}

/// The inverse of the reversible transform: running sums, thrice (Pascal's matrix).
#[inline]
fn unlift_reversible([x, y, z, w]: [u64; 4]) -> [u64; 4] {
    let w = w.wrapping_add(z);
    let z = z.wrapping_add(y);
    let w = w.wrapping_add(z);
    let y = y.wrapping_add(x);
    let z = z.wrapping_add(y);
    let w = w.wrapping_add(z);
    [x, y, z, w]
}

/// 2 to an exponent of at most 1023, rounded as `ldexp` rounds: to zero below the smallest double.
fn power_of_two(exponent: i32) -> f64 {
    if exponent >= -1022 {
        f64::from_bits(u64::try_from(exponent + 1023).unwrap_or(0) << 52)
    } else {
        u32::try_from(exponent - MIN_EXPONENT).map_or(0.0, |shift| f64::from_bits(1 << shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two() {
        let (mut up, mut down) = (1.0f64, 1.0f64);
        for exponent in 0..=1080 {
            // Halving is exact down to the smallest double, and then gives zero; `powi` divides by infinity.
            assert_eq!(power_of_two(-exponent), down, "-{exponent}");
            if exponent <= 1023 {
                assert_eq!(power_of_two(exponent), up, "{exponent}");
            }
            (up, down) = (up * 2.0, down / 2.0);
        }
    }

    #[test]
    fn a_constant_block_is_one_coefficient() {
        assert_eq!(unlift([7i32, 0, 0, 0]), [7, 7, 7, 7]);
        assert_eq!(unlift_reversible([7, 0, 0, 0]), [7, 7, 7, 7]);
    }
}
