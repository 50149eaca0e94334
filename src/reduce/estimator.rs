//! From a stratified sample of chunks to estimates and their standard errors.
//!
//! Each chunk gives two or three numbers per cell, whose totals over all chunks are estimated; the result is a function of
//! these totals, and its variance that of the function's linear part. Of a mean they are the number (or weight) of values x
//! and their sum y, and the mean is their ratio; of a sum or a count, x is how many values the chunk has in the cell, which
//! is known of all chunks, and the result is the ratio times their known number; a variance takes Σ(v − shift)², too.
//!
//! Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977): 5.4 and 5.9 stratified samples, (5.16) degrees of freedom
//! (Satterthwaite's), 6.11 the combined ratio estimate; K. M. Wolter, Introduction to Variance Estimation, 2nd ed. (2007),
//! ch. 6, functions of several totals.

use super::assembly::scatter;
use super::estimated::{Estimated, SampleFacts};
use super::finish::Finish;
use super::linear::{Linear, Stratum, mean_of, total_of, variance_of};
use super::spread::{Spread, zeros};
use super::student::student;
use crate::error::{Code, Error, Result, product, to_usize};
use crate::kernel::{Column, Partial, total};
use crate::plan::{Op, Plan};
use std::collections::BTreeMap;

/// Estimates under way.
pub struct Estimator {
    plan: Plan,
    finish: Finish,
    blocks: Vec<Block>,
}

/// The sample of a block.
struct Block {
    strata: Vec<(u64, Option<Spread>)>,
    /// The first mean that was met in each cell: deviations from it are small, so that their squares keep their digits.
    shift: Vec<f64>,
    /// How many chunks said something of each cell, up to two.
    hits: Vec<u8>,
    next: u64,
    /// Chunks that came before their turn.
    waiting: BTreeMap<u64, (usize, u64, Partial)>,
}

/// Numbers per cell and chunk, by operation.
pub fn numbers_of(op: Option<Op>) -> u64 {
    if matches!(op, Some(Op::Var | Op::Std)) { 3 } else { 2 }
}

impl Estimator {
    /// For a settled plan whose units are chunks; `strata` says how many places each stratum of each block has.
    pub fn new(plan: Plan, finish: Finish, strata: Vec<Vec<u64>>) -> Self {
        let block = |places: Vec<u64>| Block {
            strata: places.into_iter().map(|n| (n, None)).collect(),
            shift: Vec::new(),
            hits: Vec::new(),
            next: 0,
            waiting: BTreeMap::new(),
        };
        Estimator { plan, finish, blocks: strata.into_iter().map(block).collect() }
    }

    /// Takes the partial of the `turn`-th chunk of a block's sequence, which is of a stratum.
    ///
    /// # Errors
    /// `worker_crashed` for a partial that does not fit the plan; `out_of_memory`.
    pub fn add(&mut self, turn: u64, stratum: usize, ordinal: u64, partial: Partial) -> Result<()> {
        let index = self.plan.block_of(ordinal);
        let block = usize::try_from(index).ok().and_then(|i| self.blocks.get_mut(i)).ok_or_else(wrong)?;
        block.waiting.insert(turn, (stratum, ordinal, partial));
        while let Some((stratum, ordinal, partial)) = block.waiting.remove(&block.next) {
            block.next += 1;
            let cells = self.plan.block_cells(index)?.saturating_mul(to_usize(self.plan.bins(), "bins")?);
            let numbers = block.numbers(&self.plan, &self.finish, index, ordinal, &partial)?;
            if numbers.iter().any(|column| column.len() != cells) {
                return Err(wrong());
            }
            block.hits.resize(cells, 0);
            for (hits, x) in block.hits.iter_mut().zip(numbers.iter().take(1).flatten()) {
                *hits = hits.saturating_add(u8::from(*x != 0.0)).min(2);
            }
            let (_, spread) = block.strata.get_mut(stratum).ok_or_else(wrong)?;
            let spread = match spread {
                Some(spread) => spread,
                None => spread.insert(Spread::new(numbers.len(), cells)?),
            };
            spread.add(numbers);
        }
        Ok(())
    }

    /// Chunks in the estimate, and all.
    pub fn seen(&self) -> (u64, u64) {
        let all = self.blocks.iter().flat_map(|block| &block.strata).map(|(places, _)| places).sum();
        (self.blocks.iter().map(|block| block.next).sum(), all)
    }

