//! Metadata that lies or explodes: a named error, at once, without memory to speak of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::alloc::{Counting, SLACK, frugally};
use common::metadata::{v2, v3, with};
use common::{block_on, compute, document, doubles, open, result, start, try_open};
use serde_json::{Value, json};
use zarrscope::engine::Source;
use zarrscope::error::{Code, Error};
use zarrscope::store::MemoryStore;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const K40: u64 = 1 << 40;

fn grid(chunks: Value) -> Value {
    json!({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}}})
}

/// The error of reading `v`, whole and reduced, at whatever stage it comes.
fn error_of(what: &str, store: MemoryStore) -> Error {
    frugally(what, 0, || {
        let mut source = match try_open(store) {
            Ok(source) => source,
            Err(e) => return e,
        };
        let values = compute(&mut source, &document("v", json!({})));
        let mean = compute(&mut source, &document("v", json!({"steps": [{"op": "mean"}]})));
        match (values, mean) {
            (Err(values), Err(mean)) => {
                assert_eq!(values.code(), mean.code(), "{what}: values and mean");
                values
            }
            (values, mean) => panic!("{what}: no error: {values:?}, {mean:?}"),
        }
    })
}

fn refuses(code: Code, store: MemoryStore, what: &Value) {
    let error = error_of(&what.to_string(), store);
    assert_eq!(error.code(), code, "{what}: {error}");
    assert!(error.details().message.len() < 1000, "{what}: a message of {} bytes", error.details().message.len());
}

#[test]
fn shapes_that_cannot_be() {
    let many = vec![1; 1000];
    for (code, members) in [
        (Code::TooLarge, json!({"shape": [K40], "chunks": [K40]})),
        (Code::TooLarge, json!({"shape": [K40, K40], "chunks": [K40, K40]})),
        (Code::TooLarge, json!({"shape": [10], "chunks": [u64::MAX]})),
        (Code::TooLarge, json!({"shape": [10, 10], "chunks": [1u64 << 63, 4]})),
        (Code::TooLarge, json!({"shape": many, "chunks": many})),
        (Code::InvalidMetadata, json!({"chunks": [0]})),
        (Code::InvalidMetadata, json!({"chunks": [-2]})),
        (Code::InvalidMetadata, json!({"shape": [-4]})),
        (Code::InvalidMetadata, json!({"shape": [1.5]})),
        (Code::InvalidMetadata, json!({"shape": [1e300]})),
        (Code::InvalidMetadata, json!({"shape": "4"})),
        (Code::InvalidMetadata, json!({"shape": null})),
        (Code::InvalidMetadata, json!({"shape": [4, 4]})),
        (Code::InvalidMetadata, json!({"chunks": [[2]]})),
    ] {
        refuses(code, v2(members.clone()), &members);
        let mut members = members;
        if let Some(chunks) = members.as_object_mut().unwrap().remove("chunks") {
            members = with(members, grid(chunks));
        }
        refuses(code, v3(members.clone()), &members);
    }
}

#[test]
fn members_that_cannot_be() {
    for (code, members) in [
        (Code::Unsupported, json!({"dtype": "garbage"})),
        (Code::Unsupported, json!({"dtype": "<f3"})),
        (Code::Unsupported, json!({"dtype": "<i99999999999999999999"})),
        (Code::Unsupported, json!({"dtype": "|S4294967295"})),
        (Code::InvalidMetadata, json!({"dtype": [["a", "<i4"]]})),
        (Code::InvalidMetadata, json!({"dtype": [["a", "<i4"], ["a", "<i4"]], "fill_value": null})),
        (Code::Unsupported, json!({"dtype": [["a", "|O"]], "fill_value": null})),
        (Code::Unsupported, json!({"dtype": "|O", "fill_value": null})),
        (Code::Unsupported, json!({"dtype": "|O", "fill_value": null, "filters": [{"id": "pickle"}]})),
        (Code::InvalidMetadata, json!({"dtype": null})),
        (Code::InvalidMetadata, json!({"dtype": ""})),
        (Code::InvalidMetadata, json!({"fill_value": "nonsense"})),
        (Code::InvalidMetadata, json!({"fill_value": 1e300})),
        (Code::InvalidMetadata, json!({"fill_value": [1, 2]})),
        (Code::InvalidMetadata, json!({"order": "Q"})),
        (Code::InvalidMetadata, json!({"dimension_separator": "#"})),
        (Code::InvalidMetadata, json!({"zarr_format": 4})),
        (Code::InvalidMetadata, json!({"filters": 3})),
        (Code::InvalidMetadata, json!({"compressor": {"level": 3}})),
        (Code::InvalidMetadata, json!({"compressor": "zlib"})),
        (Code::InvalidMetadata, json!({"filters": [{"id": "shuffle", "elementsize": -1}]})),
        (Code::UnknownCodec, json!({"compressor": {"id": "no-such"}})),
    ] {
        refuses(code, v2(members.clone()), &members);
    }
    let shard = |inner: Value, index: Value| {
        json!([{"name": "sharding_indexed", "configuration":
            {"chunk_shape": inner, "codecs": ["bytes"], "index_codecs": index}}])
    };
    for (code, members) in [
        (Code::Unsupported, json!({"data_type": "int7"})),
        (Code::Unsupported, json!({"data_type": {"name": "structured", "configuration": {}}})),
        (
            Code::Unsupported,
            json!({"data_type": {"name": "null_terminated_bytes", "configuration": {"length_bytes": K40}}}),
        ),
        (Code::Unsupported, json!({"chunk_grid": {"name": "rectilinear"}})),
        (Code::Unsupported, json!({"chunk_key_encoding": {"name": "hilbert"}})),
        (Code::Unsupported, json!({"storage_transformers": [{"name": "x"}]})),
        (Code::Unsupported, json!({"something_new": {"name": "x"}})),
        (Code::InvalidMetadata, json!({"codecs": null})),
        (Code::InvalidMetadata, json!({"codecs": [7]})),
        (Code::InvalidMetadata, json!({"node_type": "planet"})),
        (Code::InvalidMetadata, json!({"attributes": 3})),
        (Code::InvalidMetadata, json!({"dimension_names": ["a", "b"]})),
        (Code::InvalidMetadata, json!({"codecs": shard(json!([0]), json!(["bytes"]))})),
        (Code::InvalidMetadata, json!({"codecs": shard(json!([1]), json!(["bytes", "zstd"]))})),
        (Code::UnknownCodec, json!({"codecs": ["bytes", {"name": "numcodecs.no-such"}]})),
    ] {
        refuses(code, v3(members.clone()), &members);
    }
}

