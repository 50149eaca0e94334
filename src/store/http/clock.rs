//! Time: giving up on a silent server, and waiting between attempts.

use super::failure::Failure;
use crate::error::{Code, Error};
use futures::future::{Either, select};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

/// After so long without enough bytes an attempt is given up, in milliseconds.
const STALL_MS: i32 = 30_000;
/// A server that sends fewer bytes than this in that time is stalling: 1 KiB a second.
const LEAST_BYTES: u32 = 30 << 10;
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

pub(super) type Settled = std::result::Result<std::result::Result<JsValue, JsValue>, Failure>;

/// Awaits a promise, but not for ever.
pub(super) async fn in_time(promise: Promise, stop: &AbortController) -> Settled {
    Watch::new().over(promise, stop).await
}

/// Watches over promises that follow one another. One timer serves many of them: a body comes in thousands of pieces.
pub(super) struct Watch {
    timer: Timer,
    alarm: JsFuture,
    bytes_since: u32,
}

impl Watch {
    pub(super) fn new() -> Self {
        let timer = Timer::new(STALL_MS);
        Watch { alarm: JsFuture::from(timer.promise.clone()), timer, bytes_since: 0 }
    }

    /// Counts bytes that arrived.
    pub(super) fn saw(&mut self, bytes: u32) {
        self.bytes_since = self.bytes_since.saturating_add(bytes);
    }

    /// The promise's outcome; a failure if too little arrived between two rings of the timer.
    pub(super) async fn over(&mut self, promise: Promise, stop: &AbortController) -> Settled {
        let mut promise = JsFuture::from(promise);
        loop {
            match select(&mut promise, &mut self.alarm).await {
                Either::Left((settled, _)) => return Ok(settled),
                Either::Right(_) if self.bytes_since >= LEAST_BYTES => {
                    self.timer = Timer::new(STALL_MS);
                    self.alarm = JsFuture::from(self.timer.promise.clone());
                    self.bytes_since = 0;
                }
                Either::Right(_) => {
                    stop.abort();
                    let message = format!("less than {} KiB arrived in {} s", LEAST_BYTES >> 10, STALL_MS / 1000);
                    return Err(Failure::Passing(Error::new(Code::Timeout, message), None));
                }
            }
        }
    }
}

/// A timer that is cleared when it is dropped.
struct Timer {
    promise: Promise,
    id: JsValue,
}

impl Timer {
    fn new(milliseconds: i32) -> Self {
        let mut id = JsValue::UNDEFINED;
        let promise = Promise::new(&mut |resolve, _| id = set_timeout(&resolve, milliseconds));
        Timer { promise, id }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Waits, or until the signal is aborted.
pub(super) async fn pause(milliseconds: f64, signal: Option<&AbortSignal>) {
    #[allow(clippy::cast_possible_truncation)] // at most 30,000
    let timer = Timer::new(milliseconds as i32);
    let wait = JsFuture::from(timer.promise.clone());
    let Some(signal) = signal else {
        let _ = wait.await;
        return;
    };
    let aborted = Promise::new(&mut |resolve, _| {
        let options = js_sys::Object::new();
        let _ = Reflect::set(&options, &"once".into(), &JsValue::TRUE);
        let listen = Reflect::get(signal, &"addEventListener".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        if let Some(listen) = listen {
            let _ = listen.call3(signal, &"abort".into(), &resolve, &options);
        }
    });
    let _ = select(wait, JsFuture::from(aborted)).await;
}
