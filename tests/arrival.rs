//! Whatever the order in which units arrive, the bits of a result are the same: for every operation, at hand and in tiles.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::driver::{evaluate, evaluate_in, over_folders};
use common::{read_json, root};
use zarrscope::plan::Document;
use zarrscope::reduce::{Data, Field};

/// Orders that are tried.
const ORDERS: u64 = 20;

fn bits(field: &Field) -> Vec<u64> {
    match &field.data {
        Data::F64(values) => values.iter().map(|x| x.to_bits()).collect(),
        Data::Int(values) => values.iter().map(|n| n.unwrap_or(i128::MIN) as u64).collect(),
        Data::Variables(parts) => parts.iter().flat_map(|(_, part)| bits(part)).collect(),
        other => panic!("{other:?}"),
    }
}

/// Every so many cases of a file, in as many orders.
fn check(files: &[&str], every: usize) {
    let (mut cases, mut scrambled) = (0, 0);
    for cells in [u64::MAX, 60] {
        let starter = over_folders(cells);
        for file in files {
            let all = read_json(&root().join(format!("tests/fixtures/analysis/cases/{file}.json")));
            for case in all["cases"].as_array().expect("cases").iter().step_by(every) {
                let Ok(document) = Document::parse(&case["document"]) else { continue };
                let Ok((field, passes)) = evaluate(&starter, &document) else { continue };
                let wanted = bits(&field);
                cases += 1;
                // Tiles of one unit each have no order; a few tell as much as twenty.
                let orders = if passes > 100 { 2 } else { ORDERS };
                for seed in 0..orders {
                    let (field, _) = evaluate_in(&starter, &document, Some(seed)).expect("as before");
                    assert_eq!(bits(&field), wanted, "{file}: {}, order {seed}, tiles of {cells}", case["name"]);
                    scrambled += 1;
                }
            }
        }
    }
    println!("{cases} documents, {scrambled} orders");
    assert!(cases > 10);
}

#[test]
fn reference_datasets() {
    check(&["nist"], 1);
}

#[test]
fn reductions_and_groups() {
    check(&["mean", "sum", "std", "var", "min", "max", "count", "groupby", "resample", "coarsen", "weights"], 12);
}

#[test]
fn order_statistics() {
    check(&["median", "quantile", "argmin", "argmax"], 8);
}

#[test]
fn everything_else() {
    check(
        &[
            "rolling",
            "trend",
            "anomaly",
            "scale",
            "cumsum",
            "histogram",
            "correlation",
            "covariance",
            "subtract",
            "divide",
            "regrid",
            "chains",
        ],
        12,
    );
}
