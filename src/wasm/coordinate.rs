//! What the coordinating worker does: opens sources, plans runs, merges partials, finishes results.

use super::describe::source_to_js;
use super::host::host;
use super::objects::{set, to_value};
use super::partials::from_array;
use super::sites::HttpSites;
use super::to_js;
use super::values::{field_to_js, from_value};
use crate::engine::{Next, Open, Shared, Source, Spent, Starter, Work};
use crate::error::{Code, Error, invalid_document};
use crate::plan::{Document, TILE_CELLS};
use crate::store::{Address, Storage};
use futures::lock::Mutex;
use js_sys::{Float64Array, Object, Uint8Array};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

thread_local! {
    static SOURCES: RefCell<HashMap<String, Shared>> = RefCell::new(HashMap::new());
    /// A run that is being advanced is not there, but its number is: it may be dropped meanwhile.
    static RUNS: RefCell<(u32, HashMap<u32, Option<Work>>)> = RefCell::new((0, HashMap::new()));
}

/// Sources that stay open; the rest is opened again when it is asked for.
const MAX_SOURCES: usize = 8;

async fn source(address: &str, storage: &Storage) -> Result<Shared, JsValue> {
    opened(address, storage).await.map_err(to_js)
}

async fn opened(address: &str, storage: &Storage) -> crate::error::Result<Shared> {
    let key = format!("{address}\n{}", serde_json::to_string(storage).unwrap_or_default());
    if let Some(known) = SOURCES.with(|s| s.borrow().get(&key).cloned()) {
        return Ok(known);
    }
    let address = Address::resolve(address, storage)?;
    let sites = Rc::new(HttpSites::new(host()?, None));
    let open = Rc::new(Mutex::new(Source::reach(address, storage, sites).await?));
    SOURCES.with(|s| {
        let mut sources = s.borrow_mut();
        if sources.len() >= MAX_SOURCES {
            sources.clear();
        }
        sources.insert(key, open.clone());
    });
    Ok(open)
}

/// Forgets everything that is known of sources, so that they are read again.
#[wasm_bindgen(js_name = forgetSources)]
pub fn forget_sources() {
    SOURCES.with(|s| s.borrow_mut().clear());
}

/// Opens a source and tells what is in it. With `path`, an array there is made known first.
#[wasm_bindgen(js_name = openSource)]
pub async fn open_source(address: String, storage: JsValue, path: Option<String>) -> Result<JsValue, JsValue> {
    let storage = storage_of(storage).map_err(to_js)?;
    let shared = source(&address, &storage).await?;
    let mut source = shared.lock().await;
    if let Some(path) = path {
        source.resolve(&path).await.map_err(to_js)?;
    }
    source_to_js(&source)
}

/// The labels of a dimension as results write them: `{name, values, attrs}`, or undefined.
#[wasm_bindgen(js_name = coordinateOf)]
pub async fn coordinate_of(
    address: String,
    storage: JsValue,
    variable: String,
    dim: String,
) -> Result<JsValue, JsValue> {
    let storage = storage_of(storage).map_err(to_js)?;
    let shared = source(&address, &storage).await?;
    let mut source = shared.lock().await;
    source.resolve(&variable).await.map_err(to_js)?;
    let document = json!({"source": address, "variable": variable, "select": {}, "steps": []});
    let document = Document::parse(&document).map_err(to_js)?;
    let meta = source.tree.array(&document.variable).map_err(to_js)?.into_owned();
    let Some(at) = meta.dims.iter().position(|d| *d == dim) else {
        return Err(to_js(invalid_document(format!("{} has no dimension {dim:?}", meta.path))));
    };
    let len = meta.shape.get(at).copied().unwrap_or(0);
    match source.coordinate(&meta, &dim, len, true).await.map_err(to_js)? {
        None => Ok(JsValue::UNDEFINED),
        Some(coordinate) => {
            let attrs = source.coordinate_array(&meta, &dim).map(|a| a.into_owned().attrs).unwrap_or_default();
            let all = crate::array::DimIndex::all(len);
            let coord = crate::plan::Coord::selected(&dim, &coordinate.labels, &attrs, &all, false);
            Ok(super::values::coord_to_js(&coord))
        }
    }
}

/// What a document will cost with so many computing workers.
#[wasm_bindgen]
pub async fn explain(document: JsValue, workers: f64) -> Result<JsValue, JsValue> {
    let document = Document::parse(&from_value(document).map_err(to_js)?).map_err(to_js)?;
    let work = starter().start(document).await.map_err(to_js)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small number
    let cost = work.explain(Some(workers as u64)).await.map_err(to_js)?;
    to_value(&cost).map_err(Into::into)
}

/// What starts documents here.
fn starter() -> Starter {
    let open: Open = Rc::new(|document: &Document| {
        let (address, storage) = (document.source.clone(), document.storage.clone());
        Box::pin(async move { opened(&address, &storage).await })
    });
    Starter { open, tile_cells: TILE_CELLS }
}

/// Starts a run: `{run, plan, units, chunks, …}`. Where `located` is set, [`locate`] must be asked for each batch.
#[wasm_bindgen(js_name = startRun)]
pub async fn start_run(document: JsValue) -> Result<JsValue, JsValue> {
    let document = Document::parse(&from_value(document).map_err(to_js)?).map_err(to_js)?;
    let run = starter().start(document).await.map_err(to_js)?;
    let id = RUNS.with(|r| {
        let (next, runs) = &mut *r.borrow_mut();
        *next += 1;
        runs.insert(*next, Some(run));
        *next
    });
    pass_of(id)
}

