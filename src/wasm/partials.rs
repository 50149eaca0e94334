//! Partials in the host's arrays: written into them and read from them piece by piece, so that an instance never holds a
//! partial's numbers and its bytes at once.

use crate::error::Result;
use crate::kernel::Partial;
use js_sys::Uint8Array;
use std::io::{self, BufReader, BufWriter, Read, Write};

/// Bytes that cross the border at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Writes a partial into an array of its own.
///
/// # Errors
/// `worker_crashed` for partials of more items or bytes than 32 bits count.
pub(super) fn to_array(partial: &Partial) -> Result<Uint8Array> {
    let written = partial.written();
    let bytes = Uint8Array::new_with_length(u32::try_from(written.len_bytes()).unwrap_or(u32::MAX));
    let cursor = Cursor { bytes, at: 0 };
    let mut buffered = BufWriter::with_capacity(PIECE_BYTES, cursor);
    written.write(&mut buffered)?;
    Ok(buffered.get_ref().bytes.clone())
}

/// Reads a partial.
///
/// # Errors
/// As [`Partial::read`].
pub(super) fn from_array(bytes: Uint8Array) -> Result<Partial> {
    let len = bytes.length() as usize;
    Partial::read(&mut BufReader::with_capacity(PIECE_BYTES, Cursor { bytes, at: 0 }), len)
}

struct Cursor {
    bytes: Uint8Array,
    at: u32,
}

impl Cursor {
    /// The next bytes of the array, at most so many.
    fn next(&mut self, most: usize) -> Uint8Array {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let end = self.at.saturating_add(most).min(self.bytes.length());
        let next = self.bytes.subarray(self.at, end);
        self.at = end;
        next
    }
}

impl Write for Cursor {
    fn write(&mut self, some: &[u8]) -> io::Result<usize> {
        let next = self.next(some.len());
        let len = next.length() as usize;
        next.copy_from(some.get(..len).unwrap_or_default());
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Cursor {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let next = self.next(into.len());
        let len = next.length() as usize;
        next.copy_to(into.get_mut(..len).unwrap_or_default());
        Ok(len)
    }
}
