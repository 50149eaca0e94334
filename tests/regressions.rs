//! What a review once found, kept from coming back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{compute, document, open, scalar};
use serde_json::json;
use zarrscope::cf::Labels;
use zarrscope::store::MemoryStore;

/// A v2 array of little-endian elements in one chunk.
fn put(
    store: &mut MemoryStore,
    name: &str,
    dims: &[&str],
    shape: &[usize],
    dtype: &str,
    bytes: Vec<u8>,
    attrs: serde_json::Value,
) {
    let zarray = json!({"zarr_format": 2, "shape": shape, "chunks": shape, "dtype": dtype, "order": "C",
        "compressor": null, "filters": null, "fill_value": null});
    let mut attrs = attrs;
    attrs["_ARRAY_DIMENSIONS"] = json!(dims);
    store.insert(format!("{name}/.zarray"), zarray.to_string());
    store.insert(format!("{name}/.zattrs"), attrs.to_string());
    store.insert(format!("{name}/{}", vec!["0"; shape.len()].join(".")), bytes);
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn equal_values_have_no_weighted_deviation() {
    for n in 1..60usize {
        let mut store = MemoryStore::new();
        store.insert(".zgroup", r#"{"zarr_format": 2}"#);
        let lat: Vec<f64> = (0..n).map(|i| -90.0 + (i as f64 + 0.5) * 180.0 / n as f64).collect();
        put(&mut store, "lat", &["lat"], &[n], "<f8", doubles(&lat), json!({"units": "degrees_north"}));
        put(&mut store, "t", &["lat", "x"], &[n, 11], "<f8", doubles(&vec![273.15; n * 11]), json!({}));
        let mut source = open(store);
        let steps = json!({"steps": [{"op": "std", "weights": "area"}]});
        let std = scalar(&compute(&mut source, &document("t", steps)).expect("std"));
        assert!((0.0..1e-10).contains(&std), "{n} latitudes: {std}");
    }
}

#[test]
fn undecoded_coordinates_are_numbers() {
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let days: Vec<u8> = (0..4i32).flat_map(i32::to_le_bytes).collect();
    put(&mut store, "time", &["time"], &[4], "<i4", days, json!({"units": "days since 2000-01-01"}));
    put(&mut store, "u", &["time"], &[4], "<f8", doubles(&[1.0, 2.0, 3.0, 4.0]), json!({}));
    let mut source = open(store);
    let decoded = compute(&mut source, &document("u", json!({}))).expect("decoded");
    assert!(matches!(decoded.labels.coords[0].labels, Labels::Times(..)));
    let raw = json!({"decode": false, "select": {"time": {"from": 1, "to": 2}}});
    let raw = compute(&mut source, &document("u", raw)).expect("undecoded");
    assert_eq!(raw.labels.coords[0].labels, Labels::Numbers(vec![1.0, 2.0], true));
}

#[test]
fn a_time_before_all_calendars_is_missing() {
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let days: Vec<u8> = [0, 1, i64::MIN].iter().flat_map(|n: &i64| n.to_le_bytes()).collect();
    put(&mut store, "time", &["time"], &[3], "<i8", days, json!({"units": "days since 1970-01-01"}));
    put(&mut store, "v", &["time"], &[3], "<f8", doubles(&[1.0, 2.0, 3.0]), json!({}));
    let field = compute(&mut open(store), &document("v", json!({}))).expect("values");
    let Labels::Times(times, calendar) = &field.labels.coords[0].labels else { panic!("no times") };
    assert_eq!(calendar.date_time(times[2].expect("an instant")), None);
}
