//! Data types as documents name them.
//!
//! v2: numpy's type strings, lists of fields, and `|O`, whose meaning its first filter tells. v3: core types, the
//! registered extensions (zarr-extensions), and the names under which zarr-python 3 writes the same.
#![deny(clippy::indexing_slicing)]

use super::codecs::CodecSpec;
use super::v3::extension_name;
use crate::array::{DType, Endian, MAX_STRING, Record, TimeUnit};
use crate::error::{Result, invalid_metadata, unsupported};
use serde_json::Value;

/// A data type: what it is, what `info` calls it, and its fields.
pub struct Typed {
    /// The element type.
    pub dtype: DType,
    /// The name in results and in `info`.
    pub name: String,
    /// Its fields, if it is a record.
    pub record: Option<Record>,
}

impl Typed {
    fn plain(dtype: DType) -> Self {
        Typed { dtype, name: dtype.name(), record: None }
    }

    fn record(record: Record) -> Self {
        Typed { dtype: record.dtype(), name: record.name(), record: Some(record) }
    }
}

/// The type of a v2 array, the codecs that turn such elements into bytes, and the filters that come after them.
///
/// # Errors
/// `unsupported`, `invalid_metadata`.
pub fn of_v2<'a>(dtype: &Value, filters: &'a [Value]) -> Result<(Typed, Vec<CodecSpec>, &'a [Value])> {
    if dtype.is_array() {
        let record = Record::parse_v2(dtype)?;
        let swaps = record.swaps(false);
        return Ok((Typed::record(record), vec![CodecSpec::Fields(swaps)], filters));
    }
    let text = dtype.as_str().ok_or_else(|| invalid_metadata(format!("dtype {dtype}")))?;
    let first = filters.split_first().map(|(filter, after)| (CodecSpec::parse_v2(filter), after));
    match (text, first) {
        ("|O" | "O", Some((codec, after))) => {
            let codec = codec?;
            match codec.objects() {
                Some(dtype) => Ok((Typed::plain(dtype), codec.with_its_bytes(), after)),
                None => Err(unsupported(format!("objects behind the filter {}", codec.name()))),
            }
        }
        ("|O" | "O", None) => Err(unsupported("objects (dtype |O) without a filter that says what they are")),
        // Labels of a fixed width are the array's own elements.
        (_, Some((Ok(codec @ CodecSpec::Categorize(_)), after))) => {
            let (dtype, _) = DType::parse_numpy(text)?;
            Ok((Typed::plain(dtype), codec.with_its_bytes(), after))
        }
        _ => {
            let (dtype, endian) = DType::parse_numpy(text)?;
            Ok((Typed::plain(dtype), vec![CodecSpec::Bytes(endian)], filters))
        }
    }
}

/// The type of a v3 array.
///
/// # Errors
/// `unsupported`, `invalid_metadata`.
pub fn of_v3(data_type: &Value) -> Result<Typed> {
    let fields = data_type.get("configuration").and_then(|c| c.get("fields"));
    match (extension_name(data_type), fields) {
        (Some("struct" | "structured"), Some(fields)) => Record::parse_v3(fields, single).map(Typed::record),
        _ => single(data_type).map(Typed::plain),
    }
}

/// A v3 type that is no record.
fn single(data_type: &Value) -> Result<DType> {
    let name = extension_name(data_type).unwrap_or_default();
    if let Some(dtype) = DType::parse_v3(name) {
        return Ok(dtype);
    }
    let refuse = || unsupported(format!("the data type {name:?}"));
    let configuration = data_type.get("configuration");
    let member = |key: &str| configuration.and_then(|c| c.get(key));
    let number = |key: &str| member(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let unit = || -> Option<(TimeUnit, u32)> {
        let unit = TimeUnit::parse(member("unit")?.as_str()?)?;
        Some((unit, number("scale_factor").unwrap_or(1)))
    };
    let length = || number("length_bytes").filter(|n| *n <= MAX_STRING);
    match name {
        "string" | "variable_length_utf8" => Ok(DType::Text),
        "bytes" | "variable_length_bytes" => Ok(DType::Blob),
        "numpy.datetime64" => unit().map(|(unit, n)| DType::Datetime64(unit, n)).ok_or_else(refuse),
        "numpy.timedelta64" => unit().map(|(unit, n)| DType::Timedelta64(unit, n)).ok_or_else(refuse),
        "null_terminated_bytes" => length().map(DType::Bytes).ok_or_else(refuse),
        "raw_bytes" => length().map(DType::Raw).ok_or_else(refuse),
        "fixed_length_utf32" => length().filter(|n| n % 4 == 0).map(|n| DType::Unicode(n / 4)).ok_or_else(refuse),
        _ => {
            let bits = name.strip_prefix('r').and_then(|bits| bits.parse::<u32>().ok());
            let bytes = bits.filter(|n| n.is_multiple_of(8)).map(|n| n / 8).filter(|n| *n <= MAX_STRING);
            bytes.map(DType::Raw).ok_or_else(refuse)
        }
    }
}

/// The codec `bytes` of records: every field is stored in its byte order, in shards, too.
pub fn swap_fields(codecs: &mut [CodecSpec], record: &Record) {
    for codec in codecs {
        match codec {
            CodecSpec::Bytes(endian) => *codec = CodecSpec::Fields(record.swaps(*endian == Endian::Big)),
            CodecSpec::Sharding(spec) => swap_fields(&mut spec.codecs, record),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_v3() {
        let of = |value: Value| of_v3(&value).map(|t| t.dtype).map_err(|e| e.to_string());
        assert_eq!(of(json!("r24")), Ok(DType::Raw(3)));
        assert_eq!(of(json!({"name": "raw_bytes", "configuration": {"length_bytes": 3}})), Ok(DType::Raw(3)));
        assert_eq!(of(json!("string")), Ok(DType::Text));
        assert_eq!(of(json!({"name": "variable_length_bytes"})), Ok(DType::Blob));
        let fields = json!([["i", "int32"], ["t", {"name": "numpy.datetime64", "configuration": {"unit": "s"}}]]);
        assert_eq!(of(json!({"name": "structured", "configuration": {"fields": fields}})), Ok(DType::Record(12)));
        for bad in [json!("r7"), json!("r99999999999"), json!("float128"), json!({"name": "struct"}), json!(3)] {
            assert!(of(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn objects_of_v2_are_what_their_filter_says() {
        let of = |dtype: Value, filters: &[Value]| of_v2(&dtype, filters).map(|(t, ..)| t.dtype).ok();
        assert_eq!(of(json!("|O"), &[json!({"id": "vlen-utf8"})]), Some(DType::Text));
        assert_eq!(of(json!("|O"), &[json!({"id": "json2"})]), Some(DType::Object));
        let categorize = json!({"id": "categorize", "labels": ["a", "b"], "dtype": "<U4", "astype": "|u1"});
        assert_eq!(of(json!("<U4"), &[categorize.clone()]), Some(DType::Unicode(4)));
        assert_eq!(of(json!("|O"), &[]), None);
        let pickle = of_v2(&json!("|O"), &[json!({"id": "pickle"})]).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(pickle.contains("pickle"), "{pickle}");
    }
}
