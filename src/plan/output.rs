//! What a pass gives: the cells of its output, and what belongs to each.

use super::groups::GroupNumbers;
use super::op::Op;
use super::units::Plan;
use crate::array::DimIndex;
use std::borrow::Cow;

impl Plan {
    /// Bins per cell: 1 but for histograms.
    pub fn bins(&self) -> u64 {
        (self.edges.len() as u64).saturating_sub(1).max(1)
    }

    /// Values of each cell of a pass's output.
    pub fn width(&self) -> u64 {
        match (self.op, &self.ranks) {
            (Some(Op::Range), _) => 2,
            (Some(Op::Bounds), _) => 4,
            (Some(Op::Lines), _) => 7,
            (Some(Op::Ranks), Some(ranks)) => ranks.width(),
            _ => self.bins(),
        }
    }

    /// Distance between neighbours along a dimension in what is counted beside the values: weights, or positions among the
    /// reduced ones, in C order.
    pub fn beside_stride(&self, dim: usize) -> u64 {
        if self.op.is_some_and(Op::is_position) {
            let reduced = |d: usize| !self.has_cells(d);
            let lengths = self.index.iter().enumerate().skip(dim + 1).filter(|(d, _)| reduced(*d));
            return if reduced(dim) { lengths.map(|(_, index)| index.len()).product() } else { 0 };
        }
        match (&self.weights, self.dims.get(dim)) {
            (Some(weights), Some(name)) => weights.stride(name),
            _ => 0,
        }
    }

    /// Selected positions along the kept dimensions, and groups along the grouped ones.
    pub fn output_shape(&self) -> Vec<u64> {
        let extent = |((index, &kept), groups): ((&DimIndex, &bool), &Option<GroupNumbers>)| match groups {
            Some(groups) => Some(groups.count),
            None => kept.then(|| index.len()),
        };
        self.index.iter().zip(&self.kept).zip(&self.groups).filter_map(extent).collect()
    }

    /// Whether a dimension has cells in the output: it is kept or grouped.
    pub fn has_cells(&self, dim: usize) -> bool {
        self.kept.get(dim).copied().unwrap_or(false) || self.groups.get(dim).is_some_and(Option::is_some)
    }

    /// The plan for one block: its intervals are those of the block.
    pub fn of_block(&self, block: u64) -> Cow<'_, Plan> {
        match &self.ranks {
            None => Cow::Borrowed(self),
            Some(ranks) => {
                let own = ranks.of_block(&self.output_shape(), &self.landing(block));
                // Not the intervals of all blocks, which may be many.
                let Plan {
                    address, array, dims, packing, index, kept, groups, op, skipna, edges, weights, grid, ..
                } = self;
                let plan = Plan {
                    address: address.clone(),
                    array: array.clone(),
                    dims: dims.clone(),
                    packing: packing.clone(),
                    index: index.clone(),
                    kept: kept.clone(),
                    groups: groups.clone(),
                    op: *op,
                    skipna: *skipna,
                    edges: edges.clone(),
                    weights: weights.clone(),
                    ranks: Some(own),
                    sampled: self.sampled,
                    grid: grid.clone(),
                    run_len: self.run_len,
                    by_block: self.by_block,
                };
                Cow::Owned(plan)
            }
        }
    }
}
