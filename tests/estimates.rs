//! Estimates from a sample of chunks, on real fields: whether their intervals hold the truth as often as they say, and
//! what else is said of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_precision_loss, missing_docs)]

mod common;

use common::trials::{Trials, estimated, rechunked};
use common::{document, start};
use serde_json::{Value, json};

const AIR: (&str, &str) = ("e1.v2.zstd.zarr", "air_temperature");
const SEA: (&str, &str) = ("coads.v2.be-fortran.zarr", "SST");

/// Air temperature over North America, 240 years, 37 × 49; or the monthly climatology of the sea's, 12 × 90 × 180, where
/// land is missing.
fn trials((store, variable): (&str, &str), chunks: &[usize], steps: Value) -> Trials {
    Trials::new(rechunked(store, variable, chunks), variable, steps)
}

/// Of 1000 seeded trials, 930 to 970 intervals hold the truth; of the first 100 also 93 to 97, if that is asked.
fn holds(name: &str, case: &mut Trials, chunks: u64, first: bool) {
    let (few, many) = (case.coverage(chunks, 0..100), case.coverage(chunks, 0..1000));
    println!("{name}: {chunks} of {}: {few:.4?}, {many:.4?}", case.chunks);
    assert!((93.0..=97.0).contains(&many.share), "{name}: {many:?}");
    assert!(!first || (93.0..=97.0).contains(&few.share), "{name}: {few:?}");
    assert!((many.told / many.error - 1.0).abs() < 0.15, "{name}: errors are as large as told: {many:?}");
}

#[test]
fn means_lie_in_their_intervals() {
    holds("air, years", &mut trials(AIR, &[1, 37, 49], json!([{"op": "mean"}])), 40, true);
    holds("air, boxes", &mut trials(AIR, &[12, 13, 17], json!([{"op": "mean"}])), 40, true);
    holds("sea", &mut trials(SEA, &[1, 18, 18], json!([{"op": "mean"}])), 40, true);
}

#[test]
fn so_do_weighted_means_deviations_and_totals() {
    holds("sea by area", &mut trials(SEA, &[1, 18, 18], json!([{"op": "mean", "weights": "area"}])), 60, false);
    holds("deviation of air", &mut trials(AIR, &[12, 13, 17], json!([{"op": "std"}])), 60, false);
    holds("deviation of the sea", &mut trials(SEA, &[1, 18, 18], json!([{"op": "std"}])), 60, false);
    holds("number of values", &mut trials(SEA, &[1, 18, 18], json!([{"op": "count"}])), 40, false);
    holds("sum", &mut trials(SEA, &[1, 18, 18], json!([{"op": "sum"}])), 60, false);
}

/// Cells of one result share their chunks, so that trials of it are not as many as cells.
#[test]
fn so_do_maps_groups_and_bins() {
    let map = json!([{"op": "mean", "dims": ["time"]}]);
    let decades =
        json!([{"op": "coarsen", "windows": {"time": 40}}, {"op": "mean", "dims": ["time", "latitude", "longitude"]}]);
    let bins = json!([{"op": "histogram", "bins": 5, "range": [-2, 32], "density": true}]);
    for (name, case, chunks, trials) in [
        ("a map", &mut trials(AIR, &[1, 37, 49], map), 40, 40),
        ("groups", &mut trials(AIR, &[4, 10, 10], decades), 6 * 30, 200),
        ("shares of bins", &mut trials(SEA, &[1, 18, 18], bins), 60, 200),
    ] {
        let of = case.coverage(chunks, 0..trials);
        println!("{name}: {chunks} of {}: {of:.4?}", case.chunks);
        assert!((92.0..=98.0).contains(&of.share), "{name}: {of:?}");
    }
}

fn documents() -> Vec<((&'static str, &'static str), [usize; 3], Value)> {
    let groups = |dim: &str, n: u64, dims: &[&str]| json!([{"op": "coarsen", "windows": {dim: n}}, {"op": "std", "dims": dims, "ddof": 1}]);
    let bins = |density: bool| json!([{"op": "histogram", "bins": [-5, 0, 10, 20, 28, 40], "dims": ["TIME", "COADSX"], "density": density}]);
    vec![
        (AIR, [12, 13, 17], json!([{"op": "mean"}])),
        (AIR, [12, 13, 17], json!([{"op": "mean", "dims": ["time"], "skipna": false}])),
        (SEA, [5, 40, 70], json!([{"op": "mean", "dims": ["TIME", "COADSX"], "weights": "area"}])),
        (SEA, [5, 40, 70], json!([{"op": "sum"}, {"op": "scale", "factor": -2.0, "offset": 1.0}])),
        (SEA, [5, 40, 70], json!([{"op": "sum", "dims": ["COADSX"], "weights": "area"}])),
        (SEA, [5, 40, 70], json!([{"op": "count", "dims": ["TIME"]}])),
        (SEA, [5, 40, 70], json!([{"op": "var"}])),
        (SEA, [5, 40, 70], bins(false)),
        (SEA, [5, 40, 70], bins(true)),
        (AIR, [12, 37, 49], groups("time", 24, &["time"])),
        (AIR, [7, 37, 49], groups("time", 60, &["time", "longitude"])),
        (AIR, [12, 37, 49], groups("longitude", 7, &["longitude", "time"])),
    ]
}

