//! The border to JavaScript: few functions, values in and values out. Handles are numbers that mean nothing elsewhere;
//! nothing here is borrowed across a call, so that a worker is replaceable at any moment.
//!
//! Three modules are made of it: what workers run (`compute`), what draws (`draw`), and rare decoders (`rare`).

#[cfg(feature = "compute")]
mod compute;
#[cfg(feature = "compute")]
mod coordinate;
#[cfg(feature = "compute")]
mod describe;
#[cfg(feature = "compute")]
mod host;
#[cfg(feature = "compute")]
mod kept;
mod objects;
#[cfg(feature = "compute")]
mod partials;
#[cfg(feature = "draw")]
mod plot;
#[cfg(feature = "rare")]
mod rare;
#[cfg(feature = "compute")]
mod sites;
#[cfg(feature = "compute")]
mod values;

use crate::error::Error;
use wasm_bindgen::prelude::*;

/// An error as a plain object: `{code, message, url?, path?, chunk?, codec?, status?, expected?, actual?}`.
pub(crate) fn to_js(error: Error) -> JsValue {
    objects::to_value(error.details()).unwrap_or_else(|_| JsValue::from_str(&error.to_string()))
}
