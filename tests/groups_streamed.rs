//! Groups folded chunk by chunk, with one group to a block, some or all of them, against the plain definition.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_precision_loss, missing_docs)]

mod common;

use common::{block_on, document, doubles, open, result};
use futures::future::FutureExt;
use futures::lock::Mutex;
use serde_json::json;
use std::rc::Rc;
use zarrscope::engine::{Due, Starter, prepare};
use zarrscope::plan::{Document, Plan, estimated_reading};
use zarrscope::store::MemoryStore;

const SHAPE: [usize; 3] = [75, 96, 128];
/// Rows of a chunk.
const ROWS: usize = 64;

fn value(t: usize, y: usize, x: usize) -> f64 {
    if (t * 7 + y * 3 + x).is_multiple_of(11) { f64::NAN } else { ((t * 31 + y * 17 + x * 5) % 97) as f64 / 3.0 }
}

/// Days of a year without leaps, from 20 January, in chunks of so many days.
fn store(days: usize) -> MemoryStore {
    let mut store = MemoryStore::new();
    let put = |store: &mut MemoryStore, name: &str, zarray: serde_json::Value, attrs: serde_json::Value| {
        store.insert(format!("{name}/.zarray"), zarray.to_string());
        store.insert(format!("{name}/.zattrs"), attrs.to_string());
    };
    let meta = |shape: &[usize], chunks: &[usize]| {
        json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "order": "C",
            "compressor": null, "filters": null, "fill_value": null})
    };
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let units = json!({"_ARRAY_DIMENSIONS": ["time"], "units": "days since 2001-01-20", "calendar": "noleap"});
    put(&mut store, "time", meta(&SHAPE[..1], &SHAPE[..1]), units);
    store.insert("time/0", (0..SHAPE[0]).flat_map(|t| (t as f64).to_le_bytes()).collect::<Vec<u8>>());
    put(&mut store, "v", meta(&SHAPE, &[days, ROWS, SHAPE[2]]), json!({"_ARRAY_DIMENSIONS": ["time", "y", "x"]}));
    for (t, y) in (0..SHAPE[0].div_ceil(days)).flat_map(|t| (0..2).map(move |y| (t, y))) {
        let cell = |i: usize| {
            let (dt, dy, x) = (i / (ROWS * SHAPE[2]), i / SHAPE[2] % ROWS, i % SHAPE[2]);
            let (at, row) = (t * days + dt, y * ROWS + dy);
            if at < SHAPE[0] && row < SHAPE[1] { value(at, row, x) } else { 0.0 }
        };
        store.insert(
            format!("v/{t}.{y}.0"),
            (0..days * ROWS * SHAPE[2]).flat_map(|i| cell(i).to_le_bytes()).collect::<Vec<u8>>(),
        );
    }
    store
}

/// The month of a day, counted from January.
fn month(day: usize) -> usize {
    match day + 19 {
        0..=30 => 0,
        31..=58 => 1,
        59..=89 => 2,
        _ => 3,
    }
}

