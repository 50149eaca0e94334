//! Small stores with one array to spoil, `v`, and one beside it that is well, `ok`.

use serde_json::{Value, json};
use zarrscope::store::MemoryStore;

/// An object with more members.
pub fn with(mut base: Value, members: Value) -> Value {
    base.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap());
    base
}

/// A v2 group: int32, four elements in chunks of two, nothing stored.
pub fn v2(members: Value) -> MemoryStore {
    let base = json!({
        "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i4", "order": "C", "fill_value": 7,
        "compressor": null, "filters": null,
    });
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    store.insert("ok/.zarray", base.to_string());
    store.insert("v/.zarray", with(base, members).to_string());
    store
}

/// The same in v3.
pub fn v3(members: Value) -> MemoryStore {
    let base = json!({
        "zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "int32", "fill_value": 7,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
        "chunk_key_encoding": {"name": "default"}, "codecs": ["bytes"], "attributes": {},
    });
    let mut store = MemoryStore::new();
    store.insert("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#);
    store.insert("ok/zarr.json", base.to_string());
    store.insert("v/zarr.json", with(base, members).to_string());
    store
}
