//! The rare decoders across the border: called by the core of the same worker, never by the page.

use super::to_js;
use crate::codec::{Expected, decode_rare};
use crate::error::{Code, Error};
use crate::meta::CodecSpec;
use wasm_bindgen::prelude::*;

/// Undoes one codec. `request` is `(CodecSpec, Expected)` as postcard; throws the error as a plain object.
#[wasm_bindgen(js_name = decodeRare)]
pub fn decode_rare_js(request: &[u8], input: &[u8]) -> Result<Vec<u8>, JsValue> {
    let read = postcard::from_bytes::<(CodecSpec, Expected)>(request);
    let (codec, expected) = read.map_err(|e| {
        to_js(Error::new(Code::WorkerCrashed, format!("a message between modules cannot be read: {e}")))
    })?;
    decode_rare(&codec, input, expected).map_err(to_js)
}
