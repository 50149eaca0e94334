//! A chunk decoded piece by piece, so that whoever looks at a piece finds it in the cache: where its codecs allow, which is Blosc
//! over elements as they are.

use super::blosc::{Header, Shuffle, decode_streams, header};
use super::shuffle::unshuffle_part;
use super::sizes::stages;
use super::{ChunkShape, Expected, buffer, give_back, used_buffer, wrong_length};
use crate::array::Endian;
use crate::error::Result;
use crate::meta::CodecSpec;

/// A Blosc frame, of which one block is held at a time, its shuffle not yet undone. Blocks that no piece needs are not decoded,
/// and nothing is said of what is wrong with them.
pub struct Pieces<'a> {
    header: Header,
    input: &'a [u8],
    /// All that the frame holds, where it was not compressed.
    stored: Option<&'a [u8]>,
    /// The streams of one block.
    block: Vec<u8>,
    /// Which block.
    held: Option<usize>,
    piece: Vec<u8>,
}

/// A chunk's pieces; `None` where its codecs must decode it as a whole ([`super::decode_chunk`]).
///
/// # Errors
/// As [`super::decode_chunk`], of what stands before the first block.
pub fn pieces<'a>(encoded: &'a [u8], codecs: &[CodecSpec], chunk: &ChunkShape) -> Result<Option<Pieces<'a>>> {
    let [CodecSpec::Bytes(endian), CodecSpec::Blosc] = codecs else { return Ok(None) };
    let as_stored = *endian == Endian::Little || chunk.dtype.swap_size() == 1;
    if !as_stored || chunk.dtype.is_variable() {
        return Ok(None);
    }
    let (stages, _) = stages(codecs, chunk)?;
    let Some(stage) = stages.last() else { return Ok(None) };
    Pieces::of(encoded, stage.expected, chunk.dtype.size()).map_err(|e| e.with_codec(CodecSpec::Blosc.name()))
}

impl<'a> Pieces<'a> {
    fn of(input: &'a [u8], expected: Expected, size: usize) -> Result<Option<Self>> {
        let header = header(input, expected)?;
        let stored = header.stored(input)?;
        let whole = |bytes: usize| bytes.is_multiple_of(header.element_size);
        let apart = whole(size) && whole(header.block_size) && whole(header.nbytes);
        if stored.is_none() && (header.shuffle() == Shuffle::Bits || !apart) {
            return Ok(None);
        }
        let block = match stored {
            Some(_) => Vec::new(),
            None => used_buffer(header.block_size.min(header.nbytes))?,
        };
        Ok(Some(Pieces { header, input, stored, block, held: None, piece: Vec::new() }))
    }

    /// So many decoded bytes from `from` on: those of whole elements, which lie in the chunk.
    ///
    /// # Errors
    /// `corrupt_chunk`, `unsupported`, `out_of_memory`, with the codec's name.
    pub fn piece(&mut self, from: usize, len: usize) -> Result<&[u8]> {
        self.decoded(from, len).map_err(|e| e.with_codec(CodecSpec::Blosc.name()))
    }

    fn decoded(&mut self, from: usize, len: usize) -> Result<&[u8]> {
        let end = from.checked_add(len).filter(|end| *end <= self.header.nbytes);
        let end = end.ok_or_else(|| wrong_length(from.saturating_add(len), self.header.nbytes as u64))?;
        if let Some(stored) = self.stored {
            return Ok(stored.get(from..end).unwrap_or_default());
        }
        if self.piece.len() < len {
            self.piece = buffer(len)?;
        }
        self.fill(from, len)?;
        Ok(self.piece.get(..len).unwrap_or_default())
    }

    fn fill(&mut self, from: usize, len: usize) -> Result<()> {
        let size = self.header.block_size;
        let mut done = 0;
        while done < len {
            let (number, within) = ((from + done) / size, (from + done) % size);
            self.hold(number)?;
            let block = self.block.get(..self.block_len(number)).unwrap_or_default();
            let some = block.len().saturating_sub(within).clamp(1, len - done);
            let out = self.piece.get_mut(done..done + some).unwrap_or_default();
            if self.header.shuffle() == Shuffle::Bytes {
                unshuffle_part(self.header.element_size, block, within / self.header.element_size, out);
            } else if let Some(part) = block.get(within..within + some) {
                out.copy_from_slice(part);
            }
            done += some;
        }
        Ok(())
    }

    fn block_len(&self, number: usize) -> usize {
        let before = number.saturating_mul(self.header.block_size);
        self.header.nbytes.saturating_sub(before).min(self.header.block_size)
    }

    /// Decodes the streams of a block, unless it is at hand.
    fn hold(&mut self, number: usize) -> Result<()> {
        if self.held != Some(number) {
            self.held = None;
            let len = self.block_len(number);
            let source = self.header.block(self.input, number)?;
            decode_streams(&self.header, source, self.block.get_mut(..len).unwrap_or_default())?;
            self.held = Some(number);
        }
        Ok(())
    }
}

impl Drop for Pieces<'_> {
    fn drop(&mut self) {
        if self.stored.is_none() {
            give_back(std::mem::take(&mut self.block));
        }
    }
}
