//! Stores that zarr-python wrote, feature by feature (tests/generate/stores.py), are read as zarr-python reads them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::elements::{assert_elements, stored_bytes};
use common::{document, open, read_json, result, root};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zarrscope::store::MemoryStore;

fn expected() -> Vec<(String, String, Value)> {
    let all = read_json(&root().join("tests/fixtures/stores-made/expected.json"));
    let split = |key: &String| match key.split_once('/') {
        Some((store, path)) => (store.to_string(), path.to_string()),
        None => (key.clone(), String::new()),
    };
    let object = all.as_object().expect("object");
    object.iter().map(|(key, e)| (split(key).0, split(key).1, e.clone())).collect()
}

fn stores() -> BTreeMap<String, MemoryStore> {
    let load = |name: &String| common::load(&root().join("tests/fixtures/stores-made").join(name));
    expected().iter().map(|(name, ..)| (name.clone(), load(name))).collect()
}

fn numpy_name(dtype: &str) -> &str {
    match dtype.trim_start_matches(['<', '>', '|']) {
        "b1" => "bool",
        "i1" => "int8",
        "u1" => "uint8",
        "i2" => "int16",
        "u2" => "uint16",
        "i4" => "int32",
        "u4" => "uint32",
        "i8" => "int64",
        "u8" => "uint64",
        "f2" => "float16",
        "f4" => "float32",
        "f8" => "float64",
        other => other,
    }
}

#[test]
fn every_array_has_the_values_that_zarr_python_reads() {
    let stores = stores();
    let expected = expected();
    assert!(expected.len() > 100, "only {} arrays", expected.len());
    for (store, path, e) in &expected {
        let what = format!("{store}/{path}");
        let mut source = open(stores[store].clone());
        let field = result(&mut source, &document(path, json!({"decode": false})));
        assert_eq!(json!(field.labels.shape()), e["shape"], "{what}: shape");
        assert_eq!(field.dtype, numpy_name(e["dtype"].as_str().unwrap()), "{what}: dtype");
        assert_elements(&what, &e["values"], &field);
    }
}

/// A NaN may carry a payload; masks are made of them.
#[test]
fn bits_of_fill_values_survive() {
    let stores = stores();
    let mut seen = 0;
    for (store, path, e) in expected().iter().filter(|(.., e)| e.get("bits").is_some()) {
        let mut source = open(stores[store].clone());
        let bytes = stored_bytes(&result(&mut source, &document(path, json!({"decode": false}))));
        let bits: Vec<String> =
            bytes.as_chunks::<4>().0.iter().map(|b| format!("0x{:08x}", u32::from_le_bytes(*b))).collect();
        assert_eq!(json!(bits), e["bits"], "{store}/{path}");
        seen += 1;
    }
    assert!(seen > 0);
}

/// The same arrays through every second element of each dimension: whole chunks are the easy case.
#[test]
fn strided_selections_agree_with_the_whole() {
    let stores = stores();
    for (store, path, e) in &expected() {
        let mut source = open(stores[store].clone());
        let meta = source.tree.array(path).expect("known").into_owned();
        if meta.shape.is_empty() || meta.shape.iter().any(|n| *n < 2) {
            continue;
        }
        let select: serde_json::Map<String, Value> =
            meta.dims.iter().map(|d| (d.clone(), json!({"start": 1, "step": 2}))).collect();
        let field = result(&mut source, &document(path, json!({"decode": false, "select": select})));
        let values = e["values"].as_array().unwrap();
        let odd = |flat: &usize| {
            let mut rest = *flat as u64;
            meta.shape.iter().rev().all(|n| {
                let at = rest % n;
                rest /= n;
                at % 2 == 1
            })
        };
        let picked: Vec<Value> = (0..values.len()).filter(odd).map(|i| values[i].clone()).collect();
        assert_elements(&format!("{store}/{path}, strided"), &json!(picked), &field);
    }
}

/// A fill value that is read one bit off masks nothing: doubles in JSON are read to the last bit.
#[test]
fn doubles_in_metadata_are_read_exactly() {
    let many = (1..2000u32).map(|i| f64::from(i) * 0.001 + f64::from(i * i) * 1e-9);
    let typical =
        [9.969_209_968_386_869e36, -9.999_999_790_214_768e33, 1e20, 5.960_464_477_539_063e-8, 29.526_248_931_884_766];
    for fill in typical.into_iter().chain(many) {
        let mut store = MemoryStore::new();
        let zarray = json!({
            "zarr_format": 2, "shape": [2], "chunks": [2], "dtype": "<f8", "order": "C", "compressor": null,
            "filters": null, "fill_value": fill,
        });
        store.insert(".zarray", zarray.to_string());
        store.insert(".zattrs", r#"{"_ARRAY_DIMENSIONS": ["x"]}"#);
        store.insert("0", [1.5, fill].iter().flat_map(|x: &f64| x.to_le_bytes()).collect::<Vec<u8>>());
        let count = result(&mut open(store), &document("", json!({"steps": [{"op": "count"}]})));
        assert_eq!(common::scalar(&count), 1.0, "{fill:?} masks itself");
    }
}
