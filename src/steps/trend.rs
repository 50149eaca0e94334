//! Straight lines by least squares.

use super::axis::{cell_count, doubles, offsets, position_of, split, tables};
use super::moments::{Sum, products};
use crate::cf::Labels;
use crate::error::{Code, Error, Result, invalid_document, unsupported};
use crate::kernel::{LINE_COLUMNS, Line};
use crate::plan::Labelling;
use crate::reduce::{Data, Field};
use puruspe::betai;
use serde_json::Value;

/// A year of the Gregorian calendar's mean length, in microseconds.
const YEAR_US: f64 = 365.2425 * 86_400e6;
/// The names of what a trend says of each cell.
pub(super) const NAMES: [&str; 4] = ["slope", "intercept", "stderr", "pvalue"];

/// `slope`, `intercept`, `stderr` of the slope and `pvalue` (two-sided, of no slope) along a dimension, of each cell of
/// the others, over the values that are there. Time counts in years of 365.2425 days, other labels in their units, a
/// dimension without labels in positions; all from the first label, where the intercept is. All four are missing where
/// fewer than two values are there. Of two, stderr is 0 and pvalue 0, or 1 if they are equal; of more that are all equal,
/// slope is 0 and the last two are missing. Units: the variable's per year, or per unit of the label or the label itself;
/// intercept the variable's; pvalue none.
///
/// # Errors
/// `invalid_document` for a dimension that is not there, `unsupported` for labels or values that are no numbers.
///
/// Source: `scipy.stats.linregress`.
pub fn trend(field: &Field, dim: &str) -> Result<Vec<(&'static str, Field)>> {
    let at = position_of(&field.labels, dim, "trend")?;
    let values = doubles(field, "trend")?;
    let all = tables(&field.labels.shape())?;
    let goes: Vec<bool> = (0..all.len()).map(|d| d == at).collect();
    let (stay, go) = split(&all, &goes);
    let within = offsets(go)?;
    let x = abscissa(&field.labels, dim, within.len())?;
    let mut columns: [Vec<f64>; 4] = Default::default();
    let mut pairs = Vec::with_capacity(within.len());
    for start in offsets(stay)? {
        pairs.clear();
        let there = within.iter().zip(&x).filter_map(|(w, x)| Some((*x, *values.get(start + w)?)));
        pairs.extend(there.filter(|(x, y)| !x.is_nan() && !y.is_nan()));
        for (column, value) in columns.iter_mut().zip(line(&pairs)) {
            column.push(value);
        }
    }
    let labels = |name: &str| described(&field.labels, dim, name);
    let of = |(name, values)| (name, Field { labels: labels(name), dtype: "float64".into(), data: Data::F64(values) });
    Ok(NAMES.into_iter().zip(columns).map(of).collect())
}

/// The same of lines, whose numbers follow each other cell by cell ([`Line::numbers`]); `labels` are those of the values.
///
/// # Errors
/// `worker_crashed` for numbers that are none.
pub fn trend_of_lines(labels: &Labelling, dim: &str, numbers: &[f64]) -> Result<Vec<(&'static str, Field)>> {
    let (cells, []) = numbers.as_chunks::<LINE_COLUMNS>() else {
        return Err(Error::new(Code::WorkerCrashed, "a trend of something else than lines"));
    };
    let mut columns: [Vec<f64>; 4] = Default::default();
    for cell in cells {
        for (column, value) in columns.iter_mut().zip(told(Line::of(*cell))) {
            column.push(value);
        }
    }
    let of = |(name, values)| {
        (name, Field { labels: described(labels, dim, name), dtype: "float64".into(), data: Data::F64(values) })
    };
    Ok(NAMES.into_iter().zip(columns).map(of).collect())
}

/// Slope, intercept, standard error and p-value of a line; all missing of one that is not known yet.
fn told(of: Line) -> [f64; 4] {
    if of.count.is_nan() || of.count < 2.0 || of.xx == 0.0 {
        return [f64::NAN; 4];
    }
    let intercept = of.mean_y + (of.rest_y - of.slope * of.mean_x);
    let explained = of.slope * of.slope * of.xx;
    if of.count == 2.0 {
        return [of.slope, intercept, 0.0, if of.slope == 0.0 { 1.0 } else { 0.0 }];
    }
    let (free, all) = (of.count - 2.0, explained + of.beside);
    if all == 0.0 {
        return [0.0, intercept, f64::NAN, f64::NAN];
    }
    let p = two_sided(free, of.beside / all, explained / all);
    [of.slope, intercept, (of.beside / free / of.xx).sqrt(), p]
}

