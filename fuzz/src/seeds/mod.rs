//! First inputs, made of the repository's own fixtures each time: only what fuzzing adds to them is kept in `corpus/`.

mod codecs;
mod tables;

pub(crate) use codecs::{aec, bare, family, filters, grib, jpeg2000, lzma, objects, places, szip};
pub(crate) use tables::{icechunk, kerchunk, parquet, zip};

use crate::TARGETS;
use serde_json::{Map, Value, json};
use std::fs::{create_dir_all, read, read_dir, write};
use std::io::Result;
use std::path::{Path, PathBuf};

/// Seeds longer than this are left out: short ones are mutated better.
const LONGEST: usize = 6000;

/// Writes every target's seeds into a folder of its name.
///
/// # Errors
/// What the file system says.
pub fn write_seeds(folder: &Path) -> Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        create_dir_all(&folder)?;
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for (i, seed) in seeds.iter().enumerate() {
            write(folder.join(format!("seed-{i:03}")), seed)?;
        }
    }
    Ok(())
}

fn fixtures(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(path)
}

/// All files of that name below a folder, in order of their paths.
fn named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            found.extend(named(&path, name));
        } else if path.file_name().is_some_and(|n| n == name) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn made(name: &str) -> Vec<PathBuf> {
    named(&fixtures("stores-made"), name)
}

fn short(seeds: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    seeds.into_iter().filter(|s| s.len() <= LONGEST).collect()
}

fn with_attrs(zarray: &Path) -> Vec<u8> {
    let zattrs = read(zarray.with_file_name(".zattrs")).unwrap_or_default();
    [read(zarray).unwrap_or_default(), vec![0], zattrs].concat()
}

pub(crate) fn v2() -> Vec<Vec<u8>> {
    short(made(".zarray").iter().map(|p| with_attrs(p)))
}

/// What no fixture has: edges of chunks, and two encodings of keys.
fn extensions() -> impl Iterator<Item = Vec<u8>> {
    let grid =
        |edges: Value| json!({"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": edges}});
    let keys = json!({"name": "suffix", "configuration": {"suffix": ".x", "base_encoding": {"name": "fanout",
        "configuration": {"max_children": 11}}}});
    let codecs = json!([{"name": "cast_value", "configuration": {"data_type": "int8", "rounding": "towards-zero",
        "out_of_range": "clamp", "scalar_map": {"decode": [[0, "NaN"]]}}}, "bytes", "numcodecs.zlib"]);
    let array = |grid: Value, keys: &Value, codecs: &Value| {
        let array = json!({"zarr_format": 3, "node_type": "array", "shape": [9, 4], "data_type": "float64", "fill_value": "NaN",
            "chunk_grid": grid, "chunk_key_encoding": keys, "codecs": codecs, "dimension_names": ["y", null], "attributes": {}});
        array.to_string().into_bytes()
    };
    let edges = [json!([[2, [1, 4], 3], 4]), json!([[[1, 9]], [3, 1]])];
    edges.into_iter().map(move |edges| array(grid(edges), &keys, &codecs))
}

pub(crate) fn v3() -> Vec<Vec<u8>> {
    short(made("zarr.json").iter().map(|p| read(p).unwrap_or_default()).chain(extensions()))
}

fn parsed(path: &Path) -> Option<Value> {
    serde_json::from_slice(&read(path).ok()?).ok()
}

/// A few arrays in one document.
pub(crate) fn v2_consolidated() -> Vec<Vec<u8>> {
    let documents = made(".zarray");
    let consolidate = |some: &[PathBuf]| {
        let mut metadata = Map::new();
        metadata.insert(".zgroup".into(), json!({"zarr_format": 2}));
        for (i, path) in some.iter().enumerate() {
            let name = if i == 0 { "g/a".to_string() } else { format!("a{i}") };
            metadata.insert(format!("{name}/.zarray"), parsed(path).unwrap_or_default());
            metadata.extend(parsed(&path.with_file_name(".zattrs")).map(|attrs| (format!("{name}/.zattrs"), attrs)));
        }
        json!({"zarr_consolidated_format": 1, "metadata": metadata}).to_string().into_bytes()
    };
    short(documents.chunks(4).map(consolidate))
}

