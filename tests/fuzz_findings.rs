//! What fuzzing once found, or reading to prepare it, input by input, kept from coming back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::alloc::{Counting, frugally};
use common::metadata::v3;
use common::sites::MemorySites;
use common::try_open;
use serde_json::json;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::meta::CodecSpec;
use zarrscope::store::Storage;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Decodes bytes behind one codec, in little memory.
fn decode(codec: CodecSpec, len: u64, encoded: &[u8]) -> zarrscope::error::Result<Vec<u8>> {
    let chunk = ChunkShape { shape: &[len], dtype: DType::UInt8, fill: &[0] };
    frugally(codec.name(), 0, || {
        decode_chunk(encoded.to_vec(), &[CodecSpec::Bytes(Endian::Little), codec.clone()], &chunk)
    })
}

/// A frame of no bytes in blocks of 1.4 GB: room for one block was made all the same.
#[test]
fn an_empty_blosc_frame_of_large_blocks() {
    let frame = [2, 1, 0x30, 8, 0, 0, 0, 0, 0, 0, 0, 0x54, 20, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(decode(CodecSpec::Blosc, 0, &frame), Ok(Vec::new()));
}

/// A key that begins with a slash made a folder without a name, which was walked 200,000 times.
#[test]
fn a_folder_without_a_name() {
    let sites = MemorySites::default();
    let url = "https://h.example/t.json";
    sites.put(url, json!({".zgroup": {"zarr_format": 2}, "/x": "y", "a//x": "y", "a/.zgroup": "{}"}).to_string());
    let source = frugally("walk", 0, || sites.open(url, &Storage::default())).expect("opens");
    assert_eq!(source.tree.groups.keys().collect::<Vec<_>>(), ["", "a"]);
}

/// Twenty bytes that stand for a million edges took 8 MB for each dimension of each array.
#[test]
fn edges_that_are_written_as_runs() {
    let axis = json!([[1, 1_000_000], 2]);
    let edges = json!({"kind": "inline", "chunk_shapes": [axis, axis, axis]});
    let grid = json!({"name": "rectilinear", "configuration": edges});
    let store = v3(json!({"shape": [1_000_002, 1_000_002, 1_000_002], "chunk_grid": grid}));
    let source = frugally("edges", 0, || try_open(store)).expect("opens");
    let v = &source.tree.arrays["v"];
    assert!(v.problem.is_none(), "{:?}", v.problem);
    assert_eq!(v.grid.shape_of(&[0, 999_999, 1_000_000]), [1, 1, 2]);
}
