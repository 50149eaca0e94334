//! Elements that are no numbers, as JSON: what results hold of text, byte strings, objects and records.
//!
//! NaN is null and infinities are text, as everywhere in results; 64-bit integers stay exact. Byte strings are text where
//! they are UTF-8, and lists of bytes elsewhere; raw bytes are always lists.

use super::dtype::DType;
use super::read::{read_f64, read_wide};
use super::record::Field;
use super::text::read_text;
use serde_json::{Map, Number, Value};

/// One element from its little-endian bytes. `fields` are those of a record.
pub fn element_value(bytes: &[u8], dtype: DType, fields: &[Field]) -> Value {
    match dtype {
        DType::Record(_) => record(bytes, fields),
        DType::Text => String::from_utf8_lossy(bytes).into_owned().into(),
        DType::Blob => byte_string(bytes),
        DType::Object => serde_json::from_slice(bytes).unwrap_or(Value::Null),
        DType::Bytes(_) => {
            let used = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
            byte_string(bytes.get(..used).unwrap_or_default())
        }
        DType::Raw(_) => list(bytes),
        DType::Unicode(_) => read_text(bytes, dtype).pop().unwrap_or_default().into(),
        DType::Bool => bytes.iter().any(|b| *b != 0).into(),
        DType::Complex64 | DType::Complex128 => {
            let part = if dtype == DType::Complex64 { DType::Float32 } else { DType::Float64 };
            let (re, im) = bytes.split_at(bytes.len().min(part.size()));
            Value::Array(vec![number(re, part), number(im, part)])
        }
        DType::Datetime64(..) | DType::Timedelta64(..) => {
            match bytes.first_chunk::<8>().map(|b| i64::from_le_bytes(*b)) {
                None | Some(i64::MIN) => Value::Null,
                Some(count) => count.into(),
            }
        }
        _ => number(bytes, dtype),
    }
}

/// Text if it is UTF-8, else a list of bytes.
fn byte_string(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or_else(|_| list(bytes), Value::from)
}

fn list(bytes: &[u8]) -> Value {
    bytes.iter().map(|b| Value::from(*b)).collect()
}

fn number(bytes: &[u8], dtype: DType) -> Value {
    if dtype.is_wide_integer() {
        let mut wide = [0];
        read_wide(bytes, dtype, &mut wide);
        let [wide] = wide;
        return i64::try_from(wide)
            .map(Value::from)
            .or_else(|_| u64::try_from(wide).map(Value::from))
            .unwrap_or_default();
    }
    let mut x = [f64::NAN];
    read_f64(bytes, dtype, &mut x);
    let [x] = x;
    #[allow(clippy::cast_possible_truncation)] // integers of at most 32 bits
    match Number::from_f64(x) {
        Some(_) if dtype.is_integer() => (x as i64).into(),
        Some(x) => Value::Number(x),
        None if x.is_nan() => Value::Null,
        None => (if x > 0.0 { "Infinity" } else { "-Infinity" }).into(),
    }
}

fn record(bytes: &[u8], fields: &[Field]) -> Value {
    let mut map = Map::new();
    for field in fields.iter().filter(|f| !f.name.is_empty()) {
        let start = field.offset as usize;
        let own = bytes.get(start..start.saturating_add(field.len_bytes())).unwrap_or_default();
        let value = if field.shape.is_empty() {
            element_value(own, field.dtype, &field.fields)
        } else {
            nested(own, field, &field.shape)
        };
        map.insert(field.name.clone(), value);
    }
    Value::Object(map)
}

/// A field that is an array, as lists in lists.
fn nested(bytes: &[u8], field: &Field, shape: &[u32]) -> Value {
    let Some((&len, inner)) = shape.split_first() else {
        return element_value(bytes, field.dtype, &field.fields);
    };
    let size = bytes.len().checked_div(len as usize).unwrap_or(0);
    if size == 0 {
        return Value::Array(Vec::new());
    }
    bytes.chunks_exact(size).map(|part| nested(part, field, inner)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_is_an_object() {
        let record =
            Record::parse_v2(&json!([["i", "<i4"], ["", "|V1"], ["s", "|S3"], ["a", "<u2", [2, 2]], ["q", "<i8"]]));
        let Ok(record) = record else { panic!("{record:?}") };
        let mut bytes = (-3i32).to_le_bytes().to_vec();
        bytes.extend(b"\xffab\0");
        bytes.extend([1, 0, 2, 0, 3, 0, 4, 0]);
        bytes.extend(9_007_199_254_740_993i64.to_le_bytes());
        let value = element_value(&bytes, record.dtype(), &record.fields);
        assert_eq!(value, json!({"i": -3, "s": "ab", "a": [[1, 2], [3, 4]], "q": 9_007_199_254_740_993i64}));
    }

    #[test]
    fn byte_strings_are_text_where_they_can_be() {
        assert_eq!(element_value(b"caf\xc3\xa9\0\0", DType::Bytes(7), &[]), json!("café"));
        assert_eq!(element_value(b"\xff\x01\0", DType::Bytes(3), &[]), json!([255, 1]));
        assert_eq!(element_value(b"ab", DType::Raw(2), &[]), json!([97, 98]));
        assert_eq!(element_value(&f64::NAN.to_le_bytes(), DType::Float64, &[]), Value::Null);
    }
}
