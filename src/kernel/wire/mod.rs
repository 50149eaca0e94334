//! Partials on their way between workers, and into what is kept. They are written piece by piece, and read so: neither side
//! holds the bytes of a whole map beside its numbers.
//!
//! How many columns (8 bits), then each: its kind (8 bits), how many items it has (32 bits), and these. Integers take 128 bits,
//! elements of any length have it before them (32 bits). Doubles come in the shortest of three forms, which stands before
//! them: all of them; those that are not zero, behind a bit for each that tells which they are, the lowest of a byte first;
//! whole numbers of 16 bits. Zeros are most of counts of a selection's last passes, of cells over land, of what sums have lost;
//! counts are small. All of it is little-endian.

mod reading;
mod written;

const F64: u8 = 0;
const INT: u8 = 1;
const RAW: u8 = 2;
const ELEMENTS: u8 = 3;

const ALL: u8 = 0;
const WITHOUT_ZEROS: u8 = 1;
const SMALL: u8 = 2;

/// Numbers that are dealt with at a time: whole bytes of the bits that tell which are zero.
const BLOCK: usize = 512;
/// A kind and a number of items.
const HEAD_BYTES: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Column, Partial};
    use proptest::prelude::*;

    fn numbers() -> impl Strategy<Value = Vec<f64>> {
        let some = prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), any::<f64>()].boxed();
        let few = prop_oneof![9 => Just(0.0), 1 => some.clone()].boxed();
        let small = any::<u16>().prop_map(f64::from).boxed();
        let nearly = prop_oneof![20 => small.clone(), 1 => (0u32..70_000).prop_map(f64::from)].boxed();
        let length = prop_oneof![4 => 0..70usize, 1 => 500..1600usize];
        (prop::sample::select(vec![some, few, small, nearly]), length)
            .prop_flat_map(|(x, len)| prop::collection::vec(x, len))
    }

    fn columns() -> impl Strategy<Value = Column> {
        prop_oneof![
            4 => numbers().prop_map(Column::F64),
            1 => prop::collection::vec(any::<i128>(), 0..9).prop_map(Column::Int),
            1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Column::Raw),
            1 => prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..9).prop_map(Column::Elements),
        ]
    }

    /// What tells partials apart, down to the last bit.
    fn told(partial: &Partial) -> String {
        let bits = |column: &[f64]| column.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let told = |column: &Column| match column {
            Column::F64(column) => format!("{:?}", bits(column)),
            other => format!("{other:?}"),
        };
        partial.columns.iter().map(told).collect::<Vec<_>>().join(" ")
    }

    /// Bytes of memory that a column takes.
    fn room_of(column: &Column) -> usize {
        match column {
            Column::F64(column) => 8 * column.capacity(),
            Column::Int(column) => 16 * column.capacity(),
            Column::Raw(bytes) => bytes.capacity(),
            Column::Elements(elements) => {
                elements.capacity() * size_of::<Vec<u8>>() + elements.iter().map(Vec::capacity).sum::<usize>()
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(columns in prop::collection::vec(columns(), 0..4), cut in any::<prop::sample::Index>()) {
            let partial = Partial { columns };
            let bytes = partial.to_bytes().unwrap();
            prop_assert_eq!(bytes.len(), partial.written().len_bytes());
            prop_assert_eq!(told(&Partial::from_bytes(&bytes).unwrap()), told(&partial));
            prop_assert!(Partial::from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
            prop_assert!(Partial::from_bytes(&[bytes, vec![0]].concat()).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            columns in 0u8..3, kind in 0u8..5, items in 0u8..80, form in 0u8..4, rest in prop::collection::vec(any::<u8>(), 0..90),
        ) {
            let bytes: Vec<u8> = [columns, kind, items, 0, 0, 0, form].into_iter().chain(rest).collect();
            if let Ok(partial) = Partial::from_bytes(&bytes) {
                prop_assert_eq!(partial.columns.len(), usize::from(columns));
                prop_assert!(partial.columns.iter().map(room_of).sum::<usize>() <= 64 * bytes.len());
            }
        }

        #[test]
        fn what_is_damaged_is_read_or_refused(
            columns in prop::collection::vec(columns(), 0..4), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = Partial { columns }.to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(partial) = Partial::from_bytes(&bytes) {
                prop_assert!(partial.columns.iter().map(room_of).sum::<usize>() <= 64 * bytes.len());
            }
        }
    }

    #[test]
    fn zeros_take_a_bit_each_and_counts_two_bytes() {
        let bytes = |column: &[f64]| written::form_of_numbers(column).len - 1;
        assert_eq!(bytes(&[0.0; 8000]), 1000);
        assert_eq!(bytes(&[65535.0; 1000]), 2000);
        for other in [65536.0, 0.5, -0.0, -1.0, f64::NAN, f64::INFINITY] {
            let column: Vec<f64> = (1..100).map(f64::from).chain([other]).collect();
            assert_eq!(bytes(&column), 800, "{other}");
        }
    }

    #[test]
    fn a_number_of_items_is_believed_only_with_their_bytes() {
        for kind in [F64, INT, RAW, ELEMENTS] {
            for form in [ALL, WITHOUT_ZEROS, SMALL] {
                let bytes = [&[1, kind][..], &u32::MAX.to_le_bytes(), &[form; 40]].concat();
                assert!(Partial::from_bytes(&bytes).is_err(), "{kind} {form}");
            }
        }
    }
}
