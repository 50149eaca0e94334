//! Every golden case that numcodecs wrote decodes to what numcodecs read, and no damaged one decodes to anything else
//! without an error, where a checksum or a length can tell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation)]

use base64::Engine as _;
use serde_json::Value;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::meta::CodecSpec;

struct Case {
    id: String,
    codecs: Vec<CodecSpec>,
    dtype: DType,
    len: u64,
    encoded: Vec<u8>,
    decoded: Vec<u8>,
}

fn bytes(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default()).expect("base64")
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/codecs/cases.json");
    let list: Vec<Value> = serde_json::from_slice(&std::fs::read(path).expect("cases.json")).expect("JSON");
    let read = |case: &Value| {
        // Void types only have a width; the golden bytes are as numpy holds them, so no byte order is swapped.
        let dtype = case["dtype"].as_str().expect("dtype").replace("|V", "|S");
        let (dtype, _) = DType::parse_numpy(&dtype).expect("known dtype");
        let decoded = bytes(&case["decoded"]);
        let codec = CodecSpec::parse_v2(&case["codec"]).map_err(|e| format!("{}: {e}", case["id"])).unwrap();
        Case {
            id: case["id"].as_str().unwrap_or_default().to_string(),
            codecs: vec![CodecSpec::Bytes(Endian::Little), codec],
            dtype,
            len: case["len_elements"].as_u64().expect("len_elements"),
            encoded: bytes(&case["encoded"]),
            decoded,
        }
    };
    list.iter().map(read).collect()
}

fn decode(case: &Case, encoded: Vec<u8>) -> zarrscope::error::Result<Vec<u8>> {
    let size = case.dtype.size();
    // Some cases hold bytes that are no whole number of elements: they are decoded as bytes.
    let (len, dtype) = if case.decoded.len() == case.len as usize * size {
        (case.len, case.dtype)
    } else {
        (case.decoded.len() as u64, DType::UInt8)
    };
    decode_chunk(encoded, &case.codecs, &ChunkShape { shape: &[len], dtype, fill: &vec![0; dtype.size()] })
}

#[test]
fn golden_cases() {
    let cases = cases();
    assert!(cases.len() > 300, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        match decode(case, case.encoded.clone()) {
            Ok(bytes) if bytes == case.decoded => {}
            Ok(_) => wrong.push(format!("{}: other bytes", case.id)),
            Err(e) => wrong.push(format!("{}: {e}", case.id)),
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn damaged_cases_end_in_an_error_or_in_as_many_bytes() {
    for case in cases().iter().filter(|c| c.encoded.len() < 3000) {
        let n = case.encoded.len();
        let cuts = (0..n.min(40)).chain(n.saturating_sub(20)..n);
        for cut in cuts {
            if let Ok(bytes) = decode(case, case.encoded[..cut].to_vec()) {
                assert_eq!(bytes.len(), case.decoded.len(), "{} cut to {cut}", case.id);
            }
        }
        for at in (0..n).step_by(1 + n / 64) {
            for bit in 0..8 {
                let mut damaged = case.encoded.clone();
                damaged[at] ^= 1 << bit;
                if let Ok(bytes) = decode(case, damaged) {
                    assert_eq!(bytes.len(), case.decoded.len(), "{} bit {bit} of byte {at}", case.id);
                }
            }
        }
        let mut longer = case.encoded.clone();
        longer.extend([0; 5]);
        if let Ok(bytes) = decode(case, longer) {
            assert_eq!(bytes.len(), case.decoded.len(), "{} made longer", case.id);
        }
    }
}
