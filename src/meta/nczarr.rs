//! What netcdf-c writes beside Zarr: names of dimensions, scalars as arrays of one element, and types of attributes.
//!
//! Old stores keep it in `.zarray` as `_NCZARR_ARRAY` (`dimrefs`), newer ones in the attributes as `_nczarr_array`
//! (`dimension_references`). Spec: <https://docs.unidata.ucar.edu/nug/current/nczarr_head.html>.
#![deny(clippy::indexing_slicing)]

use serde_json::{Map, Value};

/// What netcdf-c says of an array.
#[derive(Debug, Default, PartialEq)]
pub struct NcArray {
    /// Names of its dimensions, without their groups.
    pub dims: Option<Value>,
    /// Whether its one element stands for an array without dimensions.
    pub scalar: bool,
}

/// Reads what netcdf-c wrote into an array's document or attributes, and takes its own attributes away.
pub fn take(document: &Value, attrs: &mut Map<String, Value>) -> NcArray {
    let in_attrs = ["_nczarr_array", "_NCZARR_ARRAY"].iter().find_map(|key| attrs.get(*key).cloned());
    let own = in_attrs.or_else(|| {
        let found = ["_nczarr_array", "_NCZARR_ARRAY"].iter().find_map(|key| document.get(*key));
        found.cloned()
    });
    attrs.retain(|key, _| !key.to_ascii_lowercase().starts_with("_nczarr"));
    let Some(own) = own else { return NcArray::default() };
    let refs = own.get("dimension_references").or_else(|| own.get("dimrefs")).and_then(Value::as_array);
    let name = |r: &Value| r.as_str().map(|path| Value::from(path.rsplit('/').next().unwrap_or(path)));
    let dims = refs.and_then(|refs| refs.iter().map(name).collect::<Option<Vec<Value>>>()).map(Value::Array);
    let scalar = own.get("storage").and_then(Value::as_str) == Some("scalar")
        || own.get("scalar").is_some_and(|s| *s == Value::Bool(true) || s.as_u64() == Some(1));
    NcArray { dims, scalar }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_ages() {
        let old = json!({"_NCZARR_ARRAY": {"dimrefs": ["/lat", "/g/lon"], "storage": "chunked"}});
        let mut attrs = json!({"units": "K", "_NCZARR_ATTR": {"types": {"units": "<S1"}}});
        let attrs = attrs.as_object_mut();
        let mut attrs = attrs.map(std::mem::take).unwrap_or_default();
        let found = take(&old, &mut attrs);
        assert_eq!(found, NcArray { dims: Some(json!(["lat", "lon"])), scalar: false });
        assert_eq!(Value::Object(attrs), json!({"units": "K"}));
        let mut attrs = Map::new();
        attrs.insert("_nczarr_array".into(), json!({"dimension_references": [], "storage": "scalar"}));
        assert!(take(&json!({}), &mut attrs).scalar && attrs.is_empty());
        assert_eq!(take(&json!({}), &mut Map::new()), NcArray::default());
    }
}
