//! Kerchunk's references in Parquet: a folder with `.zmetadata`, and for each array a file per so many chunks.
//!
//! The record of a chunk follows from its number in the array's chunk grid, as in fsspec's LazyReferenceMapper; the file
//! `NAME/refs.K.parq` is fetched when a chunk in it is first asked for, and kept while there is room.

use super::{Targets, inline};
use crate::error::{Code, Error, Result, corrupt, invalid_metadata, to_usize};
use crate::meta::{MAX_METADATA_BYTES, parse_json};
use crate::references::parquet::{ParquetFile, Texts};
use crate::references::{Place, References, Sites};
use crate::store::{Address, ByteRange, Storage, Store};
use futures::future::{FutureExt, LocalBoxFuture, Shared, ready};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The largest record file that is read.
const MAX_RECORD_BYTES: u64 = 128 << 20;
/// The most references of a record file.
const MAX_RECORD_SIZE: u64 = 10_000_000;
/// References that are kept, in about 24 bytes each beside their texts.
const KEPT_REFERENCES: u64 = 4 << 20;
/// The most record files that are kept, and the fewest.
const KEPT_RECORDS: (u64, u64) = (4, 4096);

/// References from a folder of Parquet files.
pub struct KerchunkParquet {
    targets: Targets,
    store: Rc<dyn Store>,
    /// `.zmetadata` as it lies there.
    document: Vec<u8>,
    metadata: Map<String, Value>,
    record_size: u64,
    kept: RefCell<Kept>,
}

type Fetch = Shared<LocalBoxFuture<'static, Result<Option<Rc<Record>>>>>;

/// Record files by array and number, each with the time of its last use.
#[derive(Default)]
struct Kept {
    clock: u64,
    records: BTreeMap<(String, u64), (u64, Fetch)>,
}

/// One file's references.
struct Record {
    paths: Texts,
    offsets: Vec<i64>,
    sizes: Vec<i64>,
    raw: Texts,
}

impl KerchunkParquet {
    /// Fetches and reads the folder's `.zmetadata`.
    ///
    /// # Errors
    /// `not_found`, `invalid_metadata`, `too_large`, and what fetching gives.
    pub async fn fetch(address: &Address, storage: &Storage, sites: &dyn Sites) -> Result<Self> {
        let store = sites.at(address)?;
        let document = store.get(".zmetadata", ByteRange::All, MAX_METADATA_BYTES).await?;
        let document =
            document.ok_or_else(|| Error::new(Code::NotFound, "no references here: there is no .zmetadata"))?;
        let mut members = match parse_json(&document)? {
            Value::Object(members) => members,
            _ => return Err(invalid_metadata(".zmetadata is no object")),
        };
        let Some(Value::Object(metadata)) = members.remove("metadata") else {
            return Err(invalid_metadata(".zmetadata has no `metadata`"));
        };
        let record_size = members.get("record_size").and_then(Value::as_u64);
        let record_size = record_size
            .filter(|size| (1..=MAX_RECORD_SIZE).contains(size))
            .ok_or_else(|| invalid_metadata(format!("`record_size` is not between 1 and {MAX_RECORD_SIZE}")))?;
        let targets = Targets { address: address.clone(), storage: storage.clone() };
        Ok(KerchunkParquet { targets, store, document, metadata, record_size, kept: RefCell::default() })
    }

    async fn find(&self, key: &str) -> Result<Option<Place>> {
        if key == ".zmetadata" {
            return Ok(Some(Place::Inline(self.document.clone())));
        }
        if let Some(value) = self.metadata.get(key) {
            return Ok(Some(Place::Inline(value.to_string().into_bytes())));
        }
        let Some((array, number)) = self.chunk(key)? else { return Ok(None) };
        let Some(record) = self.record(array, number / self.record_size).await? else { return Ok(None) };
        let row = to_usize(number % self.record_size, "row")?;
        record.place(row, key, &self.targets)
    }

    /// The array that a chunk's key belongs to, and the chunk's number; `None` for other keys.
    fn chunk<'k>(&self, key: &'k str) -> Result<Option<(&'k str, u64)>> {
        for (at, _) in key.rmatch_indices('/') {
            let (array, rest) = (key.get(..at).unwrap_or_default(), key.get(at + 1..).unwrap_or_default());
            if let Some(meta) = self.metadata.get(&format!("{array}/.zarray")) {
                return Ok(number_of(meta, rest).map_err(|e| e.with_path(array))?.map(|number| (array, number)));
            }
        }
        Ok(None)
    }

    /// A record file, fetched once however many ask for it.
    async fn record(&self, array: &str, number: u64) -> Result<Option<Rc<Record>>> {
        let most = (KEPT_REFERENCES / self.record_size).clamp(KEPT_RECORDS.0, KEPT_RECORDS.1);
        let fetch = {
            let mut kept = self.kept.borrow_mut();
            kept.clock += 1;
            let now = kept.clock;
            let id = (array.to_string(), number);
            match kept.records.get_mut(&id) {
                Some((used, fetch)) => {
                    *used = now;
                    fetch.clone()
                }
                None => {
                    if kept.records.len() as u64 >= most {
                        let oldest = kept.records.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| id.clone());
                        oldest.map(|id| kept.records.remove(&id));
                    }
                    let fetch =
                        read_record(self.store.clone(), format!("{array}/refs.{number}.parq"), self.record_size);
                    let fetch = fetch.boxed_local().shared();
                    kept.records.insert(id, (now, fetch.clone()));
                    fetch
                }
            }
        };
        let record = fetch.await;
        if record.is_err() {
            // Another attempt may fare better.
            self.kept.borrow_mut().records.remove(&(array.to_string(), number));
        }
        record
    }
}