/// Chains that no chunk can pass; nothing needs to be fetched to know it.
#[test]
fn codec_chains_that_cannot_be() {
    let shard = |inner: Value| {
        json!({"name": "sharding_indexed", "configuration":
            {"chunk_shape": inner, "codecs": ["bytes"], "index_codecs": ["bytes"]}})
    };
    let transpose = |order: Value| json!({"name": "transpose", "configuration": {"order": order}});
    for (code, members) in [
        (Code::InvalidMetadata, json!({"codecs": [shard(json!([3]))]})),
        (Code::InvalidMetadata, json!({"codecs": [shard(json!([1, 1]))]})),
        (Code::InvalidMetadata, json!({"codecs": ["bytes", "bytes"]})),
        (Code::InvalidMetadata, json!({"codecs": []})),
        (Code::InvalidMetadata, json!({"codecs": ["zstd"]})),
        (Code::InvalidMetadata, json!({"codecs": [transpose(json!([0, 0])), "bytes"]})),
        (
            Code::TooLarge,
            with(with(json!({"shape": [K40]}), grid(json!([K40]))), json!({"codecs": [shard(json!([1]))]})),
        ),
    ] {
        let mut store = v3(members.clone());
        for chunk in 0..2 {
            store.insert(format!("v/c/{chunk}"), vec![0; 64]);
        }
        refuses(code, store, &members);
    }
    let mut store = v3(json!({"codecs": [transpose(json!([1, 0])), "bytes"]}));
    store.insert("v/c/0", vec![0; 8]);
    let error = error_of("transpose of another rank", store);
    assert!(matches!(error.code(), Code::CorruptChunk | Code::InvalidMetadata), "{error}");
}

#[test]
fn documents_that_are_no_json() {
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let texts: [&[u8]; 8] = [
        nested.as_bytes(),
        objects.as_bytes(),
        b"",
        b"{",
        b"<!doctype html><title>404</title>",
        &[0xff, 0xfe, 0x00],
        br#"{"zarr_format": 2, "shape": [NaN]}"#,
        br#"{"a": "\ud800"}"#,
    ];
    for text in texts {
        let what = String::from_utf8_lossy(text).chars().take(30).collect::<String>();
        for key in [".zmetadata", "zarr.json", ".zarray"] {
            let mut store = MemoryStore::new();
            store.insert(key, text);
            let error = frugally(&what, 0, || try_open(store).err().expect("no store"));
            assert_eq!(error.code(), Code::InvalidMetadata, "{key} {what}: {error}");
        }
        let mut store = v2(json!({}));
        store.insert("v/.zattrs", text);
        // Attributes may hold a NaN.
        if !what.contains("NaN") && !what.contains("shape") {
            // One spoilt array does not close the store.
            let source = frugally(&what, 0, || try_open(store).expect("a store"));
            let error = source.tree.array("v").unwrap().readable().expect_err("no attributes");
            assert_eq!(error.code(), Code::InvalidMetadata, ".zattrs {what}: {error}");
            assert!(source.tree.array("ok").unwrap().readable().is_ok());
        }
    }
    assert_eq!(try_open(MemoryStore::new()).err().map(|e| e.code()), Some(Code::NotFound));
}

