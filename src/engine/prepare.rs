//! From a document to everything a run needs: the plan for workers, the labels of the result, weights, later steps.

use super::arrays::Source;
use super::estimate;
use super::weights::{cell_bounds, weights_of};
use crate::cf::{Coordinate, Packing, Role, role_of};
use crate::error::{Result, invalid_document, to_usize, unsupported};
use crate::kernel::{column_count, edges_of};
use crate::meta::ArrayMeta;
use crate::plan::{
    ArraySpec, Bins, Coord, Document, GroupNumbers, Grouping, Labelling, Op, Plan, Precision, Ranks, Reduction,
    RegridMethod, Selected, Selector, Step, select,
};
use crate::reduce::some_range;
use crate::steps::{Cells, Ready, cells_of, plain_cells};
use std::collections::BTreeMap;

/// A document made ready against its source.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The pass over chunks; a histogram that looks for its range first has no edges yet.
    pub plan: Plan,
    /// The first step, done while streaming.
    pub first: Option<Reduction>,
    /// What becomes of each dimension in it, if a step before it groups the values.
    pub cells: Option<Vec<Cells>>,
    /// The steps after it, done on the result, each with what was read for it.
    pub rest: Vec<Ready>,
    /// The step after those, if the values are a part of a whole whose statistics are to be merged.
    pub fold: Option<(Ready, Folding)>,
    /// Labels of the selected values, before any step.
    pub labels: Labelling,
    /// Whether a sample of the chunks is enough.
    pub precision: Precision,
}

/// What is wanted of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    /// The ranges that a histogram looks for first.
    Ranges,
    /// The step's statistics.
    Statistics,
}

impl Prepared {
    /// Takes the last step off the others, as one whose statistics are merged.
    pub fn folding(mut self, folding: Option<Folding>) -> Self {
        if let Some(folding) = folding {
            self.fold = self.rest.pop().map(|ready| (ready, folding));
        }
        self
    }

    /// How many operands the steps take, but for the one that is folded.
    pub fn taken(&self) -> usize {
        self.rest.iter().filter(|ready| ready.step.takes_field()).count()
    }

    /// Whether the data's range must be found before the main pass.
    pub fn needs_range(&self) -> bool {
        self.first.as_ref().is_some_and(|r| r.op == Op::Histogram) && self.plan.edges.is_empty()
    }

    /// The pass that finds the range.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub fn range_plan(&self) -> Result<Plan> {
        let mut plan = self.plan.clone();
        plan.op = Some(Op::Range);
        plan.kept.fill(false);
        plan.weights = None;
        plan.settle(column_count(Some(Op::Range)))
    }

    /// Whether the first step takes order statistics, which are looked for in several passes.
    pub fn selects(&self) -> bool {
        self.first.as_ref().is_some_and(|r| r.op.selects())
    }

    /// The pass that finds between which numbers they lie.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub fn bounds_plan(&self) -> Result<Plan> {
        let mut plan = self.plan.clone();
        (plan.op, plan.weights) = (Some(Op::Bounds), None);
        plan.settle(column_count(Some(Op::Bounds)))
    }

    /// A pass that counts in intervals.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub fn ranks_plan(&self, ranks: Ranks) -> Result<Plan> {
        let mut plan = self.plan.clone();
        (plan.op, plan.weights, plan.ranks) = (Some(Op::Ranks), None, Some(ranks));
        let width = plan.width();
        plan.settle(width)
    }

    /// The main pass, given the range if it had to be found. A range that does not exist becomes 0 to 1, as in numpy.
    ///
    /// # Errors
    /// As [`Plan::settle`].
    pub fn main_plan(&self, found: Option<(f64, f64)>) -> Result<Plan> {
        let mut plan = self.plan.clone();
        if let (Some(first), Some((low, high))) = (&self.first, found)
            && let Bins::Count(n) = first.bins
            && self.needs_range()
        {
            let (low, high) = some_range((low, high));
            plan.edges = edges_of(n, low, high);
        }
        let columns = column_count(plan.op);
        plan.settle(columns)
    }
}

/// A document against its source, before anything is settled.
pub(super) struct Draft {
    pub meta: ArrayMeta,
    pub selected: Vec<Selected>,
    pub prepared: Prepared,
    /// The steps after the first pass, for which nothing has been read yet.
    pub rest: Vec<Step>,
}

/// Checks a document against its source, reading coordinates and weights where they are needed.
///
/// # Errors
/// `not_found`, `invalid_selection`, `invalid_document`, `unsupported`, and what reading coordinates brings about.
pub async fn prepare(source: &mut Source, document: &Document) -> Result<Prepared> {
    let draft = draft(source, document, false).await?;
    complete(source, draft).await
}

