//! Values across the border: JSON-like objects by serde, numbers in typed arrays.

use super::objects::set;
use crate::array::{DType, TimeUnit, element_value, read_f64, read_text, read_wide};
use crate::cf::{Calendar, Labels, long_label};
use crate::error::{Error, invalid_document};
use crate::plan::Coord;
use crate::reduce::{Data, Field, SampleFacts};
use js_sys::{Array, Float64Array, Object, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// Metadata as plain objects. Integers that a double cannot hold become text: nothing is rounded in silence.
pub fn json_to_js(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(b) => JsValue::from_bool(*b),
        Value::String(text) => JsValue::from_str(text),
        Value::Number(n) => match (n.as_i64().map(i128::from).or(n.as_u64().map(i128::from)), n.as_f64()) {
            (Some(n), _) => integer(n),
            (None, Some(x)) => JsValue::from_f64(x),
            (None, None) => JsValue::from_str(&n.to_string()),
        },
        Value::Array(items) => items.iter().map(json_to_js).collect::<Array>().into(),
        Value::Object(map) => object_to_js(map),
    }
}

/// A JSON object as a plain object.
pub fn object_to_js(map: &serde_json::Map<String, Value>) -> JsValue {
    let out = Object::new();
    for (key, value) in map {
        // defineProperty, so that a member called __proto__ stays a member.
        let descriptor = Object::new();
        set(&descriptor, "value", json_to_js(value));
        for flag in ["enumerable", "writable", "configurable"] {
            set(&descriptor, flag, true);
        }
        Object::define_property(&out, &key.as_str().into(), &descriptor);
    }
    out.into()
}

/// A document from JavaScript.
pub fn from_value(value: JsValue) -> Result<Value, Error> {
    serde_wasm_bindgen::from_value(value).map_err(|e| invalid_document(format!("no JSON: {e}")))
}

/// A result: `{variable, dims, shape, dtype, units?, longName?, label, attrs, coords, coordAttrs, scalarCoords, data}`; of
/// an estimate also `{standardError, interval95, estimate}`.
pub fn field_to_js(field: &Field) -> JsValue {
    let labels = &field.labels;
    let out = Object::new();
    set(&out, "variable", labels.variable.as_str());
    set(&out, "dims", labels.dims.iter().map(|(name, _)| JsValue::from_str(name)).collect::<Array>());
    set(&out, "shape", labels.shape().iter().map(|&n| number(n)).collect::<Array>());
    set(&out, "dtype", field.dtype.as_str());
    if let Some(units) = labels.text("units") {
        set(&out, "units", units);
    }
    if let Some(name) = labels.text("long_name").or(labels.text("standard_name")) {
        set(&out, "longName", name);
    }
    let name = labels.variable.rsplit('/').next().unwrap_or_default();
    let label = long_label(labels.text("long_name"), labels.text("standard_name"), name, labels.text("units"));
    set(&out, "label", label.as_str());
    set(&out, "attrs", object_to_js(&labels.attrs));
    let (coords, scalars, attrs) = (Object::new(), Object::new(), Object::new());
    for coord in &labels.coords {
        let values = labels_to_js(&coord.labels);
        match &coord.dim {
            Some(_) => set(&coords, &coord.name, values),
            None => set(&scalars, &coord.name, Reflect::get_u32(&values, 0).unwrap_or(JsValue::NULL)),
        }
        set(&attrs, &coord.name, coord_attrs(coord));
    }
    set(&out, "coords", coords);
    set(&out, "scalarCoords", scalars);
    set(&out, "coordAttrs", attrs);
    match &field.data {
        Data::Variables(parts) => {
            let variables = Object::new();
            // Of several variables each has labels of its own.
            let alike = |part: &Field| part.labels.coords == labels.coords;
            let told = |part: &Field| if alike(part) { part_to_js(part) } else { field_to_js(part) };
            parts.iter().for_each(|(name, part)| set(&variables, name, told(part)));
            set(&out, "variables", variables);
            set(&out, "data", Array::new());
        }
        data => set(&out, "data", data_to_js(data)),
    }
    if let Data::Estimated(of) = &field.data {
        set(&out, "standardError", Float64Array::from(of.standard_error.as_slice()));
        set(&out, "interval95", Float64Array::from(of.half_width.as_slice()));
        set(&out, "estimate", sample_to_js(&of.sample));
    }
    out.into()
}

