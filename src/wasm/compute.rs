//! What a computing worker does: units of a plan in, partials out.

use super::host::host;
use super::objects::set;
use super::partials::to_array;
use super::sites::HttpSites;
use super::to_js;
use crate::engine::{Context, run_units};
use crate::error::{Code, Error};
use crate::kernel::Partial;
use crate::plan::Plan;
use crate::references::{LocatedStore, Place, Sites};
use crate::store::Store;
use js_sys::{Array, Function, Object};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Decoded bytes of a run's chunks from which on the browser's cache is passed by: browsers keep some hundred megabytes.
const CACHED_BYTES: u64 = 256 << 20;

/// Works off units of a plan, fetching chunks by key, or from the places that the coordinator gave. Calls `on_chunk(chunks, bytesDecoded)` after every chunk. Resolves to
/// `{partials: [[ordinal, Uint8Array]…], lacking: [ordinal…], chunks, missing, forbidden, requests, bytesFetched, bytesDecoded}`;
/// `lacking` are units some of whose chunks the store did not have (yet).
#[wasm_bindgen(js_name = runUnits)]
pub async fn run_units_js(
    plan: Vec<u8>,
    ordinals: Vec<f64>,
    places: Option<Vec<u8>>,
    signal: AbortSignal,
    on_chunk: Function,
) -> Result<JsValue, JsValue> {
    let plan: Plan = postcard::from_bytes(&plan).map_err(|e| to_js(unreadable(&e)))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // ordinals are whole and below 2^53
    let ordinals: Vec<u64> = ordinals.into_iter().map(|o| o as u64).collect();
    let transport = host().map_err(to_js)?;
    let whole = plan.chunk_count().and_then(|n| Ok(n.saturating_mul(plan.array.chunk_bytes()?))).map_err(to_js)?;
    let transport = if whole > CACHED_BYTES { transport.uncached() } else { transport };
    let sites = Rc::new(HttpSites::new(transport, Some(signal.clone())));
    let store: Rc<dyn Store> = match places {
        None => sites.at(&plan.address).map_err(to_js)?,
        Some(bytes) => {
            let places: BTreeMap<String, Place> = postcard::from_bytes(&bytes).map_err(|e| to_js(unreadable(&e)))?;
            Rc::new(LocatedStore::new(places, sites.clone()))
        }
    };
    let (partials, lacking) = (Array::new(), Array::new());
    let context = Context::default();
    let mut missing_before = 0;
    let each = |ordinal: u64, partial: Partial| {
        if context.missing.get() > missing_before {
            missing_before = context.missing.get();
            lacking.push(&as_number(ordinal));
        }
        partials.push(&Array::of2(&as_number(ordinal), &to_array(&partial)?.into()));
        Ok(())
    };
    let progress = |context: &Context| {
        context.cancelled.set(signal.aborted());
        let _ = on_chunk.call2(
            &JsValue::UNDEFINED,
            &as_number(context.chunks.get()),
            &as_number(context.bytes_decoded.get()),
        );
    };
    let shown = plan.address.shown().to_string();
    run_units(&*store, &plan, &ordinals, &context, each, progress).await.map_err(|e| to_js(e.with_url(&shown)))?;
    let traffic = sites.traffic();
    let out = Object::new();
    set(&out, "partials", partials);
    set(&out, "lacking", lacking);
    set(&out, "chunks", as_number(context.chunks.get()));
    set(&out, "missing", as_number(context.missing.get()));
    set(&out, "forbidden", as_number(traffic.forbidden));
    set(&out, "requests", as_number(traffic.requests));
    set(&out, "bytesFetched", as_number(traffic.bytes));
    set(&out, "bytesDecoded", as_number(context.bytes_decoded.get()));
    Ok(out.into())
}

/// Bytes of the instance's memory: the pool replaces a worker that has grown too large.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes() -> f64 {
    let pages = core::arch::wasm32::memory_size(0);
    as_number(pages as u64 * 65536).as_f64().unwrap_or(0.0)
}

fn unreadable(e: &postcard::Error) -> Error {
    Error::new(Code::WorkerCrashed, format!("a message between workers cannot be read: {e}"))
}

#[allow(clippy::cast_precision_loss)]
fn as_number(n: u64) -> JsValue {
    JsValue::from_f64(n as f64)
}