/// A chunk's number in C order; `None` if the array has no such chunk.
fn number_of(meta: &Value, chunk: &str) -> Result<Option<u64>> {
    let extents = |name: &str| -> Result<Vec<u64>> {
        let list = meta.get(name).and_then(Value::as_array).ok_or_else(|| invalid_metadata(format!("no `{name}`")))?;
        let number = |n: &Value| n.as_u64().ok_or_else(|| invalid_metadata(format!("{n} in `{name}`")));
        list.iter().map(number).collect()
    };
    let (shape, chunks) = (extents("shape")?, extents("chunks")?);
    let Ok(coords) = chunk.split(['.', '/']).map(str::parse).collect::<std::result::Result<Vec<u64>, _>>() else {
        return Ok(None);
    };
    if shape.is_empty() {
        return Ok((coords == [0]).then_some(0));
    }
    if coords.len() != shape.len() || chunks.len() != shape.len() {
        return Ok(None);
    }
    let mut number = 0u64;
    for ((&len, &chunk), &at) in shape.iter().zip(&chunks).zip(&coords) {
        let grid = len.div_ceil(chunk.max(1));
        if at >= grid {
            return Ok(None);
        }
        let next = number.checked_mul(grid).and_then(|n| n.checked_add(at));
        number = next.ok_or_else(|| invalid_metadata("the chunks are more than 2^64"))?;
    }
    Ok(Some(number))
}

async fn read_record(store: Rc<dyn Store>, key: String, record_size: u64) -> Result<Option<Rc<Record>>> {
    // No file: none of its chunks was ever written.
    let Some(bytes) = store.get(&key, ByteRange::All, MAX_RECORD_BYTES).await? else { return Ok(None) };
    Record::parse(&bytes, record_size).map(|record| Some(Rc::new(record))).map_err(|e| e.with_path(&key))
}

impl Record {
    fn parse(bytes: &[u8], record_size: u64) -> Result<Self> {
        let file = ParquetFile::open(bytes, record_size)?;
        let (paths, raw) = (file.texts("path")?, file.texts("raw")?);
        Ok(Record { paths, offsets: file.ints("offset")?, sizes: file.ints("size")?, raw })
    }

    fn place(&self, row: usize, key: &str, targets: &Targets) -> Result<Option<Place>> {
        if let Some(raw) = self.raw.get(row) {
            return inline(raw, key).map(|bytes| Some(Place::Inline(bytes)));
        }
        let Some(path) = self.paths.get(row) else {
            let rows = self.paths.len().max(self.raw.len());
            let beyond = || corrupt(format!("the references end before row {row}: there are {rows}"));
            return if row < rows { Ok(None) } else { Err(beyond()) };
        };
        let url = std::str::from_utf8(path).map_err(|_| invalid_metadata("a reference's address is no UTF-8"))?;
        let number = |column: &[i64]| {
            let n = column.get(row).copied().unwrap_or(0);
            u64::try_from(n).map_err(|_| invalid_metadata(format!("{n} is no offset or length")))
        };
        let part = match (number(&self.offsets)?, number(&self.sizes)?) {
            (0, 0) => None,
            (offset, len) if offset.checked_add(len).is_some() => Some((offset, len)),
            (offset, len) => return Err(invalid_metadata(format!("{len} bytes at {offset} end beyond 2^64"))),
        };
        targets.place(url, part).map(Some)
    }
}

impl References for KerchunkParquet {
    fn locate<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Place>>> {
        async move { self.find(key).await.map_err(|e| e.with_path(key)) }.boxed_local()
    }

    fn list<'a>(&'a self, _prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        // `.zmetadata` tells everything already.
        ready(Ok(None)).boxed_local()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn chunks_are_numbered_in_c_order() {
        let meta = json!({"shape": [5, 7], "chunks": [2, 3]});
        let number = |key| number_of(&meta, key).map_err(|e| e.code().as_str());
        assert_eq!(number("0.0"), Ok(Some(0)));
        assert_eq!(number("1.2"), Ok(Some(5)));
        assert_eq!(number("2/2"), Ok(Some(8)));
        for other in ["3.0", "0.3", "0", "0.0.0", "x.0", "-1.0", ""] {
            assert_eq!(number(other), Ok(None), "{other}");
        }
        let scalar = json!({"shape": [], "chunks": []});
        assert_eq!(number_of(&scalar, "0").ok().flatten(), Some(0));
        let wide = json!({"shape": [u64::MAX, u64::MAX], "chunks": [1, 1]});
        assert!(number_of(&wide, "18446744073709551614.1").is_err());
        assert!(number_of(&json!({"shape": 3}), "0").is_err());
    }
}
