//! LZ4 blocks; numcodecs puts the decoded length before them, in 4 bytes.
//!
//! A block is sequences: a token (how many literals, how long a match less four; 15 goes on in further bytes), literals, two
//! bytes of how far back the match lies, little-endian. The last sequence ends behind its literals. Source: lz4, doc/lz4_Block_format.md.
//!
//! Shuffled floats are short literals and long runs of few bytes: so sixteen bytes are copied where a few are asked for and
//! there is room.

use super::matches::repeat;
use super::register::LANES;
use super::{Expected, buffer, used_buffer, wrong_length};
use crate::error::{Error, Result, corrupt};

/// The shortest match.
const LEAST_MATCH: usize = 4;
/// A length of so much in a token goes on in the bytes that follow.
const GOES_ON: usize = 15;

/// Decodes numcodecs' `lz4`: the length, little-endian, then one block.
pub fn decode_lz4(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let (header, block) = input.split_first_chunk::<4>().ok_or_else(|| corrupt("no room for the length header"))?;
    let declared = u32::from_le_bytes(*header);
    let len = match expected {
        Expected::Exactly(len) if declared as usize == len => len,
        Expected::AtMost(limit) if declared as usize <= limit => declared as usize,
        _ => return Err(wrong_length(expected.limit(), declared.into())),
    };
    let mut bytes = used_buffer(len)?;
    match decode_lz4_into(block, &mut bytes)? {
        n if n == len => Ok(bytes),
        n => Err(wrong_length(len, n as u64)),
    }
}

/// Decodes one block with no length before it.
///
/// # Errors
/// `corrupt_chunk`, `out_of_memory`.
pub fn decode_lz4_block(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let mut bytes = buffer(expected.limit())?;
    let n = decode_lz4_into(input, &mut bytes)?;
    bytes.truncate(n);
    expected.check(n)?;
    Ok(bytes)
}

/// Decodes a bare block into a slice; gives the number of bytes written.
pub fn decode_lz4_into(input: &[u8], out: &mut [u8]) -> Result<usize> {
    let mut rest = input;
    let mut at = 0;
    loop {
        let (&token, behind) = rest.split_first().ok_or_else(cut_short)?;
        rest = behind;
        let literals = usize::from(token >> 4);
        let sixteen = rest.first_chunk::<LANES>().zip(out.get_mut(at..).and_then(|out| out.first_chunk_mut::<LANES>()));
        let (short, literals) = match sixteen {
            Some((source, target)) if literals < GOES_ON => {
                *target = *source;
                (true, literals)
            }
            _ => (false, lengthened(literals, &mut rest)?),
        };
        let (source, behind) = rest.split_at_checked(literals).ok_or_else(cut_short)?;
        if !short {
            let room = out.len() - at;
            let target = out.get_mut(at..).and_then(|out| out.get_mut(..literals));
            target.ok_or_else(|| too_long(literals, room))?.copy_from_slice(source);
        }
        at += literals;
        if behind.is_empty() {
            return Ok(at);
        }
        let (back, behind) = behind.split_first_chunk::<2>().ok_or_else(cut_short)?;
        let back = usize::from(u16::from_le_bytes(*back));
        rest = behind;
        let len = lengthened(usize::from(token & 15), &mut rest)?.saturating_add(LEAST_MATCH);
        if back == 0 || back > at {
            return Err(corrupt(format!("a match {back} bytes back, where {at} are written")));
        }
        if len > out.len() - at {
            return Err(too_long(len, out.len() - at));
        }
        repeat(out, at, back, len);
        at += len;
    }
}

/// A token's length with the bytes that it goes on in.
#[inline]
fn lengthened(length: usize, rest: &mut &[u8]) -> Result<usize> {
    let mut length = length;
    if length == GOES_ON {
        loop {
            let (&more, behind) = rest.split_first().ok_or_else(cut_short)?;
            *rest = behind;
            length = length.saturating_add(usize::from(more));
            if more < u8::MAX {
                break;
            }
        }
    }
    Ok(length)
}

fn cut_short() -> Error {
    corrupt("an LZ4 block ends within a sequence")
}

