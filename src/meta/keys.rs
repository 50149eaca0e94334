//! How chunk coordinates become keys.
//!
//! Spec: zarr v3 core, "Chunk key encoding"; zarr-extensions, chunk-key-encodings/{suffix,fanout}.
#![deny(clippy::indexing_slicing)]

use super::v3::extension_name;
use crate::error::{Result, invalid_metadata, join, unsupported};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A chunk key encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChunkKeys {
    /// `c/1/2`, `c` for no dimensions.
    Default(String),
    /// `1.2`, `0` for no dimensions.
    V2(String),
    /// Another encoding's key and some text, such as `.tiff`.
    Suffix(Box<ChunkKeys>, String),
    /// `d0/12/34/d1/5/c`: each coordinate written in digits of this base, a folder for each.
    Fanout(u64),
}

impl ChunkKeys {
    /// The key of a chunk, below the array's path.
    pub fn key(&self, coords: &[u64]) -> String {
        match self {
            ChunkKeys::Default(_) if coords.is_empty() => "c".to_string(),
            ChunkKeys::Default(separator) => format!("c{separator}{}", join(coords, separator)),
            ChunkKeys::V2(_) if coords.is_empty() => "0".to_string(),
            ChunkKeys::V2(separator) => join(coords, separator),
            ChunkKeys::Suffix(base, suffix) => base.key(coords) + suffix,
            ChunkKeys::Fanout(base) => {
                let folder = |(d, &c): (usize, &u64)| format!("d{d}/{}/", join(&digits(c, *base), "/"));
                coords.iter().enumerate().map(folder).collect::<String>() + "c"
            }
        }
    }

    /// From the member `chunk_key_encoding`.
    pub fn parse(encoding: Option<&Value>) -> Result<Self> {
        let name = encoding.and_then(extension_name).unwrap_or_default();
        let configuration = encoding.and_then(|e| e.get("configuration"));
        let member = |key: &str| configuration.and_then(|c| c.get(key));
        let separator = match member("separator").map(|s| (s, s.as_str())) {
            None => None,
            Some((_, Some(separator @ ("/" | ".")))) => Some(separator.to_string()),
            Some((other, _)) => return Err(invalid_metadata(format!("chunk key separator {other}"))),
        };
        match name {
            "default" => Ok(ChunkKeys::Default(separator.unwrap_or_else(|| "/".into()))),
            "v2" => Ok(ChunkKeys::V2(separator.unwrap_or_else(|| ".".into()))),
            "suffix" => {
                // The draft spells the base both ways.
                let base = member("base_encoding").or_else(|| member("base-encoding"));
                let suffix = member("suffix").and_then(Value::as_str);
                let suffix = suffix.filter(|s| !s.contains(['/', '\\', '?', '#']) && !s.contains(char::is_control));
                let suffix = suffix.ok_or_else(|| invalid_metadata("a chunk key encoding without its suffix"))?;
                let default = Value::from("default");
                Ok(ChunkKeys::Suffix(Box::new(Self::parse(Some(base.unwrap_or(&default)))?), suffix.to_string()))
            }
            "fanout" => {
                let most = member("max_children").map_or(Some(1001), Value::as_u64).filter(|n| *n > 3);
                let most = most.ok_or_else(|| invalid_metadata("`max_children` of fanout is a number above 3"))?;
                Ok(ChunkKeys::Fanout(most - 1))
            }
            other => Err(unsupported(format!("the chunk key encoding {other:?}"))),
        }
    }
}

/// A number in digits, the most significant first; at least one.
fn digits(mut n: u64, base: u64) -> Vec<u64> {
    let mut digits = Vec::new();
    loop {
        digits.push(n % base.max(2));
        n /= base.max(2);
        if n == 0 {
            digits.reverse();
            return digits;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_of_the_specifications() {
        let key = |encoding: Value, coords: &[u64]| ChunkKeys::parse(Some(&encoding)).map(|k| k.key(coords));
        let fanout = json!({"name": "fanout", "configuration": {"max_children": 101}});
        for (encoding, coords, expected) in [
            (json!("default"), &[1, 2][..], "c/1/2"),
            (json!({"name": "default", "configuration": {"separator": "."}}), &[1, 2], "c.1.2"),
            (json!("v2"), &[1, 2], "1.2"),
            (json!({"name": "v2", "configuration": {"separator": "/"}}), &[], "0"),
            (fanout.clone(), &[], "c"),
            (fanout.clone(), &[123], "d0/1/23/c"),
            (fanout, &[1234, 5, 67890], "d0/12/34/d1/5/d2/6/78/90/c"),
            (
                json!({"name": "suffix", "configuration": {"suffix": ".shard.zip", "base_encoding": {"name": "v2"}}}),
                &[0, 7],
                "0.7.shard.zip",
            ),
        ] {
            assert_eq!(key(encoding.clone(), coords).ok().as_deref(), Some(expected), "{encoding}");
        }
        for bad in [
            json!({"name": "default", "configuration": {"separator": "-"}}),
            json!({"name": "suffix", "configuration": {"suffix": "/../x"}}),
            json!({"name": "fanout", "configuration": {"max_children": 2}}),
            json!("hilbert"),
            json!(3),
        ] {
            assert!(key(bad.clone(), &[1]).is_err(), "{bad}");
        }
    }
}
