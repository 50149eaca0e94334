//! Selections and steps of what is not there: a named error that says what there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::alloc::{Counting, frugally};
use common::metadata::v2;
use common::{compute, document, open, result, run_pass, start};
use serde_json::json;
use zarrscope::engine::Source;
use zarrscope::error::Code;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Small, with the coordinates `x` (rising), `y` (turning) and none for `dim_2`.
fn labelled() -> Source {
    let mut store = v2(json!({"shape": [4, 4, 4], "chunks": [2, 2, 2]}));
    store.insert("v/.zattrs", r#"{"_ARRAY_DIMENSIONS": ["x", "y", "z"]}"#);
    for (name, labels) in [("x", [1.0f64, 2.0, 3.0, 4.0]), ("y", [1.0, 3.0, 2.0, 4.0])] {
        let zarray = json!({
            "zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "<f8", "order": "C", "fill_value": null,
            "compressor": null, "filters": null,
        });
        store.insert(format!("{name}/.zarray"), zarray.to_string());
        store.insert(format!("{name}/.zattrs"), json!({"_ARRAY_DIMENSIONS": [name]}).to_string());
        store.insert(format!("{name}/0"), labels.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>());
    }
    open(store)
}

#[test]
fn selections_that_are_not_there() {
    let mut source = labelled();
    for (select, word) in [
        (json!({"t": {"index": 0}}), "no dimension"),
        (json!({"x": {"index": 4}}), "no position 4"),
        (json!({"x": {"index": -5}}), "no position -5"),
        (json!({"x": {"index": i64::MIN}}), "no position"),
        (json!({"x": {"index": i64::MAX}}), "no position"),
        (json!({"x": {"index": [0, 9]}}), "no position 9"),
        (json!({"x": {"index": []}}), "empty"),
        (json!({"x": {"values": []}}), "empty"),
        (json!({"x": {"start": 3, "stop": 3}}), "empty"),
        (json!({"x": {"start": 3, "stop": 1}}), "empty"),
        (json!({"x": {"start": 100}}), "empty"),
        (json!({"x": {"stop": i64::MIN}}), "empty"),
        (json!({"x": {"values": [2.5]}}), "not among the labels"),
        (json!({"x": {"from": 10, "to": 20}}), "nothing between"),
        (json!({"x": {"nearest": "north"}}), "no number"),
        (json!({"y": {"from": 1, "to": 3}}), "not monotonic"),
        (json!({"z": {"from": 1, "to": 3}}), "no coordinate"),
        (json!({"z": {"nearest": 1}}), "no coordinate"),
    ] {
        let members = json!({"select": select, "steps": [{"op": "mean"}]});
        let error = frugally(&select.to_string(), 0, || compute(&mut source, &document("v", members)));
        let error = error.expect_err("is not there");
        assert_eq!(error.code(), Code::InvalidSelection, "{select}: {error}");
        assert!(error.details().message.contains(word), "{select}: {error}");
        assert_eq!(error.details().path.as_deref(), Some("v"), "{select}: {error}");
    }
    // What lies outside is cut off, as in Python; a large step takes the first.
    for (form, len) in [(json!({"start": -100, "stop": i64::MAX}), 4), (json!({"step": i64::MAX}), 1)] {
        let members = json!({"select": {"x": form, "y": {"index": 0}, "z": {"index": 0}}});
        assert_eq!(result(&mut source, &document("v", members)).data.len(), len);
    }
}

#[test]
fn steps_that_cannot_be() {
    let mut source = labelled();
    for (code, steps) in [
        (Code::InvalidDocument, json!([{"op": "mean", "dims": ["t"]}])),
        (Code::InvalidDocument, json!([{"op": "mean", "dims": ["x"]}, {"op": "mean", "dims": ["x"]}])),
        (Code::NotFound, json!([{"op": "mean", "weights": "nowhere"}])),
        (Code::InvalidSelection, json!([{"op": "mean", "weights": "area"}])),
    ] {
        let error = compute(&mut source, &document("v", json!({"steps": steps}))).expect_err("cannot be");
        assert_eq!(error.code(), code, "{steps}: {error}");
    }
}

/// Forty cells of a million bins: over the limit of cells, though each number is allowed.
#[test]
fn a_histogram_of_too_many_cells() {
    let mut source = open(v2(json!({"shape": [2, 40], "chunks": [2, 2]})));
    let step = json!({"op": "histogram", "bins": 1 << 20, "range": [0, 1], "dims": ["dim_0"]});
    // The edges are made, 8 MiB and their copies, before their number is multiplied by the cells.
    let members = json!({"steps": [step]});
    let error = frugally("planning", 32 << 20, || compute(&mut source, &document("v", members))).expect_err("too many");
    assert_eq!(error.code(), Code::TooLarge, "{error}");
}

/// A unit that nobody asked for, and a partial of another form, are refused where they are added.
#[test]
fn partials_of_another_form() {
    let mut source = open(v2(json!({})));
    let mut run = start(&mut source, &document("v", json!({"steps": [{"op": "mean"}]}))).expect("starts");
    let empty = zarrscope::kernel::Partial { columns: Vec::new() };
    let error = run.add(0, empty.clone()).and_then(|()| run.add(1, empty)).expect_err("another form");
    assert_eq!(error.code(), Code::WorkerCrashed, "{error}");
    let run = start(&mut source, &document("v", json!({"steps": [{"op": "mean"}]}))).expect("starts");
    assert_eq!(run.advance(&[]).err().map(|e| e.code()), Some(Code::WorkerCrashed), "nothing was added");
    let mut run = start(&mut source, &document("v", json!({"steps": [{"op": "mean"}]}))).expect("starts");
    run_pass(&source, &mut run).expect("works");
    assert!(run.advance(&[]).is_ok());
}
