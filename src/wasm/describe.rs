//! What is in a source, across the border: few plain facts, and of its nodes text in pieces that JavaScript reads when it is
//! asked for them.

use super::objects::set;
use super::to_js;
use crate::engine::{Piece, Source, describe_arrays, describe_groups};
use js_sys::{Array, Object, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// `{source, zarrFormat, consolidated, complete, notices, bytes, groups, arrays}`; the last two are lists of pieces,
/// `{paths, text, ends}`, of which the first is text too.
pub fn source_to_js(source: &Source) -> Result<JsValue, JsValue> {
    let (groups, arrays) = (Array::new(), Array::new());
    describe_groups(source, &mut |piece| push(&groups, &piece)).map_err(to_js)?;
    let bytes = describe_arrays(source, &mut |piece| push(&arrays, &piece)).map_err(to_js)?;
    let out = Object::new();
    set(&out, "source", source.address.shown());
    set(&out, "zarrFormat", f64::from(source.tree.zarr_format));
    set(&out, "consolidated", source.tree.consolidated);
    set(&out, "complete", source.tree.complete);
    set(&out, "notices", source.notices.iter().map(|notice| JsValue::from_str(notice)).collect::<Array>());
    set(&out, "bytes", bytes);
    set(&out, "groups", groups);
    set(&out, "arrays", arrays);
    Ok(out.into())
}

fn push(list: &Array, piece: &Piece) {
    if piece.ends.is_empty() {
        return;
    }
    let out = Object::new();
    set(&out, "paths", Uint8Array::from(piece.paths.as_slice()));
    set(&out, "text", Uint8Array::from(piece.text.as_slice()));
    set(&out, "ends", Uint32Array::from(piece.ends.as_slice()));
    list.push(&out);
}