#[test]
fn a_bare_nan_is_a_fill_value() {
    for text in ["NaN", "-Infinity", "Infinity"] {
        let mut store = v2(json!({}));
        let zarray = format!(
            r#"{{"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<f4", "order": "C", "fill_value": {text},
                "compressor": null, "filters": null}}"#
        );
        store.insert("v/.zarray", zarray);
        let field = result(&mut open(store), &document("v", json!({"decode": false})));
        let expected: f64 = text.parse().unwrap();
        assert!(doubles(&field).iter().all(|x| x.to_bits() == expected.to_bits() || (x.is_nan() && expected.is_nan())));
    }
}

/// One array that cannot be read leaves the others alone, and says what it would need.
#[test]
fn an_unknown_codec_is_named_when_it_is_needed() {
    let nosuch = json!({"compressor": {"id": "nosuch", "level": 8}});
    let nested = json!({"codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [1],
        "codecs": ["bytes", {"name": "numcodecs.nosuch", "configuration": {}}], "index_codecs": ["bytes"]}}]});
    for (store, name) in [
        (v2(nosuch), "nosuch"),
        (v3(json!({"codecs": ["bytes", {"name": "numcodecs.nosuch", "configuration": {}}]})), "numcodecs.nosuch"),
        (v3(nested), "numcodecs.nosuch"),
    ] {
        let mut source = open(store);
        assert_eq!(doubles(&result(&mut source, &document("ok", json!({})))).len(), 4);
        let error = compute(&mut source, &document("v", json!({}))).expect_err("not known");
        assert_eq!(error.code(), Code::UnknownCodec);
        assert_eq!(error.details().codec.as_deref(), Some(name));
        assert_eq!(error.details().path.as_deref(), Some("v"));
        assert!(error.details().message.contains(name), "{error}");
    }
}

/// What opening and planning five million chunks takes; a few of them can be read, and a unit of them at a time.
#[test]
fn five_million_chunks_of_one() {
    let mut source = open(v2(json!({"shape": [5_000_000], "chunks": [1]})));
    let document = |members: Value| document("v", members);
    let steps = json!([{"op": "sum"}]);
    let mut run = frugally("planning a sum", 0, || {
        let run = start(&mut source, &document(json!({"decode": false, "steps": steps}))).expect("starts");
        let cost = block_on(source.explain(&run, Some(8))).expect("adds up");
        assert_eq!((cost.chunks, cost.bytes_to_fetch_is_estimate), (5_000_000, false));
        run
    });
    let few = document(json!({"decode": false, "select": {"dim_0": {"start": 4_000_000, "stop": 4_000_010}}}));
    assert_eq!(doubles(&frugally("ten of them", 0, || result(&mut source, &few))), [7.0; 10]);
    frugally("a unit", SLACK, || {
        let plan = run.plan().clone();
        let add = |ordinal, partial| run.add(ordinal, partial);
        let context = zarrscope::engine::Context::default();
        block_on(zarrscope::engine::run_units(&*source.store, &plan, &[0], &context, add, |_| {})).expect("works");
    });
}

/// Every second of sixteen million chunks: the plan must not list them.
#[test]
fn a_step_over_small_chunks_is_not_listed() {
    let mut source = open(v2(json!({"shape": [1 << 24], "chunks": [1]})));
    let members = json!({"select": {"dim_0": {"step": 2}}, "steps": [{"op": "mean"}]});
    frugally("planning", 0, || start(&mut source, &document("v", members)).map(|_| ()).ok());
}

/// More chunks than anybody will ever fetch: refused by name, before a unit lists its chunks.
#[test]
fn more_chunks_than_can_be_fetched_are_refused() {
    let mut source = open(v2(json!({"shape": [1u64 << 50], "chunks": [1]})));
    match start(&mut source, &document("v", json!({"steps": [{"op": "mean"}]}))) {
        Err(e) => assert_eq!(e.code(), Code::TooLarge, "{e}"),
        Ok(run) => {
            let most = run.plan().unit_chunks(0);
            assert!(most <= 1 << 22, "a unit of {most} chunks, each of which it would list");
        }
    }
}

/// Costs are told of whatever can be planned.
#[test]
fn costs_do_not_overflow() {
    for (shape, chunk) in [(1u64 << 62, 1u64 << 61), (1 << 62, 1 << 50), (1 << 63, 1 << 30), (u64::MAX, 1 << 63)] {
        let mut source: Source = open(v2(json!({"shape": [shape], "chunks": [chunk], "dtype": "<f8"})));
        for step in [json!({"op": "mean"}), json!({"op": "histogram"})] {
            let run = start(&mut source, &document("v", json!({"steps": [step]})));
            match run.and_then(|run| block_on(source.explain(&run, None))) {
                Ok(cost) => assert!(cost.chunks >= 1 && cost.memory_bytes > 0),
                Err(e) => assert_eq!(e.code(), Code::TooLarge, "{e}"),
            }
        }
    }
}
