//! Rows of design/reliability.md, section 4, that the other hostile tests do not speak of: checksums, gzip members, and
//! readers of one store of whom one leaves. `tests/js/hostile.test.mjs` asks the same of the built package.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::metadata::v3;
use common::{block_on, compute, document, doubles, open, start};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use zarrscope::engine::{Context, run_units};
use zarrscope::error::Code;
use zarrscope::store::MemoryStore;

fn chunked(codecs: Value, chunks: [Vec<u8>; 2]) -> MemoryStore {
    let mut store = v3(json!({"codecs": codecs}));
    for (i, chunk) in chunks.into_iter().enumerate() {
        store.insert(format!("v/c/{i}"), chunk);
    }
    store
}

fn pair(first: i32) -> Vec<u8> {
    [first, first + 1].iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn with_checksum(bytes: Vec<u8>, flip: u32) -> Vec<u8> {
    let sum = crc32c::crc32c(&bytes) ^ flip;
    [bytes, sum.to_le_bytes().to_vec()].concat()
}

#[test]
fn a_wrong_checksum_is_an_error_and_a_right_one_is_not() {
    let codecs = json!(["bytes", "crc32c"]);
    let honest = chunked(codecs.clone(), [with_checksum(pair(1), 0), with_checksum(pair(3), 0)]);
    assert_eq!(doubles(&compute(&mut open(honest), &document("v", json!({}))).unwrap()), [1.0, 2.0, 3.0, 4.0]);
    for bit in 0..32 {
        let broken = chunked(codecs.clone(), [with_checksum(pair(1), 0), with_checksum(pair(3), 1 << bit)]);
        let error = compute(&mut open(broken), &document("v", json!({"steps": [{"op": "sum"}]}))).unwrap_err();
        assert_eq!((error.code(), error.details().chunk.as_deref()), (Code::Checksum, Some("1")), "{error}");
    }
}

#[test]
fn gzip_members_are_one_stream() {
    let member = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let halves = |bytes: Vec<u8>| [member(&bytes[..3]), member(&bytes[3..])].concat();
    let codecs = json!(["bytes", {"name": "gzip", "configuration": {"level": 5}}]);
    let store = chunked(codecs, [halves(pair(1)), halves(pair(3))]);
    assert_eq!(doubles(&compute(&mut open(store), &document("v", json!({}))).unwrap()), [1.0, 2.0, 3.0, 4.0]);
}

/// Two runs over one store: the one that is cancelled ends with `aborted`, the other with its answer.
#[test]
fn cancelling_one_reader_does_not_hurt_the_other() {
    let mut source = open(chunked(json!(["bytes"]), [pair(1), pair(3)]));
    let sum = document("v", json!({"steps": [{"op": "sum"}]}));
    let leaving = start(&mut source, &sum).unwrap();
    let context = Context::default();
    context.cancelled.set(true);
    let work = run_units(&*source.store, leaving.plan(), &[0], &context, |_, _| Ok(()), |_| {});
    assert_eq!(block_on(work).unwrap_err().code(), Code::Aborted);
    assert_eq!(doubles(&compute(&mut source, &sum).unwrap()), [10.0]);
}
