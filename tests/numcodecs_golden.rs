//! numcodecs' own golden files, where they lie beside the repository: every case of a codec that we decode.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::{read_json, shared_data};
use std::collections::BTreeMap;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::meta::CodecSpec;

/// Codecs from or to objects and the floating-point compressors have tests of their own.
const ELSEWHERE: [&str; 9] =
    ["json2", "msgpack2", "vlen-array", "vlen-bytes", "vlen-utf8", "categorize", "pickle", "zfpy", "pcodec"];

#[test]
fn every_golden_file() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("codecs/dev");
    if !folder.is_dir() {
        return;
    }
    let manifest = read_json(&folder.join("manifest.json"));
    let mut right: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in manifest["cases"].as_array().expect("cases") {
        let codec = case["codec"].as_str().expect("codec");
        if ELSEWHERE.contains(&codec) {
            continue;
        }
        let file = |key: &str| std::fs::read(folder.join(case[key]["file"].as_str().expect("file"))).expect("a file");
        let (encoded, decoded) = (file("encoded"), file("decoded"));
        let spec = match CodecSpec::parse_v2(&case["config"]) {
            Ok(spec) => spec,
            Err(e) => {
                wrong.push(format!("{}: {e}", case["source"]));
                continue;
            }
        };
        // The files hold bytes as numpy has them in memory: no byte order is swapped.
        let dtype = case["decoded"]["dtype"].as_str().expect("dtype");
        let (dtype, _) = DType::parse_numpy(dtype).unwrap_or((DType::UInt8, Endian::Little));
        let fill = vec![0; dtype.size()];
        let chunk = ChunkShape { shape: &[(decoded.len() / dtype.size()) as u64], dtype, fill: &fill };
        match decode_chunk(encoded, &[CodecSpec::Bytes(Endian::Little), spec], &chunk) {
            Ok(bytes) if bytes == decoded => *right.entry(codec.to_string()).or_default() += 1,
            Ok(_) => wrong.push(format!("{} {}: other bytes", case["source"], case["config"])),
            Err(e) => wrong.push(format!("{} {}: {e}", case["source"], case["config"])),
        }
    }
    eprintln!("{} right: {right:?}", right.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} wrong, {right:?} right:\n{}", wrong.len(), wrong.join("\n"));
}
