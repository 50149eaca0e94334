//! Stores of text, byte strings, objects and records that zarr-python and numcodecs wrote
//! (tests/generate/stores_objects.py), read as they read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::elements::assert_elements;
use common::{document, open, read_json, result, root};
use serde_json::{Value, json};
use zarrscope::reduce::Data;

fn expected() -> Vec<(String, String, Value)> {
    let all = read_json(&root().join("tests/fixtures/stores-objects/expected.json"));
    let entry = |(key, e): (&String, &Value)| {
        let (store, path) = key.split_once('/').expect("a path");
        (store.to_string(), path.to_string(), e.clone())
    };
    all.as_object().expect("object").iter().map(entry).collect()
}

fn values(data: Data) -> Data {
    match data {
        // Types of a fixed width pass as they are stored.
        Data::Raw(bytes, dtype) => {
            let elements = bytes.chunks_exact(dtype.size());
            Data::Values(elements.map(|e| zarrscope::array::element_value(e, dtype, &[])).collect())
        }
        other => other,
    }
}

#[test]
fn every_array_has_the_values_that_were_written() {
    let expected = expected();
    assert!(expected.len() > 30, "only {} arrays", expected.len());
    for (store, path, e) in &expected {
        let what = format!("{store}/{path}");
        let mut source = open(common::load(&root().join("tests/fixtures/stores-objects").join(store)));
        let mut field = result(&mut source, &document(path, json!({})));
        assert_eq!(json!(field.labels.shape()), e["shape"], "{what}: shape");
        assert_eq!(field.dtype, e["dtype"].as_str().unwrap(), "{what}: dtype");
        field.data = values(field.data);
        assert_elements(&what, &e["values"], &field);
    }
}

#[test]
fn selections_pick_the_same_elements() {
    for (store, path, e) in &expected() {
        let shape: Vec<usize> = serde_json::from_value(e["shape"].clone()).unwrap();
        if shape.is_empty() || shape.iter().any(|n| *n < 2) {
            continue;
        }
        let mut source = open(common::load(&root().join("tests/fixtures/stores-objects").join(store)));
        let dims = source.tree.array(path).unwrap().dims.clone();
        let last = dims.len() - 1;
        let select = json!({&dims[last]: {"index": [shape[last] - 1, 0]}});
        let mut field = result(&mut source, &document(path, json!({"select": select})));
        let all = e["values"].as_array().unwrap();
        let row = shape[last];
        let picked: Vec<Value> = all.chunks(row).flat_map(|r| [r[row - 1].clone(), r[0].clone()]).collect();
        field.data = values(field.data);
        assert_elements(&format!("{store}/{path}, picked"), &json!(picked), &field);
    }
}

#[test]
fn what_is_no_number_is_not_averaged() {
    let mut source = open(common::load(&root().join("tests/fixtures/stores-objects/v3.zarr")));
    let mean = document("string", json!({"steps": [{"op": "mean"}]}));
    let message = common::compute(&mut source, &mean).err().expect("an error").to_string();
    assert!(message.starts_with("unsupported") && message.contains("string"), "{message}");
}