/// The pass that a run is in.
fn pass_of(id: u32) -> Result<JsValue, JsValue> {
    with_run(id, |work| {
        let (run, reached) = work.current();
        let plan = run.plan();
        let bytes = postcard::to_allocvec(plan)
            .map_err(|e| Error::new(Code::WorkerCrashed, format!("the plan cannot be sent: {e}")))?;
        let out = Object::new();
        set(&out, "run", f64::from(id));
        set(&out, "plan", Uint8Array::from(bytes.as_slice()));
        #[allow(clippy::cast_precision_loss)]
        {
            match run.sampled() {
                None => {
                    set(&out, "units", plan.unit_count() as f64);
                    set(&out, "chunks", plan.chunk_count()? as f64);
                }
                Some(units) => {
                    let ordinals: Vec<f64> = units.iter().map(|&unit| unit as f64).collect();
                    set(&out, "units", ordinals.len() as f64);
                    set(&out, "chunks", ordinals.len() as f64);
                    set(&out, "ordinals", Float64Array::from(ordinals.as_slice()));
                }
            }
            set(&out, "chunksPerUnit", plan.unit_chunks(0) as f64);
            set(&out, "chunkBytes", plan.array.chunk_bytes()? as f64);
            set(&out, "passes", work.passes() as f64);
            set(&out, "located", reached.located);
        }
        Ok(out.into())
    })
}

pub(super) fn with_run<T>(id: u32, f: impl FnOnce(&mut Work) -> crate::error::Result<T>) -> Result<T, JsValue> {
    RUNS.with(|r| match r.borrow_mut().1.get_mut(&id) {
        Some(Some(run)) => f(run).map_err(to_js),
        _ => Err(to_js(Error::new(Code::WorkerCrashed, format!("run {id} is not under way")))),
    })
}

/// Where the chunks of units lie, as the message that a computing worker takes beside the plan.
#[wasm_bindgen]
pub async fn locate(run: u32, ordinals: Vec<f64>) -> Result<Uint8Array, JsValue> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // ordinals are whole and below 2^53
    let ordinals: Vec<u64> = ordinals.into_iter().map(|o| o as u64).collect();
    let (source, plan) = with_run(run, |work| Ok((work.current().1.source.clone(), work.plan().clone())))?;
    let source = source.lock().await;
    let url = source.address.shown().to_string();
    let places = source.locate(&plan, &ordinals).await.map_err(|e| to_js(e.with_url(&url)))?;
    let bytes = postcard::to_allocvec(&places.unwrap_or_default())
        .map_err(|e| to_js(Error::new(Code::WorkerCrashed, format!("places cannot be sent: {e}"))))?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// Takes the partial of a unit.
#[wasm_bindgen(js_name = addPartial)]
pub fn add_partial(run: u32, ordinal: f64, partial: Uint8Array) -> Result<(), JsValue> {
    let partial = from_array(partial).map_err(to_js)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    with_run(run, |work| work.add(ordinal as u64, partial))
}

/// The result so far and the share of chunks in it, `{result, seen}`; undefined while nothing is known.
#[wasm_bindgen]
pub fn snapshot(run: u32) -> Result<JsValue, JsValue> {
    with_run(run, |work| {
        Ok(match work.snapshot()? {
            None => JsValue::UNDEFINED,
            Some((field, seen)) => {
                let out = Object::new();
                set(&out, "result", field_to_js(&field));
                set(&out, "seen", seen);
                out.into()
            }
        })
    })
}

/// Ends a pass, given how many bytes and chunks were fetched since the run began: `{result}`, or another pass as
/// [`start_run`] gives.
#[wasm_bindgen(js_name = advanceRun)]
pub async fn advance_run(run: u32, bytes: f64, chunks: f64) -> Result<JsValue, JsValue> {
    let taken = RUNS.with(|r| r.borrow_mut().1.get_mut(&run).and_then(Option::take));
    let missing = || to_js(Error::new(Code::WorkerCrashed, format!("run {run} is not under way")));
    let mut taken = taken.ok_or_else(missing)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and below 2^53
    taken.spend(Spent { bytes: bytes as u64, chunks: chunks as u64 });
    let next = taken.advance(&starter()).await;
    if !matches!(next, Ok(Next::Pass(_))) {
        drop_run(run);
    }
    match next.map_err(to_js)? {
        Next::Done(field) => {
            let out = Object::new();
            set(&out, "result", field_to_js(&field));
            Ok(out.into())
        }
        Next::Pass(next) => {
            RUNS.with(|r| {
                if let Some(place) = r.borrow_mut().1.get_mut(&run) {
                    *place = Some(next);
                }
            });
            pass_of(run)
        }
        Next::Part(_) => Err(to_js(Error::new(Code::WorkerCrashed, "a document that is a part"))),
    }
}

/// Forgets a run.
#[wasm_bindgen(js_name = dropRun)]
pub fn drop_run(run: u32) {
    RUNS.with(|r| r.borrow_mut().1.remove(&run));
}

fn storage_of(value: JsValue) -> Result<Storage, Error> {
    if value.is_undefined() || value.is_null() {
        return Ok(Storage::default());
    }
    // The value may hold secrets: the message must not.
    serde_wasm_bindgen::from_value(value).map_err(|_| {
        invalid_document("`storage` may hold `endpoint`, `region`, `headers`, `query` and `rewrite`, all text")
    })
}
