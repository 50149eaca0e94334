//! Columns of doubles on their way between workers, and into what is kept: as bytes, and without their zeros where those are
//! most of them (counts of a selection's last passes, cells over land, groups that a run has nothing of).
//!
//! A form (0: all, 1: without zeros); for form 1 how many numbers there are, in 32 bits, and a bit for each that is not zero,
//! the lowest of a byte first; then the numbers. All of it little-endian.

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use std::fmt;

const ALL: u8 = 0;
const WITHOUT_ZEROS: u8 = 1;

/// Writes a column.
pub(super) fn serialize<S: Serializer>(column: &[f64], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(&write(column))
}

/// Reads a column.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    struct Read;
    impl Visitor<'_> for Read {
        type Value = Vec<f64>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a column of doubles")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<f64>, E> {
            read(bytes).ok_or_else(|| E::invalid_length(bytes.len(), &self))
        }
    }
    from.deserialize_bytes(Read)
}

/// Zero but not its negative, which is another number.
fn is_zero(x: f64) -> bool {
    x.to_bits() == 0
}

fn write(column: &[f64]) -> Vec<u8> {
    let others = column.iter().map(|x| usize::from(!is_zero(*x))).sum::<usize>();
    let (false, Ok(len)) = (others > column.len() / 2, u32::try_from(column.len())) else {
        let mut bytes = vec![ALL; 1 + 8 * column.len()];
        for (slot, x) in bytes[1..].as_chunks_mut().0.iter_mut().zip(column) {
            *slot = x.to_le_bytes();
        }
        return bytes;
    };
    let mut bytes = Vec::with_capacity(5 + column.len().div_ceil(8) + 8 * others);
    bytes.push(WITHOUT_ZEROS);
    bytes.extend(len.to_le_bytes());
    let bit = |(i, x): (usize, &f64)| u8::from(!is_zero(*x)) << i;
    bytes.extend(column.chunks(8).map(|eight| eight.iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit)));
    for x in column.iter().filter(|x| !is_zero(**x)) {
        bytes.extend(x.to_le_bytes());
    }
    bytes
}

/// `None` for what [`write`] does not give. A column is at most 64 times as large as its bytes.
fn read(bytes: &[u8]) -> Option<Vec<f64>> {
    let (&form, bytes) = bytes.split_first()?;
    if form == ALL {
        return numbers(bytes);
    }
    let (len, bytes) = bytes.split_first_chunk::<4>().filter(|_| form == WITHOUT_ZEROS)?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    let (bits, others) = bytes.split_at_checked(len.div_ceil(8))?;
    let mut others = others.as_chunks::<8>().0.iter();
    let mut column = vec![0.0; len];
    for (eight, &bits) in column.chunks_mut(8).zip(bits) {
        let mut left = bits;
        while left != 0 {
            *eight.get_mut(left.trailing_zeros() as usize)? = f64::from_le_bytes(*others.next()?);
            left &= left - 1;
        }
    }
    others.next().is_none().then_some(column)
}

fn numbers(bytes: &[u8]) -> Option<Vec<f64>> {
    let (numbers, rest) = bytes.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|x| f64::from_le_bytes(*x)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn columns() -> impl Strategy<Value = Vec<f64>> {
        let some = prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), any::<f64>()];
        let few = prop_oneof![9 => Just(0.0), 1 => some.clone()];
        prop_oneof![prop::collection::vec(some, 0..70), prop::collection::vec(few, 0..70)]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(column in columns()) {
            let bits = |column: &[f64]| column.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            let bytes = write(&column);
            prop_assert!(bytes.len() <= 9 + 8 * column.len());
            prop_assert_eq!(read(&bytes).map(|c| bits(&c)), Some(bits(&column)));
            for shorter in 0..bytes.len() {
                prop_assert!(read(&bytes[..shorter]).is_none_or(|c| c.len() < column.len()));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60), form in 0u8..3) {
            let bytes: Vec<u8> = std::iter::once(form).chain(bytes).collect();
            prop_assert!(read(&bytes).is_none_or(|column| column.len() <= 8 * bytes.len()));
        }
    }

    #[test]
    fn zeros_take_a_bit_each() {
        assert_eq!(write(&[0.0; 8000]).len(), 1005);
        assert_eq!(write(&[1.0; 1000]).len(), 8001);
    }
}
