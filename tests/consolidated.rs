//! Consolidated metadata as people write it: what stands twice, what is no JSON but Python's, what is cut short, groups in
//! groups; and that nodes stay text until they are asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::block_on;
use serde_json::{Value, json};
use std::rc::Rc;
use zarrscope::engine::{Piece, Source, describe_arrays, describe_groups};
use zarrscope::error::{Code, Result};
use zarrscope::meta::{MAX_NODES, Tree, open};
use zarrscope::store::{Address, MemoryStore, Storage};

const ZARRAY: &str = r#"{"zarr_format":2,"shape":[4],"chunks":[2],"dtype":"<f4","fill_value":NaN,"order":"C","filters":null,"compressor":null}"#;
const V3: &str = r#""zarr_format":3,"node_type":"array","shape":[4],"data_type":"float32","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[2]}},"chunk_key_encoding":{"name":"default"},"fill_value":0,"codecs":["bytes"]"#;

fn store(key: &str, text: &str) -> MemoryStore {
    let mut store = MemoryStore::new();
    store.insert(key, text.as_bytes());
    store
}

fn v2(entries: &str) -> Result<Tree> {
    block_on(open(&store(".zmetadata", &format!(r#"{{"zarr_consolidated_format":1,"metadata":{{{entries}}}}}"#))))
}

fn v3(entries: &str) -> Result<Tree> {
    block_on(open(&store("zarr.json", &v3_root(entries))))
}

fn v3_root(entries: &str) -> String {
    format!(
        r#"{{"consolidated_metadata":{{"kind":"inline","must_understand":false,"metadata":{{{entries}}}}},"zarr_format":3,"node_type":"group","attributes":{{"title":"root"}}}}"#
    )
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.arrays.paths().collect()
}

/// What the border tells of a store's arrays.
fn told(key: &str, text: &str) -> Vec<Value> {
    let address = Address::resolve("https://example.org/a.zarr", &Storage::default()).unwrap();
    let source = block_on(Source::open(address, Rc::new(store(key, text)))).unwrap();
    let mut all = Vec::new();
    describe_arrays(&source, &mut |piece| all.extend(documents(&piece))).unwrap();
    describe_groups(&source, &mut |piece| all.extend(documents(&piece))).unwrap();
    all
}

fn documents(piece: &Piece) -> Vec<Value> {
    let mut start = 0;
    let ends = piece.ends.iter().map(|&end| end as usize);
    let read = |end| serde_json::from_slice(&piece.text[std::mem::replace(&mut start, end)..end]).unwrap();
    let documents: Vec<Value> = ends.map(read).collect();
    let paths: Vec<Value> = serde_json::from_slice(&piece.paths).unwrap();
    assert_eq!(documents.iter().map(|document| document["path"].clone()).collect::<Vec<_>>(), paths);
    documents
}

#[test]
fn the_last_of_the_same_name_counts() {
    let other = ZARRAY.replace("[4]", "[8]");
    let tree = v2(&format!(
        r#""a/.zarray":{ZARRAY},"a/.zattrs":{{"n":1,"n":2}},"b/.zarray":{ZARRAY},"a/.zarray":{other},"a/.zattrs":{{"m":1,"m":3}}"#
    ))
    .unwrap();
    assert_eq!(paths(&tree), ["a", "b"]);
    let array = tree.array("a").unwrap();
    assert_eq!((array.shape.as_slice(), &array.attrs["m"], array.attrs.len()), (&[8][..], &json!(3), 1));

    let tree = v3(&format!(
        r#""g":{{"zarr_format":3,"node_type":"group","consolidated_metadata":{{"metadata":{{"gone":{{{V3}}}}}}}}},"g":{{{V3}}}"#
    ))
    .unwrap();
    assert_eq!(paths(&tree), ["g"]);
    // The last of the two documents has no metadata: then there are none.
    let twice = v3_root(&format!(r#""a":{{{V3}}}"#)).replace(
        r#""zarr_format":3,"node_type":"group""#,
        r#""consolidated_metadata":{"metadata":{}},"zarr_format":3,"node_type":"group""#,
    );
    assert!(block_on(open(&store("zarr.json", &twice))).unwrap().arrays.is_empty());
}

#[test]
fn a_byte_order_mark_bare_numbers_and_wide_integers() {
    let attrs = r#"{"_FillValue":NaN,"range":[-Infinity,Infinity],"id":9007199254740993,"big":18446744073709551615,"text":"NaN \" 9007199254740993"}"#;
    let text = format!(
        "\u{feff}{{\"metadata\":{{\".zgroup\":{{\"zarr_format\":2}},\".zattrs\":{attrs},\"a/.zarray\":{ZARRAY},\"a/.zattrs\":{attrs}}}}}\n"
    );
    let tree = block_on(open(&store(".zmetadata", &text))).unwrap();
    let array = tree.array("a").unwrap();
    assert_eq!(array.attrs["_FillValue"], "NaN");
    assert_eq!(array.attrs["range"], json!(["-Infinity", "Infinity"]));
    assert_eq!(array.attrs["id"], json!(9_007_199_254_740_993_i64));
    assert!(array.problem.is_none() && f32::from_le_bytes(array.fill[..].try_into().unwrap()).is_nan());

    // JavaScript would round them: they cross as text, of arrays and of groups, from text and from values.
    let v3_text = v3_root(&format!(r#""a":{{{V3},"attributes":{attrs}}}"#)).replace(r#"{"title":"root"}"#, attrs);
    let single = format!(r#"{{{V3},"attributes":{attrs}}}"#);
    for document in [told(".zmetadata", &text), told("zarr.json", &v3_text), told("zarr.json", &single)].concat() {
        let attrs = &document["attrs"];
        assert_eq!(attrs["id"], "9007199254740993", "{document}");
        assert_eq!(attrs["big"], "18446744073709551615");
        assert_eq!(attrs["range"], json!(["-Infinity", "Infinity"]));
        assert_eq!(attrs["text"], "NaN \" 9007199254740993");
    }
}

#[test]
fn arrays_are_told_in_brief_as_they_are_read() {
    let attrs = r#"{"units":"degrees_north","long_name":"latitude","_ARRAY_DIMENSIONS":["y"]}"#;
    let nc = r#"{"_nczarr_array":{"dimension_references":["/y"],"storage":"chunked"},"units":"K"}"#;
    let text = format!(
        r#"{{"metadata":{{"y/.zarray":{ZARRAY},"y/.zattrs":{attrs},"v/.zarray":{ZARRAY},"v/.zattrs":{nc},"w/.zarray":{ZARRAY},"spoilt/.zarray":{ZARRAY},"spoilt/.zattrs":[1],"worse/.zarray":{{"zarr_format":2 2}}}}}}"#
    );
    let told = told(".zmetadata", &text);
    let of = |path: &str| told.iter().find(|d| d["path"] == path && d.get("dims").is_some()).unwrap();
    assert_eq!((&of("y")["role"], &of("y")["dims"]), (&json!("latitude"), &json!(["y"])));
    assert_eq!(of("y")["attrs"]["long_name"], "latitude");
    assert_eq!((&of("v")["dims"], &of("v")["coordinates"]), (&json!(["y"]), &json!(["y"])));
    assert_eq!(of("v")["attrs"], json!({"units": "K"}));
    assert_eq!((&of("w")["dims"], &of("w")["attrs"], &of("w")["bytes"]), (&json!(["dim_0"]), &json!({}), &json!(16.0)));
    for spoilt in ["spoilt", "worse"] {
        assert_eq!(of(spoilt)["problem"]["code"], "invalid_metadata", "{spoilt}");
        let tree = block_on(open(&store(".zmetadata", &text))).unwrap();
        assert_eq!(tree.array(spoilt).unwrap().readable().unwrap_err().code(), Code::InvalidMetadata);
    }
}

/// What arrays share is told once for all; what depends on a name, a group or an attribute is each array's own.
#[test]
fn arrays_that_are_alike_differ_in_what_is_their_own() {
    let named = ZARRAY.replace("[4]", "[2]");
    let attrs = |more: &str| format!(r#"{{"_ARRAY_DIMENSIONS":["y"]{more}}}"#);
    let plain = attrs("");
    let text = format!(
        r#"{{"metadata":{{"g/y/.zarray":{named},"g/y/.zattrs":{plain},"g/lat/.zarray":{named},"g/lat/.zattrs":{plain},"g/v/.zarray":{named},"g/v/.zattrs":{},"h/v/.zarray":{named},"h/v/.zattrs":{},"h/lat/.zarray":{named},"h/lat/.zattrs":{},"h/w/.zattrs":{},"h/w/.zarray":{ZARRAY}}}}}"#,
        attrs(r#","coordinates":"lat lon""#),
        attrs(r#","coordinates":"lat lon","n":9007199254740993"#),
        attrs(r#","units":"K""#),
        attrs(r#","\u0075nits":"days since 2000-01-01""#),
    );
    let told = told(".zmetadata", &text);
    let own = |path: &str| {
        let array = told.iter().find(|d| d["path"] == path && d.get("dims").is_some()).unwrap();
        assert_eq!((&array["group"], &array["name"]), (&json!(path[..1]), &json!(path[2..])));
        json!([array["role"], array["coordinates"], array["shape"], array["bytes"]])
    };
    assert_eq!(own("g/y"), json!([null, ["g/y"], [2], 8.0]));
    assert_eq!(own("g/lat"), json!(["latitude", ["g/y"], [2], 8.0]));
    assert_eq!(own("g/v"), json!([null, ["g/y", "lat", "lon"], [2], 8.0]));
    assert_eq!(own("h/v"), json!([null, ["lat", "lon"], [2], 8.0]));
    assert_eq!(own("h/lat"), json!([null, [], [2], 8.0]));
    assert_eq!(own("h/w"), json!(["time", [], [4], 16.0]));
}

#[test]
fn groups_in_groups_and_the_order_of_paths() {
    let group = |inner: &str| {
        format!(
            r#"{{"zarr_format":3,"attributes":{{"n":1}},"consolidated_metadata":{{"metadata":{{{inner}}}}},"node_type":"group"}}"#
        )
    };
    let deep = group(&format!(r#""c":{},"z":{{{V3}}}"#, group(&format!(r#""/d/":{{{V3}}}"#))));
    let tree = v3(&format!(r#""b":{deep},"a":{{{V3}}},"b/flat":{{{V3}}},"empty":{}"#, group(""))).unwrap();
    assert_eq!(paths(&tree), ["a", "b/c/d", "b/flat", "b/z"]);
    assert_eq!(tree.groups.paths().collect::<Vec<_>>(), ["", "b", "b/c", "empty"]);
    assert_eq!(tree.groups.get("b").unwrap().attrs["n"], 1);
    assert_eq!(tree.groups.get("").unwrap().attrs["title"], "root");
    let right_below = |group: &str| tree.arrays.in_group(group).map(|a| a.path.clone()).collect::<Vec<_>>();
    assert_eq!((right_below(""), right_below("b")), (vec!["a".to_string()], vec!["b/flat".to_string(), "b/z".into()]));
    assert!(tree.array("b/c/d").unwrap().readable().is_ok());
}

/// A node that nobody asks for is not read: what is spoilt in one says nothing of the others.
#[test]
fn nodes_are_read_when_they_are_asked_for() {
    for spoilt in [r#"{"zarr_format":2,"shape":[01x]}"#, r#"{"zarr_format":2,"shape":[1],]"#, "[]", "NaN"] {
        let tree = v2(&format!(r#""a/.zarray":{spoilt},"b/.zarray":{ZARRAY}"#)).unwrap();
        assert!(tree.array("b").unwrap().readable().is_ok());
        let broken = tree.array("a").unwrap().readable().unwrap_err();
        assert_eq!((broken.code(), broken.details().path.as_deref()), (Code::InvalidMetadata, Some("a")), "{spoilt}");
    }
    // A bracket too many or too few ends the walk: that is no JSON at all.
    for spoilt in [r#"{"zarr_format":2}}"#, r#"{"shape":[1"#, r#"{"zarr_format":2"#] {
        let error = v2(&format!(r#""a/.zarray":{spoilt},"b/.zarray":{ZARRAY}"#)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidMetadata, "{spoilt}");
    }
}

#[test]
fn every_cut_is_an_error() {
    let v2_text =
        format!(r#"{{"metadata":{{".zgroup":{{"zarr_format":2}},"a/.zarray":{ZARRAY},"a/.zattrs":{{"t":"x\"y"}}}}}}"#);
    let v3_text = v3_root(&format!(r#""a":{{{V3}}}"#));
    for (key, text) in [(".zmetadata", &v2_text), ("zarr.json", &v3_text)] {
        assert!(block_on(open(&store(key, text))).is_ok());
        for end in 1..text.len() {
            let error = block_on(open(&store(key, &text[..end]))).expect_err("cut short");
            assert_eq!(error.code(), Code::InvalidMetadata, "{}", &text[..end]);
        }
        for more in ["}", "{}", "x"] {
            assert!(block_on(open(&store(key, &format!("{text}{more}")))).is_err(), "{more}");
        }
    }
}

#[test]
fn too_many_nodes_are_refused_by_name() {
    let entries = vec![r#""a":1"#; MAX_NODES + 1].join(",");
    assert_eq!(v3(&entries).unwrap_err().code(), Code::TooLarge);
    let entries = vec![r#""a/.zattrs":1"#; 3 * MAX_NODES + 1].join(",");
    assert_eq!(v2(&entries).unwrap_err().code(), Code::TooLarge);
}
