//! The border to JavaScript: few functions, values in and values out. Handles are numbers that mean nothing elsewhere;
//! nothing here is borrowed across a call, so that a worker is replaceable at any moment.

mod compute;
mod coordinate;
mod describe;
mod plot;
mod sites;
mod values;

use crate::error::Error;
use crate::store::Transport;
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static TRANSPORT: RefCell<Option<Transport>> = const { RefCell::new(None) };
}

/// Tells the core how requests leave (`fetch`, or what stands for it), and whether `bytes=-n` costs no preflight.
/// `on_panic` is called with the message of a panic, after which the instance must not be used.
#[wasm_bindgen(js_name = setHost)]
pub fn set_host(fetch: Function, suffix_ranges: bool, on_panic: Function) {
    TRANSPORT.with(|t| *t.borrow_mut() = Some(Transport::new(fetch, suffix_ranges)));
    let on_panic = SendFunction(on_panic);
    std::panic::set_hook(Box::new(move |info| {
        let on_panic = &on_panic;
        let _ = on_panic.0.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}

/// Panics on purpose: the tests' way to see that a worker is replaced.
#[wasm_bindgen(js_name = trapForTests)]
#[allow(clippy::panic)]
pub fn trap_for_tests() {
    panic!("a trap for the tests");
}

/// The panic hook must be `Send + Sync`; a wasm instance has one thread only.
struct SendFunction(Function);
// SAFETY: without threads nothing is ever sent or shared; the hook runs where it was set.
#[allow(unsafe_code)]
unsafe impl Send for SendFunction {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for SendFunction {}

pub(crate) fn transport() -> Result<Transport, JsValue> {
    let known = TRANSPORT.with(|t| t.borrow().clone());
    known.ok_or_else(|| to_js(Error::new(crate::error::Code::WorkerCrashed, "setHost was not called")))
}

/// An error as a plain object: `{code, message, url?, path?, chunk?, codec?, status?, expected?, actual?}`.
pub(crate) fn to_js(error: Error) -> JsValue {
    values::to_value(error.details()).unwrap_or_else(|_| JsValue::from_str(&error.to_string()))
}
