//! Reductions of values at hand, cell by cell: which positions belong to each cell of the output, and one number of them.
//!
//! Plain reductions, groups, periods, blocks and windows differ only in which positions of a dimension make one label:
//! that is what [`Cells`] says. Values are gathered in C order, with their weights beside them.

use super::statistics::{Sample, argument, quantile};
use crate::array::Odometer;
use crate::cf::Labels;
use crate::error::{Result, invalid_document, product, to_usize, too_large, unsupported};
use crate::plan::{Coord, Labelling, MAX_RESULT_CELLS, Op, Quantiles, Reduction, Weights};
use crate::reduce::{Data, Field};

/// What becomes of a dimension.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // there is one for each dimension
pub enum Cells {
    /// Every position stays a label.
    Kept,
    /// All positions make one cell, and the dimension goes.
    Reduced,
    /// So many positions make each label of a new dimension.
    Groups(Groups),
}

/// Positions by label.
#[derive(Debug, Clone)]
pub struct Groups {
    /// The new dimension.
    pub name: String,
    /// Its labels, if it has any.
    pub coord: Option<Coord>,
    /// Positions of each label, ascending.
    pub members: Vec<Vec<usize>>,
    /// Whether a label may have no positions: every reduction is then missing there.
    pub gaps: bool,
    /// The fewest values that are there for a cell that is not missing.
    pub least: Option<u64>,
    /// How many positions a full label has: fewer count as missing values without `skipna`.
    pub full: Option<usize>,
}

impl Groups {
    /// The group of each of so many positions, if every position is in one at most and no group says how many it needs:
    /// then chunks can be folded into groups as they come.
    pub fn numbers(&self, positions: usize) -> Option<Vec<Option<u32>>> {
        if self.gaps || self.least.is_some() || self.full.is_some() {
            return None;
        }
        let mut of = vec![None; positions];
        for (group, members) in self.members.iter().enumerate() {
            let group = u32::try_from(group).ok()?;
            for &position in members {
                let place = of.get_mut(position)?;
                if place.replace(group).is_some() {
                    return None;
                }
            }
        }
        Some(of)
    }
}

/// Values that are looked at for one result, at most: a few minutes' work.
const MAX_LOOKED_AT: u64 = 1 << 32;

/// Reduces a field at hand. `cells` says of each dimension what becomes of it.
///
/// # Errors
/// `unsupported` for values that are no real numbers; `too_large`.
pub fn gather(field: &Field, cells: &[Cells], reduction: &Reduction, weights: Option<&Weights>) -> Result<Field> {
    let values = field.data.to_f64();
    let values = values.ok_or_else(|| unsupported(format!("{} of {}", reduction.op.name(), field.dtype)))?;
    let shape: Vec<usize> = field.labels.shape().iter().map(|&n| to_usize(n, "extent")).collect::<Result<_>>()?;
    let dims: Vec<&str> = field.labels.dims.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(gone) = weights.and_then(|w| w.dims.iter().find(|d| !dims.contains(&d.as_str()))) {
        return Err(invalid_document(format!("weights along {gone} after a step that reduces it")));
    }
    let axes: Vec<Vec<Vec<Place>>> = (0..shape.len()).map(|d| places(d, &shape, &dims, cells, weights)).collect();
    let lengths: Vec<u64> = axes.iter().map(|a| a.len() as u64).collect();
    let qs: &[f64] = match &reduction.q {
        Quantiles::One(q) => std::slice::from_ref(q),
        Quantiles::Several(qs) => qs,
    };
    let columns = if reduction.op == Op::Quantile { qs.len() } else { 1 };
    let count = product(&lengths, "result")?;
    let all = count.saturating_mul(columns as u64);
    if all > MAX_RESULT_CELLS {
        return Err(too_large("cells of the result", all, MAX_RESULT_CELLS));
    }
    // Windows overlap: what is looked at may be many times what is there.
    let looked = axes.iter().fold(1u64, |all, axis| {
        all.saturating_mul(axis.iter().fold(0u64, |sum, list| sum.saturating_add(list.len() as u64)))
    });
    if looked > MAX_LOOKED_AT {
        return Err(too_large("values in windows", looked, MAX_LOOKED_AT));
    }
    let rule = Rule::of(cells, reduction);
    let mut out = vec![Vec::with_capacity(to_usize(count, "result")?); columns];
    let mut sample = Sample::default();
    for at in Odometer::new(&lengths) {
        let lists: Vec<&[Place]> = axes.iter().zip(&at).map(|(axis, &i)| list_at(axis, i)).collect();
        sample.clear();
        collect(&lists, 0, 0, &values, weights, &mut sample);
        rule.reduce(reduction, qs, &mut sample, &mut out);
    }
    Ok(Field {
        labels: labelled(&field.labels, cells, reduction),
        dtype: rule.dtype(field, reduction, weights.is_some()),
        data: Data::F64(out.concat()),
    })
}

/// A position: how far it lies in the values, and in the weights.
#[derive(Clone, Copy)]
struct Place {
    value: usize,
    weight: usize,
}

/// The positions of each label of a dimension.
fn places(d: usize, shape: &[usize], dims: &[&str], cells: &[Cells], weights: Option<&Weights>) -> Vec<Vec<Place>> {
    let stride: usize = shape.iter().skip(d + 1).product();
    let dim = dims.get(d).copied().unwrap_or_default();
    let weight_stride = weights.map_or(0, |w| usize::try_from(w.stride(dim)).unwrap_or(0));
    let place = |p: usize| Place { value: p.saturating_mul(stride), weight: p.saturating_mul(weight_stride) };
    let n = shape.get(d).copied().unwrap_or(0);
    match cells.get(d) {
        Some(Cells::Groups(groups)) => {
            groups.members.iter().map(|list| list.iter().map(|&p| place(p)).collect()).collect()
        }
        Some(Cells::Reduced) => vec![(0..n).map(place).collect()],
        _ => (0..n).map(|p| vec![place(p)]).collect(),
    }
}

