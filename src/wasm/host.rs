//! What a worker gives its core: a way out, a place for its last words, and the decoders of the other module.

use crate::codec::{Expected, RareHost, set_rare_host};
use crate::error::{Code, Details, Error, Result};
use crate::meta::CodecSpec;
use crate::store::Transport;
use futures::future::LocalBoxFuture;
use js_sys::{Function, Promise, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static TRANSPORT: RefCell<Option<Transport>> = const { RefCell::new(None) };
}

/// Tells the core how requests leave (`fetch`, or what stands for it), and whether `bytes=-n` costs no preflight.
/// `on_panic` is called with the message of a panic, after which the instance must not be used. `load_rare()` resolves
/// to the rare module's `decodeRare` ([`super::rare`]).
#[wasm_bindgen(js_name = setHost)]
pub fn set_host(fetch: Function, suffix_ranges: bool, on_panic: Function, load_rare: Function) {
    TRANSPORT.with(|t| *t.borrow_mut() = Some(Transport::new(fetch, suffix_ranges)));
    set_rare_host(Rc::new(OtherModule { load: load_rare, decode: Rc::default() }));
    let on_panic = SendFunction(on_panic);
    std::panic::set_hook(Box::new(move |info| {
        let on_panic = &on_panic;
        let _ = on_panic.0.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}

/// The panic hook must be `Send + Sync`; a wasm instance has one thread only.
struct SendFunction(Function);
// SAFETY: without threads nothing is ever sent or shared; the hook runs where it was set.
#[allow(unsafe_code)]
unsafe impl Send for SendFunction {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for SendFunction {}

/// The way out.
pub(super) fn host() -> Result<Transport> {
    let known = TRANSPORT.with(|t| t.borrow().clone());
    known.ok_or_else(|| Error::new(Code::WorkerCrashed, "setHost was not called"))
}

/// The module that has the rare decoders.
struct OtherModule {
    load: Function,
    decode: Rc<RefCell<Option<Function>>>,
}

impl RareHost for OtherModule {
    fn load(&self) -> LocalBoxFuture<'static, Result<()>> {
        let (load, decode) = (self.load.clone(), self.decode.clone());
        Box::pin(async move {
            if decode.borrow().is_some() {
                return Ok(());
            }
            let loaded = load.call0(&JsValue::UNDEFINED).map_err(not_loaded)?;
            let loaded = JsFuture::from(Promise::resolve(&loaded)).await.map_err(not_loaded)?;
            *decode.borrow_mut() = loaded.dyn_into().ok();
            Ok(())
        })
    }

    fn decode(&self, codec: &CodecSpec, input: &[u8], expected: Expected) -> Result<Vec<u8>> {
        let Some(decode) = self.decode.borrow().clone() else {
            return Err(Error::new(Code::WorkerCrashed, "the module of rare codecs was not loaded"));
        };
        let request = postcard::to_allocvec(&(codec, expected))
            .map_err(|e| Error::new(Code::WorkerCrashed, format!("a codec cannot be written down: {e}")))?;
        let answer = decode.call2(&JsValue::UNDEFINED, &Uint8Array::from(request.as_slice()), &Uint8Array::from(input));
        Ok(Uint8Array::new(&answer.map_err(refused)?).to_vec())
    }
}

/// What stood in the way of loading the module.
fn not_loaded(thrown: JsValue) -> Error {
    Error::new(Code::Http, format!("the module of rare codecs cannot be loaded: {}", message_of(&thrown)))
}

/// An error of the other module is an object of ours; anything else is a trap, and the worker reports that by itself.
fn refused(thrown: JsValue) -> Error {
    match serde_wasm_bindgen::from_value::<Details>(thrown.clone()) {
        Ok(details) => Error::of(details),
        Err(_) => Error::new(Code::WorkerCrashed, format!("a rare codec: {}", message_of(&thrown))),
    }
}

fn message_of(thrown: &JsValue) -> String {
    thrown.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{thrown:?}"), |e| e.message().into())
}
