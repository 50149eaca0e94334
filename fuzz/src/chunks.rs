//! Whole pipelines: metadata says how a chunk is encoded, and both may lie.

use crate::decoders::lawful;
use crate::laws::{block_on, cut, json_memory, within};
use zarrscope::array::{DType, Endian};
use zarrscope::codec::{ChunkShape, ShardIndex, fill_block, index_len_bytes};
use zarrscope::error::product;
use zarrscope::meta::{CodecSpec, IndexLocation, ShardSpec, open};
use zarrscope::store::MemoryStore;

/// Chunks that decode to more are left out: they only take time.
const MAX_DECODED: usize = 1 << 18;

/// `.zarray`, a byte 0, a chunk.
pub fn v2(data: &[u8]) {
    chunk(".zarray", data);
}

/// `zarr.json`, a byte 0, a chunk.
pub fn v3(data: &[u8]) {
    chunk("zarr.json", data);
}

fn chunk(key: &str, data: &[u8]) {
    let (document, encoded) = cut(data);
    let mut store = MemoryStore::new();
    store.insert(key, document);
    let Ok(tree) = within(json_memory(document.len()), || block_on(open(&store))) else { return };
    let Some(array) = tree.arrays.get("") else { return };
    let Ok(dtype) = array.readable() else { return };
    let shape = array.grid.largest();
    let chunk = ChunkShape { shape: &shape, dtype, fill: &array.fill };
    if chunk.len_bytes().is_ok_and(|n| n <= MAX_DECODED) {
        let _ = lawful(encoded, &array.codecs, &chunk);
        if let [CodecSpec::Sharding(spec)] = array.codecs.as_slice() {
            index(encoded, &shape, spec);
        }
        let filled = fill_block(&chunk).map(|b| b.len());
        // An element that was never written is stored once, behind all handles.
        let behind = if dtype.is_variable() { array.fill.len() } else { 0 };
        assert_eq!(filled, chunk.len_bytes().map(|n| n + behind), "a fill block of another size");
    }
}

/// Reads bytes as a shard's index; every entry can then be asked for.
fn index(encoded: &[u8], shape: &[u64], spec: &ShardSpec) {
    let Ok(len) = index_len_bytes(shape, spec) else { return };
    let len = usize::try_from(len).expect("an index over the limit");
    let Some(bytes) = encoded.get(encoded.len().saturating_sub(len)..) else { return };
    let parsed = within(8 * len, || ShardIndex::parse(bytes.to_vec(), shape, spec));
    let Ok(index) = parsed else { return };
    let grid: Vec<u64> = shape.iter().zip(&spec.chunk_shape).map(|(s, c)| s / c).collect();
    for flat in 0..product(&grid, "grid").unwrap_or(0).min(4096) {
        let mut rest = flat;
        let mut coords: Vec<u64> = grid.iter().rev().map(|&n| (rest % n, rest /= n).0).collect();
        coords.reverse();
        if let Some((offset, len)) = index.get(&coords) {
            assert!(offset.checked_add(len).is_some(), "an entry that wraps");
        }
    }
    let beyond: Vec<u64> = grid.iter().map(|_| u64::MAX).collect();
    let _ = (index.get(&beyond), index.get(&[]), index.get(&grid));
}

/// A shard of little-endian words: index entries, then inner chunks. The last two bytes choose its layout; the checksum
/// is always made right, so that mutations reach what stands behind it.
pub fn shard(data: &[u8]) {
    let Some((body, &[layout, inner])) = data.split_last_chunk::<2>() else { return };
    let (shape, chunk_shape): (&[u64], &[u64]) = match layout >> 4 & 3 {
        0 => (&[8], &[2]),
        1 => (&[4, 6], &[2, 3]),
        2 => (&[2, 2, 4], &[1, 2, 2]),
        _ => (&[], &[]),
    };
    let index_location = if layout & 1 == 0 { IndexLocation::End } else { IndexLocation::Start };
    let checksummed = layout & 2 != 0;
    let endian = if layout & 4 == 0 { Endian::Little } else { Endian::Big };
    let dtype = [DType::UInt8, DType::Int16, DType::Float64, DType::Complex128][usize::from(inner >> 6)];
    let mut codecs = vec![CodecSpec::Bytes(Endian::Little)];
    match inner & 7 {
        0 | 1 => {}
        2 => codecs.push(CodecSpec::Zstd),
        3 => codecs.push(CodecSpec::Gzip),
        4 => codecs.push(CodecSpec::Blosc),
        5 => codecs.push(CodecSpec::Crc32c(IndexLocation::End)),
        6 => codecs.insert(0, CodecSpec::Transpose((0..shape.len()).rev().collect())),
        _ => {
            let codecs_inside = vec![CodecSpec::Bytes(Endian::Big)];
            let nested = ShardSpec {
                chunk_shape: chunk_shape.iter().map(|_| 1).collect(),
                codecs: codecs_inside,
                index_codecs: vec![CodecSpec::Bytes(Endian::Little)],
                index_location: IndexLocation::Start,
            };
            codecs = vec![CodecSpec::Sharding(Box::new(nested))];
        }
    }
    let mut index_codecs = vec![CodecSpec::Bytes(endian)];
    if checksummed {
        index_codecs.push(CodecSpec::Crc32c(IndexLocation::End));
    }
    let spec = ShardSpec { chunk_shape: chunk_shape.to_vec(), codecs, index_codecs, index_location };
    let Ok(len) = index_len_bytes(shape, &spec) else { panic!("a layout of ours is refused") };
    let words = usize::try_from(len).expect("small") - if checksummed { 4 } else { 0 };
    let (entries, chunks) = body.split_at(words.min(body.len()));
    let mut encoded = entries.to_vec();
    if checksummed {
        encoded.extend(crc32c::crc32c(entries).to_le_bytes());
    }
    index(&encoded, shape, &spec);
    let whole =
        if index_location == IndexLocation::Start { [&encoded, chunks].concat() } else { [chunks, &encoded].concat() };
    let fill = vec![1; dtype.size()];
    let chunk = ChunkShape { shape, dtype, fill: &fill };
    let _ = lawful(&whole, &[CodecSpec::Sharding(Box::new(spec))], &chunk);
}