fn too_long(len: usize, room: usize) -> Error {
    corrupt(format!("{len} bytes of an LZ4 block where there is room for {room}")).with_sizes(room as u64, len as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The format's document, byte by byte.
    fn plain(input: &[u8], room: usize) -> Option<Vec<u8>> {
        let mut bytes = input.iter().copied();
        let mut out = Vec::new();
        loop {
            let token = bytes.next()?;
            let length = |bytes: &mut dyn Iterator<Item = u8>, nibble: u8| {
                let mut length = usize::from(nibble);
                while nibble == 15 {
                    let more = bytes.next()?;
                    length += usize::from(more);
                    if more < 255 {
                        break;
                    }
                }
                Some(length)
            };
            for _ in 0..length(&mut bytes, token >> 4)? {
                out.push(bytes.next()?);
            }
            if bytes.len() == 0 {
                return (out.len() <= room).then_some(out);
            }
            let back = usize::from(u16::from_le_bytes([bytes.next()?, bytes.next()?]));
            for _ in 0..length(&mut bytes, token & 15)? + 4 {
                out.push(*out.get(out.len().checked_sub(back).filter(|_| back > 0)?)?);
            }
            if out.len() > room {
                return None;
            }
        }
    }

    fn ours(input: &[u8], room: usize) -> Option<Vec<u8>> {
        let mut out = vec![0xa5; room];
        let n = decode_lz4_into(input, &mut out).ok()?;
        out.truncate(n);
        Some(out)
    }

    /// A sequence: literals, and how far back a match lies and how long it is.
    fn sequence() -> impl Strategy<Value = (Vec<u8>, usize, usize)> {
        let few = proptest::collection::vec(any::<u8>(), 1..20);
        let literals = prop_oneof![few, proptest::collection::vec(any::<u8>(), 1..600)];
        (literals, prop_oneof![1usize..20, 1usize..700], prop_oneof![4usize..24, 4usize..1000])
    }

    fn length(out: &mut Vec<u8>, length: usize) {
        if let Some(mut more) = length.checked_sub(15) {
            while more >= 255 {
                out.push(255);
                more -= 255;
            }
            out.push(more as u8);
        }
    }

    fn written(sequences: &[(Vec<u8>, usize, usize)], last: &[u8]) -> Vec<u8> {
        let (mut out, mut decoded) = (Vec::new(), 0);
        for (literals, back, len) in sequences {
            decoded += literals.len();
            out.push((literals.len().min(15) << 4 | (len - 4).min(15)) as u8);
            length(&mut out, literals.len());
            out.extend(literals);
            out.extend(((back - 1) % decoded + 1).to_le_bytes().iter().take(2));
            length(&mut out, len - 4);
            decoded += len;
        }
        out.push((last.len().min(15) << 4) as u8);
        length(&mut out, last.len());
        out.extend(last);
        out
    }

    proptest! {
        #[test]
        fn sequences(all in proptest::collection::vec(sequence(), 0..20), last in proptest::collection::vec(any::<u8>(), 0..40),
                     spare in 0usize..40) {
            let block = written(&all, &last);
            let truth = plain(&block, usize::MAX).unwrap();
            prop_assert_eq!(ours(&block, truth.len() + spare), Some(truth.clone()));
            prop_assert_eq!(ours(&block, truth.len().saturating_sub(1 + spare)).is_some(), truth.is_empty());
        }

        #[test]
        fn what_lz4_flex_writes(values in proptest::collection::vec(0u8..4, 0..3000)) {
            let block = lz4_flex::block::compress(&values);
            prop_assert_eq!(ours(&block, values.len()), Some(values));
        }

        #[test]
        fn any_bytes(block in proptest::collection::vec(prop_oneof![any::<u8>(), 0u8..4], 0..200), room in 0usize..600) {
            prop_assert_eq!(ours(&block, room), plain(&block, room));
        }
    }

    #[test]
    fn errors_say_where() {
        let message = |block: &[u8]| decode_lz4_into(block, &mut [0; 8]).unwrap_err().to_string();
        assert!(message(&[]).contains("ends within a sequence"));
        assert!(message(&[0x10, 7, 2, 0]).contains("a match 2 bytes back, where 1 are written"));
        assert!(message(&[0x1f, 7, 1, 0, 0]).contains("19 bytes of an LZ4 block where there is room for 7"));
    }
}
