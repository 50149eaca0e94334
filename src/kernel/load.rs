//! Reading rows: as they are stored where that is float32 with nothing to mask or to scale, else as float64 in a buffer that
//! stays in the first-level cache.

use super::fold::Block;
use super::rows::{ROW_LEN, Row};
use super::tally::Real;
use crate::array::{DType, DimIndex, read_f64, read_wide};
use crate::cf::Packing;
use crate::plan::{Plan, Weights};

/// A number as a row holds it.
pub(super) trait Number: Copy {
    /// Whether some dozens of them add up in a double with nothing, or next to nothing, lost.
    const SPARES_BITS: bool;
    /// The float of its own precision.
    type Real: Real;

    fn value(self) -> f64;
    fn real(self) -> Self::Real;
}

impl Number for f64 {
    const SPARES_BITS: bool = false;
    type Real = f64;

    #[inline]
    fn value(self) -> f64 {
        self
    }

    #[inline]
    fn real(self) -> f64 {
        self
    }
}

/// A float32, little-endian.
impl Number for [u8; 4] {
    const SPARES_BITS: bool = true;
    type Real = f32;

    #[inline]
    fn value(self) -> f64 {
        f64::from(f32::from_le_bytes(self))
    }

    #[inline]
    fn real(self) -> f32 {
        f32::from_le_bytes(self)
    }
}

/// The values of a row.
pub(super) enum Values<'a> {
    Stored(&'a [[u8; 4]]),
    Read(&'a [f64]),
}

/// Does the same with a row's values, however it holds them.
macro_rules! with_values {
    ($values:expr, $xs:ident => $do:expr) => {
        match $values {
            $crate::kernel::load::Values::Stored($xs) => $do,
            $crate::kernel::load::Values::Read($xs) => $do,
        }
    };
}
pub(super) use with_values;

/// The weights of a row.
pub(super) enum RowWeights<'a> {
    None,
    One(f64),
    Each(&'a [f64]),
}

impl RowWeights<'_> {
    #[inline]
    pub(super) fn at(&self, i: usize) -> f64 {
        match self {
            RowWeights::None => 1.0,
            RowWeights::One(w) => *w,
            RowWeights::Each(ws) => ws[i],
        }
    }

    pub(super) fn are_none(&self) -> bool {
        matches!(self, RowWeights::None)
    }
}

/// Reads the rows of a block; its buffers are used again for every row.
pub(super) struct Loader<'a> {
    plan: &'a Plan,
    block: &'a Block<'a>,
    as_stored: bool,
    values: Vec<f64>,
    weights: Vec<f64>,
    gathered: Vec<u8>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(plan: &'a Plan, block: &'a Block<'a>) -> Self {
        let Packing { dtype, missing, missing_wide, scale } = &plan.packing;
        let nothing_to_do = missing.iter().all(|m| m.is_nan()) && missing_wide.is_empty() && scale.is_none();
        let as_stored = *dtype == DType::Float32 && nothing_to_do;
        Loader {
            plan,
            block,
            as_stored,
            values: vec![0.0; if as_stored { 0 } else { ROW_LEN }],
            weights: vec![0.0; if plan.weights.is_some() { ROW_LEN } else { 0 }],
            gathered: Vec::new(),
        }
    }

    /// A row's values, and its weights.
    pub(super) fn load(&mut self, row: &Row) -> (Values<'_>, RowWeights<'_>) {
        let len = usize::try_from(row.positions.len()).unwrap_or(0).min(ROW_LEN);
        let weights = match &self.plan.weights {
            None => RowWeights::None,
            Some(w) if row.weight_stride == 0 => RowWeights::One(weight(w, row.weight)),
            Some(w) => {
                for (slot, p) in self.weights.iter_mut().zip(row.weight_positions.positions()) {
                    *slot = weight(w, row.weight + p * row.weight_stride);
                }
                RowWeights::Each(&self.weights[..len])
            }
        };
        let bytes = row_bytes(self.block, row, self.plan.array.dtype.size(), &mut self.gathered);
        if self.as_stored {
            return (Values::Stored(bytes.as_chunks().0), weights);
        }
        read_row(bytes, &self.plan.packing, &mut self.values[..len]);
        (Values::Read(&self.values[..len]), weights)
    }

    /// A row's values as float64, and its weights.
    pub(super) fn load_f64(&mut self, row: &Row) -> (&[f64], RowWeights<'_>) {
        self.as_stored = false;
        self.values.resize(ROW_LEN, 0.0);
        match self.load(row) {
            (Values::Read(xs), weights) => (xs, weights),
            (Values::Stored(_), weights) => (&[], weights),
        }
    }
}

fn weight(weights: &Weights, at: u64) -> f64 {
    usize::try_from(at).ok().and_then(|at| weights.values.get(at)).copied().unwrap_or(0.0)
}

/// The bytes of a row: borrowed where contiguous, gathered otherwise.
pub(super) fn row_bytes<'a>(block: &Block<'a>, row: &Row, size: usize, gathered: &'a mut Vec<u8>) -> &'a [u8] {
    let offset =
        |position: u64| usize::try_from((row.base + position * row.stride) * size as u64).unwrap_or(usize::MAX);
    match row.positions {
        DimIndex::Range { start, step: 1, len } if row.stride == 1 => {
            let from = offset(*start);
            block.bytes.get(from..from + usize::try_from(*len).unwrap_or(0) * size).unwrap_or_default()
        }
        positions => {
            gathered.clear();
            for p in positions.positions() {
                let from = offset(p);
                gathered.extend_from_slice(block.bytes.get(from..from + size).unwrap_or_default());
            }
            gathered
        }
    }
}

fn read_row(bytes: &[u8], packing: &Packing, out: &mut [f64]) {
    read_f64(bytes, packing.dtype, out);
    if !packing.missing_wide.is_empty() {
        let mut wide = vec![0; out.len()];
        read_wide(bytes, packing.dtype, &mut wide);
        for (x, n) in out.iter_mut().zip(&wide) {
            if packing.missing_wide.contains(n) {
                *x = f64::NAN;
            }
        }
    }
    let masked = |x: f64, missing: f64| if x == missing { f64::NAN } else { x };
    match (packing.missing.as_slice(), packing.scale) {
        ([missing], Some((scale, offset))) => {
            for x in out.iter_mut() {
                *x = masked(*x, *missing) * scale + offset;
            }
        }
        (all, scaling) => {
            for missing in all {
                for x in out.iter_mut() {
                    *x = masked(*x, *missing);
                }
            }
            if let Some((scale, offset)) = scaling {
                for x in out.iter_mut() {
                    *x = *x * scale + offset;
                }
            }
        }
    }
}
