//! What `explain` tells, beside what the same run then costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::{block_on, document, load, root, run_pass, start};
use futures::future::{FutureExt, LocalBoxFuture, ready};
use serde_json::{Value, json};
use std::cell::Cell;
use std::rc::Rc;
use zarrscope::engine::{Progress, Source, with_results};
use zarrscope::error::Result;
use zarrscope::meta::ArrayMeta;
use zarrscope::plan::Cost;
use zarrscope::reduce::Field;
use zarrscope::store::{Address, ByteRange, MemoryStore, Sizes, Storage, Store};

/// What a store tells besides bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tells {
    Listings,
    Sizes,
    Nothing,
}

/// A store that counts.
struct Counting {
    objects: MemoryStore,
    tells: Tells,
    requests: Cell<u64>,
    bytes: Cell<u64>,
    questions: Cell<u64>,
}

impl Store for Counting {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        async move {
            self.requests.set(self.requests.get() + 1);
            let bytes = self.objects.get(key, range, limit_bytes).await?;
            self.bytes.set(self.bytes.get() + bytes.as_ref().map_or(0, Vec::len) as u64);
            Ok(bytes)
        }
        .boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        self.objects.list(prefix)
    }

    fn sizes<'a>(&'a self, prefix: &'a str, max_pages: u64) -> LocalBoxFuture<'a, Result<Option<Sizes>>> {
        self.questions.set(self.questions.get() + 1);
        if self.tells == Tells::Listings {
            return self.objects.sizes(prefix, max_pages);
        }
        ready(Ok(None)).boxed_local()
    }

    fn size<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<u64>>> {
        self.questions.set(self.questions.get() + 1);
        match self.tells {
            Tells::Sizes => self.objects.size(key),
            _ => ready(Err(zarrscope::error::unsupported("HEAD"))).boxed_local(),
        }
    }
}

struct Stage {
    store: Rc<Counting>,
    source: Source,
}

/// A run as it was.
#[derive(Debug)]
struct Ran {
    requests: u64,
    bytes: u64,
    decoded: u64,
    field: Field,
}

impl Stage {
    fn new(objects: MemoryStore, tells: Tells) -> Self {
        let (requests, bytes, questions) = (Cell::default(), Cell::default(), Cell::default());
        let store = Rc::new(Counting { objects, tells, requests, bytes, questions });
        let address = Address::resolve("https://store.example/s.zarr", &Storage::default()).expect("an address");
        let source = block_on(Source::open(address, store.clone())).expect("opens");
        Stage { store, source }
    }

    fn folder(path: &str, tells: Tells) -> Self {
        Self::new(load(&root().join(path)), tells)
    }

    fn explain(&mut self, document: &Value) -> Cost {
        let run = start(&mut self.source, document).expect("prepared");
        let outline = run.outline(&[]).expect("outlined");
        with_results(block_on(self.source.explain(&run, Some(2))).expect("explained"), &[], &[outline])
    }

    fn run(&mut self, document: &Value) -> Ran {
        let mut run = start(&mut self.source, document).expect("prepared");
        let before = (self.store.requests.get(), self.store.bytes.get());
        let mut decoded = 0;
        loop {
            decoded += run_pass(&self.source, &mut run).expect("runs");
            match run.advance(&[]).expect("finished") {
                (Progress::Done(field), _) => {
                    let (requests, bytes) = (self.store.requests.get() - before.0, self.store.bytes.get() - before.1);
                    return Ran { requests, bytes, decoded, field: *field };
                }
                (Progress::Part(_), _) => panic!("a part"),
                (Progress::Another, next) => run = next.expect("a pass with a plan"),
            }
        }
    }