    /// The estimates so far; none while no block has a chunk of each of its strata.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn estimate(&self, rounds: u64, seed: u64) -> Result<Option<Estimated>> {
        let shape = self.plan.output_shape();
        let width = to_usize(self.plan.bins(), "bins")?;
        let cells = to_usize(product(&shape, "result")?.saturating_mul(self.plan.bins()), "result")?;
        let mut columns = [nothing(cells)?, nothing(cells)?, nothing(cells)?];
        let (mut known, mut freedom) = (self.blocks.is_empty(), f64::INFINITY);
        for (index, block) in (0u64..).zip(&self.blocks) {
            let Some((own, least)) = self.block(index, block)? else { continue };
            (known, freedom) = (true, freedom.min(least));
            let landing = self.plan.landing(index);
            for (out, own) in columns.iter_mut().zip(&own) {
                scatter(out, own, &shape, &landing, width);
            }
        }
        let [values, standard_error, half_width] = columns;
        let (chunks_sampled, chunks) = self.seen();
        let strata = self.blocks.iter().map(|block| block.strata.len() as u64).max().unwrap_or(0);
        let sample = SampleFacts { chunks_sampled, chunks, strata, rounds, seed, degrees_of_freedom: freedom };
        Ok(known.then_some(Estimated { values, standard_error, half_width, sample }))
    }

    /// Estimates, standard errors and half widths of a block's cells, and the least degrees of freedom.
    fn block(&self, index: u64, block: &Block) -> Result<Option<([Vec<f64>; 3], f64)>> {
        let drawn = |(places, spread): &(u64, Option<Spread>)| *places == 0 || spread.is_some();
        if !block.strata.iter().all(drawn) {
            return Ok(None);
        }
        let bins = to_usize(self.plan.bins(), "bins")?;
        let known = self.plan.values_per_cell(index, None)?;
        let cells = known.len().saturating_mul(bins);
        let widths: Vec<f64> =
            self.plan.edges.iter().zip(self.plan.edges.iter().skip(1)).map(|(low, high)| high - low).collect();
        #[allow(clippy::cast_precision_loss)]
        let left = block.strata.iter().any(|(places, s)| s.as_ref().map_or(0.0, Spread::chunks) < *places as f64);
        let mut out = [zeros(cells)?, zeros(cells)?, zeros(cells)?];
        let mut least = f64::INFINITY;
        let mut strata = Vec::with_capacity(block.strata.len());
        for cell in 0..cells {
            strata.clear();
            strata.extend(block.strata.iter().filter_map(|(places, s)| Some(Stratum::of(*places, s.as_ref()?, cell))));
            let known = known.get(cell / bins.max(1)).copied().unwrap_or(0.0);
            let Linear { value, error, freedom } = match self.plan.op {
                Some(Op::Var | Op::Std) => variance_of(&strata, self.finish.ddof, self.plan.op == Some(Op::Std)),
                Some(Op::Histogram) if self.finish.density => {
                    let width = widths.get(cell % bins.max(1)).copied().unwrap_or(f64::NAN);
                    mean_of(&strata).times(1.0 / width)
                }
                Some(Op::Sum | Op::Count | Op::Histogram) => total_of(&strata, known),
                _ => mean_of(&strata),
            };
            // A ratio from one chunk leaves no residual: nothing is known of its error.
            let told = !left || block.hits.get(cell).is_some_and(|hits| *hits > 1);
            let error = if told && !value.is_nan() { error } else { f64::NAN };
            if error > 0.0 {
                least = least.min(freedom);
            }
            let half = if error > 0.0 { error * student(freedom) } else { error };
            for (column, x) in out.iter_mut().zip([value, error, half]) {
                if let Some(slot) = column.get_mut(cell) {
                    *slot = x;
                }
            }
        }
        Ok(Some((out, least)))
    }
}

impl Block {
    /// What a chunk says of each cell.
    fn numbers(
        &mut self,
        plan: &Plan,
        finish: &Finish,
        block: u64,
        ordinal: u64,
        partial: &Partial,
    ) -> Result<Vec<Vec<f64>>> {
        let known = || {
            let chunks = plan.unit(ordinal).chunks;
            plan.values_per_cell(block, Some(chunks.first().ok_or_else(wrong)?))
        };
        #[allow(clippy::cast_precision_loss)] // an estimate has fewer digits
        Ok(match (plan.op, partial.columns.as_slice()) {
            (Some(Op::Mean), [Column::F64(n), Column::F64(hi), Column::F64(lo)]) => vec![n.clone(), sums(hi, lo)],
            (Some(Op::Sum), [_, Column::F64(hi), Column::F64(lo)]) => vec![known()?, sums(hi, lo)],
            (Some(Op::Sum), [_, Column::Int(sum)]) => vec![known()?, sum.iter().map(|n| *n as f64).collect()],
            (Some(Op::Count), [Column::F64(n)]) => vec![known()?, n.clone()],
            (Some(Op::Histogram), [Column::F64(counts)]) => {
                let bins = to_usize(plan.bins(), "bins")?;
                let cells = counts.chunks(bins.max(1));
                let x = if finish.density { cells.map(|cell| cell.iter().sum()).collect() } else { known()? };
                vec![x.iter().flat_map(|x| std::iter::repeat_n(*x, bins)).collect(), counts.clone()]
            }
            (Some(Op::Var | Op::Std), [Column::F64(n), Column::F64(mean), Column::F64(m2)]) => {
                self.shift.resize(n.len(), f64::NAN);
                let (mut y, mut q) = (Vec::with_capacity(n.len()), Vec::with_capacity(n.len()));
                for ((shift, n), (mean, m2)) in self.shift.iter_mut().zip(n).zip(mean.iter().zip(m2)) {
                    if shift.is_nan() && *n > 0.0 {
                        *shift = *mean;
                    }
                    let apart = if shift.is_nan() && *n == 0.0 { 0.0 } else { mean - *shift };
                    y.push(n * apart);
                    q.push(m2 + n * apart * apart);
                }
                vec![n.clone(), y, q]
            }
            _ => return Err(wrong()),
        })
    }
}

fn sums(hi: &[f64], lo: &[f64]) -> Vec<f64> {
    hi.iter().zip(lo).map(|(hi, lo)| total(*hi, *lo)).collect()
}

fn nothing(cells: usize) -> Result<Vec<f64>> {
    let mut column = zeros(cells)?;
    column.fill(f64::NAN);
    Ok(column)
}

fn wrong() -> Error {
    Error::new(Code::WorkerCrashed, "a partial that the sample has no place for")
}