/// Looks at everything that a document names. `selecting`: a first step that takes order statistics is done in passes.
pub(super) async fn draft(source: &mut Source, document: &Document, selecting: bool) -> Result<Draft> {
    source.resolve(&document.variable).await?;
    let meta = source.tree.array(&document.variable)?.into_owned();
    let spec = ArraySpec::of(&meta)?;
    let packing = if document.decode { Packing::of(&meta, spec.dtype) } else { Packing::none(spec.dtype) };
    let (first, rest) = split(&document.steps, selecting);
    if !document.steps.is_empty() && !spec.dtype.is_real() {
        return Err(unsupported(format!("steps on values of the type {}", spec.dtype.name())).with_path(&meta.path));
    }
    let coordinates = coordinates(source, &meta, document, first.as_ref()).await?;
    let mut forms = document.select.clone();
    if document.select_what_is_there {
        forms.retain(|(name, _)| meta.dims.contains(name));
    }
    let selected = select(&meta, &forms, &coordinates)?;
    let mut labels = labels_of(source, &meta, &selected, &coordinates);
    labels.coords.extend(scalar_coords(source, &meta, document.decode).await);
    let index = selected.iter().map(|s| s.index.clone()).collect();
    labels.coords.extend(named_coords(source, &meta, document, &selected, &labels).await?);
    let mut plan = Plan::values(source.address.clone(), spec, meta.dims.clone(), packing, index);
    plan.sampled = document.precision != Precision::Exact;
    let (mut first, mut rest, mut cells) = (first, rest, None);
    if let Some(first) = &first {
        shape_plan(&mut plan, first, &labels, &selected)?;
        cells = first.op.selects().then(|| plain_cells(&labels, first)).transpose()?;
    } else if let Some((grouped, reduction, of)) = stream_groups(&plan, &rest, &labels)? {
        plan = grouped;
        (first, cells) = (Some(reduction), Some(of));
        rest.drain(..2);
    }
    estimate::check(document, first.as_ref(), &rest)?;
    let precision = document.precision;
    let prepared = Prepared { plan, first, cells, rest: Vec::new(), fold: None, labels, precision };
    Ok(Draft { meta, selected, prepared, rest })
}

pub(super) async fn complete(source: &mut Source, draft: Draft) -> Result<Prepared> {
    let Draft { meta, selected, mut prepared, rest } = draft;
    if let Some(first) = &prepared.first {
        prepared.plan.weights = weights_of(source, &meta, first, &selected).await?;
    }
    prepared.rest = ready(source, &meta, rest, &selected).await?;
    // Settling early finds what is too large before anything is fetched.
    if prepared.needs_range() {
        prepared.range_plan()?;
    }
    if prepared.selects() {
        prepared.bounds_plan()?
    } else {
        prepared.main_plan(Some((0.0, 1.0)))?
    };
    Ok(prepared)
}

/// Reads what steps need.
pub(super) async fn ready(
    source: &mut Source,
    meta: &ArrayMeta,
    steps: Vec<Step>,
    selected: &[Selected],
) -> Result<Vec<Ready>> {
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        let weights = match &step {
            Step::Reduce(reduction) => weights_of(source, meta, reduction, selected).await?,
            _ => None,
        };
        let bounds = match &step {
            Step::Regrid { method: RegridMethod::Conservative, .. } => cell_bounds(source, meta, selected).await?,
            _ => None,
        };
        all.push(Ready { step, weights, bounds });
    }
    Ok(all)
}

/// The most bytes of a unit's partial of groups: what is larger is reduced at hand.
const MAX_GROUPS_BYTES: u64 = 64 << 20;

/// A plan that folds chunks into groups as they come, if the steps begin with a grouping that can be done so.
fn stream_groups(plan: &Plan, steps: &[Step], labels: &Labelling) -> Result<Option<(Plan, Reduction, Vec<Cells>)>> {
    let [Step::Group(grouping), Step::Reduce(reduction), ..] = steps else { return Ok(None) };
    if !reduction.streams() {
        return Ok(None);
    }
    let cells = cells_of(labels, grouping, reduction)?;
    let mut plan = plan.clone();
    for ((name, len), cell) in labels.dims.iter().zip(&cells) {
        let Some(d) = plan.dims.iter().position(|dim| dim == name) else { continue };
        match cell {
            Cells::Kept => {}
            Cells::Reduced => plan.kept[d] = false,
            Cells::Groups(groups) => {
                let Some(of) = groups.numbers(to_usize(*len, "extent")?) else { return Ok(None) };
                plan.kept[d] = false;
                plan.groups[d] = Some(GroupNumbers::new(of, groups.members.len() as u64));
            }
        }
    }
    for (d, name) in plan.dims.iter().enumerate() {
        // A dimension of one selected position is gone already.
        if !labels.dims.iter().any(|(dim, _)| dim == name) {
            plan.kept[d] = false;
        }
    }
    plan.op = Some(reduction.op);
    plan.skipna = reduction.skipna;
    let columns = column_count(plan.op);
    let settled = plan.clone().settle(columns)?;
    let bytes = (settled.block_cells(0)? as u64).saturating_mul(8 * columns);
    Ok((bytes <= MAX_GROUPS_BYTES).then_some((plan, reduction.clone(), cells)))
}

