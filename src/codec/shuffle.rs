//! Undoing shuffles: bytes of equal significance, or bits of equal significance, lie together in the encoded form.
//!
//! Byte shuffle of n elements of s bytes: `encoded[j·n + i] = decoded[i·s + j]`; bytes past the last whole element stay
//! where they are. Bit shuffle: bit b of byte j of element i is bit `i mod 8` of `encoded[(8j + b)·n/8 + i/8]`.

use super::register::{LANES, Register};

/// Undoes a byte shuffle. Both slices have the same length.
pub fn unshuffle(element_size: usize, input: &[u8], out: &mut [u8]) {
    let n = input.len().checked_div(element_size).unwrap_or(0);
    if element_size < 2 || n == 0 {
        out.copy_from_slice(input);
        return;
    }
    let (planes, tail) = input.split_at(n * element_size);
    let (elements, out_tail) = out.split_at_mut(n * element_size);
    out_tail.copy_from_slice(tail);
    unshuffle_part(element_size, planes, 0, elements);
}

/// Undoes the byte shuffle of some elements: those from the `first` on, as many as `out` has room for. `input` is of whole
/// elements.
pub fn unshuffle_part<'a>(element_size: usize, input: &'a [u8], first: usize, out: &mut [u8]) {
    let n = input.len().checked_div(element_size).unwrap_or(0);
    let some = out.len().checked_div(element_size).unwrap_or(0);
    let part = |plane: &'a [u8]| first.checked_add(some).and_then(|end| plane.get(first..end)).unwrap_or_default();
    let mut planes = input.chunks_exact(n.max(1)).map(part);
    match element_size {
        2 => interleave::<2>(std::array::from_fn(|_| planes.next().unwrap_or_default()), out),
        4 => interleave::<4>(std::array::from_fn(|_| planes.next().unwrap_or_default()), out),
        8 => interleave::<8>(std::array::from_fn(|_| planes.next().unwrap_or_default()), out),
        _ => {
            for (j, plane) in planes.enumerate() {
                spread(j, element_size, plane, out);
            }
        }
    }
}

/// Puts a plane's bytes in their places, one in each element.
fn spread(j: usize, element_size: usize, plane: &[u8], elements: &mut [u8]) {
    for (element, &byte) in elements.chunks_exact_mut(element_size.max(1)).zip(plane) {
        if let Some(place) = element.get_mut(j) {
            *place = byte;
        }
    }
}

/// The common sizes: S planes at once, so that whole elements are written, sixteen at a time.
fn interleave<const S: usize>(planes: [&[u8]; S], elements: &mut [u8]) {
    let n = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
    let cut = planes.map(|plane| plane.as_chunks::<LANES>());
    let whole = n / LANES * LANES * S;
    let Some((tiles, rest)) = elements.split_at_mut_checked(whole) else { return };
    let (registers, _) = tiles.as_chunks_mut::<LANES>();
    let sixteens = cut.map(|(sixteens, _)| sixteens.iter());
    interleave_sixteens(sixteens, registers);
    for (i, element) in rest.as_chunks_mut::<S>().0.iter_mut().enumerate() {
        *element = std::array::from_fn(|j| cut.get(j).and_then(|(_, p)| p.get(i)).copied().unwrap_or_default());
    }
}

/// Sixteen elements from sixteen bytes of each plane, until one ends: planes j and j + S/2 are interleaved, byte by byte, and
/// what comes of it likewise, in pairs, until elements are whole.
fn interleave_sixteens<const S: usize>(mut planes: [std::slice::Iter<'_, [u8; LANES]>; S], out: &mut [[u8; LANES]]) {
    for tile in out.as_chunks_mut::<S>().0 {
        let mut registers = [Register::default(); S];
        for (register, plane) in registers.iter_mut().zip(&mut planes) {
            let Some(bytes) = plane.next() else { return };
            *register = Register::of(bytes);
        }
        let mut width = S;
        while width > 1 {
            registers = halved(registers);
            width /= 2;
        }
        for (place, register) in tile.iter_mut().zip(registers) {
            *place = register.bytes();
        }
    }
}

/// One round of the perfect shuffle of S · 16 bytes: registers j and j + S/2 become 2j and 2j + 1, byte between byte.
#[inline]
fn halved<const S: usize>(registers: [Register; S]) -> [Register; S] {
    let mut out = registers;
    let (low, high) = registers.split_at(S / 2);
    for ((a, b), pair) in low.iter().zip(high).zip(out.as_chunks_mut::<2>().0) {
        *pair = a.interleaved(*b);
    }
    out
}

/// Undoes Blosc 1's bit shuffle. A block whose number of elements is no multiple of eight was left as it is (c-blosc,
/// `bitshuffle` in shuffle.c); so were bytes beyond whole elements.
pub fn unbitshuffle(element_size: usize, input: &[u8], out: &mut [u8]) {
    let n = input.len().checked_div(element_size).unwrap_or(0);
    let whole = n * element_size;
    if whole == 0 || !n.is_multiple_of(8) {
        out.copy_from_slice(input);
        return;
    }
    let (rows, tail) = input.split_at(whole);
    let (elements, out_tail) = out.split_at_mut(whole);
    out_tail.copy_from_slice(tail);
    let row_len = n / 8;
    for (j, rows) in rows.chunks_exact(8 * row_len).enumerate() {
        let mut sources = rows.chunks_exact(row_len);
        let bits: [&[u8]; 8] = std::array::from_fn(|_| sources.next().unwrap_or_default());
        for (g, group) in elements.chunks_exact_mut(8 * element_size).enumerate() {
            let column: [u8; 8] =
                std::array::from_fn(|b| bits.get(b).and_then(|row| row.get(g)).copied().unwrap_or_default());
            let bytes = transpose_bits(u64::from_le_bytes(column)).to_le_bytes();
            for (element, byte) in group.chunks_exact_mut(element_size).zip(bytes) {
                if let Some(place) = element.get_mut(j) {
                    *place = byte;
                }
            }
        }
    }
}

/// Transposes an 8 × 8 matrix of bits, row r being byte r. Source: Hacker's Delight, section 7-3.
fn transpose_bits(mut x: u64) -> u64 {
    for (shift, mask) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The formula of the module's head, byte by byte.
    fn plain_unshuffle(size: usize, input: &[u8]) -> Vec<u8> {
        let n = input.len() / size;
        let mut out = input.to_vec();
        for i in 0..n {
            for j in 0..size {
                out[i * size + j] = input[j * n + i];
            }
        }
        out
    }

    fn plain_unbitshuffle(size: usize, input: &[u8]) -> Vec<u8> {
        let n = input.len() / size;
        let mut out = input.to_vec();
        if n % 8 != 0 {
            return out;
        }
        out[..n * size].fill(0);
        for i in 0..n {
            for j in 0..size {
                for b in 0..8 {
                    let bit = input[(8 * j + b) * (n / 8) + i / 8] >> (i % 8) & 1;
                    out[i * size + j] |= bit << b;
                }
            }
        }
        out
    }

    proptest! {
        #[test]
        fn as_the_plain_twins(size in 1usize..20, input in proptest::collection::vec(any::<u8>(), 0..700)) {
            let mut out = vec![0; input.len()];
            unshuffle(size, &input, &mut out);
            prop_assert_eq!(&out, &plain_unshuffle(size, &input));
            unbitshuffle(size, &input, &mut out);
            prop_assert_eq!(&out, &plain_unbitshuffle(size, &input));
        }
    }
}
