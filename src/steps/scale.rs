//! Other units: a factor and an offset.

use super::axis::doubles;
use crate::error::Result;
use crate::reduce::{Data, Estimated, Field};
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
    let data = match &field.data {
        // The errors of an estimate are in the same units.
        Data::Estimated(of) => {
            let times = |errors: &[f64]| errors.iter().map(|e| e * factor.abs()).collect();
            let (standard_error, half_width) = (times(&of.standard_error), times(&of.half_width));
            Data::Estimated(Box::new(Estimated { values, standard_error, half_width, sample: of.sample }))
        }
        _ => Data::F64(values),
    };
    Ok(Field { labels, dtype: "float64".into(), data })
}
