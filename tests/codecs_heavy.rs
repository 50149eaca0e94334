//! The heavy, rare codecs: every golden case decodes to what the reference library gives, bit for bit, and nothing cut or
//! damaged panics, takes more memory than its output and a fixed slack, or more than a moment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use base64::Engine as _;
use common::alloc::{Counting, frugally};
use common::{read_json, root, shared_data};
use serde_json::Value;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::error::{Code, Result};
use zarrscope::meta::CodecSpec;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Case {
    id: String,
    family: String,
    codecs: Vec<CodecSpec>,
    encoded: Vec<u8>,
    decoded: Vec<u8>,
}

fn bytes(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default()).expect("base64")
}

fn cases(file: &str) -> Vec<Case> {
    let list = read_json(&root().join("tests/fixtures/codecs").join(file));
    let read = |case: &Value| {
        let codec = CodecSpec::parse_v2(&case["codec"]).unwrap_or_else(|e| panic!("{}: {e}", case["id"]));
        Case {
            id: case["id"].as_str().expect("id").to_string(),
            family: case["family"].as_str().expect("family").to_string(),
            codecs: vec![CodecSpec::Bytes(Endian::Little), codec],
            encoded: bytes(&case["encoded"]),
            decoded: bytes(&case["decoded"]),
        }
    };
    list.as_array().expect("a list").iter().map(read).collect()
}

/// Element types matter to none of these decoders but for their size: all is decoded as bytes.
fn decode(codecs: &[CodecSpec], encoded: Vec<u8>, len: usize) -> Result<Vec<u8>> {
    decode_chunk(encoded, codecs, &ChunkShape { shape: &[len as u64], dtype: DType::UInt8, fill: &[0] })
}

fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        match decode(&case.codecs, case.encoded.clone(), case.decoded.len()) {
            Ok(bytes) if bytes == case.decoded => {}
            Ok(_) => wrong.push(format!("{}: other bytes", case.id)),
            Err(e) => wrong.push(format!("{}: {e}", case.id)),
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn golden_cases() {
    let cases = cases("heavy.json");
    for (family, at_least) in [("zfpy", 170), ("pcodec", 100), ("imagecodecs_aec", 130), ("imagecodecs_szip", 40)] {
        let n = cases.iter().filter(|c| c.family == family).count();
        assert!(n >= at_least, "{n} cases of {family}");
    }
    check(&cases);
}

#[test]
fn numcodecs_own_fixtures() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("codecs/dev");
    let manifest = read_json(&folder.join("manifest.json"));
    let mut found = Vec::new();
    for case in manifest["cases"].as_array().expect("cases") {
        let id = case["config"]["id"].as_str().unwrap_or_default();
        if matches!(id, "zfpy" | "pcodec") {
            let file =
                |key: &str| std::fs::read(folder.join(case[key]["file"].as_str().expect("file"))).expect("bytes");
            found.push(Case {
                id: case["source"].as_str().expect("source").to_string(),
                family: id.to_string(),
                codecs: vec![CodecSpec::Bytes(Endian::Little), CodecSpec::parse_v2(&case["config"]).expect("codec")],
                encoded: file("encoded"),
                decoded: file("decoded"),
            });
        }
    }
    assert!(found.len() > 60, "only {} cases", found.len());
    check(&found);
}

/// Decodes what may be damaged; if it decodes, to the right length.
fn survives(case: &Case, what: &str, encoded: Vec<u8>) {
    let len = case.decoded.len();
    let what = format!("{} {what}", case.id);
    // GRIB computes in doubles, of values with a bitmap twice, whatever floats come out.
    let expected = 6 * len + encoded.len();
    match frugally(&what, expected, || decode(&case.codecs, encoded, len)) {
        Ok(bytes) => assert_eq!(bytes.len(), len, "{what}"),
        Err(e) => {
            assert!(matches!(e.code(), Code::CorruptChunk | Code::Unsupported | Code::TooLarge), "{what}: {e}");
            assert_eq!(e.details().codec.as_deref(), case.codecs.last().map(CodecSpec::name), "{what}: {e}");
        }
    }
}

fn damage(cases: &[Case]) {
    // A fixed sequence of numbers: each run damages alike.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below.max(1)
    };
    for case in cases.iter().filter(|c| c.encoded.len() < 4000) {
        let n = case.encoded.len();
        for cut in (0..n.min(24)).chain([n / 2, n.saturating_sub(9), n.saturating_sub(1)]) {
            survives(case, &format!("cut to {cut}"), case.encoded[..cut].to_vec());
        }
        let places: Vec<usize> = (0..n.min(20)).chain((0..20).map(|_| random(n))).collect();
        for at in places {
            for value in [case.encoded[at] ^ 1 << random(8), 0, 255, random(256) as u8] {
                let mut encoded = case.encoded.clone();
                encoded[at] = value;
                survives(case, &format!("with {value} at {at}"), encoded);
            }
        }
        survives(case, "behind zeros", [vec![0; 40], case.encoded.clone()].concat());
        survives(case, "without end", [case.encoded.clone(), vec![255; 5000]].concat());
        survives(case, "of noise", (0..n).map(|_| random(256) as u8).collect());
    }
}

#[test]
fn damaged_cases() {
    damage(&cases("heavy.json"));
}

#[test]
fn grib_messages() {
    let cases = cases("grib.json");
    assert!(cases.len() > 150, "only {} messages", cases.len());
    check(&cases);
    damage(&cases);
}
