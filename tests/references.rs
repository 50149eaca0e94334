//! Kerchunk's references: into real NetCDF files, hostile ones, and what other projects keep in their tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

#[global_allocator]
static ALLOCATOR: common::alloc::Counting = common::alloc::Counting;

use common::alloc::peak;
use common::elements::stored_bytes;
use common::sites::MemorySites;
use common::{block_on, document, read_json, root, shared_data};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;
use zarrscope::engine::Source;
use zarrscope::error::Code;
use zarrscope::store::Storage;

const TABLE: &str = "https://h.example/refs/t.json";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Every array's stored bytes have the hash that numpy computed from the NetCDF files.
fn check_arrays(sites: &MemorySites, source: &mut Source, arrays: &Value, what: &str) {
    for (variable, array) in arrays.as_object().expect("arrays") {
        let field = sites.compute(source, &document(variable, json!({"decode": false})));
        let field = field.unwrap_or_else(|e| panic!("{what}: {variable}: {e}"));
        assert_eq!(json!(field.labels.shape()), array["shape"], "{what}: {variable}");
        assert_eq!(sha256(&stored_bytes(&field)), array["raw_sha256_c_order_le"], "{what}: {variable}");
    }
}

#[test]
fn real_netcdf_in_every_form() {
    let Some(data) = shared_data() else { return };
    let dev = data.join("dev");
    let sites = MemorySites::default();
    sites.put_folder("http://127.0.0.1:8765/netcdf", &dev.join("netcdf"));
    sites.put_folder("http://127.0.0.1:8765/refs", &dev.join("refs"));
    let manifest = read_json(&dev.join("refs/manifest.json"));
    let mut forms = 0;
    sites.put_folder("http://127.0.0.1:8765/unnamed", &dev.join("refs/e1.parq"));
    for set in manifest["references"].as_array().expect("references") {
        for path in set["json"].as_array().expect("json") {
            let url = format!("http://127.0.0.1:8765/{}", path.as_str().expect("path"));
            let mut source = sites.open(&url, &Storage::default()).unwrap_or_else(|e| panic!("{url}: {e}"));
            check_arrays(&sites, &mut source, &set["arrays"], &url);
            forms += 1;
        }
        let url = format!("http://127.0.0.1:8765/{}", set["parquet"].as_str().expect("parquet"));
        let mut source = sites.open(&url, &Storage::default()).unwrap_or_else(|e| panic!("{url}: {e}"));
        check_arrays(&sites, &mut source, &set["arrays"], &url);
        if url.ends_with("e1.parq") {
            // Found by what lies there, too; each record file is fetched once.
            sites.take_log();
            let mut source = sites.open("http://127.0.0.1:8765/unnamed", &Storage::default()).expect("opens");
            check_arrays(&sites, &mut source, &set["arrays"], "unnamed");
            let log = sites.take_log();
            let mut records: Vec<&str> = log.iter().map(|(url, _)| &**url).filter(|u| u.ends_with(".parq")).collect();
            records.sort_unstable();
            let all = records.len();
            records.dedup();
            assert_eq!(all, records.len());
        }
        forms += 1;
    }
    assert_eq!(forms, 15);
}

fn open(table: &Value) -> Result<Source, String> {
    open_text(&table.to_string())
}

fn open_text(table: &str) -> Result<Source, String> {
    let sites = MemorySites::default();
    sites.put(TABLE, table);
    sites.open(TABLE, &Storage::default()).map_err(|e| e.to_string())
}

fn zarray(shape: &[u64], chunks: &[u64]) -> Value {
    json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "|u1", "fill_value": 7, "order": "C",
        "filters": null, "compressor": null})
}

/// The values of `a`, one byte each.
fn values(sites: &MemorySites, table: &Value) -> Result<Vec<u8>, String> {
    sites.put(TABLE, table.to_string());
    let run = || {
        let mut source = sites.open(TABLE, &Storage::default())?;
        sites.take_log();
        sites.compute(&mut source, &document("a", json!({"decode": false})))
    };
    run().map(|field| stored_bytes(&field)).map_err(|e| e.to_string())
}

