//! What is read of a shard: its index, and of its inner chunks those that a selection touches and that were written.

use crate::array::{DimIndex, Odometer};
use crate::codec::{ChunkShape, ShardIndex, encoded_limit, index_len_bytes};
use crate::error::{Result, corrupt};
use crate::kernel::Crop;
use crate::meta::{IndexLocation, ShardSpec};
use crate::plan::Plan;
use crate::store::{ByteRange, Store};

/// Reads a shard's index; `None` if there is no such shard.
///
/// # Errors
/// What the store gives, and [`ShardIndex::parse`].
pub async fn read_index(store: &dyn Store, key: &str, shape: &[u64], spec: &ShardSpec) -> Result<Option<ShardIndex>> {
    let len = index_len_bytes(shape, spec)?;
    let range = match spec.index_location {
        IndexLocation::Start => ByteRange::Exact { offset: 0, len },
        IndexLocation::End => ByteRange::Last(len),
    };
    let index = store.get(key, range, len).await?;
    let parse = |bytes| ShardIndex::parse(bytes, shape, spec).map_err(|e| e.with_codec("sharding_indexed"));
    index.map(parse).transpose()
}

/// The inner chunks that a selection needs.
pub struct Needed {
    /// Those that were never written.
    pub unwritten: Vec<Vec<u64>>,
    /// The others.
    pub stored: Vec<Vec<u64>>,
    /// Offset and length of each of them in the shard.
    pub ranges: Vec<(u64, u64)>,
}

/// Looks up what the crop of a shard touches.
///
/// # Errors
/// `corrupt_chunk` for an inner chunk that is longer than its codecs can make it.
pub fn needed(plan: &Plan, spec: &ShardSpec, index: &ShardIndex, crop: &Crop) -> Result<Needed> {
    let inner = ChunkShape { shape: &spec.chunk_shape, dtype: plan.array.dtype, fill: &plan.array.fill };
    let limit = encoded_limit(&spec.codecs, &inner)?;
    let mut needed = Needed { unwritten: Vec::new(), stored: Vec::new(), ranges: Vec::new() };
    for inner in touched(crop, &spec.chunk_shape) {
        match index.get(&inner) {
            None => needed.unwritten.push(inner),
            Some((offset, len)) if len <= limit => {
                needed.ranges.push((offset, len));
                needed.stored.push(inner);
            }
            Some((_, len)) => {
                return Err(
                    corrupt(format!("an inner chunk of {len} bytes, at most {limit} can be")).with_sizes(limit, len)
                );
            }
        }
    }
    Ok(needed)
}

/// The parts of some shape (inner chunks of a shard, say) that the crop of a block touches, in C order.
pub fn touched(crop: &Crop, shape: &[u64]) -> Vec<Vec<u64>> {
    let grid: Vec<DimIndex> = crop.inside.iter().zip(shape).map(|(i, &c)| i.chunks(c)).collect();
    let lengths: Vec<u64> = grid.iter().map(DimIndex::len).collect();
    let coords = |at: Vec<u64>| grid.iter().zip(at).filter_map(|(g, i)| g.get(i)).collect();
    Odometer::new(&lengths).map(coords).collect()
}
