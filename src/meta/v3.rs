//! Zarr v3: `zarr.json`, with consolidated metadata inline.
//!
//! Spec: <https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html>.
#![deny(clippy::indexing_slicing)]

use super::codecs::parse_v3_chain;
use super::tree::{ArrayMeta, ChunkKeys, Group, Tree};
use super::{MAX_NDIM, MAX_NODES};
use crate::array::{DType, TimeUnit, parse_fill};
use crate::error::{Result, invalid_metadata, product, too_large, unsupported};
use crate::store::join_path;
use serde_json::{Map, Value};

/// An array or a group.
pub enum Node {
    /// An array.
    Array(Box<ArrayMeta>),
    /// A group, and what it consolidates.
    Group(Group, Option<Map<String, Value>>),
}

/// A node from its document.
pub fn parse_node(path: &str, document: Value) -> Result<Node> {
    parse_node_at(path, document).map_err(|e| e.with_path(path))
}

fn parse_node_at(path: &str, document: Value) -> Result<Node> {
    let Value::Object(mut map) = document else { return Err(invalid_metadata("zarr.json is no object")) };
    if map.get("zarr_format").and_then(Value::as_u64) != Some(3) {
        return Err(invalid_metadata("zarr_format is not 3"));
    }
    let attrs = match map.remove("attributes") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(attrs)) => attrs,
        Some(_) => return Err(invalid_metadata("attributes are no object")),
    };
    match map.get("node_type").and_then(Value::as_str) {
        Some("array") => Ok(Node::Array(Box::new(array(path, &map, attrs)?))),
        Some("group") => {
            let consolidated = match map.remove("consolidated_metadata") {
                Some(Value::Object(mut inline)) => match inline.remove("metadata") {
                    Some(Value::Object(entries)) => Some(entries),
                    _ => None,
                },
                _ => None,
            };
            Ok(Node::Group(Group { attrs }, consolidated))
        }
        other => Err(invalid_metadata(format!("node_type {other:?}"))),
    }
}

/// The tree of a group that consolidates its children.
pub fn parse_consolidated(root: Group, entries: Map<String, Value>) -> Result<Tree> {
    if entries.len() > MAX_NODES {
        return Err(too_large("entries of consolidated metadata", entries.len() as u64, MAX_NODES as u64));
    }
    let mut tree = Tree { zarr_format: 3, consolidated: true, complete: true, ..Tree::default() };
    tree.groups.insert(String::new(), root);
    for (path, document) in entries {
        let path = path.trim_matches('/').to_string();
        match parse_node(&path, document)? {
            Node::Array(array) => {
                tree.arrays.insert(path, *array);
            }
            Node::Group(group, _) => {
                tree.groups.insert(path, group);
            }
        }
    }
    Ok(tree)
}

fn array(path: &str, map: &Map<String, Value>, attrs: Map<String, Value>) -> Result<ArrayMeta> {
    let grid = map.get("chunk_grid");
    let grid_name = grid.and_then(|g| g.get("name")).and_then(Value::as_str).unwrap_or_default();
    let configuration = grid.and_then(|g| g.get("configuration"));
    let regular = grid_name == "regular";
    let chunks = if regular { configuration.and_then(|c| c.get("chunk_shape")) } else { map.get("shape") };
    let (shape, chunk_shape) = checked_shapes(map.get("shape"), chunks)?;
    let (dims, named) = named_dims(map.get("dimension_names"), shape.len())?;
    let data_type = map.get("data_type").cloned().unwrap_or(Value::Null);
    let mut meta = ArrayMeta {
        path: path.to_string(),
        zarr_format: 3,
        dtype_name: data_type_name(&data_type),
        shape,
        chunk_shape,
        dtype: None,
        fill: Vec::new(),
        fill_json: map.get("fill_value").cloned().unwrap_or(Value::Null),
        codecs: Vec::new(),
        keys: ChunkKeys::Default("/".into()),
        dims,
        named_dims: named,
        attrs,
        problem: None,
    };
    let readable = (|| -> Result<()> {
        if !regular {
            return Err(unsupported(format!("the chunk grid {grid_name:?}")));
        }
        let dtype = data_type_of(&data_type)?;
        meta.dtype = Some(dtype);
        meta.dtype_name = dtype.name();
        meta.fill = parse_fill(&meta.fill_json, dtype)?;
        meta.keys = chunk_keys(map.get("chunk_key_encoding"))?;
        let codecs = map.get("codecs").and_then(Value::as_array).ok_or_else(|| invalid_metadata("no codecs"))?;
        meta.codecs = parse_v3_chain(codecs, dtype)?;
        must_understand(map)
    })();
    if let Err(error) = readable {
        meta.problem = Some(error.details().clone());
    }
    Ok(meta)
}

/// Members of an array's document that this version knows.
const KNOWN_MEMBERS: [&str; 11] = [
    "zarr_format",
    "node_type",
    "shape",
    "data_type",
    "chunk_grid",
    "chunk_key_encoding",
    "fill_value",
    "codecs",
    "attributes",
    "dimension_names",
    "storage_transformers",
];

