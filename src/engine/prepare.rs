//! From a document to everything a run needs: the plan for workers, the labels of the result, weights, later steps.

use super::arrays::Source;
use super::estimate;
use super::labels::{coordinates, labels_of, named_coords, read_ahead, scalar_coords};
use super::weights::{cell_bounds, weights_of};
use crate::cf::Packing;
use crate::error::{Result, invalid_document, to_usize, unsupported};
use crate::kernel::{column_count, edges_of};
use crate::meta::ArrayMeta;
use crate::plan::{
    ArraySpec, Bins, Document, GroupNumbers, Labelling, MAX_GROUPS_BYTES, Op, Plan, Precision, Ranks, Reduction,
    RegridMethod, Selected, Step, Weights, select,
};
use crate::reduce::some_range;
use crate::steps::{Cells, Ready, abscissa, cells_of, plain_cells};

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
        plan.settle(column_count(Some(Op::Ranks)))
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
    let (mut first, mut rest) = split(&document.steps, selecting);
    if let Some(Step::Trend(dim)) = rest.first().filter(|_| first.is_none()) {
        first = Some(Reduction::lines(dim));
        rest.remove(0);
    }
    if !document.steps.is_empty() && !spec.dtype.is_real() {
        return Err(unsupported(format!("steps on values of the type {}", spec.dtype.name())).with_path(&meta.path));
    }
    let mut failed = read_ahead(source, &meta, document, first.as_ref()).await;
    let coordinates = coordinates(source, &meta, document, first.as_ref(), &mut failed).await?;
    let mut forms = document.select.clone();
    if document.select_what_is_there {
        forms.retain(|(name, _)| meta.dims.contains(name));
    }
    let selected = select(&meta, &forms, &coordinates)?;
    let mut labels = labels_of(source, &meta, &selected, &coordinates);
    labels.coords.extend(scalar_coords(source, &meta, document.decode, &failed).await);
    let index = selected.iter().map(|s| s.index.clone()).collect();
    labels.coords.extend(named_coords(source, &meta, document, &selected, &labels).await?);
    let mut plan = Plan::values(source.address.clone(), spec, meta.dims.clone(), packing, index);
    plan.sampled = document.precision != Precision::Exact;
    let mut cells = None;
    if let Some(first) = &first {
        shape_plan(&mut plan, first, &labels, &selected)?;
        cells = first.op.selects().then(|| plain_cells(&labels, first)).transpose()?;
        if let (Op::Lines, [dim]) = (first.op, first.dims.as_deref().unwrap_or_default()) {
            let len = labels.dims.iter().find(|(name, _)| name == dim).map_or(0, |(_, len)| *len);
            let values = abscissa(&labels, dim, to_usize(len, "extent")?)?;
            plan.weights = Some(Weights { dims: vec![dim.clone()], shape: vec![len], values });
        }
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
    if let Some(first) = prepared.first.as_ref().filter(|first| first.op != Op::Lines) {
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

/// The first step if it streams, and the steps that follow.
fn split(steps: &[Step], selecting: bool) -> (Option<Reduction>, Vec<Step>) {
    match steps.split_first() {
        Some((Step::Reduce(first), rest)) if first.streams() || selecting && first.op.selects() => {
            (Some(first.clone()), rest.to_vec())
        }
        _ => (None, steps.to_vec()),
    }
}
