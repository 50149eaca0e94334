//! Matches, as LZ4 and BloscLZ have them: what was written before is written once more. A match may reach into what it writes
//! itself: one byte back repeats that byte.
//!
//! Most are short: so whole registers are stored where there is room, and a match from less than sixteen bytes back becomes a
//! register that is stored again and again.

use super::register::{LANES, Register};

/// From so many bytes on, the engine's own copying is worth its call.
const LONG: usize = 128;

/// Writes what lies `back` bytes before `at` once more, `len` bytes of it. All must be within `out`, and `back` not be 0: it
/// does nothing, or less, otherwise.
#[inline]
pub(super) fn repeat(out: &mut [u8], at: usize, back: usize, len: usize) {
    let end = at + len;
    // Whole registers are stored, beyond the match's end too: what stands there is written later.
    if len >= LONG || out.len().saturating_sub(end) < LANES {
        return repeat_exactly(out, at, back, len);
    }
    if back >= LANES {
        let mut place = at;
        while place < end {
            let Some(source) = out.get(place - back..).and_then(|from| from.first_chunk::<LANES>()) else { return };
            let source = *source;
            let Some(target) = out.get_mut(place..).and_then(|to| to.first_chunk_mut::<LANES>()) else { return };
            *target = source;
            place += LANES;
        }
        return;
    }
    let Some(source) = out.get(at - back..).and_then(|from| from.first_chunk::<LANES>()) else { return };
    let pattern = Register::of(source).repeating(back).bytes();
    let step = LANES - LANES.checked_rem(back).unwrap_or(0);
    let mut place = at;
    while place < end {
        let Some(target) = out.get_mut(place..).and_then(|to| to.first_chunk_mut::<LANES>()) else { return };
        *target = pattern;
        place += step;
    }
}

/// The same with nothing written beyond the end: what was written is source too, so that each copy is twice as long.
fn repeat_exactly(out: &mut [u8], at: usize, back: usize, len: usize) {
    let Some(known) = out.get_mut(at - back..at + len).filter(|_| back > 0) else { return };
    if let (1, Some(&byte)) = (back, known.first()) {
        return known.fill(byte);
    }
    let mut there = back;
    while there < known.len() {
        let (source, target) = known.split_at_mut(there);
        let n = there.min(target.len());
        if let (Some(target), Some(source)) = (target.get_mut(..n), source.get(..n)) {
            target.copy_from_slice(source);
        }
        there += n;
    }
}
