//! Along which dimensions a step looks at more than one position at a time. Along all others, parts of a field can be worked
//! on by themselves.

use super::groups::group_by;
use crate::cf::Labels;
use crate::plan::{Grouping, Labelling, Step};
use serde_json::Value;

/// Whether a step leaves a dimension alone: every position of its result depends on that position only. `grouping` is
/// the one before it, `labels` are those before all steps.
pub fn leaves_alone(labels: &Labelling, grouping: Option<&Grouping>, step: &Step, dim: &str) -> bool {
    let unnamed = |dims: &Option<Vec<String>>| dims.as_ref().is_some_and(|dims| !dims.iter().any(|d| d == dim));
    match step {
        Step::Group(grouping) => !groups_along(labels, grouping, dim),
        // Within groups, a reduction over no named dimension is over the grouped ones.
        Step::Reduce(reduction) if grouping.is_some() => reduction.dims.is_none() || unnamed(&reduction.dims),
        Step::Reduce(reduction) => unnamed(&reduction.dims),
        Step::Anomaly { dims, .. } => grouping.is_some() || unnamed(dims),
        Step::Cumsum { dims, .. } | Step::Pair { dims, .. } => unnamed(dims),
        Step::Scale { .. } | Step::Arithmetic(..) => true,
        Step::Trend(along) => along != dim,
        Step::Regrid { .. } => !labels.coords.iter().any(|c| {
            let role = c.attrs.get("role").and_then(Value::as_str);
            c.dim.as_deref() == Some(dim) && matches!(role, Some("latitude" | "longitude"))
        }),
    }
}

fn groups_along(labels: &Labelling, grouping: &Grouping, dim: &str) -> bool {
    let has_times = |dim: &str| {
        labels.coords.iter().any(|c| c.dim.as_deref() == Some(dim) && matches!(c.labels, Labels::Times(..)))
    };
    match grouping {
        Grouping::By(by) => match group_by(labels, by) {
            Ok(grouped) => grouped.dim == dim,
            // A name that an earlier step made: along none of these dimensions, unless it is called like one.
            Err(_) => by.split('.').next() == Some(dim),
        },
        Grouping::Resample(_) => has_times(dim),
        Grouping::Coarsen(windows, _) | Grouping::Rolling { windows, .. } => {
            windows.iter().any(|(name, _)| name == dim)
        }
    }
}
