//! Every operation beside a plain twin, whatever the cut into chunks and tiles: the same numbers to 1e-13 of what they are made of.
//!
//! The array is v(t, x) with another, w, beside it in chunks of another shape; t has a date every ten days.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]

mod common;

use common::driver::{evaluate, over};
use common::{document, open};
use proptest::prelude::*;
use serde_json::{Value, json};
use zarrscope::plan::Document;
use zarrscope::reduce::{Data, Field};
use zarrscope::store::MemoryStore;

const NAN: f64 = f64::NAN;
/// Days between two dates.
const STEP: usize = 10;

/// Columns of v and w, and the chunks of both.
#[derive(Debug, Clone)]
struct Made {
    v: Vec<Vec<f64>>,
    w: Vec<Vec<f64>>,
    chunks: [(usize, usize); 2],
}

fn made() -> impl Strategy<Value = Made> {
    let cell = || prop_oneof![6 => 200.0..300.0f64, 1 => Just(NAN), 1 => -1.0..1.0f64];
    (2usize..40, 1usize..5).prop_flat_map(move |(nt, nx)| {
        let columns = || prop::collection::vec(prop::collection::vec(cell(), nt), nx);
        let chunk = || (1..=nt, 1..=nx);
        (columns(), columns(), chunk(), chunk()).prop_map(|(v, w, a, b)| Made { v, w, chunks: [a, b] })
    })
}

impl Made {
    fn store(&self) -> MemoryStore {
        let mut store = MemoryStore::new();
        store.insert(".zgroup", r#"{"zarr_format": 2}"#);
        let (nt, nx) = (self.v[0].len(), self.v.len());
        let meta = |shape: &[usize], chunks: &[usize]| {
            json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "compressor": null, "filters": null,
                "fill_value": null, "order": "C"})
        };
        for ((name, columns), (ct, cx)) in [("v", &self.v), ("w", &self.w)].into_iter().zip(self.chunks) {
            store.insert(format!("{name}/.zarray"), meta(&[nt, nx], &[ct, cx]).to_string());
            store.insert(format!("{name}/.zattrs"), json!({"_ARRAY_DIMENSIONS": ["t", "x"]}).to_string());
            for i in 0..nt.div_ceil(ct) {
                for j in 0..nx.div_ceil(cx) {
                    let at = |t: usize, x: usize| columns.get(x).and_then(|c| c.get(t)).copied().unwrap_or(0.0);
                    let cells = (0..ct).flat_map(|t| (0..cx).map(move |x| (i * ct + t, j * cx + x)));
                    let bytes: Vec<u8> = cells.flat_map(|(t, x)| at(t, x).to_le_bytes()).collect();
                    store.insert(format!("{name}/{i}.{j}"), bytes);
                }
            }
        }
        store.insert("t/.zarray", meta(&[nt], &[nt]).to_string());
        let attrs = json!({"_ARRAY_DIMENSIONS": ["t"], "units": "days since 2001-01-01", "calendar": "noleap"});
        store.insert("t/.zattrs", attrs.to_string());
        store.insert("t/0", (0..nt).flat_map(|i| ((i * STEP) as f64).to_le_bytes()).collect::<Vec<u8>>());
        store
    }

    /// Checks steps against what a twin makes of them, at hand and in tiles of so many cells.
    fn check(&self, steps: Value, cells: u64, wanted: &[f64]) -> Result<(), TestCaseError> {
        let scale = self.v.iter().chain(&self.w).flatten().filter(|x| !x.is_nan()).fold(1.0f64, |m, x| m.max(x.abs()));
        let parsed = Document::parse(&document("v", json!({ "steps": steps }))).expect("a document");
        for cells in [u64::MAX, cells] {
            let (field, passes) = evaluate(&over(open(self.store()), cells), &parsed)
                .map_err(|e| TestCaseError::fail(format!("{e}: {steps}")))?;
            let got = numbers(&field);
            let near = |a: f64, b: f64| {
                a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= 1e-13 * scale.max(a.abs()).max(b.abs())
            };
            let same = got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| near(*a, *b));
            prop_assert!(same, "{steps} in tiles of {cells} ({passes} passes):\n{got:?}\ninstead of\n{wanted:?}");
        }
        Ok(())
    }

    /// A number for each column.
    fn each(&self, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        self.v.iter().map(|c| f(c)).collect()
    }

    /// Values by time, each of them from a column that was worked on as a whole.
    fn rows(&self, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        let columns: Vec<Vec<f64>> = self.v.iter().map(|c| f(c)).collect();
        let rows = columns.first().map_or(0, Vec::len);
        (0..rows).flat_map(|t| columns.iter().map(move |c| c[t])).collect()
    }
}

