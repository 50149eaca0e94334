//! Tables of references: Kerchunk's, Icechunk's, and ZIP files.

use super::{fixtures, short};
use crate::repository::{
    CONFIG, MANIFEST, MANIFEST_FILE, REF, REPO, REPO_FILE, REVISION_SHIFT, SNAPSHOT, SNAPSHOT_FILE, V1, V2, VERSION_1,
    config, message_of,
};
use serde_json::{Value, json};
use std::fs::{read, read_dir};
use std::path::{Path, PathBuf};

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
}

fn zarray(shape: &[u64], chunks: &[u64]) -> Value {
    json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "|u1", "fill_value": 7, "order": "C", "filters": null,
        "compressor": null})
}

pub(crate) fn kerchunk() -> Vec<Vec<u8>> {
    let folder = fixtures("references");
    let files = entries(&folder).into_iter().filter(|p| p.extension().is_some_and(|e| e == "json"));
    let mut seeds: Vec<Vec<u8>> =
        files.filter(|p| !p.ends_with("expected.json")).filter_map(|p| read(p).ok()).collect();
    let object = "https://h.example/x.bin";
    let refs = json!({
        ".zgroup": {"zarr_format": 2}, "a/.zarray": zarray(&[14], &[2]), "a/.zattrs": "{\"units\": \"K\"}",
        "a/0": [object, 2, 2], "a/1": ["y z.bin"], "a/2": "AB", "a/3": "base64:AP8=", "a/4": "base64:AP8",
        "a/5": ["../x.bin", 3.0, 2.0], "a/6": null, "a/7": [object, 250, 9], "b/.zgroup": "{\"zarr_format\": 2}", "b//c": "x",
    });
    let templates = json!({
        "version": 1,
        "templates": {"u": "https://h.example", "f": "{{d}}/{{n}}.bin"},
        "gen": [{
            "key": "a/{{i}}.{{j}}", "url": "{{u}}/{{'%s%02d' % ('x', i)}}.bin", "offset": "{{(j + 1) * 2 // 3 - 0 % 5}}", "length": "2",
            "dimensions": {"i": {"start": 0, "stop": 4, "step": 2}, "j": [0, 1]},
        }],
        "refs": {
            ".zgroup": "{\"zarr_format\": 2}", "a/.zarray": zarray(&[3, 4], &[1, 2]), "a/2.0": ["{{u}}/x.bin", 0, 2],
            "a/2.1": ["{{f(d='https://h.example', n='x')}}", 0, 2], "a/1.1": ["{{ '{:03d}{1}'.format(-3|int, u) ~ u }}"],
        },
    });
    let v3 = json!({"refs": {"zarr.json": {"zarr_format": 3, "node_type": "group"}, "g/zarr.json": {"zarr_format": 3,
        "node_type": "group", "attributes": {"x": "NaN"}}}, "version": "1"});
    seeds.extend(
        [refs.to_string(), json!({"version": 1, "refs": refs}).to_string(), templates.to_string()].map(Vec::from),
    );
    seeds.push(v3.to_string().replace("\"NaN\"", "NaN").into_bytes());
    seeds.push(br#"[{"version": 1, "refs": {}}]"#.to_vec());
    short(seeds)
}

/// Record files alone, and the first of each set behind its `.zmetadata`.
pub(crate) fn parquet() -> Vec<Vec<u8>> {
    let records = |folder: &Path| super::named(folder, "refs.0.parq");
    let rows = fixtures("references/rows");
    let alone = records(&rows).into_iter().filter_map(|p| Some([&[0], &read(p).ok()?[..]].concat()));
    let mut seeds: Vec<Vec<u8>> = alone.collect();
    for folder in entries(&fixtures("references")).into_iter().filter(|p| p.extension().is_some_and(|e| e == "parq")) {
        let metadata = read(folder.join(".zmetadata")).unwrap_or_default();
        let first = records(&folder).first().and_then(|p| read(p).ok()).unwrap_or_default();
        seeds.push([&metadata, &[0][..], &first].concat());
    }
    seeds.retain(|seed| seed.len() <= 8000);
    seeds
}

/// Each file as it is and unpacked.
pub(crate) fn icechunk() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (files, version) in [(V1, VERSION_1), (V2, 0)] {
        for (path, file) in files {
            let (as_message, as_file) = match path.split('/').next() {
                Some("repo") => (REPO, REPO_FILE),
                Some("snapshots") => (SNAPSHOT, SNAPSHOT_FILE),
                Some("manifests") => (MANIFEST, MANIFEST_FILE),
                _ => {
                    seeds.push([file, &[REF][..]].concat());
                    continue;
                }
            };
            seeds.push([file, &[as_file | version][..]].concat());
            for revision in if as_message == REPO { 0..3 } else { 0..1 } {
                seeds.push([&message_of(file)[..], &[as_message | version | revision << REVISION_SHIFT]].concat());
            }
        }
    }
    seeds.push([&config()[..], &[CONFIG]].concat());
    seeds
}

