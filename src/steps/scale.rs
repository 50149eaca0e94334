//! Other units: a factor and an offset.

use super::axis::doubles;
use crate::error::Result;
use crate::reduce::{Data, Field};
use serde_json::Value;

/// Each value times `factor`, plus `offset`, in float64 and rounded after each; what is missing stays missing. `units`
/// take the place of the variable's, which stay if there are none.
///
/// # Errors
/// `unsupported` for values that are no real numbers.
///
/// Source: `x * factor + offset` of xarray.
pub fn scale(field: &Field, factor: f64, offset: f64, units: Option<&str>) -> Result<Field> {
    let mut values = doubles(field, "scale")?;
    for x in &mut values {
        *x = *x * factor + offset;
    }
    let mut labels = field.labels.clone();
    if let Some(units) = units {
        labels.attrs.insert("units".into(), Value::String(units.to_string()));
    }
    Ok(Field { labels, dtype: "float64".into(), data: Data::F64(values) })
}
