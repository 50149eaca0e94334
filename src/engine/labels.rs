//! The labels of a selection, read from the arrays that hold them.

use super::arrays::Source;
use crate::cf::{Coordinate, Role, role_of};
use crate::error::{Error, Result};
use crate::meta::ArrayMeta;
use crate::plan::{Coord, Document, Grouping, Labelling, Op, Reduction, Selected, Selector, Step};
use crate::store::join_path;
use std::collections::BTreeMap;

/// The dimensions that are selected by label or stay in the result, and their lengths.
fn labelled_dims<'a>(
    meta: &'a ArrayMeta,
    document: &Document,
    first: Option<&Reduction>,
) -> impl Iterator<Item = (&'a String, u64)> {
    meta.dims.iter().zip(meta.shape.iter().copied()).filter(move |(dim, _)| {
        let form = document.select.iter().find(|(name, _)| name == *dim).map(|(_, form)| form);
        let by_label = matches!(
            form,
            Some(Selector::Between(..) | Selector::Nearest(_) | Selector::NearestEach(_) | Selector::Values(_))
        );
        // A trend needs the labels along which it is taken.
        let stays = first.is_none_or(|r| r.op == Op::Lines || r.dims.as_ref().is_some_and(|gone| !gone.contains(dim)));
        by_label || (stays || form.is_some()) && !(*dim == meta.name() && meta.shape.len() == 1)
    })
}

/// What could not be read, by its path.
pub(super) type Failed = BTreeMap<String, Error>;

/// Reads the labels that a result will have, and those by which is selected, all at once.
pub(super) async fn read_ahead(
    source: &mut Source,
    meta: &ArrayMeta,
    document: &Document,
    first: Option<&Reduction>,
) -> Failed {
    let of_dim = |(dim, len): (&String, u64)| {
        let array = source.coordinate_array(meta, dim).filter(|a| a.shape == [len])?;
        Some((array.into_owned(), dim.clone()))
    };
    let mut wanted: Vec<(ArrayMeta, String)> = labelled_dims(meta, document, first).filter_map(of_dim).collect();
    wanted.extend(scalars(source, meta));
    source.read_ahead(&wanted, document.decode).await
}

/// Coordinates of the dimensions that are selected by label or stay in the result.
pub(super) async fn coordinates(
    source: &mut Source,
    meta: &ArrayMeta,
    document: &Document,
    first: Option<&Reduction>,
    failed: &mut Failed,
) -> Result<BTreeMap<String, Coordinate>> {
    let mut coordinates = BTreeMap::new();
    for (dim, len) in labelled_dims(meta, document, first) {
        if let Some(error) = source.coordinate_array(meta, dim).and_then(|array| failed.remove(&array.path)) {
            return Err(error);
        }
        if let Some(coordinate) = source.coordinate(meta, dim, len, document.decode).await? {
            coordinates.insert(dim.clone(), coordinate);
        }
    }
    Ok(coordinates)
}

/// The labels of the selected values.
pub(super) fn labels_of(
    source: &Source,
    meta: &ArrayMeta,
    selected: &[Selected],
    coordinates: &BTreeMap<String, Coordinate>,
) -> Labelling {
    let mut dims = Vec::new();
    let mut coords = Vec::new();
    for (dim, s) in meta.dims.iter().zip(selected) {
        if !s.drop {
            dims.push((dim.clone(), s.index.len()));
        }
        if let Some(coordinate) = coordinates.get(dim) {
            let array = source.coordinate_array(meta, dim);
            let role = array.as_deref().and_then(role_of);
            let mut attrs = array.map(|a| a.into_owned().attrs).unwrap_or_default();
            if let Some(role) = role {
                attrs.insert("role".into(), role_name(role).into());
            }
            coords.push(Coord::selected(dim, &coordinate.labels, &attrs, &s.index, s.drop));
        }
    }
    Labelling::of(meta, dims, coords)
}

/// The arrays without dimensions that the variable names as coordinates, such as a height of 2 m, and these names.
fn scalars(source: &Source, meta: &ArrayMeta) -> Vec<(ArrayMeta, String)> {
    let array = |name: &str| {
        let array = source.tree.arrays.get(&join_path(meta.group(), name)).filter(|a| a.shape.is_empty())?;
        Some((array.into_owned(), name.to_string()))
    };
    meta.coordinate_names().into_iter().take(MAX_SCALARS).filter_map(array).collect()
}

/// Their values. One that cannot be read is left out: the others do not depend on it.
pub(super) async fn scalar_coords(source: &mut Source, meta: &ArrayMeta, decode: bool, failed: &Failed) -> Vec<Coord> {
    let mut coords = Vec::new();
    for (array, name) in scalars(source, meta) {
        if failed.contains_key(&array.path) {
            continue;
        }
        if let Ok(Some(coordinate)) = source.scalar(&array, decode).await {
            let (labels, attrs) = (coordinate.labels, array.attrs.clone());
            coords.push(Coord { name, dim: None, labels, attrs });
        }
    }
    coords
}

/// Coordinates along a dimension that are not its own, which a step groups by.
pub(super) async fn named_coords(
    source: &mut Source,
    meta: &ArrayMeta,
    document: &Document,
    selected: &[Selected],
    labels: &Labelling,
) -> Result<Vec<Coord>> {
    let mut coords: Vec<Coord> = Vec::new();
    for step in &document.steps {
        let Step::Group(Grouping::By(by)) = step else { continue };
        let name = by.split('.').next().unwrap_or(by);
        let known = |c: &Coord| c.name == name;
        let Ok(array) = source.tree.array(&join_path(meta.group(), name)).map(std::borrow::Cow::into_owned) else {
            continue;
        };
        let [dim] = array.dims.as_slice() else { continue };
        let position = meta.dims.iter().position(|d| d == dim).filter(|&p| meta.shape.get(p) == array.shape.first());
        let Some(place) = position.and_then(|p| selected.get(p)) else { continue };
        if place.drop || labels.coords.iter().any(known) || coords.iter().any(known) {
            continue;
        }
        if let Some(coordinate) = source.scalar(&array, document.decode).await? {
            let labels = coordinate.labels.take(&place.index);
            coords.push(Coord { name: name.to_string(), dim: Some(dim.clone()), labels, attrs: array.attrs.clone() });
        }
    }
    Ok(coords)
}

/// Scalar coordinates that are read for a result.
const MAX_SCALARS: usize = 16;

/// How a role is called at the border.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::Latitude => "latitude",
        Role::Longitude => "longitude",
        Role::Time => "time",
        Role::Vertical => "vertical",
    }
}
