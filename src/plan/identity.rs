//! By what the partial of a unit is known again: a hash of everything that it depends on, and of nothing else, so that
//! documents which have units in common can share what was computed for them.
//!
//! Reductions with the same statistics share: what becomes of these afterwards (`ddof`, `minCount`, `density`, labels, later
//! steps) is no part of a partial. The hash is cryptographic, because a store's metadata go into it: with a weaker one a
//! store could be made whose partials pass for those of another.

use super::{GroupSpan, Op, Plan};
use crate::array::DimIndex;
use crate::error::{Code, Error, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// To be raised when folds give other bits, or partials have another form: what was kept before is then not found.
const FORM: u32 = 6;
/// Cuts that are held.
const MAX_CUTS: usize = 1 << 13;

/// The identity of a unit, or of a source: half of a SHA-256.
pub type Identity = [u8; 16];

/// A chunk along one dimension and what is taken of it, in numbers: the chunk, and first position, step and length of what is
/// taken, and of what lies beside it (weights); or a hash of all that, after a chunk that cannot be.
type Words = [u64; 7];

/// What all units of a pass have in common. Enough of it is in each unit's identity that passes can share.
pub struct Identities {
    common: Sha256,
    /// Those that take long to find, by dimension, chunk and groups.
    cuts: HashMap<(usize, u64, Option<GroupSpan>), Words>,
}

/// What of a plan partials depend on, chunks left out.
#[derive(Serialize)]
struct Common<'a, A: Serialize, P: Serialize> {
    form: u32,
    version: &'a str,
    address: A,
    state: &'a [u8],
    array: &'a super::ArraySpec,
    packing: P,
    /// Of each dimension whether it is kept, and whether it is grouped: rows of groups are folded in another order.
    cells: Vec<(bool, bool)>,
    statistics: Option<Op>,
    skipna: bool,
    edges: &'a [f64],
    weights: Option<(&'a super::Weights, &'a [String])>,
    beside: Vec<u64>,
}

impl Identities {
    /// Of the units of a plan over an array in a state: what the server and the metadata said when it was opened.
    ///
    /// # Errors
    /// `worker_crashed` if the plan cannot be written down, which is no plan's fault.
    pub fn new(plan: &Plan, state: &[u8]) -> Result<Self> {
        // All of them are named: one more is to be thought of here. What is passed over says which units there are, or is
        // told with each unit.
        let Plan {
            address,
            array,
            dims,
            packing,
            index: _,
            kept,
            groups,
            op: _,
            skipna,
            edges,
            weights,
            ranks: _,
            grid: _,
            run_len: _,
            by_block: _,
            sampled: _,
        } = plan;
        let common = Common {
            form: FORM,
            version: env!("CARGO_PKG_VERSION"),
            address: address.identity(),
            state,
            array,
            packing,
            cells: kept.iter().zip(groups).map(|(kept, groups)| (*kept, groups.is_some())).collect(),
            statistics: statistics(plan),
            skipna: *skipna,
            edges,
            weights: weights.as_ref().map(|weights| (weights, dims.as_slice())),
            beside: (0..dims.len()).map(|d| plan.beside_stride(d)).collect(),
        };
        Ok(Identities { common: feed(Sha256::new(), &common)?, cuts: HashMap::new() })
    }

    /// The identity of a unit; `places` say where its chunks lie, if that is not told by their keys.
    ///
    /// # Errors
    /// As [`Identities::new`].
    pub fn of(&mut self, plan: &Plan, ordinal: u64, places: &impl Serialize) -> Result<Identity> {
        let block = plan.block_of(ordinal);
        let landing = plan.landing(block);
        let cells: Vec<u64> = landing.iter().map(DimIndex::len).collect();
        let ranks = plan.ranks.as_ref().map(|ranks| ranks.of_block(&plan.output_shape(), &landing));
        let mut hash = feed(self.common.clone(), &(cells, ranks, places, plan.unit_chunks(ordinal)))?;
        let groups: Vec<Option<GroupSpan>> = (0..plan.dims.len()).map(|d| plan.groups_of(block, d)).collect();
        for coords in plan.chunks_of(ordinal) {
            for (d, (&chunk, &groups)) in coords.iter().zip(&groups).enumerate() {
                for word in self.words(plan, d, chunk, groups)? {
                    hash.update(word.to_le_bytes());
                }
            }
        }
        Ok(half(hash))
    }

    /// A chunk along one dimension, and what is taken of it.
    fn words(&mut self, plan: &Plan, dim: usize, chunk: u64, groups: Option<GroupSpan>) -> Result<Words> {
        let is_listed = matches!(plan.index.get(dim), Some(DimIndex::List(_)));
        if !is_listed && !plan.groups.get(dim).is_some_and(Option::is_some) {
            return words(plan, dim, chunk, groups);
        }
        if let Some(known) = self.cuts.get(&(dim, chunk, groups)) {
            return Ok(*known);
        }
        let own = words(plan, dim, chunk, groups)?;
        if self.cuts.len() >= MAX_CUTS {
            self.cuts.clear();
        }
        self.cuts.insert((dim, chunk, groups), own);
        Ok(own)
    }
}

fn words(plan: &Plan, dim: usize, chunk: u64, groups: Option<GroupSpan>) -> Result<Words> {
    let cut = plan.cut(dim, chunk, groups);
    // Unless there is something beside the values, it does not matter which of the selected positions these are.
    let selected = if plan.beside_stride(dim) > 0 { cut.selected } else { DimIndex::all(0) };
    let (inside, cells) = (cut.inside, cut.cells);
    let in_order = cells == DimIndex::all(inside.len()).simplest();
    if let (DimIndex::Range { start, step, len }, DimIndex::Range { start: first, step: by, len: count }, true) =
        (&inside, &selected, in_order)
    {
        return Ok([chunk, *start, *step, *len, *first, *by, *count]);
    }
    let hash = identity_of(&(chunk, inside, cells, selected))?;
    let [low, high] =
        [0, 8].map(|at| hash.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes));
    Ok([u64::MAX, low, high, 0, 0, 0, 0])
}

/// The identity of anything that can be written down.
///
/// # Errors
/// `worker_crashed` if it cannot.
pub fn identity_of(value: &impl Serialize) -> Result<Identity> {
    Ok(half(feed(Sha256::new(), value)?))
}

/// Which statistics a partial holds. Sums of 64-bit integers are exact and those of means are not, so that they differ.
fn statistics(plan: &Plan) -> Option<Op> {
    match plan.op? {
        Op::Mean if !plan.array.dtype.is_wide_integer() => Some(Op::Sum),
        Op::Std => Some(Op::Var),
        op => Some(op),
    }
}

fn feed(hash: Sha256, value: &impl Serialize) -> Result<Sha256> {
    let failed = |e| Error::new(Code::WorkerCrashed, format!("what a partial depends on cannot be written down: {e}"));
    // Written to bytes first, as plans are: writing into the hash would be much code once more.
    Ok(hash.chain_update(postcard::to_allocvec(value).map_err(failed)?))
}

fn half(hash: Sha256) -> Identity {
    let mut identity = Identity::default();
    for (to, from) in identity.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    identity
}
