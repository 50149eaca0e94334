//! Partials on their way between workers, and into what is kept: as postcard writes them, but for columns of doubles, which
//! are bytes in the shortest of three forms. Zeros are left out where they are most (counts of a selection's last passes, cells over land, what sums have lost: mostly nothing);
//! counts are small whole numbers.
//!
//! A form (0: all, 1: without zeros, 2: whole numbers of 16 bits); for form 1 how many numbers there are, in 32 bits, and a bit
//! for each that is not zero, the lowest of a byte first; then the numbers. All of it little-endian.

use super::partial::{Column, Partial};
use crate::error::{Code, Error};
use serde::de::{Deserializer, Visitor};
use serde::{Serialize, Serializer};
use std::fmt;

const ALL: u8 = 0;
const WITHOUT_ZEROS: u8 = 1;
const SMALL: u8 = 2;

/// A column as it is written.
#[derive(Serialize)]
enum Written {
    F64(Bytes),
    Int(Vec<i128>),
    Raw(Bytes),
    Elements(Vec<Bytes>),
}

impl Written {
    fn of(column: Column) -> Self {
        match column {
            Column::F64(column) => Written::F64(Bytes(write(&column))),
            Column::Int(column) => Written::Int(column),
            Column::Raw(bytes) => Written::Raw(Bytes(bytes)),
            Column::Elements(elements) => Written::Elements(elements.into_iter().map(Bytes).collect()),
        }
    }

    /// Bytes that it takes, or a few more.
    fn room(&self) -> usize {
        /// Postcard's most for a length.
        const LENGTH: usize = 10;
        match self {
            Written::F64(bytes) | Written::Raw(bytes) => 2 * LENGTH + bytes.0.len(),
            Written::Int(column) => 2 * LENGTH + column.len(),
            Written::Elements(elements) => 2 * LENGTH + elements.iter().map(|e| LENGTH + e.0.len()).sum::<usize>(),
        }
    }
}

/// Bytes that are written as a whole.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

impl Partial {
    /// As bytes; its columns go while they are written.
    ///
    /// # Errors
    /// `worker_crashed` if postcard refuses, which it has no cause for.
    pub fn into_bytes(self) -> Result<Vec<u8>, Error> {
        let columns: Vec<Written> = self.columns.into_iter().map(Written::of).collect();
        // All of its room at once: a vector that grows is copied again and again.
        let room = columns.iter().map(Written::room).sum::<usize>();
        postcard::to_extend(&columns, Vec::with_capacity(room))
            .map_err(|e| Error::new(Code::WorkerCrashed, format!("a partial cannot be sent: {e}")))
    }

    /// From bytes.
    ///
    /// # Errors
    /// `worker_crashed` for bytes that [`Partial::into_bytes`] does not give.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        postcard::from_bytes(bytes)
            .map_err(|e| Error::new(Code::WorkerCrashed, format!("a partial cannot be read: {e}")))
    }
}

/// Reads a column.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    from.deserialize_bytes(Reading { what: "a column of doubles", read })
}

/// Reads bytes, all at once.
pub(super) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    from.deserialize_bytes(Reading { what: "bytes", read: |bytes| Some(bytes.to_vec()) })
}

struct Reading<T> {
    what: &'static str,
    read: fn(&[u8]) -> Option<T>,
}

impl<T> Visitor<'_> for Reading<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        (self.read)(bytes).ok_or_else(|| E::invalid_length(bytes.len(), &self))
    }
}

/// Zero but not its negative, which is another number.
fn is_zero(x: f64) -> bool {
    x.to_bits() == 0
}

/// 2^52: a whole number of 16 bits added to it stands in its lowest bits.
const TO_LOWEST_BITS: f64 = 4_503_599_627_370_496.0;

/// Whether a double is a whole number of 16 bits; without branches, so that it becomes SIMD.
fn is_small(x: f64) -> bool {
    let whole = (x + TO_LOWEST_BITS) - TO_LOWEST_BITS;
    (whole.to_bits() == x.to_bits()) & (x >= 0.0) & (x <= f64::from(u16::MAX))
}

#[allow(clippy::cast_possible_truncation)] // the lowest bits are meant
fn small(x: f64) -> [u8; 2] {
    ((x + TO_LOWEST_BITS).to_bits() as u16).to_le_bytes()
}

