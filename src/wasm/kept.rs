//! Partials that were kept: by which keys they are found, and how they come back into a run. Where they are kept is
//! JavaScript's business (js/src/pool/keeper.ts).

use super::coordinate::with_run;
use super::objects::set;
use super::partials::from_array;
use super::to_js;
use crate::engine::{Shared, identity_in};
use crate::error::Error;
use crate::plan::{Identities, Identity, identity_of};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use js_sys::{Array, Object, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// Passes whose common part is held: their weights may be large, and are hashed once.
const MAX_PASSES: usize = 8;

thread_local! {
    static PASSES: RefCell<Vec<((u32, u32), Identities)>> = const { RefCell::new(Vec::new()) };
}

/// By which keys the partials of units are kept: `{source, lasting, keys}`, all text without a secret that could be read
/// from it. `source` stands for the store, whatever its state; `lasting` tells whether they may be written to disk.
#[wasm_bindgen(js_name = unitKeys)]
pub async fn unit_keys(run: u32, pass: u32, ordinals: Vec<f64>) -> Result<JsValue, JsValue> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // ordinals are whole and below 2^53
    let ordinals: Vec<u64> = ordinals.into_iter().map(|o| o as u64).collect();
    let shared: Shared = with_run(run, |work| Ok(work.current().1.source.clone()))?;
    let source = shared.lock().await;
    let places = if source.is_told_by_places() {
        let plan = with_run(run, |work| Ok(work.plan().clone()))?;
        source.locate(&plan, &ordinals).await.map_err(to_js)?
    } else {
        None
    };
    let keys = with_run(run, |work| {
        let plan = work.plan();
        let mut identities = match taken(run, pass) {
            Some(known) => known,
            None => Identities::new(plan, &source.state_of(&plan.array.path)?)?,
        };
        let keys: Result<Vec<Identity>, Error> =
            ordinals.iter().map(|&o| identity_in(&mut identities, plan, o, places.as_ref())).collect();
        hold(run, pass, identities);
        keys
    })?;
    let out = Object::new();
    let address = &source.address;
    set(&out, "source", text(&identity_of(&address.identity()).map_err(to_js)?));
    set(&out, "lasting", address.may_be_stored());
    set(&out, "keys", keys.iter().map(|key| JsValue::from(text(key))).collect::<Array>());
    Ok(out.into())
}

/// Takes a unit's partial that was kept, and gives the number of chunks that need not be read; undefined if it is none of this
/// unit.
#[wasm_bindgen(js_name = addKept)]
pub fn add_kept(run: u32, ordinal: f64, partial: Uint8Array) -> Result<Option<f64>, JsValue> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ordinal = ordinal as u64;
    let Ok(partial) = from_array(partial) else { return Ok(None) };
    with_run(run, |work| {
        let plan = work.plan();
        let chunks = plan.unit_chunks(ordinal);
        if !partial.fits(plan, plan.block_cells(plan.block_of(ordinal))?) {
            return Ok(None);
        }
        work.add(ordinal, partial)?;
        #[allow(clippy::cast_precision_loss)]
        Ok(Some(chunks as f64))
    })
}

fn taken(run: u32, pass: u32) -> Option<Identities> {
    PASSES.with(|passes| {
        let mut passes = passes.borrow_mut();
        let at = passes.iter().position(|(known, _)| *known == (run, pass))?;
        Some(passes.remove(at).1)
    })
}

fn hold(run: u32, pass: u32, identities: Identities) {
    PASSES.with(|passes| {
        let mut passes = passes.borrow_mut();
        if passes.len() >= MAX_PASSES {
            passes.remove(0);
        }
        passes.push(((run, pass), identities));
    });
}

fn text(identity: &Identity) -> String {
    URL_SAFE_NO_PAD.encode(identity)
}
