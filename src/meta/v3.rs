//! Zarr v3: `zarr.json`, with consolidated metadata inline.
//!
//! Spec: <https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html>.
#![deny(clippy::indexing_slicing)]

use super::codecs::parse_v3_chain;
use super::grids::{parse_grid, parse_shape};
use super::keys::ChunkKeys;
use super::tree::{ArrayMeta, Group, Tree};
use super::{MAX_NODES, types};
use crate::array::{ChunkGrid, parse_record_fill};
use crate::error::{Code, Result, invalid_metadata, too_large, unsupported};
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
///
/// # Errors
/// `invalid_metadata` for a document that cannot be; what is merely not supported is the array's `problem`.
pub fn parse_node(path: &str, document: Value) -> Result<Node> {
    parse_node_at(path, document).map_err(|e| e.with_path(path))
}

fn parse_node_at(path: &str, document: Value) -> Result<Node> {
    let Value::Object(mut map) = document else { return Err(invalid_metadata("zarr.json is no object")) };
    if map.get("zarr_format").and_then(Value::as_u64) != Some(3) {
        return Err(invalid_metadata("zarr_format is not 3"));
    }
    let (attrs, spoilt) = match map.remove("attributes") {
        None | Some(Value::Null) => (Map::new(), None),
        Some(Value::Object(attrs)) => (attrs, None),
        Some(_) => (Map::new(), Some(invalid_metadata("attributes are no object").with_path(path))),
    };
    match map.get("node_type").and_then(Value::as_str) {
        Some("array") => match spoilt {
            Some(why) => Err(why),
            None => Ok(Node::Array(Box::new(array(path, &map, attrs)?))),
        },
        Some("group") => {
            let consolidated = match map.remove("consolidated_metadata") {
                Some(Value::Object(mut inline)) => match inline.remove("metadata") {
                    Some(Value::Object(entries)) => Some(entries),
                    _ => None,
                },
                _ => None,
            };
            let problem = spoilt.or_else(|| must_understand(&map, &GROUP_MEMBERS).err());
            Ok(Node::Group(Group { attrs, problem: problem.map(|e| Box::new(e.details().clone())) }, consolidated))
        }
        other => Err(invalid_metadata(format!("node_type {other:?}"))),
    }
}

/// The tree of a group that consolidates its children: all of them, or each group its own.
pub fn parse_consolidated(root: Group, entries: Map<String, Value>) -> Result<Tree> {
    let mut tree = Tree { zarr_format: 3, consolidated: true, complete: true, ..Tree::default() };
    tree.groups.insert(String::new(), root);
    let mut waiting = vec![(String::new(), entries)];
    let mut seen = 0;
    while let Some((above, entries)) = waiting.pop() {
        seen += entries.len();
        if seen > MAX_NODES {
            return Err(too_large("entries of consolidated metadata", seen as u64, MAX_NODES as u64));
        }
        for (name, document) in entries {
            let path = join_path(&above, name.trim_matches('/'));
            match parse_node(&path, document) {
                Ok(Node::Array(array)) => {
                    tree.arrays.insert(path, *array);
                }
                Ok(Node::Group(group, inner)) => {
                    if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
                        waiting.push((path.clone(), inner));
                    }
                    tree.groups.insert(path, group);
                }
                Err(why) => {
                    tree.arrays.insert(path.clone(), ArrayMeta::broken(&path, 3, &why));
                }
            }
        }
    }
    Ok(tree)
}

fn array(path: &str, map: &Map<String, Value>, attrs: Map<String, Value>) -> Result<ArrayMeta> {
    let shape = parse_shape(map.get("shape"))?;
    let (dims, named) = named_dims(map.get("dimension_names"), shape.len())?;
    let data_type = map.get("data_type").unwrap_or(&Value::Null);
    let (grid, unknown_grid) = match parse_grid(&shape, map.get("chunk_grid")) {
        Ok(grid) => (grid, None),
        Err(why) if why.code() == Code::Unsupported => {
            let whole: Vec<u64> = shape.iter().map(|n| (*n).max(1)).collect();
            (ChunkGrid::even(&whole), Some(why))
        }
        Err(why) => return Err(why),
    };
    let mut meta = ArrayMeta {
        path: path.to_string(),
        zarr_format: 3,
        dtype_name: extension_name(data_type).map_or_else(|| data_type.to_string(), str::to_string),
        shape,
        grid,
        dtype: None,
        fields: Vec::new(),
        fill: Vec::new(),
        fill_json: map.get("fill_value").cloned().unwrap_or(Value::Null),
        codecs: Vec::new(),
        keys: ChunkKeys::Default("/".into()),
        dims,
        named_dims: named,
        attrs,
        problem: None,
    };
    if let Err(error) = unknown_grid.map_or(Ok(()), Err).and_then(|()| read_types(&mut meta, map, data_type)) {
        meta.problem = Some(error.details().clone());
    }
    Ok(meta)
}

/// Fills in what may be beyond us: the data type, the fill value, the codecs.
fn read_types(meta: &mut ArrayMeta, map: &Map<String, Value>, data_type: &Value) -> Result<()> {
    let types::Typed { dtype, name, record } = types::of_v3(data_type)?;
    meta.dtype = Some(dtype);
    meta.dtype_name = name;
    meta.fields = record.as_ref().map(|r| r.fields.clone()).unwrap_or_default();
    meta.fill = parse_record_fill(&meta.fill_json, dtype, &meta.fields)?;
    meta.keys = ChunkKeys::parse(map.get("chunk_key_encoding"))?;
    let codecs = map.get("codecs").and_then(Value::as_array).ok_or_else(|| invalid_metadata("no codecs"))?;
    meta.codecs = parse_v3_chain(codecs, dtype)?;
    if let Some(record) = record {
        types::swap_fields(&mut meta.codecs, &record);
    }
    must_understand(map, &ARRAY_MEMBERS)
}

/// Members of an array's document that this version knows.
const ARRAY_MEMBERS: [&str; 11] = [
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
/// Members of a group's document.
const GROUP_MEMBERS: [&str; 4] = ["zarr_format", "node_type", "attributes", "consolidated_metadata"];

/// The spec's rule: an unknown member must be understood unless it says `"must_understand": false`.
fn must_understand(map: &Map<String, Value>, known: &[&str]) -> Result<()> {
    let optional = |value: &Value| value.get("must_understand") == Some(&Value::Bool(false));
    let transformers = map.get("storage_transformers").and_then(Value::as_array);
    if let Some(transformer) = transformers.into_iter().flatten().find(|t| !optional(t)) {
        let name = extension_name(transformer).unwrap_or("unnamed");
        return Err(unsupported(format!("the storage transformer {name:?}")));
    }
    for (name, value) in map {
        if !optional(value) && !value.is_null() && !known.contains(&name.as_str()) {
            return Err(unsupported(format!("the metadata member {name:?}, which must be understood")));
        }
    }
    Ok(())
}

/// The name of an extension: alone, or a member of an object beside its `configuration`.
pub fn extension_name(extension: &Value) -> Option<&str> {
    extension.as_str().or_else(|| extension.get("name").and_then(Value::as_str))
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
