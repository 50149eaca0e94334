//! Chunks, frames and shards that lie: a named error with its place, and never more memory than the honest chunk takes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::alloc::{Counting, frugally};
use common::{compute, document, doubles, open, read_json, result, root, try_open};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use std::io::Write;
use zarrscope::error::{Code, Error};
use zarrscope::store::MemoryStore;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One chunk of 16 bytes.
const LEN: usize = 16;

/// An array of 16 bytes in one chunk, written so; its chunk's bytes.
fn one_chunk(compressor: Value, filters: Value, chunk: Vec<u8>) -> MemoryStore {
    let mut store = MemoryStore::new();
    let zarray = json!({
        "zarr_format": 2, "shape": [LEN], "chunks": [LEN], "dtype": "|u1", "order": "C", "fill_value": 0,
        "compressor": compressor, "filters": filters,
    });
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    store.insert("v/.zarray", zarray.to_string());
    store.insert("v/0", chunk);
    store
}

/// The error of reading `v`; it names the array and the chunk.
fn error_of(what: &str, store: MemoryStore) -> Error {
    let mut source = open(store);
    let error = frugally(what, LEN, || compute(&mut source, &document("v", json!({"steps": [{"op": "sum"}]}))));
    let error = error.err().unwrap_or_else(|| panic!("{what}: no error"));
    // A store in memory names the key.
    let path = error.details().path.as_deref().unwrap_or_default();
    assert!(path == "v" || path.starts_with("v/"), "{what}: {error}");
    assert_eq!(error.details().chunk.as_deref(), Some("0"), "{what}: {error}");
    error
}

fn refuses(what: &str, code: Code, codec: Option<&str>, store: MemoryStore) {
    let error = error_of(what, store);
    assert_eq!(error.code(), code, "{what}: {error}");
    if codec.is_some() {
        assert_eq!(error.details().codec.as_deref(), codec, "{what}: {error}");
    }
}

#[test]
fn chunks_of_another_length() {
    for len in [0, 1, LEN - 1, LEN + 1, 2 * LEN, 60_000] {
        let store = one_chunk(Value::Null, Value::Null, vec![1; len]);
        let what = format!("{len} bytes");
        let error = error_of(&what, store);
        assert_eq!(error.code(), Code::CorruptChunk, "{error}");
        assert_eq!((error.details().expected, error.details().actual), (Some(LEN as u64), Some(len as u64)));
    }
    // Far too many are not even fetched.
    refuses("50 MB", Code::TooLarge, None, one_chunk(Value::Null, Value::Null, vec![1; 50_000_000]));
}

