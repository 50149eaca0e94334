//! Which bin a value falls into: `[edge, next edge)`, the last one closed, as numpy's `histogram`.

use super::load::Number;

/// Finds bins by guess and correction on even edges, by bisection on others.
pub struct Binner<'a> {
    edges: &'a [f64],
    first: f64,
    last: f64,
    /// Bins per unit, if the edges are even.
    density: Option<f64>,
    /// How far from whole numbers the edges' own places are, if the edges are even.
    slack: f64,
}

impl<'a> Binner<'a> {
    /// For ascending edges, at least two.
    #[allow(clippy::cast_precision_loss)]
    pub fn new(edges: &'a [f64]) -> Self {
        let first = edges.first().copied().unwrap_or(f64::NAN);
        let last = edges.last().copied().unwrap_or(f64::NAN);
        let bins = edges.len().saturating_sub(1) as f64;
        let width = (last - first) / bins;
        let even = edges.iter().enumerate().all(|(i, e)| (e - (first + i as f64 * width)).abs() < width / 2.0);
        let density = (even && width > 0.0).then_some(bins / (last - first));
        let places = edges.iter().enumerate().map(|(i, e)| ((e - first) * density.unwrap_or(0.0) - i as f64).abs());
        Binner { edges, first, last, density, slack: places.fold(0.0, f64::max) }
    }

    /// Number of bins.
    pub fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// True without bins.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn evenly(&self) -> Option<Even<'_>> {
        let density = self.density?;
        Some(Even { binner: self, density })
    }

    /// The bin of a value; `None` outside, and for missing values.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range: first ≤ x ≤ last
    pub fn bin(&self, x: f64) -> Option<usize> {
        if !(x >= self.first && x <= self.last) {
            return None;
        }
        let bins = self.edges.len() - 1;
        let mut bin = match self.density {
            Some(density) => (((x - self.first) * density) as usize).min(bins - 1),
            None => self.edges.partition_point(|e| *e <= x).saturating_sub(1).min(bins - 1),
        };
        while x < self.edges[bin] {
            bin -= 1;
        }
        while bin + 1 < bins && x >= self.edges[bin + 1] {
            bin += 1;
        }
        Some(bin)
    }
}

/// Counts of one cell's values, held until another cell's come: whole numbers in several tables, so that equal values one
/// after another do not wait for each other.
pub(super) struct Tally {
    tables: Vec<u32>,
    slots_of: Vec<i32>,
    /// Slots of a table: the bins, and one for what lies outside.
    slots: usize,
    cell: usize,
    filled: bool,
}

/// Tables of a tally.
const TABLES: usize = 2;
/// Values of a row for each slot of the tables, from which on they are worth being emptied.
const WORTH: usize = 4;
/// The most bins: 8 KiB of tables.
const MOST_BINS: usize = 1023;

impl Tally {
    pub(super) fn new(binner: &Binner) -> Self {
        let usable = binner.density.is_some() && binner.len() <= MOST_BINS;
        let slots = if usable { binner.len() + 1 } else { 0 };
        Tally { tables: vec![0; slots * TABLES], slots_of: Vec::new(), slots, cell: 0, filled: false }
    }

    /// Whether a row of so many values is better counted here.
    pub(super) fn pays(&self, len: usize) -> bool {
        self.slots > 0 && len >= WORTH * self.slots
    }

    /// Counts a row of a cell; what was counted of another goes to the counts first.
    pub(super) fn put<T: Number>(&mut self, binner: &Binner, cell: usize, xs: &[T], counts: &mut [f64]) {
        if self.filled && cell != self.cell {
            self.flush(counts);
        }
        (self.cell, self.filled) = (cell, true);
        let Some(even) = binner.evenly() else { return };
        self.slots_of.clear();
        self.slots_of.resize(xs.len(), 0);
        even.sure(xs, &mut self.slots_of);
        let mut tables = self.tables.chunks_exact_mut(self.slots);
        let (Some(a), Some(b)) = (tables.next(), tables.next()) else { return };
        let slot =
            |sure: i32, x: &T| usize::try_from(sure).unwrap_or_else(|_| binner.bin(x.value()).unwrap_or(binner.len()));
        let (pairs, rest) = self.slots_of.as_chunks::<TABLES>();
        let (values, last) = xs.as_chunks::<TABLES>();
        for ([i, j], [x, y]) in pairs.iter().zip(values) {
            a[slot(*i, x)] += 1;
            b[slot(*j, y)] += 1;
        }
        for (i, x) in rest.iter().zip(last) {
            a[slot(*i, x)] += 1;
        }
    }