/// Marks the dimensions that stay, and the edges of bins where the document gives them.
fn shape_plan(plan: &mut Plan, first: &Reduction, labels: &Labelling, selected: &[Selected]) -> Result<()> {
    let there: Vec<&String> = labels.dims.iter().map(|(name, _)| name).collect();
    for dim in first.dims.iter().flatten() {
        if !there.contains(&dim) {
            let names = there.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
            return Err(invalid_document(format!("{} over {dim:?}: there is {names}", first.op.name())));
        }
    }
    for ((kept, name), selected) in plan.kept.iter_mut().zip(&plan.dims).zip(selected) {
        *kept = match &first.dims {
            Some(gone) => !gone.contains(name) && !selected.drop,
            None => false,
        };
    }
    plan.op = Some(first.op);
    plan.skipna = first.skipna;
    if first.op == Op::Histogram {
        plan.edges = match (&first.bins, first.range) {
            (Bins::Edges(edges), _) => edges.clone(),
            (Bins::Count(n), Some((low, high))) => edges_of(*n, low, high),
            (Bins::Count(_), None) => Vec::new(),
        };
    }
    Ok(())
}

/// Coordinates of the dimensions that are selected by label or stay in the result.
async fn coordinates(
    source: &mut Source,
    meta: &ArrayMeta,
    document: &Document,
    first: Option<&Reduction>,
) -> Result<BTreeMap<String, Coordinate>> {
    let mut coordinates = BTreeMap::new();
    for (dim, &len) in meta.dims.iter().zip(&meta.shape) {
        let form = document.select.iter().find(|(name, _)| name == dim).map(|(_, form)| form);
        let by_label = matches!(
            form,
            Some(Selector::Between(..) | Selector::Nearest(_) | Selector::NearestEach(_) | Selector::Values(_))
        );
        let stays = first.is_none_or(|r| r.dims.as_ref().is_some_and(|gone| !gone.contains(dim)));
        if !by_label && !stays && form.is_none() || dim == meta.name() && meta.shape.len() == 1 && !by_label {
            continue;
        }
        if let Some(coordinate) = source.coordinate(meta, dim, len, document.decode).await? {
            coordinates.insert(dim.clone(), coordinate);
        }
    }
    Ok(coordinates)
}

fn labels_of(
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

/// Coordinates without dimensions that the variable names, such as a height of 2 m. One that cannot be read is left out:
/// the values do not depend on it.
async fn scalar_coords(source: &mut Source, meta: &ArrayMeta, decode: bool) -> Vec<Coord> {
    let mut coords = Vec::new();
    for name in meta.coordinate_names().into_iter().take(MAX_SCALARS) {
        let path = crate::store::join_path(meta.group(), name);
        let Some(array) = source.tree.arrays.get(&path).filter(|a| a.shape.is_empty()) else { continue };
        let array = array.into_owned();
        if let Ok(Some(coordinate)) = source.scalar(&array, decode).await {
            let (labels, attrs) = (coordinate.labels, array.attrs.clone());
            coords.push(Coord { name: name.to_string(), dim: None, labels, attrs });
        }
    }
    coords
}

/// Coordinates along a dimension that are not its own, which a step groups by.
async fn named_coords(
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
        let Ok(array) =
            source.tree.array(&crate::store::join_path(meta.group(), name)).map(std::borrow::Cow::into_owned)
        else {
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

/// The first step if it streams, and the steps that follow.
fn split(steps: &[Step], selecting: bool) -> (Option<Reduction>, Vec<Step>) {
    match steps.split_first() {
        Some((Step::Reduce(first), rest)) if first.streams() || selecting && first.op.selects() => {
            (Some(first.clone()), rest.to_vec())
        }
        _ => (None, steps.to_vec()),
    }
}
