//! Which bin a value falls into: `[edge, next edge)`, the last one closed, as numpy's `histogram`.

use super::load::Number;

/// Finds bins by guess and correction on even edges, by bisection on others.
pub struct Binner<'a> {
    edges: &'a [f64],
    first: f64,
    last: f64,
    /// Bins per unit, if the edges are even.
    density: Option<f64>,
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
        Binner { edges, first, last, density: (even && width > 0.0).then_some(bins / (last - first)) }
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
        Some(Even { edges: self.edges, first: self.first, last: self.last, density })
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
    guesses: Vec<i32>,
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
        Tally { tables: vec![0; slots * TABLES], guesses: Vec::new(), slots, cell: 0, filled: false }
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
        self.guesses.clear();
        self.guesses.resize(xs.len(), 0);
        even.guess(xs, &mut self.guesses);
        let mut tables = self.tables.chunks_exact_mut(self.slots);
        let (Some(a), Some(b)) = (tables.next(), tables.next()) else { return };
        let (pairs, rest) = self.guesses.as_chunks::<TABLES>();
        for ([g, h], [x, y]) in pairs.iter().zip(xs.as_chunks::<TABLES>().0) {
            a[even.slot(*g, x.value())] += 1;
            b[even.slot(*h, y.value())] += 1;
        }
        for (g, x) in rest.iter().zip(xs.as_chunks::<TABLES>().1) {
            a[even.slot(*g, x.value())] += 1;
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

/// Even edges, where a guess is wrong by one bin at most.
struct Even<'a> {
    edges: &'a [f64],
    first: f64,
    last: f64,
    density: f64,
}

impl Even<'_> {
    /// Guesses the bin of each value; -1 for what lies outside. A loop of its own, so that conversions overlap.
    #[allow(clippy::cast_possible_truncation)] // `as` saturates, and there are few bins
    fn guess<T: Number>(&self, xs: &[T], guesses: &mut [i32]) {
        let most = self.edges.len() as i32 - 2;
        for (guess, x) in guesses.iter_mut().zip(xs) {
            let x = x.value();
            let inside = (x >= self.first) & (x <= self.last);
            *guess = if inside { (((x - self.first) * self.density) as i32).min(most) } else { -1 };
        }
    }

    /// The bin of a value by its guess, or the number of bins for what lies outside.
    #[inline]
    fn slot(&self, guess: i32, x: f64) -> usize {
        let bins = self.edges.len() - 1;
        let Ok(guess) = usize::try_from(guess) else { return bins };
        let above = usize::from(x >= self.edges[guess + 1]);
        let below = usize::from(x < self.edges[guess]);
        (guess + above).saturating_sub(below).min(bins - 1)
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
                let even = binner.evenly()?;
                let mut guess = [0];
                even.guess(&[x], &mut guess);
                Some(even.slot(guess[0], x)).filter(|slot| *slot < edges.len() - 1)
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
