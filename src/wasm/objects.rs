//! Plain objects of JavaScript.

#[cfg(any(feature = "compute", feature = "draw"))]
use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Plain objects, not Maps; integers stay numbers where they are exact.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, serde_wasm_bindgen::Error> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
}

/// Sets a member of an object that was just made.
#[cfg(any(feature = "compute", feature = "draw"))]
pub fn set(object: &Object, key: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &key.into(), &value.into());
}
