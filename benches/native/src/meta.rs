//! Of a Zarr v3 array, what the floor needs: where its chunks lie and how they are encoded.

use serde_json::Value;

use crate::lines::Result;
use crate::source::Source;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    None,
    Blosc,
    Zstd,
    Gzip,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Float32,
    /// Packed: one value stands for what is missing.
    Int16 {
        missing: i16,
    },
}

pub struct Array {
    pub dtype: Type,
    pub codec: Codec,
    /// Bytes of a chunk, decoded.
    pub chunk_bytes: usize,
    /// Each chunk: a key, and its range in it where it lies in a shard.
    pub units: Vec<(String, Option<(u64, u64)>)>,
    pub scale: f64,
    pub offset: f64,
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn codec_of(codecs: &Value) -> Result<Codec> {
    let last = codecs.as_array().and_then(|c| c.last()).ok_or("no codecs")?;
    match last["name"].as_str() {
        Some("bytes") => Ok(Codec::None),
        Some("blosc") => Ok(Codec::Blosc),
        Some("zstd") => Ok(Codec::Zstd),
        Some("gzip") => Ok(Codec::Gzip),
        other => Err(format!("codec {other:?}").into()),
    }
}

/// The keys of a grid's chunks, in C order.
fn keys(array: &str, shape: &[u64], chunk: &[u64]) -> Vec<String> {
    let mut keys = vec![format!("{array}/c")];
    for (len, step) in shape.iter().zip(chunk) {
        keys = keys.iter().flat_map(|key| (0..len.div_ceil(*step)).map(move |i| format!("{key}/{i}"))).collect();
    }
    keys
}

pub fn open(source: &mut Source, array: &str) -> Result<Array> {
    let mut body = Vec::new();
    source.get(&format!("{array}/zarr.json"), None, &mut body)?;
    let meta: Value = serde_json::from_slice(&body)?;
    let shape = numbers(&meta["shape"]);
    let outer = numbers(&meta["chunk_grid"]["configuration"]["chunk_shape"]);
    let (dtype, size) = match meta["data_type"].as_str() {
        Some("float32") => (Type::Float32, 4),
        Some("int16") => (Type::Int16 { missing: i16::try_from(meta["fill_value"].as_i64().unwrap_or(0))? }, 2),
        other => return Err(format!("data type {other:?}").into()),
    };
    let keys = keys(array, &shape, &outer);
    let first = &meta["codecs"][0];
    let (chunk, codec, units) = if first["name"] == "sharding_indexed" {
        let inner = numbers(&first["configuration"]["chunk_shape"]);
        let count: u64 = outer.iter().zip(&inner).map(|(o, i)| o / i).product();
        let mut units = Vec::new();
        for key in keys {
            // (offset, length) of each inner chunk, then four bytes of checksum.
            let end = source.length(&key)?;
            source.get(&key, Some((end - 16 * count - 4, end - 4)), &mut body)?;
            let places = body.chunks_exact(16).map(|entry| {
                let word = |at: usize| entry[at..at + 8].try_into().map(u64::from_le_bytes).unwrap_or(u64::MAX);
                (word(0), word(8))
            });
            units.extend(
                places
                    .filter(|(start, _)| *start != u64::MAX)
                    .map(|(start, len)| (key.clone(), Some((start, start + len)))),
            );
        }
        (inner, codec_of(&first["configuration"]["codecs"])?, units)
    } else {
        (outer, codec_of(&meta["codecs"])?, keys.into_iter().map(|key| (key, None)).collect())
    };
    Ok(Array {
        dtype,
        codec,
        chunk_bytes: usize::try_from(chunk.iter().product::<u64>())? * size,
        units,
        scale: meta["attributes"]["scale_factor"].as_f64().unwrap_or(1.0),
        offset: meta["attributes"]["add_offset"].as_f64().unwrap_or(0.0),
    })
}
