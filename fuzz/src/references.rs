//! Tables of references: each is refused, or every name that it lists is found, and reads the same on both ways to it.

use crate::laws::{block_on, cut, json_memory, within};
use crate::metadata::ask;
use crate::stores::{RECORDS, Web};
use serde_json::Value;
use std::rc::Rc;
use zarrscope::meta::{ArrayMeta, open};
use zarrscope::references::{
    KerchunkJson, KerchunkParquet, LocatedStore, Place, ReferenceStore, References, Sites, ZipFile, locate_all,
};
use zarrscope::store::{Address, ByteRange, Storage, Store, join_path};

/// Names that are looked up, folders that are listed, chunks that are read: more only takes time.
const MOST: usize = 64;
/// The longest key that is read.
const LIMIT_BYTES: u64 = 1 << 16;
/// References that a document may generate in here: more only takes time.
const MAX_GENERATED: u64 = 1000;
/// What each of them, and each place of a template, may come to.
const MAX_EXPANSION_BYTES: usize = 64 << 10;
/// An object that references may name.
const OBJECT: (&str, &[u8]) = ("https://h.example/x.bin", &[7; 256]);

fn address(url: &str) -> Address {
    Address::resolve(url, &Storage::default()).unwrap_or_else(|e| panic!("{url}: {e}"))
}

/// Looks up every name that a table lists, opens it as a store, and reads chunks of its arrays.
pub fn explore(references: Rc<dyn References>, sites: Rc<dyn Sites>) {
    let store = ReferenceStore::new(references.clone(), sites.clone());
    let mut folders = vec![String::new()];
    let mut left = MOST;
    while let Some(folder) = folders.pop() {
        let _ = block_on(references.locate(&join_path(&folder, "zarr.json")));
        let names = block_on(references.list(&folder)).unwrap_or_default().unwrap_or_default();
        for name in names.into_iter().take(left) {
            left -= 1;
            match name.strip_suffix('/') {
                Some(below) => folders.push(join_path(&folder, below)),
                None => {
                    let key = join_path(&folder, &name);
                    let place = block_on(references.locate(&key));
                    assert!(!matches!(place, Ok(None)), "{key:?} is listed and is not there");
                    let _ = block_on(store.get(&key, ByteRange::All, LIMIT_BYTES));
                }
            }
        }
    }
    let Ok(tree) = block_on(open(&store)) else { return };
    ask(&tree);
    let mut keys: Vec<String> = tree.arrays.iter().flat_map(|(_, array)| some_chunks(&array)).take(MOST).collect();
    keys.extend(["", "/", "a/", "a//0", "a/0/0/0", "a/-1", ".zmetadata/", "\u{0}"].map(String::from));
    for key in &keys {
        let _ = block_on(references.locate(key));
    }
    keys.truncate(MOST);
    both_ways(&*references, &store, sites, keys);
}

/// The first chunks of an array, the last one, and some that are not there.
fn some_chunks(array: &ArrayMeta) -> Vec<String> {
    let last: Vec<u64> = array.shape.iter().zip(array.grid.largest()).map(|(s, c)| s.div_ceil(c)).collect();
    let same = |n: u64| last.iter().map(|_| n).collect::<Vec<_>>();
    let along = |n: u64| [&same(0)[..last.len().saturating_sub(1)], &[n]].concat();
    let mut coords = vec![last.iter().map(|n| n.saturating_sub(1)).collect(), last.clone(), same(1), same(u64::MAX)];
    coords.extend([0, 1, 2, 24, 25, 59].map(along));
    coords.iter().map(|coords| array.chunk_key(coords)).collect()
}

/// What a batch reads together is what is read one by one, if it can be read.
fn both_ways(references: &dyn References, store: &ReferenceStore, sites: Rc<dyn Sites>, keys: Vec<String>) {
    let Ok(places) = block_on(locate_all(references, keys)) else { return };
    let keys: Vec<String> = places.keys().cloned().collect();
    for place in places.values() {
        if let Place::Object(object) = place {
            let end = object.offset.checked_add(object.len.unwrap_or(0));
            assert!(end.is_some(), "a range that wraps");
            let _ = (object.address.of(""), object.key_len());
        }
    }
    let located = LocatedStore::new(places, sites);
    let _ = located.requests();
    for key in &keys {
        if let Ok(together) = block_on(located.get(key, ByteRange::All, LIMIT_BYTES)) {
            let alone = block_on(store.get(key, ByteRange::All, LIMIT_BYTES));
            assert_eq!(Ok(together), alone, "{key:?}, read together and alone");
        }
    }
}