#[test]
fn ways_to_write_data() {
    let sites = MemorySites::default();
    sites.put("https://h.example/x.bin", &b"0123456789"[..]);
    sites.put("https://h.example/refs/y%20z.bin", &b"yz"[..]);
    let attrs = "{\"units\": \"K\", \"missing\": NaN}";
    let refs = json!({
        ".zgroup": {"zarr_format": 2},
        "a/.zarray": zarray(&[14], &[2]),
        "a/.zattrs": attrs,
        "a/0": ["https://h.example/x.bin", 2, 2],
        "a/1": ["y z.bin"],
        "a/2": "AB",
        "a/3": "base64:AP8=",
        "a/4": "base64:AP8",
        "a/5": ["../x.bin", 3.0, 2.0],
        "a/6": null,
    });
    let expected = b"23yzAB\x00\xff\x00\xff34\x07\x07".to_vec();
    assert_eq!(values(&sites, &refs), Ok(expected.clone()));
    assert_eq!(values(&sites, &json!({"refs": refs, "version": 1})), Ok(expected.clone()));
    assert_eq!(values(&sites, &json!({"refs": refs})), Ok(expected.clone()));
    // As Python writes it, with a bare NaN in nested metadata.
    let nested = json!({"version": 1, "refs": refs})
        .to_string()
        .replace("\"units", "\"units")
        .replace("\"{\\\"units\\\": \\\"K\\\", \\\"missing\\\": NaN}\"", attrs);
    assert!(nested.contains(": NaN}"));
    let source = open_text(&nested).expect("opens");
    assert_eq!(source.tree.array("a").expect("known").attrs["missing"], "NaN");
    // Compressed as a whole.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(nested.as_bytes()).expect("written");
    for (name, bytes) in [
        ("t.json.gz", gzip.finish().expect("gzip")),
        ("t.json.zst", zrip::compress(nested.as_bytes(), 1).expect("zstd")),
    ] {
        let url = format!("https://h.example/{name}");
        sites.put(&url, bytes);
        sites.open(&url, &Storage::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

#[test]
fn templates_and_generated_references() {
    let sites = MemorySites::default();
    for i in 0..3 {
        sites.put(&format!("https://h.example/data/f{i:02}.bin"), format!("{i}abcdefgh"));
    }
    let table = json!({
        "version": 1,
        "templates": {"u": "https://h.example/data", "f": "{{d}}/f{{n}}.bin"},
        "gen": [{
            "key": "a/{{i}}.{{j}}",
            "url": "{{u}}/f{{'%02d' % i}}.bin",
            "offset": "{{(j + 1) * 2}}",
            "length": "2",
            "dimensions": {"i": {"stop": 2}, "j": [0, 1]},
        }],
        "refs": {
            ".zgroup": "{\"zarr_format\": 2}",
            "a/.zarray": zarray(&[3, 4], &[1, 2]),
            "a/2.0": ["{{u}}/f02.bin", 0, 2],
            "a/2.1": ["{{f(d='https://h.example/data', n='00')}}", 0, 2],
        },
    });
    assert_eq!(values(&sites, &table), Ok(b"bcdebcde2a0a".to_vec()));
}

#[test]
fn neighbours_share_a_request() {
    let sites = MemorySites::default();
    let bytes: Vec<u8> = (0..=255).collect();
    sites.put("https://h.example/x.bin", bytes);
    let mut refs = json!({".zgroup": {"zarr_format": 2}, "a/.zarray": zarray(&[100], &[1])});
    for i in 0..100 {
        refs[format!("a/{i}")] = json!(["https://h.example/x.bin", 200 - 2 * i, 1]);
    }
    let expected: Vec<u8> = (0..100).map(|i| 200 - 2 * i).collect();
    assert_eq!(values(&sites, &refs), Ok(expected));
    assert_eq!(sites.take_log().len(), 2, "batches of 64 chunks");
    let mut source = sites.open(TABLE, &Storage::default()).expect("opens");
    let steps = json!({"steps": [{"op": "mean"}]});
    let run = common::start(&mut source, &document("a", steps)).expect("prepared");
    let explain = |workers| block_on(source.explain(&run, workers)).expect("explained");
    let cost = explain(None);
    assert_eq!((cost.requests, cost.requests_are_estimate), (2, true), "batches of 64 chunks at most");
    assert_eq!((cost.bytes_to_fetch, cost.bytes_to_fetch_is_estimate), (198, false));
    let cost = explain(Some(1));
    assert_eq!((cost.requests, cost.requests_are_estimate), (5, false), "and four batches at least");
}

#[test]
fn a_file_that_moved_is_named() {
    let sites = MemorySites::default();
    sites.put("https://h.example/x.bin", &b"0123"[..]);
    let table = |target: Value| json!({".zgroup": {"zarr_format": 2}, "a/.zarray": zarray(&[2], &[2]), "a/0": target});
    let failure = |target: Value| {
        sites.put(TABLE, table(target).to_string());
        let mut source = sites.open(TABLE, &Storage::default()).expect("opens");
        sites.compute(&mut source, &document("a", json!({}))).expect_err("refused").details().clone()
    };
    let moved = failure(json!(["https://h.example/moved.nc?sig=SECRET", 0, 2]));
    assert_eq!((moved.code, moved.url.as_deref()), (Code::NotFound, Some("https://h.example/moved.nc")));
    assert!(!format!("{moved:?}").contains("SECRET"));
    let beyond = failure(json!(["https://h.example/x.bin", 3, 2]));
    assert_eq!(beyond.code, Code::ShortRead);
    assert_eq!(failure(json!(["https://h.example/x.bin", 0, 1u64 << 40])).code, Code::TooLarge);
    assert_eq!(failure(json!(["https://h.example/x.bin", u64::MAX - 10, 10])).code, Code::ShortRead);
    assert_eq!(failure(json!(["file:///etc/passwd"])).code, Code::Forbidden);
    assert_eq!(failure(json!(["memory://x", 0, 2])).code, Code::Unsupported);
    assert_eq!(failure(json!("base64:!!!!")).code, Code::InvalidMetadata);
    assert_eq!(failure(json!("too long to be two bytes")).code, Code::CorruptChunk);
    // The table itself is an object like any other.
    assert_eq!(failure(json!([TABLE, 0, 4])).code, Code::CorruptChunk);
}

#[test]
fn hostile_tables() {
    let gen_of = |dimensions: Value| json!({"version": 1, "refs": {}, "gen": [{"key": "k{{i}}", "url": "u", "dimensions": dimensions}]});
    for (table, code) in [
        (json!({"version": 2, "refs": {}}), "unsupported"),
        (json!({"a": ["u", -1, 2]}), "invalid_metadata"),
        (json!({"a": ["u", 1, -2]}), "invalid_metadata"),
        (json!({"a": ["u", u64::MAX, 2]}), "invalid_metadata"),
        (json!({"a": ["u", 0.5, 2]}), "invalid_metadata"),
        (json!({"a": ["u", 1]}), "invalid_metadata"),
        (json!({"a": ["u", 1, 2, 3]}), "invalid_metadata"),
        (json!({"a": [null, 1, 2]}), "invalid_metadata"),
        (json!({"a": []}), "invalid_metadata"),
        (json!({"a": [["u"]]}), "invalid_metadata"),
        (json!({"a": 3}), "invalid_metadata"),
        (json!({"refs": [1]}), "invalid_metadata"),
        (json!([{"version": 1, "refs": {}}]), "unsupported"),
        (json!({}), "not_found"),
        (gen_of(json!({"i": {"stop": 1_000_000_000u64}})), "too_large"),
        (gen_of(json!({"i": {"stop": i64::MAX, "start": i64::MIN}})), "too_large"),
        (gen_of(json!({"i": {"stop": 100_000}, "j": {"stop": 100_000}, "k": {"stop": 100_000}})), "too_large"),
        (gen_of(json!({"i": {"stop": 4, "step": 0}})), "invalid_metadata"),
        (gen_of(json!({"j": {"stop": 4}})), "invalid_metadata"),
        (gen_of(json!({"i": {"stop": -4}})), "not_found"),
        (json!({"version": 1, "templates": {"u": "x"}, "refs": {"a": ["{{v}}"]}}), "invalid_metadata"),
        (json!({"version": 1, "templates": {"u": "{% if a %}"}, "refs": {}}), "unsupported"),
    ] {
        let refused = open(&table).err().unwrap_or_default();
        assert!(refused.starts_with(code), "{table}: {refused}");
    }
    for text in ["", "{", "<html>", "{\"a\": [", "nope", "{\"a\": \"\\ud800\"}"] {
        let refused = open_text(text).err().unwrap_or_default();
        assert!(refused.starts_with("invalid_metadata"), "{text}: {refused}");
    }
    let deep = format!("{{\"a\": {}", "[".repeat(100_000));
    assert!(open_text(&deep).is_err());
}

/// Other projects' reference sets open, arrays and all; their data are elsewhere.
#[test]
fn peers_references_are_read() {
    let Some(data) = shared_data() else { return };
    let mut read = 0;
    for folder in ["peers/xarray_references", "peers/kerchunk"] {
        for entry in std::fs::read_dir(data.join(folder)).expect("folder") {
            let path = entry.expect("entry").path();
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            // Kerchunk's scan of a GRIB file gives a list of sets.
            let sets = match read_json(&path) {
                Value::Array(sets) => sets,
                one => vec![one],
            };
            for set in sets {
                let source = open(&set).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert!(!source.tree.arrays.is_empty(), "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read >= 12, "{read}");
}

/// Files and references as Kerchunk makes them, values as the files' own libraries read them.
#[test]
fn files_that_kerchunk_scanned() {
    let folder = root().join("tests/fixtures/references");
    let sites = MemorySites::default();
    sites.put_folder("https://h.example/r", &folder);
    let expected = read_json(&folder.join("expected.json"));
    for (name, arrays) in expected.as_object().expect("sets").iter().filter(|(name, _)| *name != "rows") {
        for form in ["json", "parq"] {
            let url = format!("https://h.example/r/{name}.{form}");
            if form == "parq" && !folder.join(format!("{name}.parq")).exists() {
                continue;
            }
            let mut source = sites.open(&url, &Storage::default()).unwrap_or_else(|e| panic!("{url}: {e}"));
            for (path, array) in arrays.as_object().expect("arrays") {
                let what = format!("{url}: {path}");
                let variable = if path.is_empty() { "/" } else { path };
                match sites.compute(&mut source, &document(variable, json!({"decode": false}))) {
                    Ok(field) => {
                        assert_eq!(json!(field.labels.shape()), array["shape"], "{what}");
                        assert_eq!(sha256(&stored_bytes(&field)), array["sha256"], "{what}");
                    }
                    // Codecs of GRIB and TIFF are refused by name where they are not read.
                    Err(e) if matches!(e.code(), Code::UnknownCodec | Code::Unsupported) => {
                        assert!(name == "message", "{what}: {e}");
                    }
                    Err(e) => panic!("{what}: {e}"),
                }
            }
        }
    }
}

/// The same sixty references in the ways that pandas writes Parquet through its two libraries.
#[test]
fn parquet_as_it_is_written() {
    let folder = root().join("tests/fixtures/references");
    let sites = MemorySites::default();
    sites.put_folder("https://h.example/r", &folder);
    let expected = read_json(&folder.join("expected.json"))["rows"]["a"]["values"].clone();
    let mut read = 0;
    for entry in std::fs::read_dir(folder.join("rows")).expect("rows") {
        let name = entry.expect("entry").file_name().into_string().expect("UTF-8");
        let url = format!("https://h.example/r/rows/{name}");
        let mut source = sites.open(&url, &Storage::default()).unwrap_or_else(|e| panic!("{url}: {e}"));
        match sites.compute(&mut source, &document("a", json!({"decode": false}))) {
            Ok(field) => {
                assert_eq!(json!(stored_bytes(&field)), expected, "{name}");
                read += 1;
            }
            Err(e) => {
                assert_eq!(e.code(), Code::Unsupported, "{name}: {e}");
                assert!(name.contains("brotli") || name.contains("delta"), "{name}: {e}");
            }
        }
    }
    assert_eq!(read, 7);
}

/// Whatever is cut off or turned over in a record file: an error or other references, never more.
#[test]
fn spoilt_parquet() {
    let folder = root().join("tests/fixtures/references/rows");
    for name in ["pyarrow-v2", "pyarrow-plain", "fastparquet-category", "pyarrow-snappy"] {
        let sites = MemorySites::default();
        sites.put_folder("https://h.example/r/t.parq", &folder.join(format!("{name}.parq")));
        let url = "https://h.example/r/t.parq/a/refs.0.parq";
        let good = std::fs::read(folder.join(format!("{name}.parq/a/refs.0.parq"))).expect("file");
        let ask = |bytes: Vec<u8>| {
            sites.put(url, bytes);
            let mut source = sites.open("https://h.example/r/t.parq", &Storage::default()).expect("opens");
            sites.compute(&mut source, &document("a", json!({"select": {"dim_0": {"start": 0, "stop": 1}}}))).is_err()
        };
        for len in (0..good.len()).step_by(7) {
            assert!(ask(good[..len].to_vec()), "{name} cut at {len}");
        }
        for at in 0..good.len() {
            for flip in [0xff, 0x80, 1] {
                let mut spoilt = good.clone();
                spoilt[at] ^= flip;
                ask(spoilt);
            }
        }
    }
}

/// A table that somebody really has: many chunks of many files. It takes its document once, and little more.
#[test]
fn many_references_in_little_memory() {
    const N: usize = 200_000;
    let mut document = format!("{{\"version\": 1, \"refs\": {{\"a/.zarray\": {}", zarray(&[N as u64], &[1]));
    for i in 0..N {
        let file = i / 24;
        document += &format!(",\"a/{i}\": [\"https://h.example/data/of/hours/{file:06}.nc\", {}, 1]", 1000 * (i % 24));
    }
    document += "}}";
    let sites = MemorySites::default();
    let len = document.len();
    sites.put(TABLE, document);
    let (source, most) = peak(|| sites.open(TABLE, &Storage::default()).map(drop));
    assert_eq!(source.err().map(|e| e.code()), Some(Code::NotFound), "there is no group");
    assert!(most < len + 140 * N, "{most} bytes for a document of {len}");
}