fn list_at(axis: &[Vec<Place>], i: u64) -> &[Place] {
    usize::try_from(i).ok().and_then(|i| axis.get(i)).map(Vec::as_slice).unwrap_or_default()
}

/// All values of a cell, in C order.
fn collect(
    lists: &[&[Place]],
    value: usize,
    weight: usize,
    values: &[f64],
    weights: Option<&Weights>,
    sample: &mut Sample,
) {
    let Some((first, rest)) = lists.split_first() else {
        sample.values.push(values.get(value).copied().unwrap_or(f64::NAN));
        if let Some(w) = weights {
            sample.weights.push(w.values.get(weight).copied().unwrap_or(0.0));
        }
        return;
    };
    for place in *first {
        collect(rest, value.saturating_add(place.value), weight.saturating_add(place.weight), values, weights, sample);
    }
}

/// What the groups say of missing values.
struct Rule {
    gaps: bool,
    least: Option<u64>,
    full: Option<usize>,
    padded: bool,
}

impl Rule {
    fn of(cells: &[Cells], reduction: &Reduction) -> Self {
        let groups: Vec<&Groups> =
            cells.iter().filter_map(|c| if let Cells::Groups(g) = c { Some(g) } else { None }).collect();
        // A block that is not full lacks values; of several dimensions it is enough that one is short.
        let padded = groups.iter().any(|g| g.full.is_some());
        let longest = |g: &&Groups| g.full.or_else(|| g.members.iter().map(Vec::len).max()).unwrap_or(1);
        let full = (padded && !reduction.skipna).then(|| groups.iter().map(longest).fold(1, usize::saturating_mul));
        Rule {
            gaps: groups.iter().any(|g| g.gaps),
            least: groups.iter().find_map(|g| g.least),
            full: full.filter(|_| !cells.iter().any(|c| matches!(c, Cells::Reduced))),
            padded,
        }
    }

    /// One number, or one for each quantile, of a cell's values.
    fn reduce(&self, reduction: &Reduction, qs: &[f64], sample: &mut Sample, out: &mut [Vec<f64>]) {
        let there = sample.values.iter().filter(|x| !x.is_nan()).count() as u64;
        let missing = (self.gaps && sample.values.is_empty())
            || self.least.is_some_and(|least| there < least)
            || self.full.is_some_and(|full| sample.values.len() < full && reduction.op != Op::Count);
        if reduction.op == Op::Quantile {
            let sorted = sample.sorted(reduction.skipna || self.least.is_some());
            for (column, &q) in out.iter_mut().zip(qs) {
                column.push(if missing { f64::NAN } else { quantile(sorted, q) });
            }
            return;
        }
        let value = match reduction.op {
            _ if missing => f64::NAN,
            Op::Argmin | Op::Argmax => argument(&sample.values, reduction.op == Op::Argmin, reduction.skipna),
            // Windows say by `minPeriods` how many values may be missing.
            _ => sample.reduce(reduction, reduction.skipna || self.least.is_some()),
        };
        if let Some(column) = out.first_mut() {
            column.push(value);
        }
    }

    fn dtype(&self, field: &Field, reduction: &Reduction, weighted: bool) -> String {
        let lacks = self.gaps || self.least.is_some();
        let whole = field.dtype == "bool" || field.dtype.contains("int");
        let sum = if field.dtype.starts_with("uint") { "uint64" } else { "int64" };
        match reduction.op {
            Op::Min | Op::Max if whole && (lacks || self.padded) => "float64".into(),
            Op::Min | Op::Max => field.dtype.clone(),
            Op::Sum if whole && !weighted && !lacks && !self.padded => sum.into(),
            Op::Count | Op::Argmin | Op::Argmax if !lacks => "int64".into(),
            _ => "float64".into(),
        }
    }
}

/// Labels of a result: dimensions go, or make way for those of groups; quantiles come first.
pub fn labelled(labels: &Labelling, cells: &[Cells], reduction: &Reduction) -> Labelling {
    let mut out = labels.clone();
    let mut dims = Vec::new();
    for ((name, len), cell) in labels.dims.iter().zip(cells) {
        match cell {
            Cells::Kept => dims.push((name.clone(), *len)),
            Cells::Reduced => out.without(std::slice::from_ref(name)),
            Cells::Groups(groups) => {
                out.coords.retain(|c| c.dim.as_ref() != Some(name));
                out.coords.extend(groups.coord.clone());
                dims.push((groups.name.clone(), groups.members.len() as u64));
            }
        }
    }
    out.dims = dims;
    match reduction.op {
        Op::Count | Op::Argmin | Op::Argmax => {
            out.attrs.shift_remove("units");
        }
        Op::Var => {
            if let Some(units) = out.text("units").map(|u| format!("({u})²")) {
                out.attrs.insert("units".into(), units.into());
            }
        }
        _ => {}
    }
    if reduction.op == Op::Quantile {
        let (qs, dim) = match &reduction.q {
            Quantiles::One(q) => (vec![*q], None),
            Quantiles::Several(qs) => (qs.clone(), Some("quantile".to_string())),
        };
        if dim.is_some() {
            out.dims.insert(0, ("quantile".into(), qs.len() as u64));
        }
        let labels = Labels::Numbers(qs, false);
        out.coords.push(Coord { name: "quantile".into(), dim, labels, attrs: serde_json::Map::new() });
    }
    out
}
