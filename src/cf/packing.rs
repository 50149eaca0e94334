//! Packed and masked values, as xarray's `decode_cf` reads them.
//!
//! `_FillValue` and `missing_value` are compared in the stored type, then `scale_factor` is multiplied and `add_offset`
//! added, in float64. In Zarr v2, xarray writes `_FillValue` into the array's own `fill_value` and reads it from there;
//! that holds for arrays which name their dimensions, for others xarray has no say and the values stay as zarr-python
//! gives them.

use crate::array::{DType, parse_fill};
use crate::meta::ArrayMeta;
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What to do with stored values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Packing {
    /// The type in which stored bytes are read (`_Unsigned` changes the sign).
    pub dtype: DType,
    /// Values that mean "missing", widened from the stored type.
    pub missing: Vec<f64>,
    /// The same for 64-bit integers, which a double cannot hold.
    pub missing_wide: Vec<i128>,
    /// Factor and summand, if there are any.
    pub scale: Option<(f64, f64)>,
}

impl Packing {
    /// No decoding at all.
    pub fn none(dtype: DType) -> Self {
        Packing { dtype, missing: Vec::new(), missing_wide: Vec::new(), scale: None }
    }

    /// From an array's attributes and fill value.
    pub fn of(meta: &ArrayMeta, dtype: DType) -> Self {
        let mut packing = Packing::none(dtype);
        if !dtype.is_real() || dtype == DType::Bool {
            return packing;
        }
        packing.dtype = match meta.text("_Unsigned") {
            Some("true") => dtype.unsigned(),
            Some("false") => dtype.signed(),
            _ => dtype,
        };
        if meta.zarr_format == 2 && meta.named_dims && !meta.fill_json.is_null() {
            packing.add_missing(&meta.fill_json, dtype);
        } else if let Some(value) = meta.attrs.get("_FillValue") {
            packing.add_missing(value, dtype);
        }
        match meta.attrs.get("missing_value") {
            Some(Value::Array(values)) => values.iter().for_each(|v| packing.add_missing(v, dtype)),
            Some(value) => packing.add_missing(value, dtype),
            None => {}
        }
        let (scale, offset) = (number(meta.attrs.get("scale_factor")), number(meta.attrs.get("add_offset")));
        if scale.is_some() || offset.is_some() {
            packing.scale = Some((scale.unwrap_or(1.0), offset.unwrap_or(0.0)));
        }
        packing
    }

    /// Whether stored values pass as they are.
    pub fn is_identity(&self) -> bool {
        self.missing.is_empty() && self.missing_wide.is_empty() && self.scale.is_none()
    }

    /// The type of the decoded values: floats keep theirs unless they are scaled, masked integers become float64.
    pub fn decoded_dtype(&self) -> DType {
        if self.is_identity() || (self.scale.is_none() && self.dtype.is_float()) { self.dtype } else { DType::Float64 }
    }

    fn add_missing(&mut self, value: &Value, dtype: DType) {
        let stored = base64_double(value, dtype).unwrap_or_else(|| value.clone());
        // A value that the type cannot hold is equal to none of its values.
        let Ok(bytes) = parse_fill(&stored, dtype) else { return };
        if self.dtype.is_wide_integer() {
            let Some(bytes) = bytes.first_chunk::<8>() else { return };
            let signed = i64::from_le_bytes(*bytes);
            let wide = if self.dtype.is_signed() { i128::from(signed) } else { i128::from(signed.cast_unsigned()) };
            self.missing_wide.push(wide);
            return;
        }
        let Some(x) = widen(&bytes, self.dtype) else { return };
        if !x.is_nan() && !self.missing.contains(&x) {
            self.missing.push(x);
        }
    }
}

/// xarray writes a float's `_FillValue` in v3 attributes as base64 of a little-endian double, whatever its own width.
fn base64_double(value: &Value, dtype: DType) -> Option<Value> {
    let text = value.as_str().filter(|_| dtype.is_float())?;
    let raw = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let x = f64::from_le_bytes(*raw.first_chunk::<8>().filter(|_| raw.len() == 8)?);
    Some(serde_json::Number::from_f64(x).map_or_else(|| Value::String(non_finite_name(x).into()), Value::Number))
}

fn non_finite_name(x: f64) -> &'static str {
    if x.is_nan() {
        "NaN"
    } else if x > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// An element as a double; exact for all types but 64-bit integers.
fn widen(bytes: &[u8], dtype: DType) -> Option<f64> {
    let mut out = [0.0];
    crate::array::read_f64(bytes, dtype, &mut out).then_some(out[0])
}

/// A number, or a list of one.
fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::Number(n) => n.as_f64(),
        Value::Array(items) if items.len() == 1 => number(items.first()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
