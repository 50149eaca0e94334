//! A reader of FlatBuffers messages (<https://flatbuffers.dev/internals/>) that trusts no offset.
//!
//! Nothing is unpacked: a table is a position in the bytes, and each access follows one checked offset. Nothing recurses,
//! so offsets that lead in circles lead nowhere; whoever walks a vector bounds what it makes of it.

use crate::error::{Error, Result, invalid_metadata};

/// A table: where it stands, and the offsets of its fields.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    buffer: &'a [u8],
    at: usize,
    fields: &'a [[u8; 2]],
}

/// A vector of tables.
#[derive(Clone, Copy)]
pub struct Tables<'a> {
    buffer: &'a [u8],
    /// Position of the first element's offset.
    at: usize,
    offsets: &'a [[u8; 4]],
}

fn outside() -> Error {
    invalid_metadata("an offset in the FlatBuffers message points outside of it")
}

fn bytes_at<const N: usize>(buffer: &[u8], at: usize) -> Result<&[u8; N]> {
    buffer.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(outside)
}

fn u32_at(buffer: &[u8], at: usize) -> Result<usize> {
    usize::try_from(u32::from_le_bytes(*bytes_at(buffer, at)?)).map_err(|_| outside())
}

/// Follows the offset that stands at a position.
fn follow(buffer: &[u8], at: usize) -> Result<usize> {
    at.checked_add(u32_at(buffer, at)?).filter(|target| *target < buffer.len()).ok_or_else(outside)
}

/// The elements of the vector at a position, each of `N` bytes.
fn vector_at<const N: usize>(buffer: &[u8], at: usize) -> Result<&[[u8; N]]> {
    let len = u32_at(buffer, at)?.checked_mul(N).ok_or_else(outside)?;
    let start = at.checked_add(4).ok_or_else(outside)?;
    let end = start.checked_add(len).ok_or_else(outside)?;
    Ok(buffer.get(start..end).ok_or_else(outside)?.as_chunks().0)
}

impl<'a> Table<'a> {
    /// The message's root.
    pub fn root(buffer: &'a [u8]) -> Result<Self> {
        Self::at(buffer, follow(buffer, 0)?)
    }

    fn at(buffer: &'a [u8], at: usize) -> Result<Self> {
        let back = i32::from_le_bytes(*bytes_at(buffer, at)?);
        let here = i64::try_from(at).map_err(|_| outside())?;
        let vtable = usize::try_from(here - i64::from(back)).map_err(|_| outside())?;
        let len = usize::from(u16::from_le_bytes(*bytes_at(buffer, vtable)?));
        let end = vtable.checked_add(len).ok_or_else(outside)?;
        // The vtable's own length and the table's stand before the fields' offsets.
        let fields = buffer.get(vtable..end).and_then(|v| v.get(4..)).ok_or_else(outside)?;
        Ok(Table { buffer, at, fields: fields.as_chunks().0 })
    }

    /// Where a field stands; `None` if it is absent.
    fn field(&self, slot: usize) -> Option<usize> {
        let offset = usize::from(u16::from_le_bytes(*self.fields.get(slot)?));
        if offset == 0 { None } else { self.at.checked_add(offset) }
    }

    /// A scalar or a struct of `N` bytes, little-endian.
    pub fn fixed<const N: usize>(&self, slot: usize) -> Result<Option<&'a [u8; N]>> {
        self.field(slot).map(|at| bytes_at(self.buffer, at)).transpose()
    }

    /// A byte, 0 if absent.
    pub fn u8(&self, slot: usize) -> Result<u8> {
        Ok(self.fixed::<1>(slot)?.map_or(0, |[byte]| *byte))
    }

    /// A 32-bit number, 0 if absent.
    pub fn u32(&self, slot: usize) -> Result<u32> {
        Ok(self.fixed(slot)?.map_or(0, |b| u32::from_le_bytes(*b)))
    }

    /// A 64-bit number, 0 if absent.
    pub fn u64(&self, slot: usize) -> Result<u64> {
        Ok(self.fixed(slot)?.map_or(0, |b| u64::from_le_bytes(*b)))
    }

    /// A vector of structs or numbers of `N` bytes each.
    pub fn vector<const N: usize>(&self, slot: usize) -> Result<Option<&'a [[u8; N]]>> {
        let at = self.field(slot).map(|at| follow(self.buffer, at)).transpose()?;
        at.map(|at| vector_at(self.buffer, at)).transpose()
    }

    /// A vector of bytes.
    pub fn bytes(&self, slot: usize) -> Result<Option<&'a [u8]>> {
        Ok(self.vector::<1>(slot)?.map(<[[u8; 1]]>::as_flattened))
    }

    /// A string.
    pub fn text(&self, slot: usize) -> Result<Option<&'a str>> {
        self.bytes(slot)?.map(utf8).transpose()
    }

    /// A table that this one holds.
    pub fn table(&self, slot: usize) -> Result<Option<Table<'a>>> {
        let at = self.field(slot).map(|at| follow(self.buffer, at)).transpose()?;
        at.map(|at| Table::at(self.buffer, at)).transpose()
    }

    /// A vector of tables; empty if absent.
    pub fn tables(&self, slot: usize) -> Result<Tables<'a>> {
        let Some(field) = self.field(slot) else {
            return Ok(Tables { buffer: self.buffer, at: 0, offsets: &[] });
        };
        let at = follow(self.buffer, field)?;
        Ok(Tables { buffer: self.buffer, at: at + 4, offsets: vector_at(self.buffer, at)? })
    }
}

impl<'a> Tables<'a> {
    /// How many tables there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    fn target(&self, i: usize) -> Result<usize> {
        let at = i.checked_mul(4).and_then(|skip| self.at.checked_add(skip)).ok_or_else(outside)?;
        if i < self.len() { follow(self.buffer, at) } else { Err(outside()) }
    }

    /// One of them.
    pub fn get(&self, i: usize) -> Result<Table<'a>> {
        Table::at(self.buffer, self.target(i)?)
    }

    /// One of them, where the vector holds strings.
    pub fn text(&self, i: usize) -> Result<&'a str> {
        utf8(vector_at::<1>(self.buffer, self.target(i)?)?.as_flattened())
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Result<Table<'a>>> {
        (0..self.len()).map(move |i| self.get(i))
    }

    /// The place of a table in a sorted vector.
    pub fn search(&self, order: impl Fn(Table<'a>) -> Result<std::cmp::Ordering>) -> Result<Option<Table<'a>>> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let table = self.get(middle)?;
            match order(table)? {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(Some(table)),
            }
        }
        Ok(None)
    }
}

/// Bytes as text.
pub fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|e| invalid_metadata(format!("a string is no UTF-8: {e}")))
}

/// What a table must have.
pub fn required<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| invalid_metadata(format!("{what} is absent")))
}
