//! Which bin a value falls into: `[edge, next edge)`, the last one closed, as numpy's `histogram`.

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

    /// Of even edges: the first, bins per unit, and how far the edges' places, so computed, are from whole numbers.
    pub(super) fn evenly(&self) -> Option<(f64, f64, f64)> {
        Some((self.first, self.density?, self.slack))
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
            prop_assert_eq!(binner.bin(x), plain(&edges, x));
            for &e in &edges {
                for x in [e.next_down(), e, e.next_up()] {
                    prop_assert_eq!(binner.bin(x), plain(&edges, x));
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
