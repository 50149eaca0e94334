//! Two fields side by side: their labels joined, their dimensions broadcast by name.

use super::axis::{Table, cell_count, tables};
use crate::array::DimIndex;
use crate::cf::{Calendar, Labels};
use crate::error::{Result, invalid_document};
use crate::plan::{Coord, Labelling};
use std::collections::HashMap;

/// Two fields on the dimensions of both: the first one's in their order, then what the second has more.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// Dimensions and coordinates of both together, under the first one's name, without attributes.
    pub labels: Labelling,
    /// For each dimension, where its positions lie in the first field's values; all at 0 along a dimension it has not.
    pub left: Vec<Table>,
    /// The same for the second.
    pub right: Vec<Table>,
}

/// Joins two fields by their labels: along a dimension that both have, the labels that both have, in the first one's order; equal labels
/// are equal to the last bit, and missing ones equal each other. Where at least one has no labels, positions.
///
/// # Errors
/// `invalid_document` for lengths that differ without labels to join by, for labels of different kinds, and for labels
/// that are there twice; `too_large`.
///
/// Source: `xarray.align(join="inner")` and `xarray.broadcast`.
pub fn align(left: &Labelling, right: &Labelling) -> Result<Aligned> {
    let (a, b) = (left, right);
    let (left_tables, right_tables) = (tables(&a.shape())?, tables(&b.shape())?);
    let table_of = |labels: &Labelling, all: &[Table], dim: &str| {
        let at = labels.dims.iter().position(|(name, _)| name == dim)?;
        all.get(at).cloned()
    };
    let mut labels = Labelling { dims: Vec::new(), coords: Vec::new(), attrs: Default::default(), ..a.clone() };
    let mut aligned: (Vec<Table>, Vec<Table>) = (Vec::new(), Vec::new());
    let new = b.dims.iter().filter(|(name, _)| !a.dims.iter().any(|(known, _)| known == name));
    for (dim, len) in a.dims.iter().chain(new) {
        let (x, y) = (table_of(a, &left_tables, dim), table_of(b, &right_tables, dim));
        let (x, y, len) = match (x, y) {
            (Some(x), Some(y)) => {
                let joined = join(a, b, dim, (x.len(), y.len()))?;
                coords_along(&mut labels, a, dim, joined.as_ref().map(|j| j.0.as_slice()));
                coords_along(&mut labels, b, dim, joined.as_ref().map(|j| j.1.as_slice()));
                match joined {
                    None => (x, y, *len),
                    Some((p, q)) => (pick(&x, &p), pick(&y, &q), p.len() as u64),
                }
            }
            (x, y) => {
                coords_along(&mut labels, if x.is_some() { a } else { b }, dim, None);
                let still = vec![0; cell_count(&[*len])?];
                (x.unwrap_or_else(|| still.clone()), y.unwrap_or(still), *len)
            }
        };
        labels.dims.push((dim.clone(), len));
        aligned.0.push(x);
        aligned.1.push(y);
    }
    scalars(&mut labels, a, b);
    cell_count(&labels.shape())?;
    Ok(Aligned { labels, left: aligned.0, right: aligned.1 })
}

fn pick(table: &[usize], positions: &[u64]) -> Table {
    positions.iter().filter_map(|p| table.get(usize::try_from(*p).ok()?).copied()).collect()
}

fn index_of<'a>(labels: &'a Labelling, dim: &str) -> Option<&'a Labels> {
    labels.coords.iter().find(|c| c.name == dim && c.dim.as_deref() == Some(dim)).map(|c| &c.labels)
}

/// Positions of both along a dimension; `None` if each keeps all of its own.
type Joined = Option<(Vec<u64>, Vec<u64>)>;