/// Checks a variance of each month over these dimensions, and gives the plan.
fn check(days: usize, over: &[&str]) -> Plan {
    let mut source = open(store(days));
    let steps = json!([{"op": "groupby", "by": "time.month"}, {"op": "var", "dims": over}]);
    let whole = document("v", json!({"steps": steps}));
    let parsed = Document::parse(&whole).expect("a document");
    let prepared = block_on(prepare(&mut source, &parsed)).expect("prepares");
    assert!(prepared.first.is_some(), "it streams");
    let plan = prepared.main_plan(None).expect("settles");
    let field = result(&mut source, &whole);
    let columns = if over.contains(&"x") { 1 } else { SHAPE[2] };
    let shape = [4, SHAPE[1] as u64, SHAPE[2] as u64];
    assert_eq!(field.labels.shape(), shape[..4 - over.len()], "chunks of {days} days");
    for (i, got) in doubles(&field).into_iter().enumerate() {
        let (group, y, first) = (i / (SHAPE[1] * columns), i / columns % SHAPE[1], i % columns);
        let xs = || (first..SHAPE[2]).step_by(columns);
        let of = (0..SHAPE[0]).filter(|t| month(*t) == group).flat_map(|t| xs().map(move |x| value(t, y, x)));
        let values: Vec<f64> = of.filter(|x| !x.is_nan()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let expected = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64;
        assert!((got - expected).abs() <= 1e-12 * expected, "chunks of {days} days, cell {i}: {got}, {expected}");
    }
    plan
}

#[test]
fn a_climatology_whatever_the_chunks() {
    for (days, groups) in [(1, Some(1)), (2, Some(1)), (10, Some(2)), (40, Some(2)), (75, None)] {
        let plan = check(days, &["time"]);
        let blocks = plan.groups.iter().flatten().find_map(|g| g.blocks.as_ref());
        let most = blocks.and_then(|blocks| blocks.iter().map(|block| block.groups.len).max());
        assert_eq!(most, groups, "chunks of {days} days: groups to a block of a map");
    }
}

/// Where partials are small, no chunk is worth reading twice.
#[test]
fn means_over_few_cells_read_each_chunk_once() {
    for days in [2, 10, 40, 75] {
        let plan = check(days, &["time", "x"]);
        assert_eq!(plan.visit_count(), plan.chunk_count().expect("a number"), "chunks of {days} days");
    }
}

/// 400 days in shards of 40 days, whose inner chunks are 5 days of a quarter of the map.
fn shards() -> MemoryStore {
    let mut store = MemoryStore::new();
    let array = |shape: &[u64], chunk: &[u64], dims: &[&str], attrs: serde_json::Value, codecs: serde_json::Value| {
        json!({"zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "float64", "fill_value": 0.0,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
            "chunk_key_encoding": {"name": "default"}, "codecs": codecs, "dimension_names": dims, "attributes": attrs})
        .to_string()
    };
    let bytes = json!([{"name": "bytes", "configuration": {"endian": "little"}}]);
    let index = json!([{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]);
    let sharding = json!([{"name": "sharding_indexed", "configuration":
        {"chunk_shape": [5, 30, 30], "codecs": bytes.clone(), "index_codecs": index}}]);
    let units = json!({"units": "days since 2001-01-01", "calendar": "noleap"});
    store.insert("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#);
    store.insert("time/zarr.json", array(&[400], &[400], &["time"], units, bytes));
    store.insert("time/c/0", (0..400).flat_map(|t| f64::from(t).to_le_bytes()).collect::<Vec<u8>>());
    store.insert("v/zarr.json", array(&[400, 60, 60], &[40, 60, 60], &["time", "y", "x"], json!({}), sharding));
    store
}

/// Months of shards that hold several: what is read twice is inner chunks, not shards.
#[test]
fn shards_that_hold_several_groups_are_read_in_part() {
    let mut source = open(shards());
    let steps = json!([{"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time"]}]);
    let parsed = Document::parse(&document("v", json!({"steps": steps}))).expect("a document");
    let plan = block_on(prepare(&mut source, &parsed)).expect("prepares").main_plan(None).expect("settles");
    let blocks = plan.groups.iter().flatten().find_map(|g| g.blocks.as_ref()).expect("not all months to a block");
    let pieces: u64 = blocks.iter().map(|block| block.pieces).sum();
    let shards: u64 = blocks.iter().map(|block| block.chunks.len() as u64).sum();
    assert!((80..96).contains(&pieces), "{pieces} inner chunks along time, of 80");
    assert!(shards >= 12, "{shards} visits of 10 shards");
    let decoded = estimated_reading(&plan).expect("an estimate").decoded;
    let inner = 5 * 60 * 60 * 8;
    assert!((pieces * inner..(pieces + shards) * inner).contains(&decoded), "{decoded} bytes of {pieces} inner chunks");
}

/// Values at hand are those of whole inner chunks, where these are few enough.
#[test]
fn tiles_of_shards_end_where_inner_chunks_end() {
    let steps = json!([{"op": "groupby", "by": "time.month"}, {"op": "median", "dims": ["time"]}]);
    let parsed = Document::parse(&document("v", json!({"steps": steps}))).expect("a document");
    let source = Rc::new(Mutex::new(open(shards())));
    let open = Rc::new(move |_: &Document| {
        let source = source.clone();
        async move { Ok(source) }.boxed_local()
    });
    let work = block_on(Starter { open, tile_cells: 400 * 30 * 30 }.start(parsed)).expect("starts");
    let runs = work.runs();
    let [Due { run, times, .. }] = runs.as_slice() else { panic!("{} runs", runs.len()) };
    let lengths: Vec<u64> = run.plan().index.iter().map(|index| index.len()).collect();
    assert_eq!((*times, lengths), (4, vec![400, 30, 30]));
}