    /// Explains, runs, and compares: what is no estimate is exact.
    fn check(&mut self, document: &Value) -> (Cost, Ran) {
        let (cost, ran) = (self.explain(document), self.run(document));
        assert_eq!(cost.output_shape, ran.field.labels.shape(), "{document}");
        if !cost.requests_are_estimate {
            assert_eq!(cost.requests, ran.requests, "requests of {document}");
        }
        let path = document["variable"].as_str().expect("a path");
        let codecs = self.source.tree.array(path).expect("an array").into_owned().codecs;
        let asked = codecs.iter().any(|c| c.is_compressor() || c.name() == "sharding_indexed");
        if !asked && ran.decoded < cost.bytes_to_decode {
            // Nobody asks whether what is not compressed is there: missing chunks count.
            assert!(!cost.bytes_to_fetch_is_estimate && cost.bytes_to_fetch > ran.bytes, "{document}");
        } else if !cost.bytes_to_fetch_is_estimate {
            assert_eq!(cost.bytes_to_fetch, ran.bytes, "bytes of {document}");
            assert_eq!(cost.bytes_to_decode, ran.decoded, "decoded bytes of {document}");
        }
        (cost, ran)
    }
}

const OSTIA: &str = "www/samples/ostia.v3.sharded.zarr";
const MADE: &str = "tests/fixtures/stores-made/v3.zarr";

/// Documents over an array of these dimensions: all of it, a corner, one position, every third, by groups.
fn documents(variable: &str, meta: &ArrayMeta) -> Vec<Value> {
    let mut all = vec![document(variable, json!({})), document(variable, json!({"steps": [{"op": "count"}]}))];
    for (dim, _) in meta.dims.iter().zip(&meta.shape).filter(|(_, len)| **len > 1) {
        let selected = |form: Value| document(variable, json!({"select": {dim.as_str(): form}}));
        all.extend([
            selected(json!({"index": 0})),
            selected(json!({"stop": 2})),
            selected(json!({"step": 3})),
            selected(json!({"index": [0, -1]})),
            document(
                variable,
                json!({"steps": [{"op": "coarsen", "windows": {dim.as_str(): 2}, "boundary": "trim"}, {"op": "max"}]}),
            ),
        ]);
    }
    all
}

#[test]
fn shards_cost_what_their_indexes_say() {
    let mut seen = 0;
    for (folder, tells) in [(OSTIA, Tells::Nothing), (MADE, Tells::Listings), (MADE, Tells::Nothing)] {
        let mut stage = Stage::folder(folder, tells);
        let paths: Vec<String> = stage.source.tree.arrays.paths().map(str::to_string).collect();
        for path in paths {
            let meta = stage.source.tree.array(&path).expect("an array").into_owned();
            if meta.codecs.len() != 1 || meta.codecs[0].name() != "sharding_indexed" {
                continue;
            }
            seen += 1;
            for document in documents(&path, &meta) {
                let (cost, _) = stage.check(&document);
                assert!(!cost.requests_are_estimate && !cost.bytes_to_fetch_is_estimate, "{document}");
            }
        }
    }
    assert!(seen > 12, "{seen} sharded arrays");
}

#[test]
fn listings_and_questions_tell_sizes() {
    for folder in ["www/samples/e1.v2.zstd.zarr", "www/samples/coads.v3.gzip-transpose.zarr", MADE] {
        for tells in [Tells::Listings, Tells::Sizes, Tells::Nothing] {
            let mut stage = Stage::folder(folder, tells);
            let paths: Vec<String> = stage.source.tree.arrays.paths().map(str::to_string).collect();
            let mut exact = 0;
            for path in paths {
                let meta = stage.source.tree.array(&path).expect("an array").into_owned();
                if meta.readable().is_err() || !meta.readable().is_ok_and(zarrscope::array::DType::is_real) {
                    continue;
                }
                for document in documents(&path, &meta) {
                    let (cost, ran) = stage.check(&document);
                    exact += u32::from(!cost.bytes_to_fetch_is_estimate);
                    if tells == Tells::Listings && meta.codecs.iter().all(|c| c.name() != "sharding_indexed") {
                        assert!(!cost.bytes_to_fetch_is_estimate, "{document}");
                    }
                    assert_eq!(ran.requests > 0, cost.requests > 0);
                }
            }
            assert!(exact > 0 || tells == Tells::Nothing, "{folder}");
        }
    }
}

