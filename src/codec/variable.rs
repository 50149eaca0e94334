//! Elements that vary in length, in one block of bytes: a table of handles, and behind it the elements themselves.
//!
//! A handle is an offset from the start of the block and a length, in two little-endian words of 32 bits. So blocks of
//! text pass through the same selections and transposes as numbers do: handles are copied, elements stay where they are.

use super::{buffer, wrong_length};
use crate::array::HANDLE_BYTES;
use crate::error::{Result, corrupt, too_large};
use crate::meta::MAX_VARIABLE_BYTES;

/// Builds a block of so many elements.
pub struct BlockWriter {
    block: Vec<u8>,
    written: usize,
    count: usize,
}

impl BlockWriter {
    /// For `count` elements.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(count: usize) -> Result<Self> {
        Ok(BlockWriter { block: buffer(count.saturating_mul(HANDLE_BYTES))?, written: 0, count })
    }

    /// Adds the next element.
    ///
    /// # Errors
    /// `corrupt_chunk` for one too many, `too_large` for too many bytes.
    pub fn push(&mut self, element: &[u8]) -> Result<()> {
        let offset = self.block.len();
        self.reserve(element.len())?;
        self.block.extend_from_slice(element);
        self.point(self.written, offset, element.len())?;
        self.written += 1;
        Ok(())
    }

    /// The block.
    ///
    /// # Errors
    /// `corrupt_chunk` if elements are missing.
    pub fn finish(self) -> Result<Vec<u8>> {
        if self.written == self.count { Ok(self.block) } else { Err(wrong_length(self.count, self.written as u64)) }
    }

    fn reserve(&mut self, more: usize) -> Result<()> {
        let most = MAX_VARIABLE_BYTES.saturating_add(self.count.saturating_mul(HANDLE_BYTES));
        let len = self.block.len().saturating_add(more);
        if len > most {
            return Err(too_large("decoded chunk in bytes", len as u64, most as u64));
        }
        self.block.try_reserve(more).map_err(|_| {
            crate::error::Error::new(crate::error::Code::OutOfMemory, format!("no memory for {more} bytes more"))
        })
    }

    fn point(&mut self, at: usize, offset: usize, len: usize) -> Result<()> {
        let place = at.checked_mul(HANDLE_BYTES).filter(|_| at < self.count);
        let place = place.and_then(|from| self.block.get_mut(from..from.checked_add(HANDLE_BYTES)?));
        let (Some(place), Ok(offset), Ok(len)) = (place, u32::try_from(offset), u32::try_from(len)) else {
            return Err(wrong_length(self.count, self.written as u64 + 1));
        };
        let (first, second) = place.split_at_mut(4);
        first.copy_from_slice(&offset.to_le_bytes());
        second.copy_from_slice(&len.to_le_bytes());
        Ok(())
    }
}

/// The element of a handle; nothing for a handle that points outside its block.
pub fn element<'a>(block: &'a [u8], handle: &[u8]) -> &'a [u8] {
    let word = |at: usize| handle.get(at..).and_then(|b| b.first_chunk::<4>()).map(|b| u32::from_le_bytes(*b) as usize);
    let (Some(offset), Some(len)) = (word(0), word(4)) else { return &[] };
    offset.checked_add(len).and_then(|end| block.get(offset..end)).unwrap_or_default()
}

/// The first `count` elements of a block, in order.
pub fn elements(block: &[u8], count: usize) -> impl Iterator<Item = &[u8]> {
    let handles = block.get(..count.saturating_mul(HANDLE_BYTES)).unwrap_or_default();
    handles.chunks_exact(HANDLE_BYTES).map(|handle| element(block, handle))
}

/// A block of one element, repeated. It is stored once.
///
/// # Errors
/// `out_of_memory`.
pub fn repeated(element: &[u8], count: usize) -> Result<Vec<u8>> {
    let mut writer = BlockWriter::new(count)?;
    let offset = writer.block.len();
    writer.reserve(element.len())?;
    writer.block.extend_from_slice(element);
    for at in 0..count {
        writer.point(at, offset, element.len())?;
    }
    writer.written = count;
    writer.finish()
}

/// Splits a block into its handles and what stands behind them.
///
/// # Errors
/// `corrupt_chunk` for a block without room for its handles.
pub fn split_handles(mut block: Vec<u8>, count: usize) -> Result<(Vec<u8>, Vec<u8>)> {
    let len = count.saturating_mul(HANDLE_BYTES);
    if block.len() < len {
        return Err(corrupt(format!("a block of {} bytes for {count} elements", block.len())));
    }
    let rest = block.split_off(len);
    Ok((block, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_out_as_they_went_in() {
        let words: [&[u8]; 3] = [b"", b"ocean", "海洋".as_bytes()];
        let mut writer = BlockWriter::new(3).unwrap();
        words.iter().for_each(|w| writer.push(w).unwrap());
        assert!(writer.push(b"one too many").is_err());
        let mut writer = BlockWriter::new(3).unwrap();
        words.iter().for_each(|w| writer.push(w).unwrap());
        let block = writer.finish().unwrap();
        assert_eq!(elements(&block, 3).collect::<Vec<_>>(), words);
        assert!(BlockWriter::new(2).unwrap().finish().is_err());
        let same = repeated(b"xy", 1000).unwrap();
        assert_eq!(same.len(), 8002);
        assert!(elements(&same, 1000).all(|e| e == b"xy"));
    }

    #[test]
    fn a_handle_that_lies_gives_nothing() {
        assert_eq!(element(b"abc", &[1, 0, 0, 0, 255, 255, 255, 255]), b"");
        assert_eq!(element(b"abc", &[1]), b"");
    }
}