#[test]
fn empty_garbage_and_cut_frames() {
    for id in ["zlib", "gzip", "zstd", "lz4", "blosc"] {
        let garbage = (0..100u32).map(|i| (i * 37 % 251) as u8).collect::<Vec<_>>();
        for (what, bytes) in
            [("empty", Vec::new()), ("garbage", garbage), ("zeros", vec![0; 100]), ("ones", vec![255; 100])]
        {
            let error = error_of(&format!("{id} {what}"), one_chunk(json!({"id": id}), Value::Null, bytes));
            assert!(matches!(error.code(), Code::CorruptChunk | Code::Unsupported), "{id} {what}: {error}");
            assert_eq!(error.details().codec.as_deref(), Some(id), "{id} {what}: {error}");
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const ZSTD_MAGIC: [u8; 4] = 0xfd2f_b528u32.to_le_bytes();

/// A zstd frame of `blocks` blocks that repeat a byte 128 KiB times, in four bytes each.
fn zstd_bomb(blocks: u32) -> Vec<u8> {
    // No content size; a window of 128 KiB.
    let mut frame = [ZSTD_MAGIC.as_slice(), &[0, 7 << 3]].concat();
    for i in 0..blocks {
        let header = ((128u32 << 10) << 3) | 2 | u32::from(i + 1 == blocks);
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// 100 MB of zeros for a chunk of 16 bytes.
#[test]
fn decompression_bombs() {
    let zeros = vec![0; 100_000_000];
    let (gz, zl) = (gzip(&zeros), zlib(&zeros));
    let smaller = &zeros[..60_000_000];
    let (gz_small, zl_small, zeros_len) = (gzip(smaller), zlib(smaller), zeros.len());
    drop(zeros);
    assert!(gz_small.len() < 64 << 10 && zeros_len > 64 << 20, "small enough to be fetched");
    // The compressed bytes themselves are over what 16 bytes can take: they are not fetched.
    refuses("gzip, 100 MB", Code::TooLarge, None, one_chunk(json!({"id": "gzip"}), Value::Null, gz));
    refuses("zlib, 100 MB", Code::TooLarge, None, one_chunk(json!({"id": "zlib"}), Value::Null, zl));
    for (id, bytes) in [("gzip", &gz_small), ("zlib", &zl_small), ("zstd", &zstd_bomb(800))] {
        let plain = one_chunk(json!({"id": id}), Value::Null, bytes.clone());
        refuses(&format!("{id}, a bomb"), Code::CorruptChunk, Some(id), plain);
        // Behind another compressor the length is not fixed, but it is bounded.
        let outer = one_chunk(json!({"id": id}), json!([{"id": "zstd"}]), bytes.clone());
        refuses(&format!("{id} around zstd, a bomb"), Code::CorruptChunk, Some(id), outer);
    }
    let twice = gzip(&gz_small);
    refuses(
        "a bomb in gzip",
        Code::CorruptChunk,
        Some("zlib"),
        one_chunk(json!({"id": "gzip"}), json!([{"id": "zlib"}]), gzip(&zl_small)),
    );
    refuses(
        "a bomb in a bomb",
        Code::CorruptChunk,
        Some("gzip"),
        one_chunk(json!({"id": "gzip"}), json!([{"id": "gzip"}]), twice),
    );
    // Many members, each of which is honest.
    let members = gzip(&[0; 1000]).repeat(500);
    refuses("gzip members", Code::CorruptChunk, Some("gzip"), one_chunk(json!({"id": "gzip"}), Value::Null, members));
}

#[test]
fn frames_that_claim_gigabytes() {
    let claim = 3u64 << 30;
    let raw_block = [&[(LEN << 3 | 1) as u8, 0, 0][..], &[5; LEN]].concat();
    // One segment, content size in eight bytes; and no content size, but a window of 3 GiB.
    let content = [ZSTD_MAGIC.as_slice(), &[0xe0], &claim.to_le_bytes(), &raw_block].concat();
    let window = [ZSTD_MAGIC.as_slice(), &[0, 21 << 3 | 4], &raw_block].concat();
    refuses(
        "zstd content size",
        Code::CorruptChunk,
        Some("zstd"),
        one_chunk(json!({"id": "zstd"}), Value::Null, content),
    );
    let mut source = open(one_chunk(json!({"id": "zstd"}), Value::Null, window));
    // The claim is allowed by the format; what counts is that nobody believes it.
    let field = frugally("zstd window", LEN, || compute(&mut source, &document("v", json!({}))));
    assert!(field.map_or_else(|e| e.code() == Code::CorruptChunk, |f| doubles(&f) == [5.0; LEN]));
    for declared in [0u32, 15, 17, 3 << 30, u32::MAX] {
        let bytes = [declared.to_le_bytes().as_slice(), &[0xf0, 1], &[9; LEN]].concat();
        refuses("lz4", Code::CorruptChunk, Some("lz4"), one_chunk(json!({"id": "lz4"}), Value::Null, bytes));
    }
}

/// A Blosc frame: header, then a body.
fn blosc(version: u8, flags: u8, typesize: u8, sizes: [u32; 3], body: &[u8]) -> Vec<u8> {
    let sizes: Vec<u8> = sizes.iter().flat_map(|n| n.to_le_bytes()).collect();
    [&[version, 1, flags, typesize][..], &sizes, body].concat()
}

#[test]
fn blosc_headers_that_lie() {
    const STORED: u8 = 2;
    const LZ4: u8 = 1 << 5 | 16;
    let (n, all) = (LEN as u32, LEN as u32 + 16);
    let body = [7; LEN];
    let honest = blosc(2, STORED, 1, [n, n, all], &body);
    let mut source = open(one_chunk(json!({"id": "blosc"}), Value::Null, honest));
    assert_eq!(doubles(&result(&mut source, &document("v", json!({})))), [7.0; LEN]);
    let gib = 1u32 << 30;
    // A block's offset and its stream's length, then bytes.
    let block = |start: u32, len: u32| [&start.to_le_bytes()[..], &len.to_le_bytes(), &body].concat();
    let cut = |start, len| blosc(2, LZ4, 1, [n, n, all + 8], &block(start, len));
    for (what, code, frame) in [
        ("nbytes 1 GiB", Code::CorruptChunk, blosc(2, STORED, 1, [gib, n, all], &body)),
        ("nbytes 1 GiB, compressed", Code::CorruptChunk, blosc(2, LZ4, 1, [gib, gib, all], &body)),
        ("nbytes 15", Code::CorruptChunk, blosc(2, STORED, 1, [n - 1, n, all], &body)),
        ("nbytes 0", Code::CorruptChunk, blosc(2, STORED, 1, [0, 0, 16], &[])),
        ("block size 0", Code::CorruptChunk, blosc(2, LZ4, 1, [n, 0, all], &body)),
        ("block size 2^32 - 1", Code::CorruptChunk, blosc(2, LZ4, 1, [n, u32::MAX, all], &body)),
        ("block size 1", Code::CorruptChunk, blosc(2, LZ4, 1, [n, 1, all], &body)),
        ("element size 0", Code::CorruptChunk, blosc(2, LZ4 | 1, 0, [n, n, all], &body)),
        ("element size 255, shuffled", Code::CorruptChunk, blosc(2, 1 << 5 | 1, 255, [n, n, all], &body)),
        ("cbytes over the chunk", Code::CorruptChunk, blosc(2, STORED, 1, [n, n, all + 1], &body)),
        ("cbytes 2^32 - 1", Code::CorruptChunk, blosc(2, STORED, 1, [n, n, u32::MAX], &body)),
        ("cbytes under the chunk", Code::CorruptChunk, blosc(2, STORED, 1, [n, n, all - 1], &body)),
        ("stored, and cut", Code::CorruptChunk, blosc(2, STORED, 1, [n, n, 20], &body[..4])),
        ("a header alone", Code::CorruptChunk, blosc(2, LZ4, 1, [n, n, 16], &[])),
        ("half a header", Code::CorruptChunk, blosc(2, LZ4, 1, [n, n, 16], &[])[..9].to_vec()),
        ("a block in the header", Code::CorruptChunk, cut(3, n)),
        ("a block beyond the end", Code::CorruptChunk, cut(4000, n)),
        ("a block at 2^32 - 1", Code::CorruptChunk, cut(u32::MAX, n)),
        ("a stream longer than the chunk", Code::CorruptChunk, cut(20, 1000)),
        ("a stream of 2^32 - 1", Code::CorruptChunk, cut(20, u32::MAX)),
        ("an empty stream", Code::CorruptChunk, cut(20, 0)),
        ("version 0", Code::Unsupported, blosc(0, STORED, 1, [n, n, all], &body)),
        ("version 9", Code::Unsupported, blosc(9, STORED, 1, [n, n, all], &body)),
        ("compressor 7", Code::Unsupported, blosc(2, 7 << 5, 1, [n, n, all], &body)),
    ] {
        refuses(what, code, Some("blosc"), one_chunk(json!({"id": "blosc"}), Value::Null, frame));
    }
}

const EMPTY: u64 = u64::MAX;

/// A shard of 2 × 8 bytes, with this index; behind gzip it is decoded as a whole.
fn shard(entries: [(u64, u64); 2], at_start: bool, in_gzip: bool, break_crc: bool) -> MemoryStore {
    let mut index: Vec<u8> = entries.iter().flat_map(|(o, n)| [o.to_le_bytes(), n.to_le_bytes()].concat()).collect();
    let crc = crc32c::crc32c(&index) ^ u32::from(break_crc);
    index.extend(crc.to_le_bytes());
    let data: Vec<u8> = (1..=LEN as u8).collect();
    let bytes = if at_start { [index, data].concat() } else { [data, index].concat() };
    sharded(if in_gzip { gzip(&bytes) } else { bytes }, at_start, in_gzip)
}

fn sharded(bytes: Vec<u8>, at_start: bool, in_gzip: bool) -> MemoryStore {
    let location = if at_start { "start" } else { "end" };
    let mut codecs = json!([{"name": "sharding_indexed", "configuration": {"chunk_shape": [8],
        "codecs": ["bytes"], "index_codecs": ["bytes", "crc32c"], "index_location": location}}]);
    if in_gzip {
        codecs.as_array_mut().unwrap().push(json!({"name": "gzip", "configuration": {"level": 5}}));
    }
    let mut store = MemoryStore::new();
    let array = json!({
        "zarr_format": 3, "node_type": "array", "shape": [LEN], "data_type": "uint8", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [LEN]}},
        "chunk_key_encoding": {"name": "default"}, "codecs": codecs, "attributes": {},
    });
    store.insert("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#);
    store.insert("v/zarr.json", array.to_string());
    store.insert("v/c/0", bytes);
    store
}

const WAYS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

#[test]
fn shard_indexes_that_lie() {
    for (at_start, in_gzip) in WAYS {
        let base = if at_start { 36 } else { 0 };
        let shard = |a: (u64, u64), b: (u64, u64)| shard([a, b], at_start, in_gzip, false);
        let (first, second) = ((base, 8), (base + 8, 8));
        let honest: Vec<f64> = (1..=LEN as u8).map(f64::from).collect();
        assert_eq!(doubles(&result(&mut open(shard(first, second)), &document("v", json!({})))), honest);
        let half = result(&mut open(shard((EMPTY, EMPTY), second)), &document("v", json!({})));
        assert_eq!(doubles(&half), [&[0.0; 8], &honest[8..]].concat());
        let shared = result(&mut open(shard(first, first)), &document("v", json!({})));
        assert_eq!(doubles(&shared), [&honest[..8], &honest[..8]].concat(), "two chunks may share their bytes");
        for (what, a, b) in [
            ("offset and length wrap", (EMPTY - 1, 5), second),
            ("a length of 2^32", (base, 1 << 32), (EMPTY, EMPTY)),
            ("an offset of 2^32", (1 << 32, 8), second),
            ("an offset of 2^63", (1 << 63, 8), second),
            ("a length of 2^63", (base, 1 << 63), second),
            ("half empty, offset", (EMPTY, 8), second),
            ("half empty, length", (base, EMPTY), second),
            ("overlapping", (base, 8), (base + 4, 8)),
            ("one within the other", (base, 16), (base + 4, 8)),
            ("beyond the end", (base + 1000, 8), second),
            ("across the end", first, (base + 48, 8)),
            ("too short", (base, 7), second),
            ("too long", first, (base + 8, 9)),
            ("nothing", (base, 0), second),
        ] {
            let what = format!("{what}, index at {}", if at_start { "start" } else { "end" });
            let error = error_of(&what, shard(a, b));
            let code = error.code();
            assert!(code == Code::CorruptChunk || (code == Code::ShortRead && !in_gzip), "{what}: {error}");
        }
    }
}

#[test]
fn shards_that_are_damaged() {
    for (at_start, in_gzip) in WAYS {
        let base = if at_start { 36 } else { 0 };
        let broken = shard([(base, 8), (base + 8, 8)], at_start, in_gzip, true);
        refuses("a wrong checksum", Code::Checksum, None, broken);
        for len in [0, 1, 35, 36] {
            let bytes = vec![3; len];
            let store = sharded(if in_gzip { gzip(&bytes) } else { bytes }, at_start, in_gzip);
            let error = error_of(&format!("a shard of {len} bytes"), store);
            assert!(matches!(error.code(), Code::ShortRead | Code::CorruptChunk | Code::Checksum), "{error}");
        }
    }
}

/// What damage does to a file.
fn damage(bytes: &mut Vec<u8>, kind: u8, at: prop::sample::Index, value: u8) {
    if bytes.is_empty() {
        return bytes.push(value);
    }
    let at = at.index(bytes.len());
    match kind {
        0 => bytes[at] ^= value.max(1),
        1 => bytes.truncate(at),
        2 => bytes.insert(at, value),
        3 => bytes.extend(std::iter::repeat_n(value, at + 1)),
        4 => drop(bytes.remove(at)),
        _ => bytes[at] = value,
    }
}

fn config() -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 3000 };
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Whatever happens to a byte of a store, there is an answer or an error; of chunks also no hunger for memory.
    #[test]
    fn damage_is_an_error_or_an_answer(
        store in any::<prop::sample::Index>(), key in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        kind in 0u8..6, value in any::<u8>(),
    ) {
        thread_local! {
            static STORES: Vec<(MemoryStore, Vec<String>)> = {
                let all = read_json(&root().join("tests/fixtures/stores-made/expected.json"));
                let load = |name: &str| {
                    let here = all.as_object().unwrap().keys().filter_map(|k| k.strip_prefix(&format!("{name}/")));
                    (common::load(&root().join("tests/fixtures/stores-made").join(name)), here.map(str::to_string).collect())
                };
                vec![load("v2.zarr"), load("v3.zarr")]
            };
        }
        let (mut store, arrays) = STORES.with(|s| s[store.index(s.len())].clone());
        let path = arrays[key.index(arrays.len())].clone();
        let keys: Vec<String> = store.keys().filter(|k| k.starts_with(&format!("{path}/"))).map(str::to_string).collect();
        let key = &keys[at.index(keys.len())];
        damage(store.get_mut(key).unwrap(), kind, at, value);
        let is_metadata = key.ends_with(".zarray") || key.ends_with(".zattrs") || key.ends_with(".json");
        // A shape may have become a large one that is still allowed.
        let expected = if is_metadata { 1 << 31 } else { 1 << 20 };
        let asked = document(&path, json!({"decode": value.is_multiple_of(2)}));
        frugally(key, expected, || try_open(store).and_then(|mut source| compute(&mut source, &asked)).is_ok());
    }
}