/// "hello hello hello hello", deflated without a wrapping.
const DEFLATED: [u8; 10] = [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0x01];

/// A ZIP file: entries with name, method, data as stored, and length unpacked. Wide ones are ZIP64, whose entries and whose
/// directory's offset say so many bytes more than there are.
fn zipped(entries: &[(&str, u16, &[u8], u32)], comment: &str, wide: Option<u64>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let word = |n: usize| u32::try_from(n).expect("small").to_le_bytes();
    let half = |n: usize| u16::try_from(n).expect("small").to_le_bytes();
    for (name, method, packed, unpacked) in entries {
        let offset = bytes.len();
        let lengths = [word(packed.len()), unpacked.to_le_bytes()].concat();
        bytes.extend([b"PK\x03\x04\x14\0\0\0", &method.to_le_bytes()[..], &[0; 8], &lengths].concat());
        bytes.extend([&half(name.len()), &[3, 0][..], name.as_bytes(), b"abc", packed].concat());
        directory.extend([b"PK\x01\x02\x14\0\x14\0\0\0", &method.to_le_bytes()[..], &[0; 8]].concat());
        if let Some(more) = wide {
            let sizes = [u64::from(*unpacked) + more, packed.len() as u64 + more];
            let numbers = [sizes[0], sizes[1], offset as u64].map(u64::to_le_bytes).concat();
            directory
                .extend([&[0xff; 8], &half(name.len())[..], &[28, 0], &[0; 10], &[0xff; 4], name.as_bytes()].concat());
            directory.extend([&[1, 0, 24, 0], &numbers[..]].concat());
        } else {
            directory.extend([&lengths, &half(name.len())[..], &[0; 12], &word(offset), name.as_bytes()].concat());
        }
    }
    let (start, len, count) = (bytes.len(), directory.len(), entries.len());
    let mut end = Vec::new();
    if let Some(more) = wide {
        let (count, len, start) = (count as u64, len as u64, start as u64 + more);
        let numbers = [count, count, len, start].map(u64::to_le_bytes).concat();
        end.extend([b"PK\x06\x06", &44u64.to_le_bytes()[..], &[45, 0, 45, 0], &[0; 8], &numbers].concat());
        end.extend([b"PK\x06\x07\0\0\0\0", &(start + len).to_le_bytes()[..], &[1, 0, 0, 0]].concat());
        end.extend([b"PK\x05\x06\0\0\0\0", &[0xff; 12][..], &half(comment.len())].concat());
    } else {
        let sizes = [word(len), word(start)].concat();
        end.extend([b"PK\x05\x06\0\0\0\0", &half(count)[..], &half(count), &sizes, &half(comment.len())].concat());
    }
    [&bytes, &directory, &end[..], comment.as_bytes()].concat()
}

pub(crate) fn zip() -> Vec<Vec<u8>> {
    let array = zarray(&[4], &[2]).to_string();
    let array_len = u32::try_from(array.len()).expect("small");
    let group = br#"{"zarr_format": 2}"#;
    let store = [
        (".zgroup", 0, &group[..], 18),
        ("a/.zarray", 0, array.as_bytes(), array_len),
        ("a/", 0, &[], 0),
        ("a/0", 8, &DEFLATED, 23),
        ("a/1", 0, &[1, 2], 2),
    ];
    let nested = [("s.zarr/.zgroup", 0, &group[..], 18), ("__MACOSX/x", 0, &[1], 1), ("s.zarr/b/0", 8, &DEFLATED, 23)];
    let odd = [("zarr.json", 12, &[0; 4][..], 4), ("./b", 0, b"old", 3), ("b", 0, b"new", 3)];
    vec![
        zipped(&store, "", None),
        zipped(&store, "a comment PK\x05\x06 with a trap", Some(0)),
        zipped(&nested, "", None),
        zipped(&odd, "", Some(0)),
        zipped(&store[..1], "", Some(5_000_000)),
        zipped(&store[..1], "", Some(u64::MAX - 70_000)),
        zipped(&[], "", None),
    ]
}
