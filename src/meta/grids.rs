//! Shapes and chunk grids as metadata writes them: of equal rank, without chunks of length 0, their products in 64 bits.
#![deny(clippy::indexing_slicing)]

use super::MAX_NDIM;
use super::v3::extension_name;
use crate::array::{ChunkAxis, ChunkGrid};
use crate::error::{Result, invalid_metadata, product, too_large, unsupported};
use serde_json::Value;

/// The most chunks along one dimension that is not cut evenly.
const MAX_EDGES: u64 = 1 << 20;

/// The extents of an array.
pub fn parse_shape(shape: Option<&Value>) -> Result<Vec<u64>> {
    let shape = extents(shape, "shape")?;
    product(&shape, "shape")?;
    Ok(shape)
}

/// Chunks of one shape.
pub fn even_grid(shape: &[u64], chunks: Option<&Value>) -> Result<ChunkGrid> {
    let mut chunk_shape = extents(chunks, "chunk shape")?;
    if shape.len() != chunk_shape.len() {
        let message = format!("shape {shape:?} and chunk shape {chunk_shape:?} have different ranks");
        return Err(invalid_metadata(message));
    }
    for (chunk, &size) in chunk_shape.iter_mut().zip(shape) {
        // Writers give an empty dimension chunks of length 0; elsewhere that would divide by zero.
        if *chunk == 0 && size == 0 {
            *chunk = 1;
        }
        if *chunk == 0 {
            return Err(invalid_metadata("a chunk of length 0"));
        }
    }
    product(&chunk_shape, "chunk shape")?;
    Ok(ChunkGrid::even(&chunk_shape))
}

/// The member `chunk_grid` of v3.
///
/// # Errors
/// `unsupported` for grids that are not known, by name; `invalid_metadata` for what cannot be.
pub fn parse_grid(shape: &[u64], grid: Option<&Value>) -> Result<ChunkGrid> {
    let name = grid.and_then(extension_name).unwrap_or_default();
    let member = |key: &str| grid.and_then(|g| g.get("configuration")).and_then(|c| c.get(key));
    match name {
        "regular" => even_grid(shape, member("chunk_shape")),
        "rectilinear" => {
            match member("kind").and_then(Value::as_str) {
                Some("inline") => {}
                other => return Err(unsupported(format!("rectilinear chunks of kind {other:?}"))),
            }
            rectilinear(shape, member("chunk_shapes"))
        }
        other => Err(unsupported(format!("the chunk grid {other:?}"))),
    }
}

fn rectilinear(shape: &[u64], axes: Option<&Value>) -> Result<ChunkGrid> {
    let axes = axes.and_then(Value::as_array).ok_or_else(|| invalid_metadata("rectilinear chunks without shapes"))?;
    if axes.len() != shape.len() {
        return Err(invalid_metadata(format!("rectilinear chunks of {} dimensions for {shape:?}", axes.len())));
    }
    let grid = ChunkGrid::new(axes.iter().zip(shape).map(|(axis, &n)| edges(axis, n)).collect::<Result<_>>()?);
    product(&grid.largest(), "chunk shape")?;
    Ok(grid)
}

/// One dimension: a length for all chunks, or lengths and runs `[length, times]`. Chunks beyond the array's end are left out.
fn edges(axis: &Value, extent: u64) -> Result<ChunkAxis> {
    let bad = |value: &Value| invalid_metadata(format!("a chunk length {value}"));
    let length = |value: &Value| value.as_u64().filter(|n| *n > 0).ok_or_else(|| bad(value));
    let Value::Array(runs) = axis else { return Ok(ChunkAxis::Even(length(axis)?)) };
    let (mut lengths, mut count, mut end) = (Vec::new(), 0u64, 0u64);
    for run in runs {
        let (n, times) = match run.as_array().map(Vec::as_slice) {
            Some([n, times]) => (length(n)?, times.as_u64().ok_or_else(|| bad(times))?),
            Some(_) => return Err(bad(run)),
            None => (length(run)?, 1),
        };
        let needed = times.min(extent.saturating_sub(end).div_ceil(n));
        count = count.saturating_add(needed);
        if count > MAX_EDGES {
            return Err(too_large("chunks along a dimension", count, MAX_EDGES));
        }
        lengths.push((n, needed));
        end = needed.checked_mul(n).and_then(|run| end.checked_add(run)).ok_or_else(|| bad(run))?;
    }
    if end < extent {
        return Err(invalid_metadata(format!("chunks of {end} positions for a dimension of {extent}")));
    }
    if count == 0 {
        return Ok(ChunkAxis::Even(1));
    }
    ChunkAxis::from_runs(lengths).ok_or_else(|| bad(axis))
}

fn extents(value: Option<&Value>, what: &str) -> Result<Vec<u64>> {
    let items = value.and_then(Value::as_array).ok_or_else(|| invalid_metadata(format!("no {what}")))?;
    if items.len() > MAX_NDIM {
        return Err(too_large("number of dimensions", items.len() as u64, MAX_NDIM as u64));
    }
    let whole = |n: &Value| n.as_u64().or_else(|| n.as_f64().filter(|x| *x == 0.0).map(|_| 0));
    items.iter().map(|n| whole(n).ok_or_else(|| invalid_metadata(format!("{what} holds {n}")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn axis(axis: Value, extent: u64) -> Option<ChunkAxis> {
        edges(&axis, extent).ok()
    }

    #[test]
    fn the_specifications_example() {
        assert_eq!(axis(json!(4), 6), Some(ChunkAxis::Even(4)));
        assert_eq!(axis(json!([1, 2, 3]), 6), ChunkAxis::from_runs([(1, 1), (2, 1), (3, 1)]));
        assert_eq!(axis(json!([[4, 2]]), 6), Some(ChunkAxis::Even(4)));
        assert_eq!(axis(json!([[1, 3], 3]), 6), ChunkAxis::from_runs([(1, 3), (3, 1)]));
        assert_eq!(axis(json!([4, 4, 4]), 6), Some(ChunkAxis::Even(4)));
    }

    #[test]
    fn lies_are_refused() {
        for bad in [json!([1, 2]), json!([[0, 9], 9]), json!([[6, -1]]), json!([[1, 2, 3]]), json!(0), json!("x")] {
            assert_eq!(axis(bad.clone(), 6), None, "{bad}");
        }
        assert_eq!(axis(json!([[1, u64::MAX]]), u64::MAX), None);
        assert_eq!(axis(json!([[1, u64::MAX]]), 3), Some(ChunkAxis::Even(1)));
        assert_eq!(axis(json!([]), 0), Some(ChunkAxis::Even(1)));
    }
}
