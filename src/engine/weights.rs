//! Reading the weights of a reduction, for the selected positions.
//!
//! `"area"` is, in this order: the variable that CF's `cell_measures` names; cells from the bounds of a one-dimensional
//! latitude, sin(north) − sin(south), times their width in degrees where the longitude has bounds, too; the cosine of
//! latitude. A missing weight is 0.

use super::arrays::Source;
use super::held::held_values;
use crate::array::DimIndex;
use crate::cf::{Role, role_of};
use crate::error::{Result, invalid_document, unsupported};
use crate::meta::ArrayMeta;
use crate::plan::{Reduction, Selected, Weights, WeightsSpec, latitude_of};
use crate::steps::CellBounds;
use crate::store::join_path;

/// The weights of a reduction, if it has any.
///
/// # Errors
/// `invalid_document` for weights along other dimensions; `invalid_selection` without a latitude; what reading brings about.
pub async fn weights_of(
    source: &mut Source,
    meta: &ArrayMeta,
    reduction: &Reduction,
    selected: &[Selected],
) -> Result<Option<Weights>> {
    let array = match &reduction.weights {
        None => return Ok(None),
        Some(WeightsSpec::Array(path)) => {
            source.resolve(path).await?;
            source.tree.array(path)?.into_owned()
        }
        Some(WeightsSpec::Area) => {
            if let Some(weights) = from_bounds(source, meta, selected).await? {
                return Ok(Some(weights));
            }
            match cell_areas(source, meta) {
                Some(array) => array,
                None => {
                    let latitude = latitude_of(&source.tree, meta)?.clone();
                    let radians = latitude.text("units").is_some_and(|u| u.to_ascii_lowercase().starts_with("rad"));
                    let weights = read(source, meta, &latitude, selected).await?;
                    return Ok(Some(missing_is_zero(weights.from_latitude(radians))));
                }
            }
        }
    };
    Ok(Some(missing_is_zero(read(source, meta, &array, selected).await?)))
}

fn missing_is_zero(mut weights: Weights) -> Weights {
    for w in &mut weights.values {
        *w = if w.is_nan() { 0.0 } else { *w };
    }
    weights
}

/// The variable that `cell_measures: area: NAME` names, if the store has it.
fn cell_areas(source: &Source, meta: &ArrayMeta) -> Option<ArrayMeta> {
    let mut words = meta.text("cell_measures")?.split_whitespace();
    words.find(|word| *word == "area:")?;
    let path = join_path(meta.group(), words.next()?);
    source.tree.array(&path).ok().map(std::borrow::Cow::into_owned)
}

/// Weights from the bounds of latitude, and of longitude if it has some; none where `cell_measures` come first.
async fn from_bounds(source: &mut Source, meta: &ArrayMeta, selected: &[Selected]) -> Result<Option<Weights>> {
    if cell_areas(source, meta).is_some() {
        return Ok(None);
    }
    let Some((lat, south_north)) = bounds_of(source, meta, selected, Role::Latitude).await? else { return Ok(None) };
    let sines: Vec<f64> =
        south_north.iter().map(|[a, b]| (b.to_radians().sin() - a.to_radians().sin()).abs()).collect();
    let Some((lon, west_east)) = bounds_of(source, meta, selected, Role::Longitude).await? else {
        return Ok(Some(missing_is_zero(Weights { dims: vec![lat], shape: vec![sines.len() as u64], values: sines })));
    };
    let widths: Vec<f64> = west_east.iter().map(|[a, b]| (b - a).abs()).collect();
    let values = sines.iter().flat_map(|s| widths.iter().map(move |w| s * w)).collect();
    let shape = vec![sines.len() as u64, widths.len() as u64];
    Ok(Some(missing_is_zero(Weights { dims: vec![lat, lon], shape, values })))
}

/// The dimension of a role, and the bounds of its selected labels.
async fn bounds_of(
    source: &Source,
    meta: &ArrayMeta,
    selected: &[Selected],
    role: Role,
) -> Result<Option<(String, Vec<[f64; 2]>)>> {
    for (dim, place) in meta.dims.iter().zip(selected) {
        let Some(coordinate) = source.coordinate_array(meta, dim).filter(|a| role_of(a) == Some(role)) else {
            continue;
        };
        let Some(name) = coordinate.text("bounds") else { continue };
        let Ok(bounds) = source.tree.array(&join_path(coordinate.group(), name)) else { continue };
        if bounds.shape.as_slice() != [coordinate.shape.first().copied().unwrap_or(0), 2] {
            continue;
        }
        let values = held_values(source, &bounds, vec![place.index.clone(), DimIndex::all(2)]).await?.to_f64();
        let values = values.ok_or_else(|| unsupported(format!("bounds of {}", bounds.dtype_name)))?;
        return Ok(Some((dim.clone(), values.as_chunks::<2>().0.to_vec())));
    }
    Ok(None)
}

/// The edges of the selected cells, if both axes have bounds.
///
/// # Errors
/// What reading them brings about.
pub async fn cell_bounds(source: &Source, meta: &ArrayMeta, selected: &[Selected]) -> Result<Option<CellBounds>> {
    let lat = bounds_of(source, meta, selected, Role::Latitude).await?;
    let lon = bounds_of(source, meta, selected, Role::Longitude).await?;
    let flat = |edges: Vec<[f64; 2]>| edges.into_iter().flatten().collect();
    Ok(lat.zip(lon).map(|((_, lat), (_, lon))| CellBounds { lat: flat(lat), lon: flat(lon) }))
}

/// An array's values at the selected positions.
async fn read(source: &mut Source, meta: &ArrayMeta, array: &ArrayMeta, selected: &[Selected]) -> Result<Weights> {
    let mut index = Vec::new();
    for (dim, &len) in array.dims.iter().zip(&array.shape) {
        let position = meta.dims.iter().position(|d| d == dim).filter(|&p| meta.shape.get(p) == Some(&len));
        match position.and_then(|p| selected.get(p)) {
            Some(s) => index.push(s.index.clone()),
            None => {
                let (weights, variable) = (&array.path, &meta.path);
                let message = format!("the weights {weights} have a dimension {dim} of {len} that {variable} has not");
                return Err(invalid_document(message));
            }
        }
    }
    let shape: Vec<u64> = index.iter().map(DimIndex::len).collect();
    let values = held_values(source, array, index).await?.to_f64();
    let values = values.ok_or_else(|| unsupported(format!("weights of {}", array.dtype_name)))?;
    Ok(Weights { dims: array.dims.clone(), shape, values })
}