fn numbers(field: &Field) -> Vec<f64> {
    match &field.data {
        Data::Variables(parts) => numbers(&parts.first().expect("a part").1),
        data => data.to_f64().expect("numbers"),
    }
}

fn there(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|x| !x.is_nan()).collect()
}

fn mean(values: &[f64]) -> f64 {
    let there = there(values);
    if there.is_empty() { NAN } else { there.iter().sum::<f64>() / there.len() as f64 }
}

fn std(values: &[f64]) -> f64 {
    let (center, there) = (mean(values), there(values));
    if there.is_empty() {
        return NAN;
    }
    (there.iter().map(|x| (x - center).powi(2)).sum::<f64>() / there.len() as f64).sqrt()
}

/// Months since the first, and the month of the year, of a date.
fn month(t: usize) -> (usize, usize) {
    const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (year, mut day) = (t * STEP / 365, t * STEP % 365);
    let mut month = 0;
    while day >= DAYS[month] {
        day -= DAYS[month];
        month += 1;
    }
    (12 * year + month, month)
}

/// Values of the times that have a key, for each key in order.
fn by(values: &[f64], key: impl Fn(usize) -> usize) -> Vec<Vec<f64>> {
    let mut groups = std::collections::BTreeMap::new();
    for (t, x) in values.iter().enumerate() {
        groups.entry(key(t)).or_insert_with(Vec::new).push(*x);
    }
    groups.into_values().collect()
}

/// Pairs that are both there, their means taken off.
fn deviations(a: &[f64], b: &[f64]) -> Vec<(f64, f64)> {
    let pairs: Vec<(f64, f64)> =
        a.iter().copied().zip(b.iter().copied()).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    pairs.into_iter().map(|(x, y)| (x - mx, y - my)).collect()
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let pairs = deviations(a, b);
    if pairs.len() < 2 { NAN } else { pairs.iter().map(|(x, y)| x * y).sum::<f64>() / (pairs.len() as f64 - 1.0) }
}

