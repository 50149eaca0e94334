//! `sharding_indexed` (ZEP 2): inner chunks one after another, and an index of (offset, length) pairs.
//!
//! An entry of two all-ones words is an inner chunk that was never written. The index has a fixed size, so that it can be
//! fetched alone; inner chunks are then fetched by range ([`ShardIndex`]), or decoded from a shard at hand.

use super::pipeline::{ChunkShape, decode_chunk};
use super::sizes::{max_encoded_len, stages};
use super::variable::{repeated, split_handles};
use super::{Expected, buffer};
use crate::array::{DType, Odometer};
use crate::error::{Result, corrupt, invalid_metadata, product, to_usize, too_large, unsupported};
use crate::meta::{IndexLocation, MAX_VARIABLE_BYTES, ShardSpec};

/// The most inner chunks of one shard: an index of 64 MiB.
const MAX_INDEX_ENTRIES: u64 = 4 << 20;
/// Offset and length of an inner chunk that was never written.
const EMPTY: u64 = u64::MAX;

/// Where each inner chunk lies, in C order of the shard's inner grid.
#[derive(Debug, Clone)]
pub struct ShardIndex {
    grid: Vec<u64>,
    entries: Vec<Option<(u64, u64)>>,
}

/// The inner grid of a shard: how many inner chunks along each dimension.
fn inner_grid(shard_shape: &[u64], spec: &ShardSpec) -> Result<Vec<u64>> {
    if shard_shape.len() != spec.chunk_shape.len() {
        return Err(invalid_metadata(format!(
            "inner chunk shape {:?} in a shard of {shard_shape:?}",
            spec.chunk_shape
        )));
    }
    let pairs = shard_shape.iter().zip(&spec.chunk_shape);
    let grid: Option<Vec<u64>> = pairs.map(|(&s, &c)| s.checked_div(c).filter(|_| s % c == 0)).collect();
    grid.ok_or_else(|| {
        invalid_metadata(format!(
            "inner chunk shape {:?} does not divide the shard's {shard_shape:?}",
            spec.chunk_shape
        ))
    })
}

/// The index as an array: (offset, length) of each inner chunk, in unsigned words.
fn index_shape(shard_shape: &[u64], spec: &ShardSpec) -> Result<Vec<u64>> {
    let mut shape = inner_grid(shard_shape, spec)?;
    let n = product(&shape, "inner chunks of a shard")?;
    if n > MAX_INDEX_ENTRIES {
        return Err(too_large("inner chunks of a shard", n, MAX_INDEX_ENTRIES));
    }
    shape.push(2);
    Ok(shape)
}

/// Bytes of the encoded index.
pub fn index_len_bytes(shard_shape: &[u64], spec: &ShardSpec) -> Result<u64> {
    let shape = index_shape(shard_shape, spec)?;
    let index = ChunkShape { shape: &shape, dtype: DType::UInt64, fill: &[] };
    match stages(&spec.index_codecs, &index)?.1 {
        Expected::Exactly(n) => Ok(n as u64),
        Expected::AtMost(_) => Err(invalid_metadata("an index whose codecs leave its size open")),
    }
}

impl ShardIndex {
    /// Reads an encoded index.
    ///
    /// # Errors
    /// `checksum`, or `corrupt_chunk` for entries that cannot be.
    pub fn parse(encoded: Vec<u8>, shard_shape: &[u64], spec: &ShardSpec) -> Result<Self> {
        let expected = index_len_bytes(shard_shape, spec)?;
        if encoded.len() as u64 != expected {
            return Err(super::wrong_length(to_usize(expected, "shard index")?, encoded.len() as u64));
        }
        let shape = index_shape(shard_shape, spec)?;
        let index = ChunkShape { shape: &shape, dtype: DType::UInt64, fill: &[] };
        let bytes = decode_chunk(encoded, &spec.index_codecs, &index)?;
        let words: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|w| u64::from_le_bytes(*w)).collect();
        let longest = max_encoded_len(product(&spec.chunk_shape, "inner chunk")?.saturating_mul(1 << 12));
        let mut entries = Vec::with_capacity(words.len() / 2);
        for &[offset, len] in words.as_chunks::<2>().0 {
            entries.push(match (offset, len) {
                (EMPTY, EMPTY) => None,
                _ if offset.checked_add(len).is_none() || len > longest => {
                    return Err(corrupt(format!("an index entry of {len} bytes at {offset}")));
                }
                _ => Some((offset, len)),
            });
        }
        refuse_overlaps(&entries)?;
        Ok(ShardIndex { grid: inner_grid(shard_shape, spec)?, entries })
    }

    /// Offset and length of an inner chunk in the shard; `None` if it was never written.
    pub fn get(&self, coords: &[u64]) -> Option<(u64, u64)> {
        let flat = coords.iter().zip(&self.grid).try_fold(0u64, |acc, (&c, &n)| acc.checked_mul(n)?.checked_add(c))?;
        self.entries.get(usize::try_from(flat).ok()?).copied().flatten()
    }
}

