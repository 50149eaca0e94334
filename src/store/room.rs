//! How much memory a body is given.

use std::ops::RangeInclusive;

/// Bodies whose room is rounded: shorter ones leave no holes to speak of, longer ones are metadata, which stay.
const ROUNDED: RangeInclusive<usize> = 1 << 20..=64 << 20;

/// The room of a body: of a few sizes only, an eighth more than needed at most, so that the next one fits where one has been.
/// Chunks are of nearly the same length, and wasm memory that has grown because one was a little longer never shrinks.
pub(super) fn room_for(len: usize) -> usize {
    let step = (len / 8).checked_ilog2().filter(|_| ROUNDED.contains(&len)).map_or(1, |exponent| 1 << exponent);
    len.checked_next_multiple_of(step).unwrap_or(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_about_a_length_have_one_room() {
        assert_eq!([16_100_000, 16_500_000, 16_777_216].map(room_for), [16_777_216; 3]);
        assert_eq!([0, 1, 1000, (1 << 20) - 1, (64 << 20) + 1, usize::MAX].map(|len| room_for(len) - len), [0; 6]);
        for len in (1 << 20..=64 << 20).step_by(99_991) {
            assert!((len..=len + len / 8).contains(&room_for(len)), "{len}");
        }
    }
}
