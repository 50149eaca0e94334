//! Analysis documents against a small store: each is refused, or runs to its end.

use crate::laws::{block_on, json_memory, within};
use futures::lock::Mutex;
use serde_json::{Value, json};
use std::rc::Rc;
use zarrscope::engine::{Context, Next, Open, Shared, Source, Starter, run_units};
use zarrscope::error::Result;
use zarrscope::meta::parse_json;
use zarrscope::plan::{Document, MAX_BINS, MAX_RESULT_CELLS, TILE_CELLS};
use zarrscope::reduce::Field;
use zarrscope::store::{Address, MemoryStore, Storage};

/// An analysis document as JSON, for the store of [`store`].
pub fn document(data: &[u8]) {
    let Ok(value) = parse_json(data) else { return };
    let Ok(document) = within(json_memory(data.len()), || Document::parse(&value)) else { return };
    let _ = Address::resolve(&document.source, &document.storage);
    // A histogram's partials hold a count for each bin, latitude and part of a batch.
    let bins = usize::try_from(MAX_BINS).unwrap_or(usize::MAX);
    // A result has as many cells as one may have, and is made of others as large.
    let cells = usize::try_from(MAX_RESULT_CELLS).unwrap_or(usize::MAX);
    let memory =
        json_memory(data.len()).saturating_add(bins.saturating_mul(64)).saturating_add(cells.saturating_mul(128));
    // Every other input in tiles and passes of few cells.
    let tile_cells = if data.len().is_multiple_of(2) { TILE_CELLS } else { 40 };
    within(memory, || {
        let address = Address::resolve("https://store.example/s.zarr", &Storage::default()).expect("an address");
        let source = block_on(Source::open(address, Rc::new(store()))).expect("opens");
        let shared: Shared = Rc::new(Mutex::new(source));
        let open: Open = Rc::new(move |_| {
            let shared = shared.clone();
            Box::pin(async move { Ok(shared) })
        });
        let _ = run(&Starter { open, tile_cells }, &document);
    });
}

fn run(starter: &Starter, document: &Document) -> Result<Field> {
    let mut work = block_on(starter.start(document.clone()))?;
    let _ = block_on(work.explain(Some(2)));
    loop {
        let plan = work.plan().clone();
        let (run, reached) = work.current();
        let ordinals: Vec<u64> = run.sampled().map_or_else(|| (0..plan.unit_count()).collect(), <[u64]>::to_vec);
        let store = block_on(reached.source.lock()).store.clone();
        for batch in ordinals.chunks(4) {
            let add = |ordinal, partial| work.add(ordinal, partial);
            block_on(run_units(&*store, &plan, batch, &Context::default(), add, |_| {}))?;
        }
        match block_on(work.advance(starter))? {
            Next::Done(field) => return Ok(*field),
            Next::Pass(next) => work = next,
            Next::Part(_) => panic!("a document that is a part"),
        }
    }
}

/// Three dimensions with labels of each kind, and variables of some types.
fn store() -> MemoryStore {
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let (nt, ny, nx) = (5u8, 4u8, 6u8);
    let days: Vec<u8> = (0..nt).flat_map(|i| i64::from(i).to_le_bytes()).collect();
    put(
        &mut store,
        "time",
        &["time"],
        "<i8",
        &[nt],
        &days,
        json!({"units": "days since 2000-02-27", "calendar": "noleap"}),
    );
    let degrees =
        |n: u8, step: f64| (0..n).flat_map(|i| (f64::from(i) * step - 60.0).to_le_bytes()).collect::<Vec<u8>>();
    put(&mut store, "lat", &["lat"], "<f8", &[ny], &degrees(ny, 30.0), json!({"units": "degrees_north"}));
    put(&mut store, "lon", &["lon"], "<f8", &[nx], &degrees(nx, 60.0), json!({"units": "degrees_east"}));
    let n = usize::from(nt) * usize::from(ny) * usize::from(nx);
    let values: Vec<u8> =
        (0..n).flat_map(|i| (if i % 7 == 0 { f32::NAN } else { i as f32 / 3.0 }).to_le_bytes()).collect();
    put(&mut store, "v", &["time", "lat", "lon"], "<f4", &[nt, ny, nx], &values, json!({"coordinates": "name"}));
    let packed: Vec<u8> = (0..n).flat_map(|i| i16::try_from(i).unwrap_or(0).to_le_bytes()).collect();
    let attrs = json!({"scale_factor": 0.5, "add_offset": 3, "_FillValue": 7, "valid_max": 100});
    put(&mut store, "packed", &["time", "lat", "lon"], "<i2", &[nt, ny, nx], &packed, attrs);
    put(&mut store, "name", &["lat"], "|S3", &[ny], b"abcabdabeabf", json!({}));
    put(&mut store, "one", &[], "<u8", &[], &[1, 2, 3, 4, 5, 6, 7, 8], json!({}));
    store
}

fn put(store: &mut MemoryStore, name: &str, dims: &[&str], dtype: &str, shape: &[u8], bytes: &[u8], attrs: Value) {
    let zarray = json!({"zarr_format": 2, "shape": shape, "chunks": shape, "dtype": dtype, "order": "C",
        "compressor": null, "filters": null, "fill_value": null});
    let mut attrs = attrs;
    attrs["_ARRAY_DIMENSIONS"] = json!(dims);
    store.insert(format!("{name}/.zarray"), zarray.to_string());
    store.insert(format!("{name}/.zattrs"), attrs.to_string());
    let key = if shape.is_empty() { "0".to_string() } else { vec!["0"; shape.len()].join(".") };
    store.insert(format!("{name}/{key}"), bytes);
}