/// Distances of labels from the first that is there, in years of time; NaN where one is missing.
///
/// # Errors
/// `unsupported` for labels that are no numbers, `invalid_document` for too few.
#[allow(clippy::cast_precision_loss)]
pub fn abscissa(labels: &Labelling, dim: &str, len: usize) -> Result<Vec<f64>> {
    let coord = labels.coords.iter().find(|c| c.name == dim && c.dim.as_deref() == Some(dim));
    let x: Vec<f64> = match coord.map(|c| &c.labels) {
        None => (0..cell_count(&[len as u64])?).map(|k| k as f64).collect(),
        Some(Labels::Numbers(v, _)) => {
            let first = v.iter().copied().find(|x| !x.is_nan()).unwrap_or_default();
            v.iter().map(|x| x - first).collect()
        }
        Some(Labels::Times(v, _)) => {
            let first = v.iter().copied().flatten().next().unwrap_or_default();
            v.iter().map(|t| t.and_then(|t| t.checked_sub(first)).map_or(f64::NAN, |us| us as f64 / YEAR_US)).collect()
        }
        Some(Labels::Text(_)) => return Err(unsupported(format!("a trend along {dim:?}, whose labels are text"))),
    };
    match x.len() == len {
        true => Ok(x),
        false => Err(invalid_document(format!("{dim:?} has {} labels for {len} positions", x.len()))),
    }
}

/// Slope, intercept, standard error and p-value of pairs.
fn line(pairs: &[(f64, f64)]) -> [f64; 4] {
    let of = products(pairs);
    if of.count < 2.0 || of.xx == 0.0 {
        return [f64::NAN; 4];
    }
    let slope = of.xy / of.xx;
    let intercept = -of.mean_y.deviation(slope * of.mean_x.value());
    if of.count == 2.0 {
        return [slope, intercept, 0.0, if of.yy == 0.0 { 1.0 } else { 0.0 }];
    }
    if of.yy == 0.0 {
        return [0.0, intercept, f64::NAN, f64::NAN];
    }
    // Residuals are summed themselves: what 1 − r² leaves of a good line is rounding.
    let mut rest = Sum::default();
    for (x, y) in pairs {
        let residual = of.mean_y.deviation(*y) - slope * of.mean_x.deviation(*x);
        rest.add(residual * residual, false);
    }
    let free = of.count - 2.0;
    let share = rest.total() / of.yy;
    let explained = (of.xy / of.xx) * (of.xy / of.yy);
    [slope, intercept, (rest.total() / free / of.xx).sqrt(), two_sided(free, share, explained)]
}

/// The p-value of Student's t with `free` degrees of freedom, given 1 − r², which is free / (free + t²), and r².
///
/// Each of the two is known to its own last digits, and the incomplete beta function is asked on the side where its
/// continued fraction is fast (x < (a + 1) / (a + b + 2); Numerical Recipes, 6.4) and nothing is subtracted from 1 but
/// what is far from it.
fn two_sided(free: f64, share: f64, explained: f64) -> f64 {
    if share.is_nan() || explained.is_nan() {
        return f64::NAN;
    }
    let (half, share, explained) = (free / 2.0, share.clamp(0.0, 1.0), explained.clamp(0.0, 1.0));
    if explained < 1.5 / (half + 2.5) { 1.0 - betai(0.5, half, explained) } else { betai(half, 0.5, share) }
}

/// The labels of one of the results: without the dimension, with units of its own.
pub(super) fn described(labels: &Labelling, dim: &str, name: &str) -> Labelling {
    let mut out = labels.clone();
    out.without(&[dim.to_string()]);
    if name == "intercept" {
        return out;
    }
    // A slope is not what the variable is.
    out.attrs.shift_remove("standard_name");
    let units = labels.text("units").filter(|_| name != "pvalue").map(|units| {
        let coord = labels.coords.iter().find(|c| c.name == dim && c.dim.as_deref() == Some(dim));
        match coord.map(|c| (&c.labels, c.attrs.get("units").and_then(Value::as_str))) {
            Some((Labels::Times(..), _)) => format!("{units} year-1"),
            Some((_, Some(per))) => format!("{units} per {per}"),
            _ => format!("{units} per {dim}"),
        }
    });
    match units {
        Some(units) => drop(out.attrs.insert("units".into(), Value::String(units))),
        None => drop(out.attrs.shift_remove("units")),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of mpmath: betainc(df / 2, 1 / 2, 0, df / (df + t²), regularized=True).
    #[test]
    fn students_t_at_both_ends() {
        for (free, t, p) in [
            (1.0, 1.0, 0.5),
            (1.0, 20.0, 3.180450251235247e-2),
            (38.0, 20.0, 9.03135581330503e-22),
            (357.0, 20.0, 3.129022991773314e-60),
            (5000.0, 1.0, 3.17358899588033e-1),
            (100_000.0, 6.0, 1.9799294556017648e-9),
            (100_000.0, 0.3, 7.641777791903377e-1),
        ] {
            let all: f64 = free + t * t;
            let got = two_sided(free, free / all, t * t / all);
            assert!((got - p).abs() <= 1e-9 * p, "{free} {t}: {got:e}, not {p:e}");
        }
        assert_eq!(two_sided(10.0, 0.0, 1.0), 0.0);
        assert_eq!(two_sided(10.0, 1.0, 0.0), 1.0);
        assert!(two_sided(10.0, f64::NAN, 0.0).is_nan());
    }
}
