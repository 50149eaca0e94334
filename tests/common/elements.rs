//! Elements as fixtures write them: compared one by one with what the core read.

use serde_json::Value;
use zarrscope::array::DType;
use zarrscope::reduce::{Data, Field};

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    Real(f64),
    Complex(f64, f64),
    Integer(i128),
    Bytes(Vec<u8>),
    Text(String),
    Json(Value),
}

/// All elements of a result, in C order.
pub fn elements(data: &Data) -> Vec<Element> {
    match data {
        Data::F64(values) => values.iter().map(|x| Element::Real(*x)).collect(),
        Data::Int(values) => values.iter().map(|n| Element::Integer(n.expect("no value is missing"))).collect(),
        Data::Estimated(of) => elements(&Data::F64(of.values.clone())),
        Data::Variables(parts) => parts.iter().flat_map(|(_, part)| elements(&part.data)).collect(),
        Data::Values(values) => values.iter().map(|v| Element::Json(v.clone())).collect(),
        Data::Raw(bytes, dtype) if dtype.size() == 0 => vec![Element::Text(String::new()); bytes.len()],
        Data::Raw(bytes, dtype) => bytes.chunks_exact(dtype.size()).map(|raw| element(raw, *dtype)).collect(),
    }
}

fn element(raw: &[u8], dtype: DType) -> Element {
    let f32_at = |at: usize| f64::from(f32::from_le_bytes(raw[at..at + 4].try_into().unwrap()));
    let f64_at = |at: usize| f64::from_le_bytes(raw[at..at + 8].try_into().unwrap());
    let trimmed = |raw: &[u8]| {
        let len = raw.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        raw[..len].to_vec()
    };
    match dtype {
        DType::Complex64 => Element::Complex(f32_at(0), f32_at(4)),
        DType::Complex128 => Element::Complex(f64_at(0), f64_at(8)),
        DType::UInt64 => Element::Integer(u64::from_le_bytes(raw.try_into().unwrap()).into()),
        DType::Int64 | DType::Datetime64(..) | DType::Timedelta64(..) => {
            Element::Integer(i64::from_le_bytes(raw.try_into().unwrap()).into())
        }
        DType::Bytes(_) => Element::Bytes(trimmed(raw)),
        DType::Unicode(_) => {
            let codes = raw.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c)).filter(|c| *c != 0);
            Element::Text(codes.map(|c| char::from_u32(c).expect("a code point")).collect())
        }
        other => panic!("raw elements of {}", other.name()),
    }
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Number(n) => n.as_i64().map(i128::from).or_else(|| n.as_u64().map(i128::from)),
        Value::String(digits) => digits.parse().ok(),
        Value::Object(map) => integer(map.get("i8")?),
        _ => None,
    }
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Whether an element is what a fixture expects; `null` expects nothing.
pub fn is(expected: &Value, actual: &Element) -> bool {
    if expected.is_null() {
        return true;
    }
    match actual {
        Element::Real(x) => real(expected).is_some_and(|e| same(e, *x)),
        Element::Complex(re, im) => match expected.as_array().map(Vec::as_slice) {
            Some([r, i]) => real(r).is_some_and(|r| same(r, *re)) && real(i).is_some_and(|i| same(i, *im)),
            _ => false,
        },
        Element::Integer(n) => integer(expected) == Some(*n),
        Element::Json(value) => json_is(expected, value),
        Element::Text(text) => expected.as_str() == Some(text),
        Element::Bytes(bytes) => match expected {
            Value::String(text) => text.as_bytes() == bytes,
            _ => {
                let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                expected.get("hex").and_then(Value::as_str) == Some(&hex)
            }
        },
    }
}

/// Records may be lists of their fields, and times are counts there.
fn json_is(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Array(parts), Value::Object(fields)) => {
            parts.len() == fields.len() && parts.iter().zip(fields.values()).all(|(e, a)| json_is(e, a))
        }
        (Value::Array(parts), Value::Array(values)) => {
            parts.len() == values.len() && parts.iter().zip(values).all(|(e, a)| json_is(e, a))
        }
        (Value::Object(parts), Value::Object(fields)) => {
            parts.len() == fields.len() && parts.iter().all(|(k, e)| fields.get(k).is_some_and(|a| json_is(e, a)))
        }
        (Value::Number(e), Value::Number(a)) => e.as_f64() == a.as_f64(),
        _ => expected == actual,
    }
}

/// Fails at the first element that is another than expected.
pub fn assert_elements(what: &str, expected: &Value, field: &Field) {
    let expected = expected.as_array().unwrap_or_else(|| panic!("{what}: no list of values"));
    let actual = elements(&field.data);
    assert_eq!(expected.len(), actual.len(), "{what}: number of elements");
    for (i, (e, a)) in expected.iter().zip(&actual).enumerate() {
        assert!(is(e, a), "{what}: element {i} is {a:?}, expected {e}");
    }
}

/// Elements as they are stored, little-endian, in C order.
pub fn stored_bytes(field: &Field) -> Vec<u8> {
    let Data::F64(values) = &field.data else {
        match &field.data {
            Data::Raw(bytes, _) => return bytes.clone(),
            other => panic!("no stored values: {other:?}"),
        }
    };
    let each = |f: &dyn Fn(f64) -> Vec<u8>| values.iter().flat_map(|x| f(*x)).collect();
    #[allow(clippy::cast_sign_loss)]
    match field.dtype.as_str() {
        "bool" | "uint8" => each(&|x| vec![x as u8]),
        "int8" => each(&|x| (x as i8).to_le_bytes().to_vec()),
        "int16" => each(&|x| (x as i16).to_le_bytes().to_vec()),
        "uint16" => each(&|x| (x as u16).to_le_bytes().to_vec()),
        "int32" => each(&|x| (x as i32).to_le_bytes().to_vec()),
        "uint32" => each(&|x| (x as u32).to_le_bytes().to_vec()),
        "float16" => each(&|x| half::f16::from_f64(x).to_le_bytes().to_vec()),
        "float32" => each(&|x| (x as f32).to_le_bytes().to_vec()),
        "float64" => each(&|x| x.to_le_bytes().to_vec()),
        other => panic!("stored values of {other}"),
    }
}
