//! Chunks decoded piece by piece: every piece is what the whole chunk has there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::frames::{Frame, Shuffle};
use common::{compute, document, open, scalar};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::json;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk, pieces};
use zarrscope::error::Code;
use zarrscope::meta::CodecSpec;
use zarrscope::store::MemoryStore;

const BLOSC: [CodecSpec; 2] = [CodecSpec::Bytes(Endian::Little), CodecSpec::Blosc];

fn frames() -> impl Strategy<Value = Frame> {
    let shuffle = prop::sample::select(vec![Shuffle::None, Shuffle::Bytes, Shuffle::Bits]);
    (1usize..9, 1usize..100, shuffle, any::<bool>(), 0u8..10).prop_map(|(element, block, shuffle, split, stored)| {
        Frame { element, block, shuffle, split, stored: stored == 0 }
    })
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn as_the_whole(
        frame in frames(),
        dtype in prop::sample::select(vec![DType::UInt8, DType::Int16, DType::Float32, DType::Float64]),
        bytes in prop::collection::vec(any::<u8>(), 0..900),
        at in prop::collection::vec((0usize..400, 0usize..400), 1..12),
    ) {
        let count = bytes.len() / dtype.size();
        let bytes = &bytes[..count * dtype.size()];
        let shape = [count as u64];
        let chunk = ChunkShape { shape: &shape, dtype, fill: &[] };
        let encoded = frame.of(bytes);
        prop_assert_eq!(decode_chunk(encoded.as_slice(), &BLOSC, &chunk).expect("decodes"), bytes);
        let Some(mut pieces) = pieces(&encoded, &BLOSC, &chunk).expect("a frame") else {
            // Bits are shuffled block by block; an element may lie in two blocks.
            prop_assert!(frame.shuffle == Shuffle::Bits || dtype.size() % frame.element != 0 || bytes.is_empty());
            return Ok(());
        };
        for (from, len) in at {
            let from = from.min(count) * dtype.size();
            let len = (len * dtype.size()).min(bytes.len() - from);
            prop_assert_eq!(pieces.piece(from, len).expect("a piece"), &bytes[from..from + len]);
        }
        prop_assert_eq!(pieces.piece(bytes.len(), dtype.size()).expect_err("beyond").code(), Code::CorruptChunk);
    }

    /// Frames that lie: what the whole has is what its pieces have, and if it fails, so does one of them.
    #[test]
    fn frames_with_a_fault(
        frame in frames(),
        size in prop::sample::select(vec![1usize, 2, 4, 8]),
        elements in prop::collection::vec(any::<u64>(), 1..60),
        faults in prop::collection::vec((0usize..200, any::<u8>()), 0..4),
        cut in prop_oneof![Just(usize::MAX), 0usize..400],
    ) {
        let shape = [elements.len() as u64];
        let dtype = [DType::UInt8, DType::Int16, DType::Float32, DType::Float64][size.ilog2() as usize];
        let chunk = ChunkShape { shape: &shape, dtype, fill: &[] };
        let bytes: Vec<u8> = elements.iter().flat_map(|x| x.to_le_bytes()[..size].to_vec()).collect();
        let mut encoded = Frame { element: size, block: frame.block % 20 + 1, ..frame }.of(&bytes);
        for (at, byte) in faults {
            let len = encoded.len();
            encoded[at % len] = byte;
        }
        encoded.truncate(cut.max(3));
        let whole = decode_chunk(encoded.as_slice(), &BLOSC, &chunk);
        let found = pieces(&encoded, &BLOSC, &chunk).and_then(|pieces| {
            pieces.map(|mut pieces| {
                let each = (0..elements.len()).map(|i| pieces.piece(i * size, size).map(<[u8]>::to_vec));
                each.collect::<Result<Vec<_>, _>>().map(|all| all.concat())
            }).transpose()
        });
        match (whole, found) {
            (_, Ok(None)) => {}
            (Ok(whole), Ok(Some(found))) => prop_assert_eq!(whole, found),
            (Err(whole), Err(found)) => prop_assert_eq!(whole.code(), found.code()),
            (whole, found) => prop_assert!(false, "{whole:?} but {found:?}"),
        }
    }
}

/// 64 × 512 elements of int16, in blocks of eight rows; the length of the first stream of one of them is spoilt.
fn store(spoilt: usize) -> MemoryStore {
    let values: Vec<u8> = (0..64 * 512u32).flat_map(|i| ((i % 1000) as i16).to_le_bytes()).collect();
    let frame = Frame { element: 2, block: 8 * 512, shuffle: Shuffle::Bytes, split: true, stored: false };
    let mut encoded = frame.of(&values);
    let start = 16 + 4 * 8 + spoilt * (8 * 512 * 2 + 2 * 4);
    encoded[start..start + 4].fill(0xff);
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let zarray = json!({"zarr_format": 2, "shape": [64, 512], "chunks": [64, 512], "dtype": "<i2", "order": "C",
        "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, "filters": null,
        "fill_value": null});
    store.insert("v/.zarray", zarray.to_string());
    store.insert("v/.zattrs", json!({"_ARRAY_DIMENSIONS": ["y", "x"]}).to_string());
    store.insert("v/0.0", encoded);
    store
}

#[test]
fn blocks_that_nobody_needs_are_not_looked_at() {
    let of_rows = |from: u32, to: u32| {
        let isel = json!({"y": {"start": from, "stop": to}});
        document("v", json!({"select": isel, "steps": [{"op": "max", "dims": ["y", "x"]}]}))
    };
    let spoilt = || open(store(5));
    for (from, to) in [(0, 40), (48, 64), (3, 4)] {
        let rows = f64::from(from) * 512.0..f64::from(to) * 512.0;
        let most = (rows.start as u32..rows.end as u32).map(|i| i % 1000).max().expect("rows");
        let field = compute(&mut spoilt(), &of_rows(from, to)).expect("needs the others only");
        assert_eq!(scalar(&field), f64::from(most));
    }
    let error = compute(&mut spoilt(), &of_rows(39, 41)).expect_err("needs it");
    assert_eq!((error.code(), error.details().codec.as_deref()), (Code::CorruptChunk, Some("blosc")));
}
