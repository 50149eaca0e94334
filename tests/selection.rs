//! Medians, quantiles and positions of more values than may be at hand: by passes over chunks, or tile by tile, they are
//! those of all values sorted, to the bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]

mod common;

use common::driver::{evaluate, over};
use common::{block_on, document, doubles, open};
use proptest::prelude::*;
use serde_json::{Value, json};
use zarrscope::error::Code;
use zarrscope::plan::Document;
use zarrscope::plan::TILE_CELLS;
use zarrscope::store::MemoryStore;

/// An array of doubles or floats, in chunks of any shape.
#[derive(Debug, Clone)]
struct Made {
    shape: Vec<usize>,
    chunks: Vec<usize>,
    single: bool,
    values: Vec<f64>,
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -300.0..300.0f64,
        2 => Just(f64::NAN),
        2 => (-3i32..3).prop_map(f64::from),
        1 => any::<f64>(),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(5e-324)],
    ]
}

fn made() -> impl Strategy<Value = Made> {
    let extents = || prop::collection::vec((1usize..7, 1usize..5), 1..4);
    (extents(), any::<bool>()).prop_flat_map(|(extents, single)| {
        let (shape, chunks): (Vec<usize>, Vec<usize>) = extents.into_iter().unzip();
        let n = shape.iter().product::<usize>();
        prop::collection::vec(value(), n).prop_map(move |values| {
            let values = values.into_iter().map(|x| if single { f64::from(x as f32) } else { x }).collect();
            Made { shape: shape.clone(), chunks: chunks.clone(), single, values }
        })
    })
}

fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|d| shape[d + 1..].iter().product()).collect()
}

fn positions(shape: &[usize]) -> Vec<Vec<usize>> {
    let all = shape.iter().product::<usize>();
    let strides = strides(shape);
    (0..all).map(|i| shape.iter().zip(&strides).map(|(n, s)| i / s % n).collect()).collect()
}

impl Made {
    fn store(&self) -> MemoryStore {
        let mut store = MemoryStore::new();
        store.insert(".zgroup", r#"{"zarr_format": 2}"#);
        let dtype = if self.single { "<f4" } else { "<f8" };
        let meta = json!({"zarr_format": 2, "shape": self.shape, "chunks": self.chunks, "dtype": dtype, "compressor": null,
            "filters": null, "fill_value": null, "order": "C"});
        store.insert("v/.zarray", meta.to_string());
        let dims: Vec<String> = (0..self.shape.len()).map(|d| format!("d{d}")).collect();
        store.insert("v/.zattrs", json!({"_ARRAY_DIMENSIONS": dims}).to_string());
        let grid: Vec<usize> = self.shape.iter().zip(&self.chunks).map(|(n, c)| n.div_ceil(*c)).collect();
        let strides = strides(&self.shape);
        for chunk in positions(&grid) {
            let mut bytes = Vec::new();
            for inside in positions(&self.chunks) {
                let at: Vec<usize> = (0..grid.len()).map(|d| chunk[d] * self.chunks[d] + inside[d]).collect();
                let there = at.iter().zip(&self.shape).all(|(p, n)| p < n);
                let flat: usize = at.iter().zip(&strides).map(|(p, s)| p * s).sum();
                let x = if there { self.values[flat] } else { 0.0 };
                if self.single { bytes.extend((x as f32).to_le_bytes()) } else { bytes.extend(x.to_le_bytes()) }
            }
            let key = chunk.iter().map(usize::to_string).collect::<Vec<_>>().join(".");
            store.insert(format!("v/{key}"), bytes);
        }
        store
    }

    /// The values of each cell, in C order of the dimensions that go.
    fn cells(&self, gone: &[usize]) -> Vec<Vec<f64>> {
        let kept: Vec<usize> = (0..self.shape.len()).filter(|d| !gone.contains(d)).collect();
        let kept_shape: Vec<usize> = kept.iter().map(|&d| self.shape[d]).collect();
        let mut cells = vec![Vec::new(); kept_shape.iter().product()];
        let strides = strides(&kept_shape);
        for (at, x) in positions(&self.shape).iter().zip(&self.values) {
            let cell: usize = kept.iter().zip(&strides).map(|(&d, s)| at[d] * s).sum();
            cells[cell].push(*x);
        }
        cells
    }
}

/// numpy's quantile, by sorting.
fn quantile(values: &[f64], q: f64, skipna: bool) -> f64 {
    let mut there: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    if there.is_empty() || !skipna && there.len() < values.len() {
        return f64::NAN;
    }
    there.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    let h = (there.len() - 1) as f64 * q;
    let (i, t) = (h.floor() as usize, h - h.floor());
    let (a, b) = (there[i], there[(i + 1).min(there.len() - 1)]);
    let d = b - a;
    if t < 0.5 { a + d * t } else { b - d * (1.0 - t) }
}

fn position(values: &[f64], least: bool, skipna: bool) -> f64 {
    if let (false, Some(i)) = (skipna, values.iter().position(|x| x.is_nan())) {
        return i as f64;
    }
    let there = values.iter().copied().filter(|x| !x.is_nan());
    let extreme = if least { there.reduce(f64::min) } else { there.reduce(f64::max) };
    extreme.map_or(f64::NAN, |e| values.iter().position(|x| *x == e).expect("there") as f64)
}

fn run(made: &Made, steps: Value, cells: u64) -> (Vec<f64>, u64) {
    let parsed = Document::parse(&document("v", json!({ "steps": steps }))).expect("a document");
    let (field, passes) =
        evaluate(&over(open(made.store()), cells), &parsed).unwrap_or_else(|e| panic!("{e}: {steps}"));
    (doubles(&field), passes)
}

fn same(got: &[f64], wanted: &[f64]) -> bool {
    got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| a == b || a.is_nan() && b.is_nan())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_statistics(made in made(), which in any::<u8>(), qs in prop::collection::vec(0.0..=1.0f64, 1..4), skipna: bool, cells in 1u64..40) {
        let gone: Vec<usize> = (0..made.shape.len()).filter(|d| which >> d & 1 == 0).collect();
        prop_assume!(!gone.is_empty());
        let dims: Vec<String> = gone.iter().map(|d| format!("d{d}")).collect();
        let of = made.cells(&gone);
        let (got, _) = run(&made, json!([{"op": "quantile", "q": qs, "dims": dims, "skipna": skipna}]), cells);
        let wanted: Vec<f64> = qs.iter().flat_map(|q| of.iter().map(|c| quantile(c, *q, skipna))).collect();
        prop_assert!(same(&got, &wanted), "{got:?} instead of {wanted:?}");
        let (got, _) = run(&made, json!([{"op": "median", "dims": dims, "skipna": skipna}]), cells);
        let middle = |c: &Vec<f64>| {
            let mut there: Vec<f64> = c.iter().copied().filter(|x| !x.is_nan()).collect();
            there.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
            match there.len() {
                0 => f64::NAN,
                n if !skipna && n < c.len() => f64::NAN,
                n if n % 2 == 1 => there[n / 2],
                n => (there[n / 2 - 1] + there[n / 2]) / 2.0,
            }
        };
        let wanted: Vec<f64> = of.iter().map(middle).collect();
        prop_assert!(same(&got, &wanted), "{got:?} instead of {wanted:?}");
    }

