//! What fuzzing once found, or reading to prepare it, input by input, kept from coming back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::alloc::{Counting, frugally};
use common::metadata::v3;
use common::sites::MemorySites;
use common::{block_on, try_open};
use serde_json::json;
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, Expected, decode_chunk, decode_zstd};
use zarrscope::error::Code;
use zarrscope::meta::{CodecSpec, ObjectCoding};
use zarrscope::references::{KerchunkParquet, References};
use zarrscope::store::{Address, Storage, parse_listing};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Decodes bytes behind one codec, in little memory.
fn decode(codec: CodecSpec, len: u64, encoded: &[u8]) -> zarrscope::error::Result<Vec<u8>> {
    let chunk = ChunkShape { shape: &[len], dtype: DType::UInt8, fill: &[0] };
    frugally(codec.name(), 0, || decode_chunk(encoded, &[CodecSpec::Bytes(Endian::Little), codec.clone()], &chunk))
}

/// A frame of no bytes in blocks of 1.4 GB: room for one block was made all the same.
#[test]
fn an_empty_blosc_frame_of_large_blocks() {
    let frame = [2, 1, 0x30, 8, 0, 0, 0, 0, 0, 0, 0, 0x54, 20, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(decode(CodecSpec::Blosc, 0, &frame), Ok(Vec::new()));
}

/// A frame of 38 bytes that claims 128 MiB, where so much may be: room was made before a block was read.
#[test]
fn a_zstd_frame_that_claims_what_its_blocks_cannot_hold() {
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 8];
    let frame = [&head[..], &[0; 24], &[1, 0, 0]].concat();
    let refused = frugally("zstd", 0, || decode_zstd(&frame, Expected::AtMost(256 << 20)));
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::CorruptChunk));
    let sites = MemorySites::default();
    sites.put("https://h.example/t.json.zst", frame);
    let opened = frugally("a table", 0, || sites.open("https://h.example/t.json.zst", &Storage::default()));
    assert!(opened.is_err());
}

/// A key that begins with a slash made a folder without a name, which was walked 200,000 times.
#[test]
fn a_folder_without_a_name() {
    let sites = MemorySites::default();
    let url = "https://h.example/t.json";
    sites.put(url, json!({".zgroup": {"zarr_format": 2}, "/x": "y", "a//x": "y", "a/.zgroup": "{}"}).to_string());
    let source = frugally("walk", 0, || sites.open(url, &Storage::default())).expect("opens");
    let groups: Vec<String> = source.tree.groups.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(groups, ["", "a"]);
}

/// Twenty bytes that stand for a million edges took 8 MB for each dimension of each array.
#[test]
fn edges_that_are_written_as_runs() {
    let axis = json!([[1, 1_000_000], 2]);
    let edges = json!({"kind": "inline", "chunk_shapes": [axis, axis, axis]});
    let grid = json!({"name": "rectilinear", "configuration": edges});
    let store = v3(json!({"shape": [1_000_002, 1_000_002, 1_000_002], "chunk_grid": grid}));
    let source = frugally("edges", 0, || try_open(store)).expect("opens");
    let v = source.tree.array("v").expect("known");
    assert!(v.problem.is_none(), "{:?}", v.problem);
    assert_eq!(v.grid.shape_of(&[0, 999_999, 1_000_000]), [1, 1, 2]);
}

/// A number as Thrift writes it.
fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 127 {
        bytes.push(n.to_le_bytes()[0] | 128);
        n >>= 7;
    }
    bytes.push(n.to_le_bytes()[0]);
    bytes
}

/// Fields of whole numbers, each so many further than the one before it.
fn numbers(fields: &[(u8, u64)]) -> Vec<u8> {
    fields.iter().flat_map(|(step, n)| [&[step << 4 | 6], &varint(n << 1)[..]].concat()).collect()
}

