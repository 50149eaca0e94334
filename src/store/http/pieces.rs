//! A response's body, piece by piece.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// The pieces of a body. Where the engine allows, one buffer is lent to it again and again: fresh buffers for every piece
/// are garbage faster than a busy worker collects it (measured: 600 MB in Chromium).
pub(super) enum Pieces {
    Lent { reader: web_sys::ReadableStreamByobReader, buffer: js_sys::ArrayBuffer },
    Fresh(web_sys::ReadableStreamDefaultReader),
}

pub(super) enum Piece {
    Bytes(Uint8Array),
    End,
}

/// The buffer that is lent, in bytes.
const LENT_BYTES: u32 = 1 << 20;

impl Pieces {
    pub(super) fn of(stream: &web_sys::ReadableStream) -> Self {
        let options = web_sys::ReadableStreamGetReaderOptions::new();
        options.set_mode(web_sys::ReadableStreamReaderMode::Byob);
        let get = Reflect::get(stream, &"getReader".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        match get.and_then(|get| get.call1(stream, &options).ok()) {
            Some(reader) => {
                Pieces::Lent { reader: reader.unchecked_into(), buffer: js_sys::ArrayBuffer::new(LENT_BYTES) }
            }
            None => Pieces::Fresh(stream.get_reader().unchecked_into()),
        }
    }

    pub(super) fn next(&self) -> Promise {
        match self {
            Pieces::Lent { reader, buffer } => reader.read_with_array_buffer_view(&Uint8Array::new(buffer)),
            Pieces::Fresh(reader) => reader.read(),
        }
    }

    pub(super) fn piece(&self, settled: &JsValue) -> Piece {
        let done = Reflect::get(settled, &"done".into()).is_ok_and(|done| done.is_truthy());
        let value = Reflect::get(settled, &"value".into()).ok().and_then(|v| v.dyn_into::<Uint8Array>().ok());
        match value {
            Some(bytes) if !done => Piece::Bytes(bytes),
            _ if done => Piece::End,
            _ => Piece::Bytes(Uint8Array::new_with_length(0)),
        }
    }

    pub(super) fn give_back(&mut self, piece: &Uint8Array) {
        if let Pieces::Lent { buffer, .. } = self
            && piece.buffer().byte_length() > 0
        {
            *buffer = piece.buffer();
        }
    }
}