/// The spec's rule: an unknown member must be understood unless it says `"must_understand": false`.
fn must_understand(map: &Map<String, Value>) -> Result<()> {
    if map.get("storage_transformers").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
        return Err(unsupported("storage transformers"));
    }
    for (name, value) in map {
        let optional = value.get("must_understand") == Some(&Value::Bool(false));
        if !optional && !value.is_null() && !KNOWN_MEMBERS.contains(&name.as_str()) {
            return Err(unsupported(format!("the metadata member {name:?}, which must be understood")));
        }
    }
    Ok(())
}

fn data_type_name(data_type: &Value) -> String {
    let name = data_type.as_str().or_else(|| data_type.get("name").and_then(Value::as_str));
    name.map_or_else(|| data_type.to_string(), str::to_string)
}

fn data_type_of(data_type: &Value) -> Result<DType> {
    let name = data_type_name(data_type);
    if let Some(dtype) = DType::parse_v3(&name) {
        return Ok(dtype);
    }
    let refuse = || unsupported(format!("the data type {name:?}"));
    let configuration = data_type.get("configuration").ok_or_else(refuse)?;
    let number = |key: &str| configuration.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let unit = || -> Option<(TimeUnit, u32)> {
        let unit = TimeUnit::parse(configuration.get("unit")?.as_str()?)?;
        Some((unit, number("scale_factor").unwrap_or(1)))
    };
    let length = || number("length_bytes").filter(|n| *n <= crate::array::MAX_STRING);
    match name.as_str() {
        "numpy.datetime64" => unit().map(|(unit, n)| DType::Datetime64(unit, n)).ok_or_else(refuse),
        "numpy.timedelta64" => unit().map(|(unit, n)| DType::Timedelta64(unit, n)).ok_or_else(refuse),
        "null_terminated_bytes" => length().map(DType::Bytes).ok_or_else(refuse),
        "fixed_length_utf32" => length().filter(|n| n % 4 == 0).map(|n| DType::Unicode(n / 4)).ok_or_else(refuse),
        _ => Err(refuse()),
    }
}

fn chunk_keys(encoding: Option<&Value>) -> Result<ChunkKeys> {
    let name = encoding.map(data_type_name).unwrap_or_default();
    let separator = encoding.and_then(|e| e.get("configuration")).and_then(|c| c.get("separator"));
    let separator = separator.and_then(Value::as_str);
    if let Some(other) = separator.filter(|s| *s != "/" && *s != ".") {
        return Err(invalid_metadata(format!("chunk key separator {other:?}")));
    }
    match name.as_str() {
        "default" => Ok(ChunkKeys::Default(separator.unwrap_or("/").to_string())),
        "v2" => Ok(ChunkKeys::V2(separator.unwrap_or(".").to_string())),
        other => Err(unsupported(format!("the chunk key encoding {other:?}"))),
    }
}

/// Shape and chunk shape, of equal rank and sane.
pub fn checked_shapes(shape: Option<&Value>, chunks: Option<&Value>) -> Result<(Vec<u64>, Vec<u64>)> {
    let list = |value: Option<&Value>, what: &str| -> Result<Vec<u64>> {
        let items = value.and_then(Value::as_array).ok_or_else(|| invalid_metadata(format!("no {what}")))?;
        if items.len() > MAX_NDIM {
            return Err(too_large("number of dimensions", items.len() as u64, MAX_NDIM as u64));
        }
        let whole = |n: &Value| n.as_u64().or_else(|| n.as_f64().filter(|x| *x == 0.0).map(|_| 0));
        items.iter().map(|n| whole(n).ok_or_else(|| invalid_metadata(format!("{what} holds {n}")))).collect()
    };
    let shape = list(shape, "shape")?;
    let mut chunk_shape = list(chunks, "chunk shape")?;
    if shape.len() != chunk_shape.len() {
        let message = format!("shape {shape:?} and chunk shape {chunk_shape:?} have different ranks");
        return Err(invalid_metadata(message));
    }
    for (chunk, &size) in chunk_shape.iter_mut().zip(&shape) {
        // Writers give an empty dimension chunks of length 0; elsewhere that would divide by zero.
        if *chunk == 0 && size == 0 {
            *chunk = 1;
        }
        if *chunk == 0 {
            return Err(invalid_metadata("a chunk of length 0"));
        }
    }
    product(&shape, "shape")?;
    product(&chunk_shape, "chunk shape")?;
    Ok((shape, chunk_shape))
}

/// Names of dimensions, and whether the store gave them. An unnamed one is `dim_N`, as in xarray.
pub fn named_dims(names: Option<&Value>, ndim: usize) -> Result<(Vec<String>, bool)> {
    let given = match names {
        Some(Value::Array(names)) if names.len() == ndim => names.as_slice(),
        Some(Value::Array(names)) => {
            return Err(invalid_metadata(format!("{} dimension names for {ndim} dimensions", names.len())));
        }
        _ => &[],
    };
    let named = !given.is_empty() || (ndim == 0 && names.is_some());
    let name = |i: usize| match given.get(i).and_then(Value::as_str) {
        Some(name) => name.to_string(),
        None => format!("dim_{i}"),
    };
    Ok(((0..ndim).map(name).collect(), named))
}

/// The paths of a node's documents, for a store without consolidated metadata.
pub fn document_key(path: &str) -> String {
    join_path(path, "zarr.json")
}
