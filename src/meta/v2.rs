//! Zarr v2: `.zarray`, `.zattrs`, `.zgroup`, `.zmetadata`.
//!
//! Spec: <https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html>. The codec chain is written out as v3 would: F order
//! is a transpose, byte order the codec `bytes`, then filters, then the compressor.
#![deny(clippy::indexing_slicing)]

use super::codecs::CodecSpec;
use super::grids::{even_grid, parse_shape};
use super::keys::ChunkKeys;
use super::tree::{ArrayMeta, Group, Tree};
use super::v3::named_dims;
use super::{MAX_NODES, nczarr, parse_json, types};
use crate::array::{ChunkGrid, parse_record_fill, swap_fields};
use crate::error::{Result, invalid_metadata, too_large};
use serde_json::{Map, Value};

/// An array from the JSON of `.zarray` and `.zattrs`.
///
/// # Errors
/// `invalid_metadata` for a document that cannot be; what is merely not supported is the array's `problem`.
pub fn parse_array(path: &str, zarray: &Value, zattrs: Option<Value>) -> Result<ArrayMeta> {
    parse_attrs(zattrs).and_then(|attrs| parse_array_at(path, zarray, attrs)).map_err(|e| e.with_path(path))
}

fn parse_array_at(path: &str, zarray: &Value, mut attrs: Map<String, Value>) -> Result<ArrayMeta> {
    if zarray.get("zarr_format").and_then(Value::as_u64) != Some(2) {
        return Err(invalid_metadata("zarr_format is not 2"));
    }
    let netcdf = nczarr::take(zarray, &mut attrs);
    let mut shape = parse_shape(zarray.get("shape"))?;
    let mut grid = even_grid(&shape, zarray.get("chunks"))?;
    if netcdf.scalar && shape == [1] {
        // The key of its one chunk is `0`, as that of an array without dimensions.
        (shape, grid) = (Vec::new(), ChunkGrid::default());
    }
    let fill_json = zarray.get("fill_value").cloned().unwrap_or(Value::Null);
    let separator = match zarray.get("dimension_separator") {
        None | Some(Value::Null) => ".",
        Some(Value::String(text)) if text == "." => ".",
        Some(Value::String(text)) if text == "/" => "/",
        Some(other) => return Err(invalid_metadata(format!("dimension_separator {other}"))),
    };
    // Attributes are the user's: names that do not fit name nothing, as in zarr-python.
    let names = [attrs.get("_ARRAY_DIMENSIONS"), netcdf.dims.as_ref()];
    let fits = |names: &&Value| names.as_array().is_some_and(|n| n.len() == shape.len());
    let (dims, named) = named_dims(names.into_iter().flatten().find(fits), shape.len())?;
    let dtype_json = zarray.get("dtype").cloned().unwrap_or(Value::Null);
    let mut meta = ArrayMeta {
        path: path.to_string(),
        zarr_format: 2,
        dtype_name: dtype_json.as_str().map_or_else(|| dtype_json.to_string(), str::to_string),
        shape,
        grid,
        dtype: None,
        fields: Vec::new(),
        fill: Vec::new(),
        fill_json,
        codecs: Vec::new(),
        keys: ChunkKeys::V2(separator.to_string()),
        dims,
        named_dims: named,
        attrs,
        problem: None,
    };
    if let Err(error) = read_types(&mut meta, zarray, &dtype_json) {
        meta.problem = Some(error.details().clone());
    }
    Ok(meta)
}

/// Fills in what may be beyond us: the data type, the fill value, the codecs.
fn read_types(meta: &mut ArrayMeta, zarray: &Value, dtype_json: &Value) -> Result<()> {
    let filters = match zarray.get("filters") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(filters)) => filters.as_slice(),
        Some(other) => return Err(invalid_metadata(format!("filters {other}"))),
    };
    let (types::Typed { dtype, name, record }, to_bytes, filters) = types::of_v2(dtype_json, filters)?;
    meta.dtype = Some(dtype);
    meta.dtype_name = name;
    let swaps = record.as_ref().map(|r| r.swaps(false)).unwrap_or_default();
    meta.fields = record.map(|r| r.fields).unwrap_or_default();
    meta.fill = parse_record_fill(&meta.fill_json, dtype, &meta.fields)?;
    if meta.fill_json.is_string() {
        // In base64 stands a record as it is stored, each field in its byte order.
        swap_fields(&mut meta.fill, dtype.size(), &swaps);
    }
    let ndim = meta.shape.len();
    match zarray.get("order").and_then(Value::as_str) {
        None | Some("C") => {}
        Some("F") if ndim < 2 => {}
        Some("F") => meta.codecs.push(CodecSpec::Transpose((0..ndim).rev().collect())),
        Some(other) => return Err(invalid_metadata(format!("order {other:?}"))),
    }
    meta.codecs.extend(to_bytes);
    for filter in filters {
        meta.codecs.push(CodecSpec::parse_v2(filter)?);
    }
    match zarray.get("compressor") {
        None | Some(Value::Null) => {}
        Some(compressor) => meta.codecs.push(CodecSpec::parse_v2(compressor)?),
    }
    Ok(())
}

/// A group from the JSON of its `.zattrs`.
pub fn parse_group(path: &str, zattrs: Option<Value>) -> Group {
    match parse_attrs(zattrs) {
        Ok(mut attrs) => {
            nczarr::take(&Value::Null, &mut attrs);
            Group { attrs, problem: None }
        }
        Err(why) => Group { attrs: Map::new(), problem: Some(Box::new(why.with_path(path).details().clone())) },
    }
}

/// Attributes from the JSON of `.zattrs`; an absent file means none.
fn parse_attrs(zattrs: Option<Value>) -> Result<Map<String, Value>> {
    match zattrs {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(invalid_metadata(".zattrs is no object")),
    }
}

/// A whole tree from `.zmetadata`.
pub fn parse_consolidated(bytes: &[u8]) -> Result<Tree> {
    let Value::Object(mut document) = parse_json(bytes)? else {
        return Err(invalid_metadata(".zmetadata is no object"));
    };
    let Some(Value::Object(mut entries)) = document.remove("metadata") else {
        return Err(invalid_metadata(".zmetadata has no `metadata`"));
    };
    if entries.len() > 3 * MAX_NODES {
        return Err(too_large("entries of .zmetadata", entries.len() as u64, 3 * MAX_NODES as u64));
    }
    let in_records = document.contains_key("record_size");
    let mut tree = Tree { zarr_format: 2, consolidated: true, complete: true, in_records, ..Tree::default() };
    tree.groups.insert(String::new(), Group::default());
    let keys: Vec<String> = entries.keys().cloned().collect();
    for key in keys {
        let (path, file) = key.rsplit_once('/').unwrap_or(("", &key));
        if file != ".zarray" && file != ".zgroup" {
            continue;
        }
        let Some(node) = entries.remove(&key) else { continue };
        let zattrs = entries.remove(&crate::store::join_path(path, ".zattrs"));
        if file == ".zarray" {
            let array = parse_array(path, &node, zattrs).unwrap_or_else(|why| ArrayMeta::broken(path, 2, &why));
            tree.arrays.insert(path.to_string(), array);
        } else {
            tree.groups.insert(path.to_string(), parse_group(path, zattrs));
        }
    }
    Ok(tree)
}
