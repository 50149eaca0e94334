//! Two codecs of one name: numcodecs' booleans in bits, and TIFF's run lengths.

use super::{Expected, buffer, wrong_length};
use crate::error::{Result, corrupt};

/// Undoes numcodecs' `packbits`: the number of padding bits, then eight booleans to a byte, the first one highest.
pub fn unpack_bits(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let (&padding, bits) = input.split_first().ok_or_else(|| corrupt("no room for the padding"))?;
    let n = (bits.len() as u64 * 8)
        .checked_sub(padding.into())
        .ok_or_else(|| corrupt(format!("{padding} bits of padding")))?;
    let fits = match expected {
        Expected::Exactly(len) => n == len as u64,
        Expected::AtMost(limit) => n <= limit as u64,
    };
    if !fits {
        return Err(wrong_length(expected.limit(), n));
    }
    let mut out = buffer(expected.limit().min(bits.len().saturating_mul(8)))?;
    for (booleans, byte) in out.chunks_mut(8).zip(bits) {
        for (i, boolean) in booleans.iter_mut().enumerate() {
            *boolean = byte >> (7 - i) & 1;
        }
    }
    out.truncate(usize::try_from(n).unwrap_or(usize::MAX));
    Ok(out)
}

/// Decodes TIFF's PackBits (TIFF 6.0, section 9): a byte n below 128 stands before n + 1 bytes as they are, one above
/// 128 before a byte that comes 257 − n times; 128 means nothing.
pub fn decode_runs(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let limit = expected.limit();
    let mut out = Vec::new();
    out.try_reserve_exact(limit.min(input.len().saturating_mul(64))).map_err(|e| corrupt(e.to_string()))?;
    let mut rest = input;
    while let Some((&n, after)) = rest.split_first() {
        let n = usize::from(n);
        if n == 128 {
            rest = after;
            continue;
        }
        let (run, taken, times) = if n < 128 { (n + 1, n + 1, 1) } else { (257 - n, 1, 257 - n) };
        let (bytes, after) = after.split_at_checked(taken).ok_or_else(|| corrupt("the input ends within a run"))?;
        // Rows may be padded with a run that goes beyond the known size: libtiff cuts it, and so do we.
        let run = run.min(limit - out.len());
        if times == 1 {
            out.extend_from_slice(bytes.get(..run).unwrap_or_default());
        } else {
            out.extend(std::iter::repeat_n(bytes.first().copied().unwrap_or_default(), run));
        }
        rest = after;
    }
    expected.check(out.len())?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of TIFF 6.0, page 42, in short.
    #[test]
    fn runs() {
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x80];
        let plain = vec![0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa];
        assert_eq!(decode_runs(&packed, Expected::Exactly(10)), Ok(plain));
        assert!(decode_runs(&packed, Expected::Exactly(11)).is_err());
        assert!(decode_runs(&[5, 1], Expected::AtMost(10)).is_err());
    }

    #[test]
    fn bits() {
        assert_eq!(unpack_bits(&[4, 144], Expected::Exactly(4)), Ok(vec![1, 0, 0, 1]));
        assert!(unpack_bits(&[3, 144], Expected::Exactly(4)).is_err());
        assert!(unpack_bits(&[9, 144], Expected::Exactly(4)).is_err());
        assert!(unpack_bits(&[], Expected::Exactly(0)).is_err());
    }
}
