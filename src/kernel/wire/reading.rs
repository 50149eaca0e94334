//! Reading a partial, which may be of a damaged file.

use super::{ALL, BLOCK, ELEMENTS, F64, INT, RAW, SMALL, WITHOUT_ZEROS};
use crate::error::{Code, Error, Result};
use crate::kernel::{Column, Partial};
use std::io::{self, ErrorKind, Read};

impl Partial {
    /// From bytes.
    ///
    /// # Errors
    /// As [`Partial::read`].
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self> {
        let len = bytes.len();
        Partial::read(&mut bytes, len)
    }

    /// Reads what was written, which is so long. Its columns take 64 times the memory of these bytes at most.
    ///
    /// # Errors
    /// `out_of_memory`; `worker_crashed` for anything else.
    pub fn read(from: &mut impl Read, len: usize) -> Result<Self> {
        let mut reading = Reading { from, left: len };
        let partial = reading.partial();
        partial.map_err(|e| {
            let code = if e.kind() == ErrorKind::OutOfMemory { Code::OutOfMemory } else { Code::WorkerCrashed };
            Error::new(code, format!("a partial cannot be read: {e}"))
        })
    }
}

/// Bytes that are read, and how many of them are left: what is told to be there must be, before memory is taken for it.
struct Reading<'a, R> {
    from: &'a mut R,
    left: usize,
}

impl<R: Read> Reading<'_, R> {
    fn partial(&mut self) -> io::Result<Partial> {
        let [columns] = self.some()?;
        let columns = (0..columns).map(|_| self.column()).collect::<io::Result<_>>()?;
        if self.left > 0 { Err(refused("more bytes than columns take")) } else { Ok(Partial { columns }) }
    }

    fn column(&mut self) -> io::Result<Column> {
        let [kind] = self.some()?;
        let items = self.count()?;
        Ok(match kind {
            F64 => Column::F64(self.numbers(items)?),
            INT => {
                let mut column = self.room(items, 16 * 8)?;
                for _ in 0..items {
                    column.push(i128::from_le_bytes(self.some()?));
                }
                Column::Int(column)
            }
            RAW => Column::Raw(self.bytes(items)?),
            ELEMENTS => {
                let mut elements = self.room(items, 4 * 8)?;
                for _ in 0..items {
                    let len = self.count()?;
                    elements.push(self.bytes(len)?);
                }
                Column::Elements(elements)
            }
            _ => return Err(refused("a column of no kind")),
        })
    }

    fn numbers(&mut self, items: usize) -> io::Result<Vec<f64>> {
        match self.some()? {
            [ALL] => self.each(items, f64::from_le_bytes),
            [SMALL] => self.each(items, |x| f64::from(u16::from_le_bytes(x))),
            [WITHOUT_ZEROS] => self.without_zeros(items),
            _ => Err(refused("numbers of no form")),
        }
    }

    fn each<const N: usize>(&mut self, items: usize, number: impl Fn([u8; N]) -> f64) -> io::Result<Vec<f64>> {
        let mut column: Vec<f64> = self.room(items, 8 * N)?;
        let mut buffer = [[0; N]; BLOCK];
        while column.len() < items {
            let block = buffer.get_mut(..BLOCK.min(items - column.len())).unwrap_or_default();
            self.fill(block.as_flattened_mut())?;
            column.extend(block.iter().map(|x| number(*x)));
        }
        Ok(column)
    }

    fn without_zeros(&mut self, items: usize) -> io::Result<Vec<f64>> {
        let mut column: Vec<f64> = self.room(items, 1)?;
        let bits = self.bytes(items.div_ceil(8))?;
        let mut buffer = [[0; 8]; BLOCK];
        for bits in bits.chunks(BLOCK / 8) {
            let found = bits.iter().map(|byte| byte.count_ones() as usize).sum();
            let others = buffer.get_mut(..found).unwrap_or_default();
            self.fill(others.as_flattened_mut())?;
            let mut others: &[[u8; 8]] = others;
            for &byte in bits {
                let (own, rest) = others.split_at_checked(byte.count_ones() as usize).unwrap_or_default();
                others = rest;
                // Zeros come many at a time, and so do others: eight of a kind are dealt with at once.
                let (start, eight) = (column.len(), 8.min(items - column.len()));
                if byte == 0xff && eight == 8 {
                    column.extend(own.iter().map(|x| f64::from_le_bytes(*x)));
                    continue;
                }
                column.resize(start + eight, 0.0);
                let mut left = byte;
                for x in own {
                    let slot = column.get_mut(start + left.trailing_zeros() as usize);
                    *slot.ok_or_else(|| refused("numbers behind the last"))? = f64::from_le_bytes(*x);
                    left &= left - 1;
                }
            }
        }
        Ok(column)
    }

    fn bytes(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.room(len, 8)?;
        bytes.resize(len, 0);
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn count(&mut self) -> io::Result<usize> {
        usize::try_from(u32::from_le_bytes(self.some()?)).map_err(io::Error::other)
    }

    /// Memory for items each of which takes so many bits of what is left.
    fn room<T>(&self, items: usize, bits: usize) -> io::Result<Vec<T>> {
        if (items as u64).saturating_mul(bits as u64).div_ceil(8) > self.left as u64 {
            return Err(refused("fewer bytes than items take"));
        }
        let mut room = Vec::new();
        room.try_reserve_exact(items)?;
        Ok(room)
    }

    fn some<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut some = [0; N];
        self.fill(&mut some)?;
        Ok(some)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| refused("it ends early"))?;
        self.from.read_exact(bytes)
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}
