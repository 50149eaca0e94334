//! A Parquet file's footer: which columns there are, and where their pages begin.

use super::thrift::{Thrift, read_struct};
use crate::error::{Error, Result, corrupt, too_large, unsupported};

/// The longest footer that is read.
const MAX_FOOTER_BYTES: usize = 8 << 20;

/// How values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Physical {
    /// 4 bytes.
    Int32,
    /// 8 bytes.
    Int64,
    /// A double that should be whole.
    Double,
    /// A length and bytes.
    Bytes,
}

/// A column's pages within one row group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Parquet's number of the compression.
    pub codec: i64,
    /// Values, missing ones too.
    pub values: u64,
    /// The first page.
    pub offset: u64,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How its values are stored; `None` for what is not read here.
    pub physical: Option<Physical>,
    /// Whether values may be missing.
    pub optional: bool,
    /// Where they are.
    pub chunks: Vec<Chunk>,
}

fn missing(what: &str) -> Error {
    corrupt(format!("the Parquet file's footer has no {what}"))
}

/// The columns of a file of so many rows at most.
///
/// # Errors
/// `corrupt_chunk`; `unsupported` for nested columns and encryption; `too_large`.
pub fn read_footer(file: &[u8], most_rows: u64) -> Result<Vec<Column>> {
    let (body, tail) = file.split_last_chunk::<8>().ok_or_else(|| corrupt("no Parquet file: it is too short"))?;
    let ([len @ .., b'P', b'A', b'R', b'1'], true) = (tail, file.starts_with(b"PAR1")) else {
        let what = if tail.ends_with(b"PARE") { unsupported("encrypted Parquet") } else { corrupt("no Parquet file") };
        return Err(what);
    };
    let len = u32::from_le_bytes(*len) as usize;
    if len > MAX_FOOTER_BYTES {
        return Err(too_large("bytes of a Parquet file's footer", len as u64, MAX_FOOTER_BYTES as u64));
    }
    let start = body.len().checked_sub(len).ok_or_else(|| corrupt("the Parquet file's footer begins before it"))?;
    let (footer, _) = read_struct(body.get(start..).unwrap_or_default())?;
    let rows = footer.count(3).ok_or_else(|| missing("number of rows"))?;
    if rows > most_rows {
        return Err(too_large("rows of a Parquet file", rows, most_rows));
    }
    let mut columns = footer.items(2).iter().skip(1).map(column).collect::<Result<Vec<_>>>()?;
    let mut counts = vec![0u64; columns.len()];
    for group in footer.items(4) {
        for ((column, count), chunk) in columns.iter_mut().zip(&mut counts).zip(group.items(1)) {
            let meta = chunk.field(3).ok_or_else(|| missing("place of a column"))?;
            if chunk.field(1).is_some() {
                return Err(unsupported("Parquet whose columns lie in other files"));
            }
            let named = meta.items(3).first().and_then(Thrift::text) == Some(column.name.as_str());
            if !named {
                return Err(corrupt("the columns of a Parquet row group are not those of its schema"));
            }
            let data = meta.count(9).ok_or_else(|| missing("offset of a page"))?;
            // Some writers put 0 for no dictionary.
            let dictionary = meta.count(11).filter(|at| (4..data).contains(at));
            let codec = meta.int(4).ok_or_else(|| missing("compression"))?;
            let values = meta.count(5).ok_or_else(|| missing("number of values"))?;
            *count = count.saturating_add(values);
            if *count > rows {
                return Err(corrupt("a Parquet column has more values than there are rows"));
            }
            column.chunks.push(Chunk { codec, values, offset: dictionary.unwrap_or(data) });
        }
    }
    Ok(columns)
}

fn column(element: &Thrift) -> Result<Column> {
    let name = element.field(4).and_then(Thrift::text).ok_or_else(|| missing("name of a column"))?;
    if element.int(5).is_some_and(|children| children > 0) || element.int(3) == Some(2) {
        return Err(unsupported(format!("nested Parquet columns ({name})")));
    }
    let physical = match element.int(1) {
        Some(1) => Some(Physical::Int32),
        Some(2) => Some(Physical::Int64),
        Some(5) => Some(Physical::Double),
        Some(6) => Some(Physical::Bytes),
        _ => None,
    };
    Ok(Column { name: name.to_string(), physical, optional: element.int(3) == Some(1), chunks: Vec::new() })
}
