//! The tree of groups and arrays, and what is known of each.

use super::codecs::CodecSpec;
use super::keys::ChunkKeys;
use super::nodes::Nodes;
use crate::array::{ChunkGrid, DType, Field};
use crate::error::{Code, Details, Error, Result};
use crate::store::{join_path, split_path};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// An array's metadata. What stands in the way of reading it, such as an unknown codec, is kept beside it, so that a
/// tree with one such array still opens.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayMeta {
    /// Path below the source, without a leading slash.
    pub path: String,
    /// 2 or 3.
    pub zarr_format: u8,
    /// Elements along each dimension.
    pub shape: Vec<u64>,
    /// How it is cut into chunks (into shards, where sharded).
    pub grid: ChunkGrid,
    /// The data type as numpy names it, or as the metadata spells it where it is not known.
    pub dtype_name: String,
    /// The data type, if it can be read.
    pub dtype: Option<DType>,
    /// The fields of its elements, if they are records.
    pub fields: Vec<Field>,
    /// One element's bytes, little-endian.
    pub fill: Vec<u8>,
    /// The fill value as written.
    pub fill_json: Value,
    /// Codecs in encoding order.
    pub codecs: Vec<CodecSpec>,
    /// Chunk keys.
    pub keys: ChunkKeys,
    /// Names of dimensions, `dim_0` and so on where the store has none.
    pub dims: Vec<String>,
    /// Whether the store names its dimensions.
    pub named_dims: bool,
    /// User attributes.
    pub attrs: Map<String, Value>,
    /// Why the array cannot be read, if it cannot.
    pub problem: Option<Details>,
}

impl ArrayMeta {
    /// An array whose document cannot be: it stands in its tree, and says why it cannot be read.
    pub fn broken(path: &str, zarr_format: u8, why: &Error) -> Self {
        ArrayMeta {
            path: path.to_string(),
            zarr_format,
            shape: Vec::new(),
            grid: ChunkGrid::default(),
            dtype_name: "unknown".to_string(),
            dtype: None,
            fields: Vec::new(),
            fill: Vec::new(),
            fill_json: Value::Null,
            codecs: Vec::new(),
            keys: ChunkKeys::V2(".".into()),
            dims: Vec::new(),
            named_dims: false,
            attrs: Map::new(),
            problem: Some(why.details().clone()),
        }
    }

    /// The data type, or why the array cannot be read.
    pub fn readable(&self) -> Result<DType> {
        match (&self.problem, self.dtype) {
            (None, Some(dtype)) => Ok(dtype),
            (Some(d), _) => {
                let mut error = Error::new(d.code, d.message.clone()).with_path(&self.path);
                if let Some(codec) = &d.codec {
                    error = error.with_codec(codec);
                }
                Err(error)
            }
            (None, None) => {
                let message = format!("the data type {}", self.dtype_name);
                Err(Error::new(Code::Unsupported, message).with_path(&self.path))
            }
        }
    }

    /// The key of a chunk in the store.
    pub fn chunk_key(&self, coords: &[u64]) -> String {
        join_path(&self.path, &self.keys.key(coords))
    }

    /// The name of the array: the last part of its path.
    pub fn name(&self) -> &str {
        split_path(&self.path).1
    }

    /// The path of the group that holds it; empty for the root.
    pub fn group(&self) -> &str {
        split_path(&self.path).0
    }

    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attrs.get(name).and_then(Value::as_str)
    }

    /// The names in the CF attribute `coordinates`.
    pub fn coordinate_names(&self) -> Vec<&str> {
        self.text("coordinates").map(|c| c.split_whitespace().collect()).unwrap_or_default()
    }
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// User attributes.
    pub attrs: Map<String, Value>,
    /// What of its document could not be read or must be understood and is not; its members are read all the same.
    pub problem: Option<Box<Details>>,
}

/// All that is known of a store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// 2 or 3.
    pub zarr_format: u8,
    /// Whether one document told everything.
    pub consolidated: bool,
    /// Whether all arrays are known. Without consolidated metadata and without listing they are not.
    pub complete: bool,
    /// Whether `.zmetadata` says that the chunks are listed in Parquet files beside it (Kerchunk's `record_size`).
    pub in_records: bool,
    /// Groups by path; the root's path is empty.
    pub groups: Nodes<Group>,
    /// Arrays by path.
    pub arrays: Nodes<ArrayMeta>,
}

impl Tree {
    /// An array by path.
    ///
    /// # Errors
    /// `not_found`, with the arrays that there are.
    pub fn array(&self, path: &str) -> Result<Cow<'_, ArrayMeta>> {
        let path = path.trim_matches('/');
        self.arrays.get(path).ok_or_else(|| {
            let mut names: Vec<&str> = self.arrays.paths().take(12).collect();
            if self.arrays.len() > names.len() {
                names.push("…");
            }
            let known = if names.is_empty() { "none is known".to_string() } else { names.join(", ") };
            Error::new(Code::NotFound, format!("no array {path:?}; there are: {known}")).with_path(path)
        })
    }
}
