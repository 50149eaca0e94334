//! Parquet's hybrid of runs and bit-packed groups: definition levels, and indices into dictionaries.

use super::thrift::read_varint;
use crate::error::{Error, Result, corrupt};

fn cut() -> Error {
    corrupt("levels or indices of the Parquet file end early")
}

/// Reads `n` numbers of `width` bits. The caller bounds `n`.
///
/// # Errors
/// `corrupt_chunk`.
pub fn read_hybrid(bytes: &[u8], width: u32, n: usize) -> Result<Vec<u32>> {
    if width > 32 {
        return Err(corrupt(format!("{width} bits are too many for an index of the Parquet file")));
    }
    if width == 0 {
        return Ok(vec![0; n]);
    }
    let mut out = Vec::with_capacity(n);
    let mut rest = bytes;
    while out.len() < n {
        let (head, len) = read_varint(rest).ok_or_else(cut)?;
        rest = rest.get(len..).ok_or_else(cut)?;
        let left = n - out.len();
        let count = usize::try_from(head >> 1).unwrap_or(usize::MAX);
        if head & 1 == 1 {
            let want = count.saturating_mul(width as usize);
            // The last group may be cut where its padding begins.
            let (packed, after) = rest.split_at(want.min(rest.len()));
            let there = packed.len().saturating_mul(8) / width as usize;
            let some = left.min(count.saturating_mul(8)).min(there);
            if some == 0 {
                return Err(cut());
            }
            unpack(packed, width, some, &mut out);
            rest = after;
        } else {
            let (value, after) = rest.split_at_checked(width.div_ceil(8) as usize).ok_or_else(cut)?;
            let value = value.iter().rev().fold(0u32, |n, &byte| n << 8 | u32::from(byte));
            if count == 0 {
                return Err(corrupt("an empty run in the Parquet file"));
            }
            out.resize(out.len() + count.min(left), value);
            rest = after;
        }
    }
    Ok(out)
}

/// Numbers packed from the lowest bit on.
fn unpack(packed: &[u8], width: u32, n: usize, out: &mut Vec<u32>) {
    let mask = (1u64 << width) - 1;
    let (mut buffer, mut bits) = (0u64, 0);
    let mut bytes = packed.iter();
    for _ in 0..n {
        while bits < width {
            buffer |= u64::from(bytes.next().copied().unwrap_or(0)) << bits;
            bits += 8;
        }
        out.push(u32::try_from(buffer & mask).unwrap_or(u32::MAX));
        buffer >>= width;
        bits -= width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_groups() {
        // The specification's example: 0 to 7 in 3 bits, and then five times 4.
        let bytes = [3, 0b1000_1000, 0b1100_0110, 0b1111_1010, 10, 4];
        assert_eq!(read_hybrid(&bytes, 3, 13), Ok(vec![0, 1, 2, 3, 4, 5, 6, 7, 4, 4, 4, 4, 4]));
        assert_eq!(read_hybrid(&bytes, 3, 9), Ok(vec![0, 1, 2, 3, 4, 5, 6, 7, 4]));
        assert!(read_hybrid(&bytes, 3, 14).is_err());
        assert_eq!(read_hybrid(&[], 0, 3), Ok(vec![0; 3]));
        assert!(read_hybrid(&[0, 0], 8, 1).is_err());
        assert!(read_hybrid(&[1], 8, 1).is_err());
        assert_eq!(read_hybrid(&[2, 0xff, 0xff, 0xff, 0xff], 32, 1), Ok(vec![u32::MAX]));
        assert!(read_hybrid(&[0xff; 20], 33, 1).is_err());
    }
}
