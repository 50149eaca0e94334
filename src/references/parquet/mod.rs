//! Parquet, as far as tables of references are written in it: flat columns of integers and bytes, plain or by dictionary.
//!
//! The crate `parquet` would make the package a third larger for it. Spec:
//! <https://parquet.apache.org/docs/file-format/>. Refused by name: nesting, encryption, delta encodings, LZO, Brotli.

mod footer;
mod levels;
mod page;
mod thrift;

use crate::error::{Result, corrupt, too_large, unsupported};
use footer::{Column, read_footer};
use page::{Value, read_column};
use std::collections::HashMap;

/// The most bytes of a column's distinct values.
const MAX_VALUE_BYTES: u64 = 256 << 20;
/// What stands for a missing value in [`Texts`].
const MISSING: u32 = u32::MAX;

/// A file with its columns known.
pub struct ParquetFile<'a> {
    bytes: &'a [u8],
    columns: Vec<Column>,
}

/// A column of bytes: each distinct value once.
#[derive(Debug, Default)]
pub struct Texts {
    values: Vec<Box<[u8]>>,
    of_row: Vec<u32>,
}

impl Texts {
    /// The value of a row, if it has one.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        let at = *self.of_row.get(row)?;
        self.values.get(at as usize).map(|value| &**value)
    }

    /// Rows, missing ones too.
    pub fn len(&self) -> usize {
        self.of_row.len()
    }
}

impl<'a> ParquetFile<'a> {
    /// Reads the footer. More rows than are asked for are refused: a few bytes can stand for any number of them.
    ///
    /// # Errors
    /// `corrupt_chunk`, `unsupported`, `too_large`.
    pub fn open(bytes: &'a [u8], most_rows: u64) -> Result<Self> {
        Ok(ParquetFile { bytes, columns: read_footer(bytes, most_rows)? })
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A column of whole numbers, 0 where they are missing; empty if there is no such column.
    ///
    /// # Errors
    /// `corrupt_chunk`, `unsupported`, `too_large`.
    pub fn ints(&self, name: &str) -> Result<Vec<i64>> {
        let mut ints = Vec::new();
        let Some(column) = self.column(name) else { return Ok(ints) };
        read_column(self.bytes, column, |value| {
            ints.push(match value {
                Some(Value::Int(n)) => n,
                None => 0,
                Some(Value::Bytes(_)) => return Err(unsupported(format!("bytes in the Parquet column {name}"))),
            });
            Ok(())
        })?;
        Ok(ints)
    }

    /// A column of bytes; empty if there is no such column.
    ///
    /// # Errors
    /// As [`ParquetFile::ints`].
    pub fn texts(&self, name: &str) -> Result<Texts> {
        let mut texts = Texts::default();
        let Some(column) = self.column(name) else { return Ok(texts) };
        let mut known: HashMap<Box<[u8]>, u32> = HashMap::new();
        let mut held = 0u64;
        read_column(self.bytes, column, |value| {
            let at = match value {
                None => MISSING,
                // A column without any value may be of any type.
                Some(Value::Int(_)) => return Err(unsupported(format!("numbers in the Parquet column {name}"))),
                Some(Value::Bytes(bytes)) => match known.get(bytes) {
                    Some(&at) => at,
                    None => {
                        held = held.saturating_add(bytes.len() as u64);
                        if held > MAX_VALUE_BYTES {
                            return Err(too_large("bytes of a Parquet column", held, MAX_VALUE_BYTES));
                        }
                        let at = u32::try_from(texts.values.len()).map_err(|_| corrupt("too many values"))?;
                        texts.values.push(bytes.into());
                        known.insert(bytes.into(), at);
                        at
                    }
                },
            };
            texts.of_row.push(at);
            Ok(())
        })?;
        Ok(texts)
    }
}