pub(crate) fn v3_consolidated() -> Vec<Vec<u8>> {
    let consolidate = |some: &[PathBuf]| {
        let entries: Map<String, Value> = (0..)
            .zip(some)
            .filter_map(|(i, path)| Some((if i == 0 { "g/a".into() } else { format!("a{i}") }, parsed(path)?)))
            .collect();
        let inline = json!({"kind": "inline", "must_understand": false, "metadata": entries});
        let root = json!({"zarr_format": 3, "node_type": "group", "attributes": {}, "consolidated_metadata": inline});
        root.to_string().into_bytes()
    };
    short(made("zarr.json").chunks(4).map(consolidate))
}

/// An array's document, a byte 0, and its shortest chunk.
fn with_chunk(document: &Path, text: Vec<u8>) -> Option<Vec<u8>> {
    fn files(folder: &Path) -> Vec<PathBuf> {
        let paths = read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
        paths.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
    }
    let folder = document.parent()?;
    let mut chunks = files(folder);
    chunks.retain(|p| p.file_name().is_some_and(|n| !n.to_string_lossy().starts_with(".z") && n != "zarr.json"));
    let mut chunks: Vec<Vec<u8>> = chunks.iter().filter_map(|p| read(p).ok()).collect();
    chunks.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    Some([text, vec![0], chunks.into_iter().next()?].concat())
}

pub(crate) fn chunks_v2() -> Vec<Vec<u8>> {
    short(made(".zarray").iter().filter_map(|p| with_chunk(p, read(p).ok()?)))
}

pub(crate) fn chunks_v3() -> Vec<Vec<u8>> {
    short(made("zarr.json").iter().filter_map(|p| with_chunk(p, read(p).ok()?)))
}

/// Shards of four inner chunks of two bytes each, in some layouts.
pub(crate) fn shards() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for layout in 0..8u8 {
        let word = |n: u64| if layout & 4 == 0 { n.to_le_bytes() } else { n.to_be_bytes() };
        let base = if layout & 1 == 0 { 0 } else { 64 + if layout & 2 == 0 { 0 } else { 4 } };
        let mut body = Vec::new();
        for i in 0..4u64 {
            let entry = if i == 2 { (u64::MAX, u64::MAX) } else { (base + 2 * i, 2) };
            body.extend([word(entry.0), word(entry.1)].concat());
        }
        body.extend([1, 2, 3, 4, 5, 6, 7, 8, layout, 0]);
        seeds.push(body);
    }
    for (layout, inner) in [(0x10, 0), (0x20, 64), (0x30, 0), (2, 2), (2, 3), (2, 4), (2, 5), (0x12, 6), (0x22, 7)] {
        seeds.push([&[255; 144][..], &[layout, inner]].concat());
    }
    seeds
}

