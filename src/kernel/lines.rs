//! Straight lines by least squares, merged without loss: what is kept of a set is its line and the squares of what lies beside
//! it, so that nothing large is taken from anything large, however well the line fits.
//!
//! Of two sets with slopes b₁, b₂, squares of x about their means X₁, X₂, and means that lie d and e apart, weight
//! w = n₁n₂/n: the slope b is the mean of b₁, b₂ and e/d by the weights X₁, X₂ and wd², and the squares beside the lines
//! grow by X₁(b₁ − b)² + X₂(b₂ − b)² + w(e − bd)². (Chan, Golub, LeVeque 1983, carried over to regressions.)

use super::partial::Column;
use super::rows::Row;
use super::sums::two_sum;

/// Numbers of a line.
pub const LINE_COLUMNS: usize = 7;

/// A set of points: their number, means (that of y in two doubles), Σ(x − x̄)², slope, and the squares beside the line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Line {
    /// Number of points.
    pub count: f64,
    /// Mean of x.
    pub mean_x: f64,
    /// Mean of y.
    pub mean_y: f64,
    /// What rounding left of it.
    pub rest_y: f64,
    /// Σ(x − x̄)².
    pub xx: f64,
    /// Slope; 0 while all x are equal.
    pub slope: f64,
    /// Σ(y − ȳ − slope (x − x̄))².
    pub beside: f64,
}

impl Line {
    /// One point.
    pub fn point(x: f64, y: f64) -> Self {
        Line { count: 1.0, mean_x: x, mean_y: y, ..Line::default() }
    }

    /// Of the points of two sets together.
    #[inline]
    pub fn and(self, next: Line) -> Line {
        if next.count == 0.0 {
            return self;
        }
        if self.count == 0.0 {
            return next;
        }
        let count = self.count + next.count;
        let share = next.count / count;
        let weight = self.count * share;
        let d = next.mean_x - self.mean_x;
        let e = (next.mean_y - self.mean_y) + (next.rest_y - self.rest_y);
        let xx = self.xx + next.xx + d * d * weight;
        let xy = self.slope * self.xx + next.slope * next.xx + d * e * weight;
        let slope = if xx > 0.0 { xy / xx } else { 0.0 };
        let (own, other, between) = (self.slope - slope, next.slope - slope, e - slope * d);
        let (mean_y, lost) = two_sum(self.mean_y, e * share);
        Line {
            count,
            mean_x: self.mean_x + d * share,
            mean_y,
            rest_y: self.rest_y + lost,
            xx,
            slope,
            beside: self.beside
                + next.beside
                + own * own * self.xx
                + other * other * next.xx
                + between * between * weight,
        }
    }

    /// From its numbers.
    pub fn of(numbers: [f64; LINE_COLUMNS]) -> Self {
        let [count, mean_x, mean_y, rest_y, xx, slope, beside] = numbers;
        Line { count, mean_x, mean_y, rest_y, xx, slope, beside }
    }

    /// Its numbers.
    pub fn numbers(self) -> [f64; LINE_COLUMNS] {
        [self.count, self.mean_x, self.mean_y, self.rest_y, self.xx, self.slope, self.beside]
    }
}

/// Seven columns of doubles, if there are.
fn columns_of(columns: &mut [Column]) -> Option<[&mut Vec<f64>; LINE_COLUMNS]> {
    match columns {
        [
            Column::F64(a),
            Column::F64(b),
            Column::F64(c),
            Column::F64(d),
            Column::F64(e),
            Column::F64(f),
            Column::F64(g),
        ] => Some([a, b, c, d, e, f, g]),
        _ => None,
    }
}

/// Adds the points of a row to the lines of their cells; `x` gives their abscissas. Points that miss a coordinate are
/// passed over.
pub fn fold_lines(row: &Row, ys: &[f64], x: impl Fn(usize) -> f64, columns: &mut [Column]) {
    let Some(mut columns) = columns_of(columns) else { return };
    for (i, &y) in ys.iter().enumerate() {
        let x = x(i);
        if x.is_nan() || y.is_nan() {
            continue;
        }
        let cell = if row.kept { row.cell + i } else { row.cell };
        put(&mut columns, cell, Line::point(x, y));
    }
}

fn put(columns: &mut [&mut Vec<f64>; LINE_COLUMNS], cell: usize, next: Line) {
    let mut numbers = [0.0; LINE_COLUMNS];
    for (number, column) in numbers.iter_mut().zip(columns.iter()) {
        *number = column[cell];
    }
    for (number, column) in Line::of(numbers).and(next).numbers().into_iter().zip(columns.iter_mut()) {
        column[cell] = number;
    }
}

/// Adds lines cell by cell; false if they have not the form of lines.
pub fn merge_lines(into: &mut [Column], next: &mut [Column]) -> bool {
    let (Some(mut into), Some(next)) = (columns_of(into), columns_of(next)) else { return false };
    for cell in 0..next[0].len() {
        let mut numbers = [0.0; LINE_COLUMNS];
        for (number, column) in numbers.iter_mut().zip(next.iter()) {
            *number = column[cell];
        }
        put(&mut into, cell, Line::of(numbers));
    }
    true
}