    /// Adds what is held to the counts.
    pub(super) fn flush(&mut self, counts: &mut [f64]) {
        if !std::mem::take(&mut self.filled) {
            return;
        }
        let bins = self.slots - 1;
        for table in self.tables.chunks_exact(self.slots) {
            for (count, &n) in counts[self.cell * bins..].iter_mut().zip(&table[..bins]) {
                *count += f64::from(n);
            }
        }
        self.tables.fill(0);
    }
}

/// Even edges, where a value's place among them tells its bin, unless the place is too near to a whole number.
///
/// The place `(x - first) * density` rounds, but never falls where `x` rises. So a value whose place is beyond that of an edge
/// is beyond that edge; and the edges' own places are no further than `slack` from the whole numbers.
struct Even<'a> {
    binner: &'a Binner<'a>,
    density: f64,
}

impl Even<'_> {
    /// The slot of each value: its bin, the number of bins for what lies outside, or -1 where the place does not tell. Without
    /// branches, so that it becomes SIMD.
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // `as` saturates, and there are few bins
    fn sure<T: Number>(&self, xs: &[T], slots: &mut [i32]) {
        let Binner { first, last, slack, .. } = *self.binner;
        let outside = self.binner.len() as i32;
        for (slot, x) in slots.iter_mut().zip(xs) {
            let x = x.value();
            let place = (x - first) * self.density;
            let bin = place as i32;
            let beyond = place - f64::from(bin);
            let told = (beyond > slack) & (beyond < 1.0 - slack);
            let inside = (x >= first) & (x <= last);
            *slot = if !inside {
                outside
            } else if told {
                bin
            } else {
                -1
            };
        }
    }
}

/// Edges of equal bins, rounded as numpy's `linspace` rounds them. A range of no width becomes one of width 1.
#[allow(clippy::cast_precision_loss)]
pub fn edges_of(count: u64, low: f64, high: f64) -> Vec<f64> {
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let step = (high - low) / count as f64;
    let mut edges: Vec<f64> = (0..=count).map(|i| i as f64 * step + low).collect();
    if let Some(last) = edges.last_mut() {
        *last = high;
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(edges: &[f64], x: f64) -> Option<usize> {
        let bins = edges.len() - 1;
        (0..bins).find(|&i| x >= edges[i] && (x < edges[i + 1] || (i == bins - 1 && x == edges[bins])))
    }

    proptest! {
        #[test]
        fn even_edges(count in 1u64..300, low in -1e3f64..1e3, width in 1e-6f64..1e3, at in -0.1f64..1.1) {
            let edges = edges_of(count, low, low + width);
            let binner = Binner::new(&edges);
            let x = low + at * width;
            let slot = |x: f64| {
                let mut told = [0];
                binner.evenly()?.sure(&[x], &mut told);
                usize::try_from(told[0]).map_or(binner.bin(x), |slot| Some(slot).filter(|slot| *slot < edges.len() - 1))
            };
            prop_assert_eq!(binner.bin(x), plain(&edges, x));
            prop_assert_eq!(slot(x), plain(&edges, x));
            for &e in &edges {
                for x in [e.next_down(), e, e.next_up()] {
                    prop_assert_eq!(binner.bin(x), plain(&edges, x));
                    prop_assert_eq!(slot(x), plain(&edges, x));
                }
            }
        }

        #[test]
        fn uneven_edges(mut edges in proptest::collection::vec(-1e6f64..1e6, 2..50), x in -1.1e6f64..1.1e6) {
            edges.sort_by(f64::total_cmp);
            edges.dedup();
            prop_assume!(edges.len() > 1);
            prop_assert_eq!(Binner::new(&edges).bin(x), plain(&edges, x));
        }
    }

    #[test]
    fn missing_falls_nowhere() {
        let edges = edges_of(4, 0.0, 1.0);
        let binner = Binner::new(&edges);
        assert_eq!(binner.bin(f64::NAN), None);
        assert_eq!(binner.bin(1.0), Some(3));
        assert_eq!(binner.bin(f64::INFINITY), None);
        assert_eq!(edges_of(2, 5.0, 5.0), [4.5, 5.0, 5.5]);
    }
}