pub(crate) fn documents() -> Vec<Vec<u8>> {
    let base = |members: Value| {
        let mut map = json!({"version": 1, "source": "https://store.example/s.zarr", "variable": "v"});
        let all = map.as_object_mut().expect("object");
        all.extend(members.as_object().cloned().expect("members"));
        map.to_string().into_bytes()
    };
    [
        json!({}),
        json!({"variable": "packed", "decode": false}),
        json!({"variable": "one"}),
        json!({"variable": "name"}),
        json!({"select": {"time": {"from": "2000-02-28", "to": "2000-03"}, "lat": {"nearest": 3.5}, "lon": {"index": -1}}}),
        json!({"select": {"time": {"nearest": ["2000-02-28T12:00", 3]}, "lat": {"values": [-60, 0.0]}, "lon": {"start": -5, "stop": 4, "step": 2}}}),
        json!({"select": {"lat": {"from": 10}, "lon": {"index": [0, 3, -2]}}, "steps": [{"op": "mean", "dims": ["time"], "skipna": false, "weights": "area"}]}),
        json!({"steps": [{"op": "mean", "weights": "area"}]}),
        json!({"steps": [{"op": "std", "dims": "lat", "ddof": 1}, {"op": "max"}]}),
        json!({"steps": [{"op": "var", "dims": ["lon", "time"], "weights": "/lat"}, {"op": "sum", "minCount": 2}]}),
        json!({"variable": "packed", "steps": [{"op": "count", "dims": []}, {"op": "min", "dims": ["lat"]}]}),
        json!({"steps": [{"op": "histogram", "bins": [0, 1, 5], "density": true}], "precision": "exact"}),
        json!({"steps": [{"op": "mean", "dims": ["lon"]}, {"op": "scale", "factor": 2}], "precision": {"maxBytes": 700, "seed": 3}}),
        json!({"steps": [{"op": "groupby", "by": "time.month"}, {"op": "std"}], "precision": {"relativeError": 0.01}}),
        json!({"variable": "packed", "steps": [{"op": "histogram", "bins": 7, "range": [-1e3, 50], "weights": "area", "dims": ["lon", "lat"]}]}),
        json!({"steps": [{"op": "histogram"}], "storage": {"region": "eu-1", "headers": {"a": "b"}, "query": "x=1"}}),
        json!({"steps": [{"op": "groupby", "by": "time.month"}, {"op": "mean", "weights": "area"}, {"op": "scale", "factor": 2, "units": "m"}]}),
        json!({"steps": [{"op": "groupby", "by": "lat"}, {"op": "anomaly"}, {"op": "quantile", "q": [0.1, 0.5], "dims": ["lon"]}]}),
        json!({"steps": [{"op": "resample", "time": "2MS"}, {"op": "std", "ddof": 1}, {"op": "trend", "dims": ["time"]}]}),
        json!({"variable": "packed", "steps": [{"op": "coarsen", "windows": {"lat": 3, "lon": 2}, "boundary": "pad"}, {"op": "sum"}]}),
        json!({"steps": [{"op": "rolling", "windows": {"lon": 3, "time": 2}, "center": true, "minPeriods": 1}, {"op": "median"}]}),
        json!({"steps": [{"op": "anomaly", "dims": ["time"]}, {"op": "cumsum", "dims": ["lon"]}, {"op": "argmax", "dims": "lat"}]}),
        json!({"steps": [{"op": "correlation", "with": "packed", "dims": ["time"]}]}),
        json!({"steps": [{"op": "subtract", "with": {"version": 1, "source": "https://store.example/s.zarr", "variable": "packed", "steps": [{"op": "mean", "dims": ["time"]}]}}]}),
        json!({"steps": [{"op": "regrid", "method": "conservative", "lat": {"from": -45, "to": 20, "step": 7.5}, "lon": [0, 90, 361]}]}),
        json!({"steps": [{"op": "histogram", "bins": 4, "with": {"variable": "packed", "bins": [0, 5, 50]}, "dims": ["lon"]}]}),
        json!({"source": "s3://bucket/key", "storage": {"endpoint": "https://minio.example:9000"}}),
        json!({"source": "az://container@account.blob/x.zarr?sv=1#a", "steps": [{"op": "sum", "skipna": true}]}),
    ]
    .map(base)
    .to_vec()
}

pub(crate) fn listings() -> Vec<Vec<u8>> {
    let nginx = r##"<html><body><h1>Index of /s/</h1><a href="../">../</a> <a href="SST/">SST/</a><a href='.zgroup'>.zgroup</a>
        <a href="my%20group/">x</a><a href="?C=N;O=D">Name</a><a href="https://elsewhere.example/">x</a></body></html>"##;
    let s3 = r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <NextContinuationToken>1/x==</NextContinuationToken><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>
        <Contents><Key>store/</Key><Size>0</Size></Contents><Contents><Key>store/a/zarr.json</Key></Contents>
        <CommonPrefixes><Prefix>store/my+var%2B1/</Prefix></CommonPrefixes></ListBucketResult>"#;
    let azure =
        "\u{feff}<?xml version=\"1.0\"?><EnumerationResults ContainerName=\"container\"><Prefix>store/</Prefix><Blobs>
        <BlobPrefix><Name>store/SST/</Name></BlobPrefix><Blob><Name>store/a/.zgroup</Name><Properties/></Blob></Blobs>
        <NextMarker>m!</NextMarker></EnumerationResults>";
    let google = r#"{"kind":"storage#objects","nextPageToken":"T","prefixes":["store/SST/","store/a/b c/"],
        "items":[{"name":"store/"},{"name":"store/a/.zgroup","size":"5"},{"name":"elsewhere"}]}"#;
    let entities = r#"<!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><ListBucketResult>&b;</ListBucketResult>"#;
    let mut seeds: Vec<Vec<u8>> = [nginx, s3, azure, google, entities].map(Vec::from).to_vec();
    seeds.push(b"<li><a href=\"./a%2Fb\">a</a>".to_vec());
    seeds
}