/// Kerchunk's JSON, also compressed.
pub fn kerchunk(data: &[u8]) {
    if generates_many(data) {
        return;
    }
    let table = "https://h.example/refs/t.json";
    let web: Rc<dyn Sites> = Rc::new(Web::new([(table, data), OBJECT]));
    let places = data.windows(2).filter(|two| two == b"{{").count();
    // A document that is compressed as a whole may be so much longer, and is not found here; small ones are.
    let expanded = (places + if places > 0 { 1000 } else { 0 }) * MAX_EXPANSION_BYTES;
    within(json_memory(data.len()) + expanded, || {
        let fetched = block_on(KerchunkJson::fetch(&address(table), &Storage::default(), &*web));
        if let Ok(table) = fetched {
            explore(Rc::new(table), web.clone());
        }
    });
}

/// Whether a document asks for more generated references than there is patience for, and for fewer than are refused.
fn generates_many(data: &[u8]) -> bool {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return false };
    let run = |dimension: &Value| match dimension {
        Value::Array(list) => list.len() as u64,
        range => {
            let number = |name: &str, otherwise: i64| range.get(name).and_then(Value::as_i64).unwrap_or(otherwise);
            let (start, stop, step) = (number("start", 0), number("stop", 0), number("step", 1));
            stop.abs_diff(start) / step.unsigned_abs().max(1)
        }
    };
    let count = |pattern: &Value| {
        let dimensions = pattern.get("dimensions").and_then(Value::as_object).into_iter().flatten();
        dimensions.fold(1u64, |n, (_, dimension)| n.saturating_mul(run(dimension)))
    };
    let patterns = document.get("gen").and_then(Value::as_array).into_iter().flatten();
    patterns.map(count).fold(0, u64::saturating_add) > MAX_GENERATED
}

/// The array of a folder of records that says nothing itself.
const METADATA: &[u8] =
    br#"{"metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": {"zarr_format": 2, "shape": [60], "chunks": [1],
    "dtype": "|u1", "fill_value": 200, "order": "C", "filters": null, "compressor": null}}, "record_size": 25}"#;
/// References in a file of records: more only takes time.
const MAX_RECORD_SIZE: u64 = 4096;
/// What a row, and a byte of the footer, may take.
const ROW_BYTES: usize = 256;

/// `.zmetadata` (nothing: a usual one), a byte 0, a file of records.
pub fn parquet(data: &[u8]) {
    let (metadata, records) = cut(data);
    let metadata = if metadata.is_empty() { METADATA } else { metadata };
    let record_size = match serde_json::from_slice::<Value>(metadata) {
        Ok(document) => document["record_size"].as_u64().unwrap_or(0),
        Err(_) => 0,
    };
    if record_size > MAX_RECORD_SIZE {
        return;
    }
    let table = "https://h.example/t.parq";
    let objects = [("https://h.example/t.parq/.zmetadata", metadata), (RECORDS, records), OBJECT];
    let web: Rc<dyn Sites> = Rc::new(Web::new(objects));
    let rows = usize::try_from(record_size).unwrap_or(usize::MAX) + records.len();
    within(json_memory(metadata.len()) + ROW_BYTES * rows, || {
        let fetched = block_on(KerchunkParquet::fetch(&address(table), &Storage::default(), &*web));
        if let Ok(table) = fetched {
            explore(Rc::new(table), web.clone());
        }
    });
}

/// What a deflated byte may stand for.
const DEFLATE_RATIO: usize = 1032;

/// A ZIP file.
pub fn zip(data: &[u8]) {
    let file = "https://h.example/s.zip";
    let web: Rc<dyn Sites> = Rc::new(Web::new([(file, data)]));
    within(json_memory(data.len()) + DEFLATE_RATIO * data.len(), || {
        if let Ok(zip) = block_on(ZipFile::open(&address(file), &web)) {
            explore(Rc::new(zip), web.clone());
        }
    });
}