/// Sixty chunks of zlib's stored blocks, some of them longer than others, some missing.
fn many(n: u64) -> MemoryStore {
    let mut store = MemoryStore::new();
    let meta = json!({
        "zarr_format": 2, "shape": [n * 100], "chunks": [100], "dtype": "<f8", "order": "C", "fill_value": 0,
        "compressor": {"id": "zlib", "level": 1}, "filters": null
    });
    store.insert("v/.zarray", meta.to_string());
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    for chunk in (0..n).filter(|chunk| chunk % 5 != 0) {
        let bytes = vec![0u8; 800];
        let mut stored = vec![0x78, 0x01];
        let pieces = 1 + chunk as usize % 3;
        for (i, piece) in bytes.chunks(800 / pieces + 1).enumerate() {
            let len = piece.len() as u16;
            stored.push(u8::from(i + 1 == pieces));
            stored.extend(len.to_le_bytes());
            stored.extend((!len).to_le_bytes());
            stored.extend(piece);
        }
        // Adler-32 of zeros: the sum of ones is 1, that of the sums is their number.
        stored.extend(((bytes.len() as u32) << 16 | 1).to_be_bytes());
        store.insert(format!("v/{chunk}"), stored);
    }
    store
}

#[test]
fn a_few_sizes_stand_for_many() {
    let mean = document("v", json!({"steps": [{"op": "mean"}]}));
    let mut stage = Stage::new(many(400), Tells::Sizes);
    let (cost, ran) = stage.check(&mean);
    assert_eq!((cost.requests, cost.requests_are_estimate), (400, false));
    assert!(cost.bytes_to_fetch_is_estimate);
    assert!((cost.bytes_to_fetch as f64 / ran.bytes as f64 - 1.0).abs() < 0.2, "{} {}", cost.bytes_to_fetch, ran.bytes);
    let asked = stage.store.questions.get();
    assert!(asked <= 17, "{asked} questions");
    assert_eq!(stage.explain(&mean), cost);
    assert_eq!(stage.store.questions.get(), asked, "answers are kept");

    let (cost, _) = Stage::new(many(400), Tells::Listings).check(&mean);
    assert_eq!((cost.bytes_to_fetch_is_estimate, cost.bytes_to_decode), (false, 320 * 800));
    let guessed = Stage::new(many(400), Tells::Nothing).explain(&mean);
    assert_eq!((guessed.bytes_to_fetch, guessed.bytes_to_fetch_is_estimate), (400 * 400, true));
}