/// A column in its shortest form.
fn write(column: &[f64]) -> Vec<u8> {
    let others = column.iter().map(|x| usize::from(!is_zero(*x))).sum::<usize>();
    let all_small = column.chunks(512).all(|some| some.iter().fold(true, |all, x| all & is_small(*x)));
    let without_zeros = column.len().div_ceil(8) + 8 * others;
    let otherwise = column.len() * if all_small { 2 } else { 8 };
    if let Ok(len) = u32::try_from(column.len())
        && without_zeros < otherwise
    {
        return write_others(column, len, without_zeros);
    }
    let mut bytes = vec![if all_small { SMALL } else { ALL }; 1 + otherwise];
    let numbers = bytes.get_mut(1..).unwrap_or_default();
    if all_small {
        for (slot, x) in numbers.as_chunks_mut().0.iter_mut().zip(column) {
            *slot = small(*x);
        }
    } else {
        for (slot, x) in numbers.as_chunks_mut().0.iter_mut().zip(column) {
            *slot = x.to_le_bytes();
        }
    }
    bytes
}

/// The form without zeros, of so many bytes behind its length.
fn write_others(column: &[f64], len: u32, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(5 + length);
    bytes.push(WITHOUT_ZEROS);
    bytes.extend(len.to_le_bytes());
    let bit = |(i, x): (usize, &f64)| u8::from(!is_zero(*x)) << i;
    bytes.extend(column.chunks(8).map(|eight| eight.iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit)));
    // Zeros come many at a time, and so do others: eight of a kind are dealt with at once.
    for eight in column.chunks(8) {
        let others = eight.iter().filter(|x| !is_zero(**x)).count();
        if others == 8 {
            bytes.extend(eight.iter().flat_map(|x| x.to_le_bytes()));
        } else if others > 0 {
            bytes.extend(eight.iter().filter(|x| !is_zero(**x)).flat_map(|x| x.to_le_bytes()));
        }
    }
    bytes
}

/// `None` for what [`write`] does not give. A column is at most 64 times as large as its bytes.
fn read(bytes: &[u8]) -> Option<Vec<f64>> {
    let (&form, bytes) = bytes.split_first()?;
    match form {
        ALL => return numbers(bytes, f64::from_le_bytes),
        SMALL => return numbers(bytes, |x| f64::from(u16::from_le_bytes(x))),
        _ => {}
    }
    let (len, bytes) = bytes.split_first_chunk::<4>().filter(|_| form == WITHOUT_ZEROS)?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    let (bits, others) = bytes.split_at_checked(len.div_ceil(8))?;
    let mut others = others.as_chunks::<8>().0;
    let mut column = vec![0.0; len];
    for (eight, &bits) in column.chunks_mut(8).zip(bits) {
        let (own, rest) = others.split_at_checked(bits.count_ones() as usize)?;
        others = rest;
        if own.len() == 8 {
            let eight: &mut [f64; 8] = eight.try_into().ok()?;
            for (slot, x) in eight.iter_mut().zip(own) {
                *slot = f64::from_le_bytes(*x);
            }
            continue;
        }
        let mut left = bits;
        for x in own {
            *eight.get_mut(left.trailing_zeros() as usize)? = f64::from_le_bytes(*x);
            left &= left - 1;
        }
    }
    others.is_empty().then_some(column)
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
    let (numbers, rest) = bytes.as_chunks();
    rest.is_empty().then(|| numbers.iter().map(|x| number(*x)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn columns() -> impl Strategy<Value = Vec<f64>> {
        let some = prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), any::<f64>()].boxed();
        let few = prop_oneof![9 => Just(0.0), 1 => some.clone()].boxed();
        let small = any::<u16>().prop_map(f64::from).boxed();
        let nearly = prop_oneof![20 => small.clone(), 1 => (0u32..70_000).prop_map(f64::from)].boxed();
        prop::sample::select(vec![some, few, small, nearly]).prop_flat_map(|x| prop::collection::vec(x, 0..70))
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
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60), form in 0u8..4) {
            let bytes: Vec<u8> = std::iter::once(form).chain(bytes).collect();
            prop_assert!(read(&bytes).is_none_or(|column| column.len() <= 8 * bytes.len()));
        }
    }

    #[test]
    fn zeros_take_a_bit_each_and_counts_two_bytes() {
        assert_eq!(write(&[0.0; 8000]).len(), 1005);
        assert_eq!(write(&[65535.0; 1000]).len(), 2001);
        for other in [65536.0, 0.5, -0.0, -1.0, f64::NAN, f64::INFINITY] {
            let column: Vec<f64> = (1..100).map(f64::from).chain([other]).collect();
            assert_eq!(write(&column).len(), 801, "{other}");
        }
    }
}