/// What an estimate is made from: `{chunksSampled, chunks, strata, rounds, seed, degreesOfFreedom}`, the last one null
/// where nothing is left to chance.
fn sample_to_js(sample: &SampleFacts) -> Object {
    let out = Object::new();
    for (name, n) in [
        ("chunksSampled", sample.chunks_sampled),
        ("chunks", sample.chunks),
        ("strata", sample.strata),
        ("rounds", sample.rounds),
        ("seed", sample.seed),
    ] {
        set(&out, name, number(n));
    }
    let freedom = Some(sample.degrees_of_freedom).filter(|x| x.is_finite());
    set(&out, "degreesOfFreedom", freedom.map_or(JsValue::NULL, JsValue::from_f64));
    out
}

/// One of several results side by side: `{dims, shape, dtype, units?, attrs, data}`; coordinates are those of all.
fn part_to_js(part: &Field) -> JsValue {
    let out = Object::new();
    set(&out, "dims", part.labels.dims.iter().map(|(name, _)| JsValue::from_str(name)).collect::<Array>());
    set(&out, "shape", part.labels.shape().iter().map(|&n| number(n)).collect::<Array>());
    set(&out, "dtype", part.dtype.as_str());
    if let Some(units) = part.labels.text("units") {
        set(&out, "units", units);
    }
    set(&out, "attrs", object_to_js(&part.labels.attrs));
    set(&out, "data", data_to_js(&part.data));
    out.into()
}

/// A coordinate alone: `{name, values, attrs}`.
pub fn coord_to_js(coord: &Coord) -> JsValue {
    let out = Object::new();
    set(&out, "name", coord.name.as_str());
    set(&out, "values", labels_to_js(&coord.labels));
    set(&out, "attrs", coord_attrs(coord));
    out.into()
}

/// A coordinate's attributes, with its calendar where it is a time.
fn coord_attrs(coord: &Coord) -> JsValue {
    let mut attrs = coord.attrs.clone();
    if let Labels::Times(_, calendar) = coord.labels {
        attrs.insert("calendar".into(), calendar.name().into());
    }
    let text = |key: &str| coord.attrs.get(key).and_then(Value::as_str);
    let units = text("units").filter(|_| !matches!(coord.labels, Labels::Times(..)));
    let label = long_label(text("long_name"), text("standard_name"), &coord.name, units);
    attrs.insert("label".into(), label.into());
    object_to_js(&attrs)
}

fn labels_to_js(labels: &Labels) -> JsValue {
    match labels {
        Labels::Numbers(values, _) => values.iter().map(|&x| JsValue::from_f64(x)).collect::<Array>().into(),
        Labels::Times(values, calendar) => {
            let iso = |t: &Option<i128>| (*t).and_then(|t| calendar.date_time(t)).map(|t| t.to_string());
            values.iter().map(|t| iso(t).map_or(JsValue::NULL, |s| s.into())).collect::<Array>().into()
        }
        Labels::Text(values) => values.iter().map(|s| JsValue::from_str(s)).collect::<Array>().into(),
    }
}

/// Real numbers as a Float64Array; everything else as an Array in the contract's JSON form.
fn data_to_js(data: &Data) -> JsValue {
    match data {
        Data::F64(values) => Float64Array::from(values.as_slice()).into(),
        Data::Estimated(of) => Float64Array::from(of.values.as_slice()).into(),
        Data::Int(values) if values.iter().all(|n| n.is_some_and(is_safe)) => {
            #[allow(clippy::cast_precision_loss)] // checked by is_safe
            let values: Vec<f64> = values.iter().map(|n| n.unwrap_or(0) as f64).collect();
            Float64Array::from(values.as_slice()).into()
        }
        Data::Int(values) => values.iter().map(|n| n.map_or(JsValue::NULL, integer)).collect::<Array>().into(),
        Data::Variables(_) => Array::new().into(),
        Data::Values(values) => values.iter().map(json_to_js).collect::<Array>().into(),
        Data::Raw(bytes, dtype) => raw_to_js(bytes, *dtype),
    }
}