/// An uncompressed array: nothing needs to be asked, nor where it ends inside a chunk, nor where chunks differ in length.
#[test]
fn what_is_not_compressed_has_a_known_length() {
    let mut store = MemoryStore::new();
    store.insert("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#);
    let array = |shape: Value, grid: Value, codecs: Value| {
        json!({
            "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "float32", "fill_value": 0,
            "chunk_grid": grid, "chunk_key_encoding": {"name": "default"}, "codecs": codecs,
        })
    };
    let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let even = json!({"name": "regular", "configuration": {"chunk_shape": [4]}});
    store.insert("even/zarr.json", array(json!([10]), even, json!([bytes])).to_string());
    (0..3).for_each(|i| store.insert(format!("even/c/{i}"), vec![0; 16]));
    let edges = json!({"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[1, 2, 5]]}});
    let codecs = json!([bytes, {"name": "crc32c"}]);
    store.insert("uneven/zarr.json", array(json!([8]), edges, codecs).to_string());
    for (i, len) in [1usize, 2, 5].into_iter().enumerate() {
        let mut chunk = vec![0u8; 4 * len];
        chunk.extend(crc32c::crc32c(&chunk).to_le_bytes());
        store.insert(format!("uneven/c/{i}"), chunk);
    }
    let mut stage = Stage::new(store, Tells::Nothing);
    for (path, bytes) in [("even", 48), ("uneven", 4 * 8 + 3 * 4)] {
        let (cost, _) = stage.check(&document(path, json!({"steps": [{"op": "mean"}]})));
        assert_eq!((cost.bytes_to_fetch, cost.bytes_to_fetch_is_estimate), (bytes, false), "{path}");
    }
    assert_eq!(stage.store.questions.get(), 0);
}

/// Shards beyond the bound: the figures of some, scaled.
#[test]
fn many_shards_are_estimated_from_some() {
    let mut store = MemoryStore::new();
    let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let sharding = json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [2], "codecs": [bytes], "index_codecs": [bytes], "index_location": "end",
    }});
    let meta = json!({
        "zarr_format": 3, "node_type": "array", "shape": [4000], "data_type": "float32", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}},
        "chunk_key_encoding": {"name": "default"}, "codecs": [sharding],
    });
    store.insert("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#);
    store.insert("v/zarr.json", meta.to_string());
    for i in (0..1000).filter(|i| i % 4 != 0) {
        // The second inner chunk lies far behind the first, or was never written.
        let gap = 100_000u64;
        let mut shard = vec![0u8; 8 + gap as usize + 8];
        let second = if i % 3 == 0 { [u64::MAX, u64::MAX] } else { [8 + gap, 8] };
        for word in [0, 8].into_iter().chain(second) {
            shard.extend(u64::to_le_bytes(word));
        }
        store.insert(format!("v/c/{i}"), shard);
    }
    let mut stage = Stage::new(store, Tells::Nothing);
    let (cost, ran) = stage.check(&document("v", json!({"steps": [{"op": "mean"}]})));
    assert!(cost.requests_are_estimate && cost.bytes_to_fetch_is_estimate);
    let near = |told: u64, true_one: u64| (told as f64 / true_one as f64 - 1.0).abs() < 0.2;
    assert!(near(cost.requests, ran.requests), "{} {}", cost.requests, ran.requests);
    assert!(near(cost.bytes_to_fetch, ran.bytes), "{} {}", cost.bytes_to_fetch, ran.bytes);
    assert!(near(cost.bytes_to_decode, ran.decoded), "{} {}", cost.bytes_to_decode, ran.decoded);
}

#[test]
fn warnings_say_what_to_do() {
    let mut store = MemoryStore::new();
    let array = |shape: Value, chunks: Value| {
        json!({
            "zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f4", "order": "C", "fill_value": 0,
            "compressor": null, "filters": null
        })
        .to_string()
    };
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    store.insert("one/.zarray", array(json!([20_000_000]), json!([20_000_000])));
    store.insert("tiny/.zarray", array(json!([20_000]), json!([10])));
    store.insert("large/.zarray", array(json!([20_000_000]), json!([1_000_000])));
    let mut stage = Stage::new(store, Tells::Nothing);
    let mut warnings = |path: &str, members: Value| stage.explain(&document(path, members)).warnings.join("\n");
    let mean = json!({"steps": [{"op": "mean"}]});
    assert!(warnings("one", mean.clone()).contains("one chunk, which one worker decodes (80 MB)"));
    assert!(warnings("one", json!({"select": {"dim_0": {"index": 7}}})).contains("hold 20000000 times"));
    assert!(warnings("tiny", mean.clone()).contains("2000 requests bring 40 B each"));
    assert!(warnings("large", json!({"steps": [{"op": "median"}]})).contains("take 20000000 values at once"));
    assert!(warnings("large", json!({"steps": [{"op": "histogram"}]})).contains("read 2 times, 80 MB each time"));
    assert_eq!(warnings("large", mean), "");
}
