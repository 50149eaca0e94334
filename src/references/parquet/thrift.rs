//! Thrift's compact protocol, read into a small tree: Parquet's footers and page headers are written in it.
//!
//! Spec: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

use crate::error::{Error, Result, corrupt};

/// How deep structures may nest.
const MAX_DEPTH: usize = 16;
/// The most values of one structure: a footer has a few for every column of every row group.
const MAX_VALUES: usize = 1 << 20;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Thrift<'a> {
    /// Any integer, or a truth value.
    Int(i64),
    /// Bytes or text.
    Bytes(&'a [u8]),
    /// A list or set.
    List(Vec<Thrift<'a>>),
    /// Fields by number.
    Struct(Vec<(i64, Thrift<'a>)>),
    /// Something that nobody here asks for.
    Other,
}

impl<'a> Thrift<'a> {
    /// A field of a structure.
    pub fn field(&self, id: i64) -> Option<&Thrift<'a>> {
        match self {
            Thrift::Struct(fields) => fields.iter().find(|(known, _)| *known == id).map(|(_, value)| value),
            _ => None,
        }
    }

    /// An integer field.
    pub fn int(&self, id: i64) -> Option<i64> {
        match self.field(id) {
            Some(Thrift::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// A field that counts something.
    pub fn count(&self, id: i64) -> Option<u64> {
        self.int(id).and_then(|n| u64::try_from(n).ok())
    }

    /// The items of a list field.
    pub fn items(&self, id: i64) -> &[Thrift<'a>] {
        match self.field(id) {
            Some(Thrift::List(items)) => items,
            _ => &[],
        }
    }

    /// A value that is text.
    pub fn text(&self) -> Option<&'a str> {
        match self {
            Thrift::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

/// Reads one structure; gives it and the number of bytes it took.
///
/// # Errors
/// `corrupt_chunk`.
pub fn read_struct(bytes: &[u8]) -> Result<(Thrift<'_>, usize)> {
    let mut reader = Reader { rest: bytes, values: 0 };
    let value = reader.structure(0)?;
    Ok((value, bytes.len() - reader.rest.len()))
}

fn cut() -> Error {
    corrupt("a Thrift structure of the Parquet file ends early")
}

struct Reader<'a> {
    rest: &'a [u8],
    values: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(cut)?;
        self.rest = rest;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64> {
        let (value, len) = read_varint(self.rest).ok_or_else(cut)?;
        self.take(len)?;
        Ok(value)
    }

    fn zigzag(&mut self) -> Result<i64> {
        let n = self.varint()?;
        Ok((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }

    fn value(&mut self, kind: u8, depth: usize) -> Result<Thrift<'a>> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return Err(corrupt("a Thrift structure of the Parquet file is too large"));
        }
        Ok(match kind {
            1 => Thrift::Int(1),
            2 => Thrift::Int(0),
            3 => Thrift::Int(i64::from(self.byte()?.cast_signed())),
            4..=6 => Thrift::Int(self.zigzag()?),
            7 => self.take(8).map(|_| Thrift::Other)?,
            8 => {
                let len = usize::try_from(self.varint()?).map_err(|_| cut())?;
                Thrift::Bytes(self.take(len)?)
            }
            9 | 10 => {
                let head = self.byte()?;
                let len = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                let mut items = Vec::new();
                for _ in 0..len {
                    // In a list a truth value takes a byte of its own.
                    let item = if head & 15 <= 2 { self.value(3, depth + 1) } else { self.value(head & 15, depth + 1) };
                    items.push(item?);
                }
                Thrift::List(items)
            }
            12 => self.structure(depth + 1)?,
            other => return Err(corrupt(format!("the Parquet file has a Thrift value of kind {other}"))),
        })
    }

    fn structure(&mut self, depth: usize) -> Result<Thrift<'a>> {
        let mut fields = Vec::new();
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            if head & 15 == 0 {
                return Ok(Thrift::Struct(fields));
            }
            id = if head >> 4 == 0 { self.zigzag()? } else { id.saturating_add(i64::from(head >> 4)) };
            fields.push((id, self.value(head & 15, depth)?));
        }
    }
}

/// A little-endian base-128 number and its length; `None` if it does not end or does not fit.
pub fn read_varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 127) << (7 * i).min(63);
        if byte & 128 == 0 {
            return Some((value, i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_read_or_refused() -> Result<()> {
        // 1: i32 -3; 2: list of two texts; 17 (long form): true; end
        let bytes = [0x15, 5, 0x19, 0x28, 1, b'a', 0, 0x01, 34, 0, 99];
        let (value, len) = read_struct(&bytes)?;
        assert_eq!(len, 10);
        assert_eq!(value.int(1), Some(-3));
        assert_eq!(value.items(2).iter().filter_map(Thrift::text).collect::<Vec<_>>(), ["a", ""]);
        assert_eq!(value.int(17), Some(1));
        assert_eq!(value.count(1), None);
        for cut in 0..len {
            assert!(read_struct(bytes.get(..cut).unwrap_or_default()).is_err());
        }
        assert!(read_struct(&[0x1c; 1000]).is_err(), "nested without end");
        assert!(read_struct(&[0x19, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_err(), "a list of 4 billion");
        Ok(())
    }
}
