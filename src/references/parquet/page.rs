//! The pages of a column: levels that say which values are missing, then values or indices into a dictionary.

use super::footer::{Chunk, Column, Physical};
use super::levels::read_hybrid;
use super::thrift::{Thrift, read_struct};
use crate::codec::{Expected, decode_gzip, decode_lz4_block, decode_zstd};
use crate::error::{Error, Result, corrupt, to_usize, too_large, unsupported};

/// The largest page, decompressed.
const MAX_PAGE_BYTES: u64 = 128 << 20;

/// A value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// A value, its bytes by their place in the page.
#[derive(Clone, Copy)]
enum Cell {
    Int(i64),
    Span(usize, usize),
    Missing,
}

/// A page's bytes, and the values in them.
struct Cells {
    bytes: Vec<u8>,
    cells: Vec<Cell>,
}

impl Cells {
    fn value(&self, at: usize) -> Result<Option<Value<'_>>> {
        match self.cells.get(at) {
            Some(Cell::Int(n)) => Ok(Some(Value::Int(*n))),
            Some(&Cell::Span(start, end)) => Ok(self.bytes.get(start..end).map(Value::Bytes)),
            Some(Cell::Missing) => Ok(None),
            None => Err(corrupt(format!("the Parquet file names entry {at} of a dictionary of {}", self.cells.len()))),
        }
    }
}

fn cut() -> Error {
    corrupt("a page of the Parquet file ends early")
}

