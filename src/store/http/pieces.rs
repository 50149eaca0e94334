//! A response's body, piece by piece.

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

/// The pieces of a body. Where the engine allows, one buffer is lent to it again and again: fresh buffers for every piece
/// are garbage faster than a busy worker collects it (measured: 600 MB in Chromium). The next body gets the same buffer: fresh
/// memory is zeroed, page by page.
pub(super) enum Pieces {
    Lent { reader: web_sys::ReadableStreamByobReader, buffer: ArrayBuffer },
    Fresh(web_sys::ReadableStreamDefaultReader),
}

pub(super) enum Piece {
    Bytes(Uint8Array),
    End,
}

/// The buffer that is lent, in bytes.
const LENT_BYTES: u32 = 512 << 10;
/// The most buffers that wait for the next body.
const MOST_SPARE: usize = 16;

thread_local! {
    static SPARE: RefCell<Vec<ArrayBuffer>> = const { RefCell::new(Vec::new()) };
}

impl Pieces {
    pub(super) fn of(stream: &web_sys::ReadableStream) -> Self {
        let options = web_sys::ReadableStreamGetReaderOptions::new();
        options.set_mode(web_sys::ReadableStreamReaderMode::Byob);
        let get = Reflect::get(stream, &"getReader".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        match get.and_then(|get| get.call1(stream, &options).ok()) {
            Some(reader) => {
                let spare = SPARE.with_borrow_mut(Vec::pop);
                let buffer = spare.unwrap_or_else(|| ArrayBuffer::new(LENT_BYTES));
                Pieces::Lent { reader: reader.unchecked_into(), buffer }
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

    pub(super) fn piece(&mut self, settled: &JsValue) -> Piece {
        let done = Reflect::get(settled, &"done".into()).is_ok_and(|done| done.is_truthy());
        let value = Reflect::get(settled, &"value".into()).ok().and_then(|v| v.dyn_into::<Uint8Array>().ok());
        match value {
            Some(bytes) if !done => Piece::Bytes(bytes),
            value if done => {
                // The buffer comes back with the end.
                value.iter().for_each(|value| self.give_back(value));
                Piece::End
            }
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

impl Drop for Pieces {
    fn drop(&mut self) {
        // One that is still lent has no bytes here.
        if let Pieces::Lent { buffer, .. } = self
            && buffer.byte_length() == LENT_BYTES
        {
            SPARE.with_borrow_mut(|spare| {
                if spare.len() < MOST_SPARE {
                    spare.push(buffer.clone());
                }
            });
        }
    }
}