    #[test]
    fn positions_of_extremes(made in made(), dim in 0usize..3, all: bool, skipna: bool, cells in 1u64..40) {
        let dim = dim % made.shape.len();
        let gone: Vec<usize> = if all { (0..made.shape.len()).collect() } else { vec![dim] };
        for (op, least) in [("argmin", true), ("argmax", false)] {
            let mut step = json!({"op": op, "skipna": skipna});
            if !all {
                step["dims"] = json!([format!("d{dim}")]);
            }
            let (got, _) = run(&made, json!([step]), cells);
            let wanted: Vec<f64> = made.cells(&gone).iter().map(|c| position(c, least, skipna)).collect();
            prop_assert!(same(&got, &wanted), "{op}: {got:?} instead of {wanted:?}");
        }
    }
}

#[test]
fn a_median_of_all_takes_passes() {
    let values: Vec<f64> = (0..5000).map(|i| f64::from(i * 7919 % 5003) / 7.0).collect();
    let made = Made { shape: vec![50, 100], chunks: vec![7, 100], single: false, values: values.clone() };
    let (got, passes) = run(&made, json!([{"op": "median"}]), 500);
    assert_eq!(got, [quantile(&values, 0.5, true)]);
    assert!((3..=5).contains(&passes), "{passes} passes");
    // Along a dimension that chunks span, tiles would read every chunk many times.
    let (got, passes) = run(&made, json!([{"op": "median", "dims": ["d0"]}]), 100);
    assert_eq!(got.len(), 100);
    assert!(passes <= 6, "{passes} passes");
}

#[test]
fn what_cannot_be_listed_is_refused_before_it_is() {
    let mut store = MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    for (name, shape, chunks) in
        [("long", vec![1u64 << 40], vec![1]), ("wide", vec![1 << 21, 1 << 30], vec![1 << 20, 1 << 20])]
    {
        let meta = json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "compressor": null,
            "filters": null, "fill_value": null, "order": "C"});
        store.insert(format!("{name}/.zarray"), meta.to_string());
        let dims: Vec<String> = (0..shape.len()).map(|d| format!("d{d}")).collect();
        store.insert(format!("{name}/.zattrs"), json!({"_ARRAY_DIMENSIONS": dims}).to_string());
    }
    let starter = over(open(store), TILE_CELLS);
    for (variable, steps) in [
        ("long", json!([{"op": "covariance", "with": "long"}])),
        ("long", json!([{"op": "scale", "factor": 2}, {"op": "mean"}])),
        ("long", json!([{"op": "median"}])),
        ("wide", json!([{"op": "cumsum", "dims": ["d0"]}])),
        ("wide", json!([{"op": "rolling", "windows": {"d0": 2}}, {"op": "mean"}, {"op": "max"}])),
    ] {
        let parsed = Document::parse(&document(variable, json!({ "steps": steps }))).expect("a document");
        let refused = block_on(starter.start(parsed)).err().unwrap_or_else(|| panic!("{variable} {steps} begins"));
        assert_eq!(refused.code(), Code::TooLarge, "{refused}");
    }
}
