//! In which order units come: first runs of all blocks before second runs, so that the whole output sharpens evenly. Where
//! partials are large, all runs of one block before those of the next, so that few blocks are unfinished at a time.

use super::units::Plan;
use crate::error::Result;

/// Bytes of the partials of all blocks up to which they may all be unfinished: so many wait where they are merged.
/// Fuzzers have small outputs only.
const MAX_UNFINISHED_BYTES: u64 = if cfg!(fuzzing) { 1 << 16 } else { 64 << 20 };

impl Plan {
    /// Whether all runs of a block come before those of the next, if partials have so many columns.
    pub(super) fn goes_by_block(&self, columns: u64) -> Result<bool> {
        let partials = self.partial_bytes(columns)?.saturating_mul(self.block_count());
        Ok(!self.sampled && partials > MAX_UNFINISHED_BYTES)
    }

    /// The block of a unit, and which of its runs the unit is.
    pub fn block_and_run(&self, ordinal: u64) -> (u64, u64) {
        if self.by_block {
            let runs = self.run_count().max(1);
            (ordinal / runs, ordinal % runs)
        } else {
            let blocks = self.block_count().max(1);
            (ordinal % blocks, ordinal / blocks)
        }
    }

    /// The ordinal of a run of a block.
    pub fn ordinal(&self, block: u64, run: u64) -> u64 {
        if self.by_block { block * self.run_count() + run } else { run * self.block_count() + block }
    }

    /// How many partials wait where they are merged, while so many units are under way: one of each unfinished block, and those
    /// that came before their turn, which are half of those under way, say, if they are of few blocks.
    pub fn unfinished_partials(&self, under_way: u64) -> u64 {
        let blocks = self.block_count();
        if !self.by_block {
            return blocks;
        }
        let unfinished = under_way.div_ceil(self.run_count().max(1)).saturating_add(1);
        blocks.min(unfinished).saturating_add(under_way / 2)
    }

    /// The block of a unit.
    pub fn block_of(&self, ordinal: u64) -> u64 {
        self.block_and_run(ordinal).0
    }
}
