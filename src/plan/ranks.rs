//! Where order statistics are looked for: intervals of keys, cut into bins in which values are counted. Keys are the bits of
//! doubles, turned so that they are in the order of the values; intervals narrow from pass to pass until each holds one key.

use crate::array::{DType, DimIndex, Odometer};
use crate::cf::Packing;
use serde::{Deserialize, Serialize};

/// An interval of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The least key.
    pub low: u64,
    /// A bin holds two to this power keys.
    pub shift: u32,
}

/// The intervals of a pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranks {
    /// For each cell of the output, in C order, as many as the cell with most needs ([`Interval::NOWHERE`] in others).
    pub intervals: Vec<Interval>,
    /// Intervals of each cell.
    pub per_cell: usize,
    /// An interval has two to this power bins.
    pub bits: u32,
    /// Lowest bits that are 0 in all values, and not part of keys.
    pub zeros: u32,
}

impl Interval {
    /// An interval in which no value is: none has the greatest key.
    pub const NOWHERE: Interval = Interval { low: u64::MAX, shift: 0 };

    /// The bin of a key, if it is in the interval.
    #[inline]
    pub fn bin(&self, key: u64, bits: u32) -> Option<u64> {
        let bin = key.checked_sub(self.low)? >> self.shift;
        (bin < 1 << bits).then_some(bin)
    }
}

impl Ranks {
    /// Counts of each cell.
    pub fn width(&self) -> u64 {
        (self.per_cell as u64) << self.bits
    }

    /// The intervals of a block of the output, which lies at these positions of its dimensions.
    pub fn of_block(&self, shape: &[u64], landing: &[DimIndex]) -> Ranks {
        let lengths: Vec<u64> = landing.iter().map(DimIndex::len).collect();
        let flat = |at: Vec<u64>| {
            let places = at.iter().zip(landing).zip(shape);
            places.fold(0u64, |flat, ((&i, positions), &extent)| flat * extent + positions.get(i).unwrap_or(0))
        };
        let own = |cell: u64| {
            let start = usize::try_from(cell).unwrap_or(usize::MAX).saturating_mul(self.per_cell);
            self.intervals.get(start..start.saturating_add(self.per_cell)).unwrap_or_default()
        };
        let intervals = Odometer::new(&lengths).flat_map(|at| own(flat(at)).to_vec()).collect();
        Ranks { intervals, ..*self }
    }
}

/// The key of a number, less its lowest bits: in the order of numbers, −0 before 0.
#[inline]
pub fn key_of(x: f64, zeros: u32) -> u64 {
    let bits = x.to_bits();
    (if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }) >> zeros
}

/// The number that has a key.
pub fn number_of(key: u64, zeros: u32) -> f64 {
    let whole = key << zeros;
    // What was cut off a negative number's key were ones.
    f64::from_bits(if whole >> 63 == 1 { whole & !(1 << 63) } else { !(whole | ((1u64 << zeros) - 1)) })
}

/// How many of the lowest bits of doubles are 0 for all values of a type, as long as they are not scaled.
pub fn zeros_of(dtype: DType, packing: &Packing) -> u32 {
    match dtype {
        _ if packing.scale.is_some() => 0,
        DType::Float16 => 42,
        DType::Float32 => 29,
        DType::Bool | DType::Int8 | DType::UInt8 => 44,
        DType::Int16 | DType::UInt16 => 36,
        DType::Int32 | DType::UInt32 => 20,
        _ => 0,
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_numbers(a in any::<f64>(), b in any::<f64>(), c in any::<f32>(), d in any::<i32>()) {
            prop_assert_eq!(key_of(a, 0).cmp(&key_of(b, 0)), a.total_cmp(&b));
            prop_assert_eq!(number_of(key_of(a, 0), 0).to_bits(), a.to_bits());
            for (x, zeros) in [(f64::from(c), 29), (f64::from(d), 20), (f64::from(d as i16), 36), (f64::from(d as i8), 44)] {
                if !x.is_nan() {
                    prop_assert_eq!(number_of(key_of(x, zeros), zeros).to_bits(), x.to_bits());
                }
            }
        }
    }
}