fn join(a: &Labelling, b: &Labelling, dim: &str, lengths: (usize, usize)) -> Result<Joined> {
    let bad = |why: &str| invalid_document(format!("labels of {dim:?} cannot be joined: {why}"));
    let (Some(x), Some(y)) = (index_of(a, dim), index_of(b, dim)) else {
        return match lengths.0 == lengths.1 {
            true => Ok(None),
            false => Err(bad(&format!("there are none, and {} positions are not {}", lengths.0, lengths.1))),
        };
    };
    let (x, y) = match (x, y) {
        (Labels::Numbers(x, _), Labels::Numbers(y, _)) => (numbers(x), numbers(y)),
        (Labels::Times(x, c), Labels::Times(y, d)) if same_line(*c, *d) => (instants(x), instants(y)),
        (Labels::Times(_, c), Labels::Times(_, d)) => {
            return Err(bad(&format!("one calendar is {}, the other {}", c.name(), d.name())));
        }
        (Labels::Text(x), Labels::Text(y)) => (texts(x), texts(y)),
        _ => return Err(bad("they are of different kinds")),
    };
    if (x.len(), y.len()) != lengths {
        return Err(bad("their number is not that of the positions"));
    }
    if x == y {
        return Ok(None);
    }
    let mut places: HashMap<&Key, u64> = HashMap::with_capacity(y.len());
    for (key, place) in y.iter().zip(0u64..) {
        if places.insert(key, place).is_some() {
            return Err(bad("one is there twice"));
        }
    }
    let mut positions = (Vec::new(), Vec::new());
    let mut seen: HashMap<&Key, ()> = HashMap::with_capacity(x.len());
    for (key, place) in x.iter().zip(0u64..) {
        if seen.insert(key, ()).is_some() {
            return Err(bad("one is there twice"));
        }
        if let Some(other) = places.get(key) {
            positions.0.push(place);
            positions.1.push(*other);
        }
    }
    Ok(Some(positions))
}

/// A label that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key<'a> {
    Bits(u64),
    Instant(Option<i128>),
    Text(&'a str),
}

/// Bits of numbers, those that are equal having the same: one zero, one NaN.
fn numbers(labels: &[f64]) -> Vec<Key<'_>> {
    let bits = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() };
    labels.iter().map(|x| Key::Bits(bits(*x))).collect()
}

fn instants(labels: &[Option<i128>]) -> Vec<Key<'_>> {
    labels.iter().map(|t| Key::Instant(*t)).collect()
}

fn texts(labels: &[String]) -> Vec<Key<'_>> {
    labels.iter().map(|t| Key::Text(t)).collect()
}

/// Whether instants of two calendars are the same days. `standard` and `proleptic_gregorian` count one line of days and
/// name them alike since 1582; xarray makes datetime64 of both.
fn same_line(a: Calendar, b: Calendar) -> bool {
    let gregorian = |c| matches!(c, Calendar::Standard | Calendar::ProlepticGregorian);
    a == b || gregorian(a) && gregorian(b)
}

/// Adds the coordinates along a dimension that are not there yet, at some of its positions.
fn coords_along(labels: &mut Labelling, from: &Labelling, dim: &str, positions: Option<&[u64]>) {
    let len = from.dims.iter().find(|(name, _)| name == dim).map(|(_, n)| *n);
    for coord in from.coords.iter().filter(|c| c.dim.as_deref() == Some(dim)) {
        if labels.coords.iter().any(|known| known.name == coord.name) {
            continue;
        }
        match positions {
            None => labels.coords.push(coord.clone()),
            // Edges of bins and the like mean nothing for a part of the dimension.
            Some(_) if Some(coord.labels.len() as u64) != len => {}
            Some(positions) => {
                let taken = coord.labels.take(&DimIndex::List(positions.to_vec()));
                labels.coords.push(Coord { labels: taken, ..coord.clone() });
            }
        }
    }
}

/// Adds scalar coordinates, but for those that differ and those that a dimension is called by.
fn scalars(labels: &mut Labelling, a: &Labelling, b: &Labelling) {
    let of = |from: &Labelling| from.coords.iter().filter(|c| c.dim.is_none()).cloned().collect::<Vec<_>>();
    let (left, right) = (of(a), of(b));
    let differs = |c: &Coord, others: &[Coord]| others.iter().any(|o| o.name == c.name && o.labels != c.labels);
    for coord in left.iter().filter(|c| !differs(c, &right)).chain(right.iter().filter(|c| !differs(c, &left))) {
        let taken = labels.coords.iter().any(|c| c.name == coord.name)
            || labels.dims.iter().any(|(name, _)| *name == coord.name);
        if !taken {
            labels.coords.push(coord.clone());
        }
    }
}
