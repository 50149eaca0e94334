//! What the chunks of a stratum have in common: how many they are, the mean of each of a few numbers that they give per
//! cell, and the sums of products of deviations from these means. Memory does not grow with the sample.
//!
//! Welford's update for several variables: Knuth, The Art of Computer Programming, vol. 2, 4.2.2, (15) and (16).

use crate::error::{Code, Error, Result};

/// Numbers that a chunk gives per cell, at most.
pub const MAX_NUMBERS: usize = 3;

/// Of one stratum, all cells.
pub struct Spread {
    chunks: f64,
    /// Of each number.
    means: Vec<Vec<f64>>,
    /// Of each pair of numbers, by the greater's place: 00, 01, 11, 02, 12, 22.
    products: Vec<Vec<f64>>,
}

/// Of one stratum, one cell: the mean of each number, and the covariance of each two.
pub struct CellSpread {
    /// Means; 0 beyond the numbers that there are.
    pub means: [f64; MAX_NUMBERS],
    /// Covariances, with the number of chunks less one as divisor.
    pub covariances: [[f64; MAX_NUMBERS]; MAX_NUMBERS],
}

/// Columns of so many numbers.
pub fn spread_columns(numbers: u64) -> u64 {
    numbers + numbers * (numbers + 1) / 2
}

impl Spread {
    /// Of no chunks yet.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(numbers: usize, cells: usize) -> Result<Self> {
        let columns = |n: usize| (0..n).map(|_| zeros(cells)).collect::<Result<Vec<_>>>();
        Ok(Spread { chunks: 0.0, means: columns(numbers)?, products: columns(numbers * (numbers + 1) / 2)? })
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> f64 {
        self.chunks
    }

    /// Takes the numbers of the next chunk, each a column of cells.
    pub fn add(&mut self, mut numbers: Vec<Vec<f64>>) {
        self.chunks += 1.0;
        let before = (self.chunks - 1.0) / self.chunks;
        for (mean, column) in self.means.iter_mut().zip(&mut numbers) {
            for (mean, x) in mean.iter_mut().zip(column) {
                *x -= *mean;
                *mean += *x / self.chunks;
            }
        }
        let pairs = numbers.iter().enumerate().flat_map(|(w, b)| numbers.iter().take(w + 1).map(move |a| (a, b)));
        for (product, (a, b)) in self.products.iter_mut().zip(pairs) {
            for (product, (a, b)) in product.iter_mut().zip(a.iter().zip(b)) {
                *product += a * b * before;
            }
        }
    }

    /// What is known of a cell.
    pub fn at(&self, cell: usize) -> CellSpread {
        let value = |column: &Vec<f64>| column.get(cell).copied().unwrap_or(f64::NAN);
        let mut out = CellSpread { means: [0.0; MAX_NUMBERS], covariances: [[0.0; MAX_NUMBERS]; MAX_NUMBERS] };
        for (mean, column) in out.means.iter_mut().zip(&self.means) {
            *mean = value(column);
        }
        let free = self.chunks - 1.0;
        let mut columns = self.products.iter();
        for w in 0..self.means.len().min(MAX_NUMBERS) {
            for v in 0..=w {
                let covariance = columns.next().map_or(f64::NAN, value) / free;
                out.covariances[v][w] = covariance;
                out.covariances[w][v] = covariance;
            }
        }
        out
    }
}

/// A column of zeros.
///
/// # Errors
/// `out_of_memory`.
pub fn zeros(cells: usize) -> Result<Vec<f64>> {
    let mut column = Vec::new();
    column
        .try_reserve_exact(cells)
        .map_err(|_| Error::new(Code::OutOfMemory, format!("no memory for an estimate of {cells} cells")))?;
    column.resize(cells, 0.0);
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_definition_has_it() {
        let xs = [[1.0, 5.0, 2.0], [4.0, 2.0, 8.0], [2.5, 2.5, -1.0], [9.0, 0.0, 3.0]];
        let spread = Spread::new(3, 2);
        assert!(spread.is_ok());
        let Ok(mut spread) = spread else { return };
        xs.iter().for_each(|x| spread.add(x.iter().map(|&x| vec![0.0, x]).collect()));
        let cell = spread.at(1);
        let mean = |v: usize| xs.iter().map(|x| x[v]).sum::<f64>() / 4.0;
        for v in 0..3 {
            assert!((cell.means[v] - mean(v)).abs() < 1e-15);
            for w in 0..3 {
                let covariance = xs.iter().map(|x| (x[v] - mean(v)) * (x[w] - mean(w))).sum::<f64>() / 3.0;
                assert!((cell.covariances[v][w] - covariance).abs() < 1e-13);
            }
        }
    }
}
