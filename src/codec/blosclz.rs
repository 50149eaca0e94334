//! BloscLZ, the FastLZ descendant that Blosc 1 carries.
//!
//! Pseudo-code, from the format's description in c-blosc's sources:
//! ```text
//! control byte c (the first one masked to 5 bits):
//!   c < 32   copy c + 1 literals
//!   else     length = (c >> 5) - 1; if 6: add bytes while they are 255, and the last one; then + 3
//!            distance = ((c & 31) << 8) + next byte + 1; if both are at their maximum: next two bytes + 8191 + 1
//!            copy `length` bytes from `distance` back, overlapping allowed
//! until the input ends
//! ```

use super::matches::repeat;
use crate::error::{Result, corrupt};

/// The largest short distance; longer ones are written in two bytes beyond it.
const MAX_SHORT_DISTANCE: usize = 8191;

/// Decodes into a slice; gives the number of bytes written.
pub fn decode_blosclz_into(input: &[u8], out: &mut [u8]) -> Result<usize> {
    let mut input = input.iter().copied();
    let mut next = move || input.next();
    let truncated = || corrupt("the input ends within a token");
    let mut written = 0usize;
    let Some(mut control) = next().map(|c| usize::from(c & 31)) else { return Ok(0) };
    loop {
        if control < 32 {
            let target = out.get_mut(written..written + control + 1).ok_or_else(|| overrun(written))?;
            for place in target {
                *place = next().ok_or_else(truncated)?;
            }
            written += control + 1;
        } else {
            let mut len = (control >> 5) - 1;
            if len == 6 {
                loop {
                    let more = next().ok_or_else(truncated)?;
                    len = len.checked_add(usize::from(more)).ok_or_else(|| overrun(written))?;
                    if more != 255 {
                        break;
                    }
                }
            }
            let len = len.checked_add(3).ok_or_else(|| overrun(written))?;
            let high = (control & 31) << 8;
            let low = usize::from(next().ok_or_else(truncated)?);
            let distance = if low == 255 && high == 31 << 8 {
                let far = usize::from(next().ok_or_else(truncated)?) << 8;
                far + usize::from(next().ok_or_else(truncated)?) + MAX_SHORT_DISTANCE + 1
            } else {
                high + low + 1
            };
            copy_match(out, written, distance, len)?;
            written += len;
        }
        match next() {
            Some(c) => control = usize::from(c),
            None => return Ok(written),
        }
    }
}

fn overrun(written: usize) -> crate::error::Error {
    corrupt(format!("writes past the block's end after {written} bytes"))
}

/// A match, if it lies within the block.
fn copy_match(out: &mut [u8], written: usize, distance: usize, len: usize) -> Result<()> {
    written.checked_add(len).filter(|end| *end <= out.len()).ok_or_else(|| overrun(written))?;
    written.checked_sub(distance).ok_or_else(|| corrupt("a match begins before the block"))?;
    repeat(out, written, distance, len);
    Ok(())
}