/// A Parquet file of one column of 64-bit numbers, one and the same in all rows. Its first page claims to be `claimed` bytes
/// when it is unpacked.
fn one_number_in_all_rows(rows: u64, codec: u64, claimed: u64) -> Vec<u8> {
    let pack = |bytes: &[u8]| if codec == 6 { zrip::compress(bytes, 1).expect("zstd") } else { bytes.to_vec() };
    let page = |kind: u64, len: u64, body: &[u8], step: u8, about: &[u64]| {
        let body = pack(body);
        let about: Vec<(u8, u64)> = about.iter().map(|n| (1, *n)).collect();
        let head = numbers(&[(1, kind), (1, len), (1, body.len() as u64)]);
        [&head, &[step << 4 | 12][..], &numbers(&about), &[0, 0], &body].concat()
    };
    let dictionary = page(2, claimed, &[7, 0, 0, 0, 0, 0, 0, 0], 4, &[1, 0]);
    let indices = [&[1], &varint(rows << 1)[..], &[0]].concat();
    let data = page(0, indices.len() as u64, &indices, 2, &[rows, 8, 3, 3]);
    let name = [&[6], &b"offset"[..]].concat();
    let root = [0x48, 1, b's', 0];
    let column = [&numbers(&[(1, 2), (2, 0)]), &[0x18][..], &name, &[0]].concat();
    let places = numbers(&[(1, codec), (1, rows), (4, 4 + dictionary.len() as u64), (2, 4)]);
    let chunk = [&numbers(&[(1, 2)]), &[0x29, 0x18][..], &name, &places, &[0]].concat();
    let group = [&[0x19, 0x1c, 0x3c][..], &chunk, &[0, 0]].concat();
    let schema = [&[0x19, 0x2c][..], &root, &column].concat();
    let footer = [&numbers(&[(1, 1)]), &schema, &numbers(&[(1, rows)]), &[0x19, 0x1c][..], &group, &[0]].concat();
    let len = u32::try_from(footer.len()).expect("small").to_le_bytes();
    [&b"PAR1"[..], &dictionary, &data, &footer, &len, b"PAR1"].concat()
}

/// What a folder of such records says of its first chunk.
fn located(records: Vec<u8>) -> Result<bool, (Code, String)> {
    let sites = MemorySites::default();
    let zarray = json!({"zarr_format": 2, "shape": [60], "chunks": [1], "dtype": "|u1", "fill_value": 0, "order": "C",
        "filters": null, "compressor": null});
    let metadata = json!({"metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": zarray}, "record_size": 25});
    sites.put("https://h.example/t.parq/.zmetadata", metadata.to_string());
    sites.put("https://h.example/t.parq/a/refs.0.parq", records);
    frugally("records", 0, || {
        let address = Address::resolve("https://h.example/t.parq", &Storage::default()).expect("an address");
        let table = block_on(KerchunkParquet::fetch(&address, &Storage::default(), &sites)).expect("a table");
        block_on(table.locate("a/0")).map(|place| place.is_some()).map_err(|e| (e.code(), e.details().message.clone()))
    })
}

/// A hundred bytes that stand for ten million rows, and pages that claim 128 MiB: room was made for them.
#[test]
fn records_that_are_more_than_their_table_has() {
    for codec in [0, 6] {
        // There is no column of addresses, so row 0 is beyond what there is: the file was read to its end.
        let beyond = (Code::CorruptChunk, "the references end before row 0: there are 0".to_string());
        assert_eq!(located(one_number_in_all_rows(25, codec, 8)), Err(beyond), "compression {codec}");
        let refused = located(one_number_in_all_rows(10_000_000, codec, 8)).map_err(|(code, _)| code);
        assert_eq!(refused, Err(Code::TooLarge), "compression {codec}");
    }
    for codec in [1, 2, 6, 7] {
        let refused = located(one_number_in_all_rows(25, codec, 128 << 20)).expect_err("refused");
        assert!(refused.1.contains("cannot be 134217728 bytes"), "compression {codec}: {refused:?}");
    }
}

/// Maps as keys of maps became text in text, which doubled sixty times.
#[test]
fn keys_that_are_maps_themselves() {
    let maps = [vec![0x81; 60], vec![1; 61]].concat();
    let encoded = [&[0x93][..], &maps, &[0xa2, b'|', b'O', 0x91, 1]].concat();
    let coding = CodecSpec::Objects(ObjectCoding::MsgPack);
    let chunk = ChunkShape { shape: &[1], dtype: DType::Object, fill: &[] };
    let refused = frugally("keys", 0, || decode_chunk(encoded.clone(), std::slice::from_ref(&coding), &chunk));
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::Unsupported));
}

/// Each name of a folder's page was compared with all others.
#[test]
fn a_page_of_many_links() {
    let page: String = (0..200_000).map(|i| format!("<a href=\"{i}\">")).collect();
    assert_eq!(frugally("links", 32 << 20, || parse_listing(&page)).len(), 200_000);
}