/// Hands over a column's values in order, `None` for missing ones.
///
/// # Errors
/// `corrupt_chunk`; `unsupported` with the encoding or compression; `too_large`; what `each` gives.
pub fn read_column(file: &[u8], column: &Column, mut each: impl FnMut(Option<Value<'_>>) -> Result<()>) -> Result<()> {
    let physical = column.physical.ok_or_else(|| unsupported(format!("the Parquet type of {}", column.name)))?;
    for chunk in &column.chunks {
        read_chunk(file, column, physical, chunk, &mut each)?;
    }
    Ok(())
}

fn read_chunk(
    file: &[u8],
    column: &Column,
    physical: Physical,
    chunk: &Chunk,
    each: &mut impl FnMut(Option<Value<'_>>) -> Result<()>,
) -> Result<()> {
    let mut at = to_usize(chunk.offset, "offset of a page")?;
    let mut left = to_usize(chunk.values, "values of a column")?;
    let mut dictionary: Option<Cells> = None;
    while left > 0 {
        let rest = file.get(at..).ok_or_else(cut)?;
        let (header, header_len) = read_struct(rest)?;
        let stored = to_usize(header.count(3).ok_or_else(cut)?, "page")?;
        let end = header_len.checked_add(stored).ok_or_else(cut)?;
        let body = rest.get(header_len..end).ok_or_else(cut)?;
        at = at.checked_add(end).ok_or_else(cut)?;
        let unpacked = header.count(2).ok_or_else(cut)?;
        if unpacked > MAX_PAGE_BYTES {
            return Err(too_large("bytes of a Parquet page", unpacked, MAX_PAGE_BYTES));
        }
        let unpacked = to_usize(unpacked, "page")?;
        match (header.int(1), header.field(5), header.field(8), header.field(7)) {
            (Some(2), _, _, Some(about)) => {
                let n = to_usize(about.count(1).ok_or_else(cut)?, "dictionary")?;
                let bytes = decompress(chunk.codec, body, unpacked)?;
                dictionary = Some(plain(bytes, 0, physical, n)?);
            }
            (Some(0), Some(about), _, _) => {
                let n = values_of(about, left)?;
                let bytes = decompress(chunk.codec, body, unpacked)?;
                let (levels, start) = levels_v1(&bytes, column.optional, n, about)?;
                let page = Page { bytes, start, levels, encoding: about.int(2) };
                page.read(physical, n, dictionary.as_ref(), each)?;
                left -= n;
            }
            (Some(3), _, Some(about), _) => {
                let n = values_of(about, left)?;
                let levels_len = to_usize(about.count(5).ok_or_else(cut)?, "levels")?;
                if about.count(6).is_some_and(|len| len > 0) {
                    return Err(unsupported("nested Parquet columns"));
                }
                let (levels, data) = body.split_at_checked(levels_len).ok_or_else(cut)?;
                let levels = if column.optional { Some(read_hybrid(levels, 1, n)?) } else { None };
                let packed = about.int(7) != Some(0);
                let len = unpacked.checked_sub(levels_len).ok_or_else(cut)?;
                let bytes = if packed { decompress(chunk.codec, data, len)? } else { data.to_vec() };
                let page = Page { bytes, start: 0, levels, encoding: about.int(4) };
                page.read(physical, n, dictionary.as_ref(), each)?;
                left -= n;
            }
            // An index page.
            (Some(1), ..) => {}
            _ => return Err(corrupt("a page of the Parquet file has no header of its kind")),
        }
    }
    Ok(())
}

/// How many values a page has: at least one, and no more than are left.
fn values_of(about: &Thrift, left: usize) -> Result<usize> {
    let n = to_usize(about.count(1).ok_or_else(cut)?, "page")?;
    if n == 0 || n > left {
        return Err(corrupt(format!("a page of the Parquet file has {n} values where {left} are left")));
    }
    Ok(n)
}

/// Definition levels before the values: their length in 4 bytes, then runs.
fn levels_v1(bytes: &[u8], optional: bool, n: usize, about: &Thrift) -> Result<(Option<Vec<u32>>, usize)> {
    if !optional {
        return Ok((None, 0));
    }
    if about.int(3) != Some(3) {
        return Err(unsupported("Parquet's old encoding of levels"));
    }
    let len = bytes.first_chunk::<4>().ok_or_else(cut)?;
    let end = (u32::from_le_bytes(*len) as usize).checked_add(4).ok_or_else(cut)?;
    let levels = bytes.get(4..end).ok_or_else(cut)?;
    Ok((Some(read_hybrid(levels, 1, n)?), end))
}

/// A data page, decompressed.
struct Page {
    bytes: Vec<u8>,
    /// Where values begin.
    start: usize,
    /// 1 where a value is there; `None` if all are.
    levels: Option<Vec<u32>>,
    encoding: Option<i64>,
}

impl Page {
    fn read(
        self,
        physical: Physical,
        n: usize,
        dictionary: Option<&Cells>,
        each: &mut impl FnMut(Option<Value<'_>>) -> Result<()>,
    ) -> Result<()> {
        let there = self.levels.as_ref().map_or(n, |levels| levels.iter().filter(|l| **l != 0).count());
        let (own, indices) = match self.encoding {
            Some(0) => (Some(plain(self.bytes, self.start, physical, there)?), None),
            Some(2 | 8) => (None, Some(self.indices(there)?)),
            Some(5) => return Err(unsupported("the Parquet encoding DELTA_BINARY_PACKED")),
            Some(6) => return Err(unsupported("the Parquet encoding DELTA_LENGTH_BYTE_ARRAY")),
            Some(7) => return Err(unsupported("the Parquet encoding DELTA_BYTE_ARRAY")),
            Some(other) => return Err(unsupported(format!("the Parquet encoding {other}"))),
            None => return Err(cut()),
        };
        let mut next = 0;
        for row in 0..n {
            let missing = self.levels.as_ref().is_some_and(|levels| levels.get(row) == Some(&0));
            if missing {
                each(None)?;
                continue;
            }
            match (&own, &indices, dictionary) {
                (Some(cells), ..) => each(cells.value(next)?)?,
                (_, Some(indices), Some(dictionary)) => {
                    let at = indices.get(next).copied().ok_or_else(cut)?;
                    each(dictionary.value(at as usize)?)?;
                }
                _ => return Err(corrupt("a column of the Parquet file has no dictionary")),
            }
            next += 1;
        }
        Ok(())
    }

    fn indices(&self, n: usize) -> Result<Vec<u32>> {
        match self.bytes.get(self.start..).and_then(<[u8]>::split_first) {
            Some((&width, rest)) => read_hybrid(rest, u32::from(width), n),
            None if n == 0 => Ok(Vec::new()),
            None => Err(cut()),
        }
    }
}

/// `n` values one after another.
fn plain(bytes: Vec<u8>, start: usize, physical: Physical, n: usize) -> Result<Cells> {
    let width = if physical == Physical::Int32 || physical == Physical::Bytes { 4 } else { 8 };
    let most = bytes.len().saturating_sub(start) / width;
    if n > most {
        return Err(cut());
    }
    let mut cells = Vec::with_capacity(n);
    let mut at = start;
    for _ in 0..n {
        let rest = bytes.get(at..).ok_or_else(cut)?;
        at = at.checked_add(width).ok_or_else(cut)?;
        cells.push(match physical {
            Physical::Int32 => Cell::Int(i32::from_le_bytes(*rest.first_chunk().ok_or_else(cut)?).into()),
            Physical::Int64 => Cell::Int(i64::from_le_bytes(*rest.first_chunk().ok_or_else(cut)?)),
            Physical::Double => whole(f64::from_le_bytes(*rest.first_chunk().ok_or_else(cut)?))?,
            Physical::Bytes => {
                let len = u32::from_le_bytes(*rest.first_chunk().ok_or_else(cut)?) as usize;
                let end = at.checked_add(len).filter(|end| *end <= bytes.len()).ok_or_else(cut)?;
                Cell::Span(std::mem::replace(&mut at, end), end)
            }
        });
    }
    Ok(Cells { bytes, cells })
}

/// pandas makes doubles of integers where some are missing.
fn whole(x: f64) -> Result<Cell> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.is_nan() {
        return Ok(Cell::Missing);
    }
    if x.fract() != 0.0 || x.abs() >= EXACT {
        return Err(corrupt(format!("{x} in the Parquet file is no offset or size")));
    }
    #[allow(clippy::cast_possible_truncation)] // whole, and below 2^53
    Ok(Cell::Int(x as i64))
}

/// How many bytes one packed byte can stand for, by the compressions' own formats: a copy of 64 bytes in 3, deflate's
/// longest match in 2 bits, a block of 128 KiB of one byte in 4, lengths that grow by 255 with each byte.
fn most_of_a_byte(codec: i64) -> usize {
    match codec {
        1 => 22,
        2 => 1032,
        6 => 32 << 10,
        7 => 255,
        _ => 1,
    }
}

fn decompress(codec: i64, body: &[u8], len: usize) -> Result<Vec<u8>> {
    // Before room is made for what a header only claims.
    if matches!(codec, 1 | 2 | 6 | 7) && len > body.len().saturating_mul(most_of_a_byte(codec)) {
        return Err(corrupt(format!("a page of the Parquet file cannot be {len} bytes packed into {}", body.len())));
    }
    let exactly = Expected::Exactly(len);
    match codec {
        0 if body.len() == len => Ok(body.to_vec()),
        0 => Err(cut()),
        1 => {
            let declared = snap::raw::decompress_len(body).map_err(|e| corrupt(e.to_string()).with_codec("snappy"))?;
            if declared != len {
                return Err(crate::codec::wrong_length(len, declared as u64).with_codec("snappy"));
            }
            snap::raw::Decoder::new().decompress_vec(body).map_err(|e| corrupt(e.to_string()).with_codec("snappy"))
        }
        2 => decode_gzip(body, exactly).map_err(|e| e.with_codec("gzip")),
        6 => decode_zstd(body, exactly).map_err(|e| e.with_codec("zstd")),
        7 => decode_lz4_block(body, exactly).map_err(|e| e.with_codec("lz4")),
        3 => Err(unsupported("LZO in Parquet")),
        4 => Err(unsupported("Brotli in Parquet")),
        5 => Err(unsupported("Hadoop's LZ4 in Parquet")),
        other => Err(unsupported(format!("the Parquet compression {other}"))),
    }
}