fn raw_to_js(bytes: &[u8], dtype: DType) -> JsValue {
    match dtype {
        DType::Int64 | DType::UInt64 => {
            let mut wide = vec![0; bytes.len() / 8];
            read_wide(bytes, dtype, &mut wide);
            data_to_js(&Data::Int(wide.into_iter().map(Some).collect()))
        }
        DType::Complex64 | DType::Complex128 => {
            let part = if dtype == DType::Complex64 { DType::Float32 } else { DType::Float64 };
            let mut parts = vec![0.0; bytes.len() / part.size()];
            read_f64(bytes, part, &mut parts);
            let pair = |p: &[f64; 2]| Array::of2(&p[0].into(), &p[1].into());
            parts.as_chunks::<2>().0.iter().map(pair).collect::<Array>().into()
        }
        DType::Datetime64(unit, n) => wide(bytes).map(|count| datetime(count, unit, n)).collect::<Array>().into(),
        DType::Timedelta64(..) => {
            let count = |count: i64| if count == i64::MIN { JsValue::NULL } else { integer(count.into()) };
            wide(bytes).map(count).collect::<Array>().into()
        }
        DType::Bytes(n) | DType::Raw(n) if n > 0 => {
            let elements = bytes.chunks_exact(n as usize);
            elements.map(|element| json_to_js(&element_value(element, dtype, &[]))).collect::<Array>().into()
        }
        DType::Bytes(_) | DType::Unicode(_) => {
            read_text(bytes, dtype).iter().map(|s| JsValue::from_str(s)).collect::<Array>().into()
        }
        _ => {
            let mut values = vec![0.0; bytes.len() / dtype.size().max(1)];
            read_f64(bytes, dtype, &mut values);
            Float64Array::from(values.as_slice()).into()
        }
    }
}

fn wide(bytes: &[u8]) -> impl Iterator<Item = i64> {
    bytes.as_chunks::<8>().0.iter().map(|raw| i64::from_le_bytes(*raw))
}

/// ISO 8601 where the unit has a fixed length within a microsecond; the count as digits otherwise.
fn datetime(count: i64, unit: TimeUnit, n: u32) -> JsValue {
    if count == i64::MIN {
        return JsValue::NULL;
    }
    let count = i128::from(count) * i128::from(n);
    let micros = match unit {
        TimeUnit::Week => count * 604_800_000_000,
        TimeUnit::Day => count * 86_400_000_000,
        TimeUnit::Hour => count * 3_600_000_000,
        TimeUnit::Minute => count * 60_000_000,
        TimeUnit::Second => count * 1_000_000,
        TimeUnit::Milli => count * 1000,
        TimeUnit::Micro => count,
        TimeUnit::Nano => count.div_euclid(1000),
        _ => return integer(count),
    };
    match Calendar::ProlepticGregorian.date_time(micros) {
        Some(t) if unit == TimeUnit::Nano && count.rem_euclid(1_000_000_000) != 0 => {
            let text = t.to_string();
            let second = text.split('.').next().unwrap_or_default();
            format!("{second}.{:09}", count.rem_euclid(1_000_000_000)).into()
        }
        Some(t) => t.to_string().into(),
        None => integer(count),
    }
}

fn is_safe(n: i128) -> bool {
    n.unsigned_abs() <= 1 << 53
}

/// A number where it is exact, digits otherwise.
#[allow(clippy::cast_precision_loss)]
fn integer(n: i128) -> JsValue {
    if is_safe(n) { JsValue::from_f64(n as f64) } else { n.to_string().into() }
}

#[allow(clippy::cast_precision_loss)]
fn number(n: u64) -> JsValue {
    JsValue::from_f64(n as f64)
}