fn slope(y: &[f64]) -> f64 {
    let x: Vec<f64> = (0..y.len()).map(|t| (t * STEP) as f64 / 365.2425).collect();
    let pairs = deviations(&x, y);
    if pairs.len() < 2 {
        return NAN;
    }
    pairs.iter().map(|(x, y)| x * y).sum::<f64>() / pairs.iter().map(|(x, _)| x * x).sum::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn groups_periods_blocks_and_windows(made in made(), cells in 1u64..60, n in 1usize..5) {
        let len = made.v[0].len();
        let group = json!({"op": "groupby", "by": "t.month"});
        made.check(json!([group, {"op": "mean"}]), cells, &made.rows(|c| by(c, |t| month(t).1).iter().map(|g| mean(g)).collect()))?;
        made.check(json!([group, {"op": "std"}]), cells, &made.rows(|c| by(c, |t| month(t).1).iter().map(|g| std(g)).collect()))?;
        made.check(json!([group, {"op": "count"}]), cells, &made.rows(|c| by(c, |t| month(t).1).iter().map(|g| there(g).len() as f64).collect()))?;
        made.check(json!([{"op": "resample", "time": "MS"}, {"op": "mean"}]), cells, &made.rows(|c| by(c, |t| month(t).0).iter().map(|g| mean(g)).collect()))?;
        let anomaly = |c: &[f64]| {
            let means: std::collections::BTreeMap<usize, f64> =
                (0..len).map(|t| month(t).1).map(|m| (m, mean(&(0..len).filter(|s| month(*s).1 == m).map(|s| c[s]).collect::<Vec<_>>()))).collect();
            c.iter().enumerate().map(|(t, x)| x - means[&month(t).1]).collect::<Vec<f64>>()
        };
        made.check(json!([group, {"op": "anomaly"}]), cells, &made.rows(anomaly))?;
        let spread = std(&made.v.iter().flat_map(|c| anomaly(c)).collect::<Vec<f64>>());
        made.check(json!([group, {"op": "anomaly"}, {"op": "std"}]), cells, &[spread])?;
        if n <= len {
            let coarse = |c: &[f64]| c.chunks_exact(n).map(mean).collect();
            made.check(json!([{"op": "coarsen", "windows": {"t": n}, "boundary": "trim"}, {"op": "mean"}]), cells, &made.rows(coarse))?;
            let rolling = |c: &[f64]| (0..len).map(|t| mean(&c[(t + 1).saturating_sub(n)..=t])).collect();
            made.check(json!([{"op": "rolling", "windows": {"t": n}, "minPeriods": 1}, {"op": "mean"}]), cells, &made.rows(rolling))?;
        }
    }

    #[test]
    fn along_a_dimension(made in made(), cells in 1u64..60) {
        made.check(json!([{"op": "anomaly", "dims": ["t"]}]), cells, &made.rows(|c| c.iter().map(|x| x - mean(c)).collect()))?;
        let running = |c: &[f64]| c.iter().scan(0.0, |sum, x| { *sum += if x.is_nan() { 0.0 } else { *x }; Some(*sum) }).collect();
        made.check(json!([{"op": "cumsum", "dims": ["t"]}]), cells, &made.rows(running))?;
        made.check(json!([{"op": "trend", "dims": ["t"]}]), cells, &made.each(slope))?;
        made.check(json!([{"op": "anomaly", "dims": ["t"]}, {"op": "trend", "dims": ["t"]}]), cells, &made.each(slope))?;
        made.check(json!([{"op": "scale", "factor": 2.0, "offset": -3.0}, {"op": "mean", "dims": ["t"]}]), cells, &made.each(|c| mean(c) * 2.0 - 3.0))?;
        made.check(json!([{"op": "median", "dims": ["t"]}, {"op": "max"}]), cells, &[made.each(|c| {
            let mut sorted = there(c);
            sorted.sort_by(f64::total_cmp);
            match sorted.len() { 0 => NAN, n if n % 2 == 1 => sorted[n / 2], n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0 }
        }).into_iter().fold(NAN, f64::max)])?;
    }

    #[test]
    fn two_variables(made in made(), cells in 1u64..60) {
        let columns = || made.v.iter().zip(&made.w);
        let covariances: Vec<f64> = columns().map(|(a, b)| covariance(a, b)).collect();
        made.check(json!([{"op": "covariance", "with": "w", "dims": ["t"]}]), cells, &covariances)?;
        let (a, b): (Vec<f64>, Vec<f64>) = (made.v.concat(), made.w.concat());
        made.check(json!([{"op": "covariance", "with": "w"}]), cells, &[covariance(&a, &b)])?;
        let pairs = deviations(&a, &b);
        let (xx, yy) = (pairs.iter().map(|p| p.0 * p.0).sum::<f64>(), pairs.iter().map(|p| p.1 * p.1).sum::<f64>());
        if xx > 1.0 && yy > 1.0 {
            let r = pairs.iter().map(|(x, y)| x * y).sum::<f64>() / (xx.sqrt() * yy.sqrt());
            made.check(json!([{"op": "correlation", "with": "w"}]), cells, &[r])?;
        }
        let cell = |f: fn(f64, f64) -> f64| {
            let len = made.v[0].len();
            (0..len).flat_map(|t| columns().map(move |(a, b)| f(a[t], b[t]))).collect::<Vec<f64>>()
        };
        made.check(json!([{"op": "add", "with": "w"}]), cells, &cell(|a, b| a + b))?;
        made.check(json!([{"op": "subtract", "with": "w"}, {"op": "sum"}]), cells, &[there(&cell(|a, b| a - b)).iter().sum::<f64>()])?;
        made.check(json!([{"op": "multiply", "with": "w"}]), cells, &cell(|a, b| a * b))?;
        made.check(json!([{"op": "divide", "with": "w"}]), cells, &cell(|a, b| a / b))?;
        let edges = [-1.0, 0.0, 220.0, 250.0, 300.0];
        let bin = |x: f64| edges.windows(2).position(|e| e[0] <= x && (x < e[1] || x == e[1] && e[1] == 300.0));
        let (mut one, mut two) = (vec![0.0; 4], vec![0.0; 16]);
        for (x, y) in a.iter().zip(&b) {
            if let Some(i) = bin(*x) {
                one[i] += 1.0;
                if let Some(j) = bin(*y) {
                    two[4 * i + j] += 1.0;
                }
            }
        }
        made.check(json!([{"op": "histogram", "bins": edges}]), cells, &one)?;
        made.check(json!([{"op": "histogram", "bins": edges, "with": {"variable": "w", "bins": edges}}]), cells, &two)?;
    }
}
