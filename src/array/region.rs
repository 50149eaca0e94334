//! Which positions of a dimension are taken, and walking over many dimensions in C order.

use serde::{Deserialize, Serialize};

/// Positions along one dimension, in the order in which they appear in the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DimIndex {
    /// `len` positions from `start`, `step` apart (`step` ≥ 1).
    Range {
        /// First position.
        start: u64,
        /// Distance between positions.
        step: u64,
        /// How many.
        len: u64,
    },
    /// Positions one by one, in any order.
    List(Vec<u64>),
}

impl DimIndex {
    /// All of a dimension.
    pub fn all(len: u64) -> Self {
        DimIndex::Range { start: 0, step: 1, len }
    }

    /// One position.
    pub fn one(position: u64) -> Self {
        DimIndex::Range { start: position, step: 1, len: 1 }
    }

    /// How many positions.
    pub fn len(&self) -> u64 {
        match self {
            DimIndex::Range { len, .. } => *len,
            DimIndex::List(list) => list.len() as u64,
        }
    }

    /// True if nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The positions in order.
    pub fn positions(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            DimIndex::Range { start, step, len } => Box::new((0..*len).map(move |i| start + i * step)),
            DimIndex::List(list) => Box::new(list.iter().copied()),
        }
    }

    /// The chunks touched, ascending and each once; a range of positions gives a range of chunks, however many.
    pub fn chunks(&self, chunk: u64) -> DimIndex {
        match self {
            DimIndex::Range { len: 0, .. } => DimIndex::all(0),
            DimIndex::Range { start, step, len } if *step <= chunk => {
                let first = start / chunk;
                let last = (start + (len - 1) * step) / chunk;
                DimIndex::Range { start: first, step: 1, len: last - first + 1 }
            }
            DimIndex::Range { start, step, len } if step.is_multiple_of(chunk) => {
                DimIndex::Range { start: start / chunk, step: step / chunk, len: *len }
            }
            _ => {
                let mut chunks: Vec<u64> = self.positions().map(|p| p / chunk).collect();
                chunks.sort_unstable();
                chunks.dedup();
                DimIndex::List(chunks)
            }
        }
    }

    /// The `i`-th position.
    pub fn get(&self, i: u64) -> Option<u64> {
        match self {
            DimIndex::Range { start, step, len } => (i < *len).then(|| start + i * step),
            DimIndex::List(list) => list.get(usize::try_from(i).ok()?).copied(),
        }
    }

    /// The positions at some positions of this index: selection after selection.
    pub fn at(&self, which: &DimIndex) -> DimIndex {
        match (self, which) {
            (DimIndex::Range { start, step, .. }, DimIndex::Range { start: first, step: by, len }) => {
                DimIndex::Range { start: start + first * step, step: step * by, len: *len }
            }
            _ => DimIndex::List(which.positions().filter_map(|i| self.get(i)).collect()),
        }
    }

    /// The same positions in the same words: a list of evenly rising ones is a range.
    pub fn simplest(self) -> Self {
        match self {
            DimIndex::List(list) => range_of(&list).map_or(DimIndex::List(list), DimIndex::simplest),
            DimIndex::Range { len: 0, .. } => DimIndex::all(0),
            // Of one position no step can be told.
            DimIndex::Range { start, len: 1, .. } => DimIndex::one(start),
            range => range,
        }
    }

    /// What falls into one chunk: positions inside the chunk, and where each lands in the result.
    ///
    /// A range stays a range; a list keeps its own order.
    pub fn within(&self, chunk_index: u64, chunk: u64) -> (DimIndex, DimIndex) {
        let low = chunk_index.saturating_mul(chunk);
        self.between(low, low.saturating_add(chunk))
    }

    /// What lies from `low` up to `high`: positions counted from `low`, and where each lands in the result.
    pub fn between(&self, low: u64, high: u64) -> (DimIndex, DimIndex) {
        match self {
            DimIndex::Range { start, step, len } => {
                let first = if *start >= low { 0 } else { (low - start).div_ceil(*step) };
                let past = if *start >= high { 0 } else { (high - start).div_ceil(*step) };
                let past = past.min(*len);
                if first >= past {
                    return (DimIndex::all(0), DimIndex::all(0));
                }
                let inside = DimIndex::Range { start: start + first * step - low, step: *step, len: past - first };
                (inside, DimIndex::Range { start: first, step: 1, len: past - first })
            }
            DimIndex::List(list) => {
                let hits = list.iter().enumerate().filter(|(_, p)| (low..high).contains(*p));
                let (lands, inside): (Vec<u64>, Vec<u64>) = hits.map(|(i, p)| (i as u64, p - low)).unzip();
                (DimIndex::List(inside), DimIndex::List(lands))
            }
        }
    }
}

/// A list's positions as a range, if they rise evenly.
fn range_of(list: &[u64]) -> Option<DimIndex> {
    let (first, last) = (list.first().copied().unwrap_or(0), list.last().copied().unwrap_or(0));
    let step = list.get(1).and_then(|second| second.checked_sub(first)).unwrap_or(0).max(1);
    let even = first.checked_add(step.saturating_mul(list.len().saturating_sub(1) as u64)) == Some(last);
    let range = DimIndex::Range { start: first, step, len: list.len() as u64 };
    (even && range.positions().eq(list.iter().copied())).then_some(range)
}

/// Walks all multi-indices of a shape in C order. A shape without dimensions has one index, the empty one.
pub struct Odometer {
    shape: Vec<u64>,
    next: Option<Vec<u64>>,
}

impl Odometer {
    /// Starts at zero.
    pub fn new(shape: &[u64]) -> Self {
        let next = if shape.contains(&0) { None } else { Some(vec![0; shape.len()]) };
        Odometer { shape: shape.to_vec(), next }
    }
}

impl Iterator for Odometer {
    type Item = Vec<u64>;

    fn next(&mut self) -> Option<Vec<u64>> {
        let current = self.next.take()?;
        let mut following = current.clone();
        for (digit, size) in following.iter_mut().zip(&self.shape).rev() {
            *digit += 1;
            if *digit < *size {
                self.next = Some(following);
                break;
            }
            *digit = 0;
        }
        Some(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Cutting by chunks loses nothing, adds nothing and keeps every landing place.
        #[test]
        fn within_partitions(start in 0u64..50, step in 1u64..9, len in 0u64..40, chunk in 1u64..17) {
            let index = DimIndex::Range { start, step, len };
            let list = DimIndex::List(index.positions().collect());
            for index in [index, list] {
                let mut seen = vec![None; len as usize];
                for c in index.chunks(chunk).positions() {
                    let (inside, lands) = index.within(c, chunk);
                    prop_assert_eq!(inside.len(), lands.len());
                    prop_assert!(!inside.is_empty());
                    for (p, l) in inside.positions().zip(lands.positions()) {
                        prop_assert!(p < chunk);
                        prop_assert_eq!(seen[l as usize].replace(c * chunk + p), None);
                    }
                }
                let all: Vec<u64> = seen.into_iter().flatten().collect();
                prop_assert_eq!(all, index.positions().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn odometer_counts_in_c_order() {
        let all: Vec<_> = Odometer::new(&[2, 2]).collect();
        assert_eq!(all, [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert_eq!(Odometer::new(&[]).count(), 1);
        assert_eq!(Odometer::new(&[3, 0]).count(), 0);
    }
}