/// Two inner chunks may share their bytes only if they are the same range.
fn refuse_overlaps(entries: &[Option<(u64, u64)>]) -> Result<()> {
    let mut ranges: Vec<(u64, u64)> = entries.iter().flatten().copied().collect();
    ranges.sort_unstable();
    ranges.dedup();
    for pair in ranges.windows(2) {
        if let &[(offset, len), (next, _)] = pair
            && offset.saturating_add(len) > next
        {
            return Err(corrupt(format!("index entries overlap: {len} bytes at {offset}, and one at {next}")));
        }
    }
    Ok(())
}

/// Decodes a shard that is at hand as a whole: a nested one, or one behind another codec.
pub fn decode_shard(shard: &[u8], spec: &ShardSpec, chunk: &ChunkShape) -> Result<Vec<u8>> {
    let index_len = to_usize(index_len_bytes(chunk.shape, spec)?, "shard index")?;
    let index = match spec.index_location {
        IndexLocation::Start => shard.get(..index_len),
        IndexLocation::End => shard.len().checked_sub(index_len).and_then(|at| shard.get(at..)),
    };
    let index = index.ok_or_else(|| corrupt(format!("a shard of {} bytes has no room for its index", shard.len())))?;
    let index = ShardIndex::parse(index.to_vec(), chunk.shape, spec)?;
    let mut out = buffer(chunk.len_bytes()?)?;
    let mut behind = Vec::new();
    let inner = ChunkShape { shape: &spec.chunk_shape, dtype: chunk.dtype, fill: chunk.fill };
    for coords in Odometer::new(&index.grid) {
        let block = match index.get(&coords) {
            None if chunk.fill.is_empty() && chunk.dtype.size() > 0 => {
                return Err(unsupported("a shard with unwritten chunks behind a filter"));
            }
            None => fill_block(&inner)?,
            Some((offset, len)) => {
                let (start, len) = (to_usize(offset, "offset")?, to_usize(len, "length")?);
                let bytes = start.checked_add(len).and_then(|end| shard.get(start..end)).ok_or_else(|| {
                    corrupt(format!("an inner chunk of {len} bytes at {start} in a shard of {}", shard.len()))
                })?;
                decode_chunk(bytes, &spec.codecs, &inner)?
            }
        };
        if chunk.dtype.is_variable() {
            let (handles, elements) = moved(block, inner.count()?, out.len().saturating_add(behind.len()))?;
            if behind.len().saturating_add(elements.len()) > MAX_VARIABLE_BYTES {
                let n = behind.len().saturating_add(elements.len()) as u64;
                return Err(too_large("decoded shard in bytes", n, MAX_VARIABLE_BYTES as u64));
            }
            behind.extend_from_slice(&elements);
            place(&handles, &inner, &coords, &mut out, chunk.shape)?;
        } else {
            place(&block, &inner, &coords, &mut out, chunk.shape)?;
        }
    }
    out.extend_from_slice(&behind);
    Ok(out)
}

/// An inner block's handles, with their elements at `base` in the shard's own block, and these elements.
fn moved(block: Vec<u8>, count: usize, base: usize) -> Result<(Vec<u8>, Vec<u8>)> {
    let (mut handles, elements) = split_handles(block, count)?;
    let shift = base as u64;
    let from = handles.len() as u64;
    for handle in handles.as_chunks_mut::<8>().0 {
        let [a, b, c, d, ..] = *handle;
        let offset = u64::from(u32::from_le_bytes([a, b, c, d])).saturating_sub(from).saturating_add(shift);
        let offset = u32::try_from(offset).map_err(|_| too_large("decoded shard in bytes", offset, u32::MAX.into()))?;
        let (first, _) = handle.split_at_mut(4);
        first.copy_from_slice(&offset.to_le_bytes());
    }
    Ok((handles, elements))
}

/// A block in which every element is the fill value.
pub fn fill_block(chunk: &ChunkShape) -> Result<Vec<u8>> {
    let len = chunk.len_bytes()?;
    if chunk.dtype.is_variable() {
        return repeated(chunk.fill, chunk.count()?);
    }
    let mut block = buffer(len)?;
    if chunk.fill.iter().any(|&b| b != 0) {
        for element in block.chunks_exact_mut(chunk.fill.len()) {
            element.copy_from_slice(chunk.fill);
        }
    }
    Ok(block)
}

/// Copies an inner block to its place, row by row.
fn place(block: &[u8], inner: &ChunkShape, coords: &[u64], out: &mut [u8], shape: &[u64]) -> Result<()> {
    let size = inner.dtype.size();
    let Some((&row, rows_shape)) = inner.shape.split_last() else {
        out.copy_from_slice(block);
        return Ok(());
    };
    let row_bytes = to_usize(row, "row")? * size;
    for (at, source) in Odometer::new(rows_shape).zip(block.chunks_exact(row_bytes.max(1))) {
        let mut flat = 0u64;
        for (d, &extent) in shape.iter().enumerate() {
            let within = at.get(d).copied().unwrap_or(0);
            let origin = coords.get(d).zip(inner.shape.get(d)).map_or(0, |(c, n)| c * n);
            flat = flat * extent + origin + within;
        }
        let start = to_usize(flat, "offset")? * size;
        let target =
            out.get_mut(start..start + row_bytes).ok_or_else(|| corrupt("an inner chunk outside its shard"))?;
        target.copy_from_slice(source);
    }
    Ok(())
}
