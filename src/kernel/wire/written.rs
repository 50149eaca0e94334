//! Writing a partial: the shortest form of each column first, for how long it all is.

use super::{ALL, BLOCK, ELEMENTS, F64, HEAD_BYTES, INT, RAW, SMALL, WITHOUT_ZEROS};
use crate::error::{Code, Error, Result};
use crate::kernel::{Column, Partial};
use std::io::{self, Write};

/// A partial about to be written.
pub(crate) struct Written<'a> {
    columns: Vec<(&'a Column, Form)>,
    len: usize,
}

/// How a column is written: of doubles only the form matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    form: u8,
    pub(super) len: usize,
}

impl Partial {
    /// Settles in which form it is written.
    pub(crate) fn written(&self) -> Written<'_> {
        let columns: Vec<_> = self.columns.iter().map(|column| (column, form_of(column))).collect();
        let len = 1 + columns.iter().map(|(_, form)| HEAD_BYTES + form.len).sum::<usize>();
        Written { columns, len }
    }

    /// As bytes.
    ///
    /// # Errors
    /// As [`Written::write`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let written = self.written();
        let mut bytes = Vec::with_capacity(written.len_bytes());
        written.write(&mut bytes)?;
        Ok(bytes)
    }
}

impl Written<'_> {
    /// How many bytes are written.
    pub(crate) fn len_bytes(&self) -> usize {
        self.len
    }

    /// Writes it.
    ///
    /// # Errors
    /// `worker_crashed` for partials of more items than 32 bits count, and for what the writer says.
    pub(crate) fn write(&self, to: &mut impl Write) -> Result<()> {
        self.columns(to).map_err(|e| Error::new(Code::WorkerCrashed, format!("a partial cannot be sent: {e}")))
    }

    fn columns(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&[u8::try_from(self.columns.len()).map_err(io::Error::other)?])?;
        for (column, form) in &self.columns {
            let (kind, items) = match column {
                Column::F64(column) => (F64, column.len()),
                Column::Int(column) => (INT, column.len()),
                Column::Raw(bytes) => (RAW, bytes.len()),
                Column::Elements(elements) => (ELEMENTS, elements.len()),
            };
            to.write_all(&[kind])?;
            to.write_all(&count(items)?)?;
            match column {
                Column::F64(column) => write_numbers(column, form.form, to)?,
                Column::Int(column) => column.iter().try_for_each(|n| to.write_all(&n.to_le_bytes()))?,
                Column::Raw(bytes) => to.write_all(bytes)?,
                Column::Elements(elements) => {
                    for element in elements {
                        to.write_all(&count(element.len())?)?;
                        to.write_all(element)?;
                    }
                }
            }
        }
        to.flush()
    }
}

fn count(items: usize) -> io::Result<[u8; 4]> {
    u32::try_from(items).map(u32::to_le_bytes).map_err(io::Error::other)
}

fn form_of(column: &Column) -> Form {
    let plain = |len| Form { form: ALL, len };
    match column {
        Column::F64(column) => form_of_numbers(column),
        Column::Int(column) => plain(16 * column.len()),
        Column::Raw(bytes) => plain(bytes.len()),
        Column::Elements(elements) => plain(elements.iter().map(|e| 4 + e.len()).sum()),
    }
}

pub(super) fn form_of_numbers(column: &[f64]) -> Form {
    let others = column.iter().map(|x| usize::from(!is_zero(*x))).sum::<usize>();
    let all_small = column.chunks(BLOCK).all(|some| some.iter().fold(true, |all, x| all & is_small(*x)));
    let without_zeros = column.len().div_ceil(8) + 8 * others;
    let (form, len) = if all_small { (SMALL, 2 * column.len()) } else { (ALL, 8 * column.len()) };
    let (form, len) = if without_zeros < len { (WITHOUT_ZEROS, without_zeros) } else { (form, len) };
    Form { form, len: 1 + len }
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

fn write_numbers(column: &[f64], form: u8, to: &mut impl Write) -> io::Result<()> {
    to.write_all(&[form])?;
    match form {
        SMALL => write_each(column, to, small),
        WITHOUT_ZEROS => {
            for block in column.chunks(BLOCK) {
                let mut bytes = [0; BLOCK / 8];
                let (eights, rest) = block.as_chunks();
                bytes.iter_mut().zip(eights).for_each(|(byte, eight)| *byte = bits(eight));
                if let Some(byte) = bytes.get_mut(eights.len()) {
                    let mut last = [0.0; 8];
                    last.iter_mut().zip(rest).for_each(|(slot, x)| *slot = *x);
                    *byte = bits(&last);
                }
                to.write_all(bytes.get(..block.len().div_ceil(8)).unwrap_or_default())?;
            }
            let mut buffer = [[0; 8]; BLOCK];
            for block in column.chunks(BLOCK) {
                let found = others_of(block, &mut buffer);
                to.write_all(buffer.as_flattened().get(..8 * found).unwrap_or_default())?;
            }
            Ok(())
        }
        _ => write_each(column, to, f64::to_le_bytes),
    }
}

/// Which of eight are not zero: so many at a time that no loop is left.
fn bits(eight: &[f64; 8]) -> u8 {
    eight.iter().enumerate().map(|(i, x)| u8::from(!is_zero(*x)) << i).fold(0, |bits, bit| bits | bit)
}

/// Puts what is not zero of a block into a buffer; gives how many these are. Zeros come many at a time, and so do others: eight
/// of a kind are dealt with at once.
fn others_of(block: &[f64], buffer: &mut [[u8; 8]; BLOCK]) -> usize {
    let mut found = 0;
    for eight in block.chunks(8) {
        let others = eight.iter().filter(|x| !is_zero(**x)).count();
        let room = buffer.get_mut(found..found + others).unwrap_or_default();
        if others == eight.len() {
            room.iter_mut().zip(eight).for_each(|(slot, x)| *slot = x.to_le_bytes());
        } else if others > 0 {
            let own = eight.iter().filter(|x| !is_zero(**x));
            room.iter_mut().zip(own).for_each(|(slot, x)| *slot = x.to_le_bytes());
        }
        found += others;
    }
    found
}

fn write_each<const N: usize>(column: &[f64], to: &mut impl Write, bytes: impl Fn(f64) -> [u8; N]) -> io::Result<()> {
    let mut buffer = [[0; N]; BLOCK];
    for block in column.chunks(BLOCK) {
        buffer.iter_mut().zip(block).for_each(|(slot, x)| *slot = bytes(*x));
        to.write_all(buffer.as_flattened().get(..N * block.len()).unwrap_or_default())?;
    }
    Ok(())
}
