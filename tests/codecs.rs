//! Every golden case that numcodecs wrote decodes to what numcodecs read, and no damaged one decodes to anything else
//! without an error, where a checksum or a length can tell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation)]

mod common;

use base64::Engine as _;
use common::alloc::{Counting, frugally};
use serde_json::Value;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::meta::{CodecSpec, parse_v3_chain};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

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
    let read_list = |name: &str| -> Vec<Value> {
        let path = format!("{}/tests/fixtures/codecs/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("cases")).expect("JSON")
    };
    let list = [read_list("cases"), read_list("more")].concat();
    let read = |case: &Value| {
        // Void types only have a width; the golden bytes are as numpy holds them, so no byte order is swapped.
        let dtype = case["dtype"].as_str().expect("dtype").replace("|V", "|S");
        let (dtype, _) = DType::parse_numpy(&dtype).expect("known dtype");
        let decoded = bytes(&case["decoded"]);
        let codecs = match case["codecs"].as_array() {
            Some(chain) => parse_v3_chain(chain, dtype),
            None => CodecSpec::parse_v2(&case["codec"]).map(|codec| vec![CodecSpec::Bytes(Endian::Little), codec]),
        };
        Case {
            id: case["id"].as_str().unwrap_or_default().to_string(),
            codecs: codecs.map_err(|e| format!("{}: {e}", case["id"])).unwrap(),
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

/// Decodes within the memory of the chunk and its input, and within a moment.
fn frugal(case: &Case, encoded: Vec<u8>) -> zarrscope::error::Result<Vec<u8>> {
    frugally(&case.id, 2 * (case.decoded.len() + encoded.len()), || decode(case, encoded))
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
            if let Ok(bytes) = frugal(case, case.encoded[..cut].to_vec()) {
                assert_eq!(bytes.len(), case.decoded.len(), "{} cut to {cut}", case.id);
            }
        }
        for at in (0..n).step_by(1 + n / 64) {
            for bit in 0..8 {
                let mut damaged = case.encoded.clone();
                damaged[at] ^= 1 << bit;
                if let Ok(bytes) = frugal(case, damaged) {
                    assert_eq!(bytes.len(), case.decoded.len(), "{} bit {bit} of byte {at}", case.id);
                }
            }
        }
        let mut longer = case.encoded.clone();
        longer.extend([0; 5]);
        if let Ok(bytes) = frugal(case, longer) {
            assert_eq!(bytes.len(), case.decoded.len(), "{} made longer", case.id);
        }
    }
}

/// Zeros: 20 MB as bzip2, 200 kB as .xz and .lzma that ask for dictionaries of 64 MiB.
const BOMBS: [(&str, &str); 3] = [
    ("{\"id\": \"bz2\"}", "QlpoOTFBWSZTWb/Kr8QAmS/CAMAAAAgACCAAMMwFKaaqkRRsAoijxdyRThQkL/Kr8QA="),
    (
        "{\"id\": \"lzma\", \"format\": 1}",
        "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4w0/AGFdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN\
         2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3fz/n8wAAAAAADY68/QHGh3cAAX3AmgwAAL3a\
         G0axxGf7AgAAAAAEWVo=",
    ),
    (
        "{\"id\": \"lzma\", \"format\": 2}",
        "XQAAAAT//////////wAAb/3//6O3/0c+SBVyOWFRuJIo5qOGB/nu5B6C0y/FOjwBS7F+yYqKTS+jDdl/puOMIxFT4FkYxXWK4nf4\
         tpR/DGrA3nRJZOLpXFOyBNj3RAyrXw1tRunlw3aIt38/7ibP///6PwAA",
    ),
];

#[test]
fn bombs_stay_within_the_known_size() {
    for (config, encoded) in BOMBS {
        let config: Value = serde_json::from_str(config).unwrap();
        let codecs = vec![CodecSpec::Bytes(Endian::Little), CodecSpec::parse_v2(&config).unwrap()];
        let encoded = bytes(&Value::String(encoded.to_string()));
        let chunk = ChunkShape { shape: &[16], dtype: DType::UInt8, fill: &[0] };
        let decoded = frugally(&config.to_string(), 16, || decode_chunk(encoded.clone(), &codecs, &chunk));
        assert!(decoded.is_err(), "{config}");
    }
}