#[test]
fn of_all_chunks_it_is_the_exact_result() {
    for (store, chunks, steps) in documents() {
        let mut case = trials(store, &chunks, steps.clone());
        let (field, _) = case.estimate(json!({"relativeError": 1e-300}), |_| {});
        let of = estimated(&field);
        assert_eq!((of.sample.chunks_sampled, of.sample.chunks), (case.chunks, case.chunks), "{steps}");
        assert_eq!(of.values.len(), case.truth.len(), "{steps}");
        for ((value, truth), error) in of.values.iter().zip(&case.truth).zip(&of.standard_error) {
            assert!(
                (value - truth).abs() <= 1e-12 * truth.abs() || value.is_nan() && truth.is_nan(),
                "{steps}: {of:?}"
            );
            assert!(*error == 0.0 || value.is_nan(), "{steps}: {error}");
        }
        assert_eq!(field.labels.shape().iter().product::<u64>(), case.truth.len() as u64, "{steps}");
    }
}

#[test]
fn a_seed_gives_the_same_bits_whatever_comes_first() {
    for (store, chunks, steps) in documents() {
        let mut case = trials(store, &chunks, steps.clone());
        let bits = |of: &[f64]| of.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let bytes = case.chunk_bytes * case.chunks;
        let precision = |seed: u64| json!({"maxBytes": bytes, "relativeError": 0.02, "seed": seed});
        let all = |field: &zarrscope::reduce::Field| {
            let of = estimated(field);
            (bits(&of.values), bits(&of.standard_error), bits(&of.half_width))
        };
        let (given, other) = (precision(7), precision(8));
        let first = case.estimate(given.clone(), |_| {}).0;
        let backwards = case.estimate(given.clone(), |round| round.reverse()).0;
        let turned = case
            .estimate(given, |round| {
                let third = round.len() / 3;
                round.rotate_left(third);
            })
            .0;
        assert!(all(&first) == all(&backwards) && all(&first) == all(&turned), "{steps}");
        let sampled = estimated(&first).sample;
        if sampled.chunks_sampled < sampled.chunks {
            assert!(all(&case.estimate(other, |_| {}).0) != all(&first), "another seed, another sample: {steps}");
        }
    }
}

#[test]
fn limits_are_kept_and_more_chunks_say_more() {
    let mut case = trials(AIR, &[4, 10, 10], json!([{"op": "mean"}]));
    for chunks in [2, 3, 7, 24, 100, 600, 5000] {
        let bytes = chunks * case.chunk_bytes;
        let (field, fetched) = case.estimate(json!({"maxBytes": bytes}), |_| {});
        let sample = estimated(&field).sample;
        assert!(
            fetched <= bytes && fetched * 10 >= bytes.min(case.chunks * case.chunk_bytes) * 9,
            "{fetched} of {bytes}"
        );
        assert_eq!(sample.chunks_sampled, fetched / case.chunk_bytes);
    }
    let mut before = f64::INFINITY;
    for share in [0.02, 0.005, 0.001] {
        let of = estimated(&case.estimate(json!({"relativeError": share}), |_| {}).0);
        let (error, value) = of.size();
        assert!(error <= share * value && error < before, "{share}: {of:?}");
        assert!(of.sample.chunks_sampled < of.sample.chunks && of.half_width[0] > of.standard_error[0]);
        before = error;
    }
}

/// What only one chunk of the sample tells has no error that could be told.
#[test]
fn an_unknown_error_is_missing() {
    let zones = json!([{"op": "coarsen", "windows": {"latitude": 1}}, {"op": "mean", "dims": ["latitude", "longitude", "time"]}]);
    let mut case = trials(AIR, &[240, 5, 49], zones);
    let of = case.of_chunks(2 * case.chunks / 3, 1);
    assert!(of.values.iter().zip(&of.standard_error).all(|(value, error)| !value.is_nan() || error.is_nan()));
}

#[test]
fn what_cannot_be_estimated_is_refused_by_name() {
    let mut source = rechunked(AIR.0, AIR.1, &[60, 37, 49]);
    let mut refusal = |steps: Value, precision: Value| {
        let asked = document(AIR.1, json!({"steps": steps, "precision": precision}));
        start(&mut source, &asked).map_or_else(|e| e.to_string(), |_| "it is estimated".to_string())
    };
    for (steps, code, word) in [
        (json!([]), "unsupported", "the values themselves"),
        (json!([{"op": "max"}]), "unsupported", "max"),
        (json!([{"op": "median"}]), "unsupported", "median"),
        (json!([{"op": "histogram"}]), "unsupported", "range"),
        (json!([{"op": "trend", "dims": ["time"]}]), "unsupported", "trend"),
        (json!([{"op": "rolling", "windows": {"time": 2}}, {"op": "mean"}]), "unsupported", "rolling and mean"),
        (json!([{"op": "mean", "dims": ["time"]}, {"op": "std"}]), "unsupported", "std after an estimate"),
        (json!([{"op": "mean", "dims": ["time"]}, {"op": "add", "with": 1}]), "unsupported", "add after an estimate"),
        (json!([{"op": "sum", "minCount": 1}]), "invalid_document", "minCount"),
    ] {
        let said = refusal(steps.clone(), json!({"relativeError": 0.1}));
        assert!(said.starts_with(code) && said.contains(word), "{steps}: {said}");
    }
    let bytes = 60 * 37 * 49 * 8;
    let said = refusal(json!([{"op": "mean"}]), json!({"maxBytes": bytes}));
    assert!(said.starts_with("too_large") && said.contains(&(2 * bytes).to_string()), "{said}");
}
