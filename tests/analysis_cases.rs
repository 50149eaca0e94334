//! What xarray answers (tests/fixtures/analysis): every case whose operations are built, through the engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::driver::{evaluate, over_folders};
use common::{read_json, root};
use serde_json::{Value, json};
use zarrscope::cf::Labels;
use zarrscope::engine::Starter;
use zarrscope::error::Code;
use zarrscope::plan::Document;
use zarrscope::reduce::{Data, Field};

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => f64::NAN,
        Value::String(text) if text == "Infinity" => f64::INFINITY,
        Value::String(text) if text == "-Infinity" => f64::NEG_INFINITY,
        Value::String(digits) => digits.parse().expect("digits"),
        Value::Bool(b) => f64::from(u8::from(*b)),
        other => other.as_f64().expect("a number"),
    }
}

fn close(got: f64, expected: f64, case: &Value) -> bool {
    if got.is_nan() || expected.is_nan() {
        return got.is_nan() && expected.is_nan();
    }
    if got == expected {
        return true;
    }
    let absolute = case["absolute"].as_f64().unwrap_or(0.0);
    match case["tolerance"].as_f64() {
        Some(tolerance) => (got - expected).abs() <= tolerance * expected.abs() + absolute,
        None => absolute > 0.0 && (got - expected).abs() <= absolute,
    }
}

fn label_texts(labels: &Labels) -> Vec<Value> {
    match labels {
        Labels::Numbers(values, _) => values.iter().map(|x| json!(x)).collect(),
        Labels::Text(texts) => texts.iter().map(|t| json!(t)).collect(),
        Labels::Times(times, calendar) => times
            .iter()
            .map(|t| t.and_then(|t| calendar.date_time(t)).map_or(Value::Null, |t| json!(t.to_string())))
            .collect(),
    }
}

fn same_label(got: &Value, expected: &Value) -> bool {
    match (got, expected) {
        (Value::Number(a), _) if expected.is_number() || expected.is_null() => {
            let (a, b) = (a.as_f64().unwrap(), number(expected));
            a == b || (a - b).abs() <= 1e-12 * b.abs()
        }
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}

/// What is wrong with a result; `None` if nothing is.
fn difference(field: &Field, case: &Value) -> Option<String> {
    let expected = &case["expected"];
    let dims: Vec<&str> = field.labels.dims.iter().map(|(name, _)| name.as_str()).collect();
    if json!(dims) != expected["dims"] {
        return Some(format!("dims {dims:?} instead of {}", expected["dims"]));
    }
    if json!(field.labels.shape()) != expected["shape"] {
        return Some(format!("shape {:?} instead of {}", field.labels.shape(), expected["shape"]));
    }
    if let Some(dtype) = expected["dtype"].as_str()
        && dtype != field.dtype
    {
        return Some(format!("dtype {} instead of {dtype}", field.dtype));
    }
    for (name, labels) in expected["coords"].as_object().into_iter().flatten() {
        let Some(coord) = field.labels.coords.iter().find(|c| &c.name == name) else {
            return Some(format!("no coordinate {name}"));
        };
        let got = label_texts(&coord.labels);
        let labels = labels.as_array().cloned().unwrap_or_else(|| vec![labels.clone()]);
        if got.len() != labels.len() || !got.iter().zip(&labels).all(|(a, b)| same_label(a, b)) {
            return Some(format!("{name} is {} instead of {}", json!(got), json!(labels)));
        }
    }
    if let Data::Variables(parts) = &field.data {
        return parts.iter().find_map(|(name, part)| {
            let wanted = &expected["variables"][name];
            let values = part.data.to_f64().expect("numbers");
            let list = wanted["data"].as_array().expect("data");
            let tolerance = if wanted["tolerance"].is_null() { case } else { wanted };
            let wrong = values.iter().zip(list).position(|(got, want)| !close(*got, number(want), tolerance));
            if values.len() != list.len() {
                return Some(format!("{name}: {} values instead of {}", values.len(), list.len()));
            }
            wrong.map(|i| format!("{name}: value {i} is {:?} instead of {}", values[i], list[i]))
        });
    }
    let values = match &field.data {
        Data::Int(values) => values.iter().map(|n| n.map_or(f64::NAN, |n| n as f64)).collect(),
        data => data.to_f64().expect("numbers"),
    };
    let wanted = expected["data"].as_array().expect("data");
    if values.len() != wanted.len() {
        return Some(format!("{} values instead of {}", values.len(), wanted.len()));
    }
    let wrong = values.iter().zip(wanted).position(|(got, want)| !close(*got, number(want), case));
    wrong.map(|i| format!("value {i} is {:?} instead of {}", values[i], wanted[i]))
}

/// Runs the cases of a file; gives how many passed, and what the others said.
fn run(file: &str, starter: &Starter) -> (usize, u64, Vec<String>) {
    let cases = read_json(&root().join("tests/fixtures/analysis/cases").join(file));
    let (mut passed, mut passes, mut failed) = (0, 0, Vec::new());
    for case in cases["cases"].as_array().expect("cases") {
        let name = format!("{file}: {}", case["name"].as_str().expect("a name"));
        let result = Document::parse(&case["document"]).and_then(|document| evaluate(starter, &document));
        match (result, case["expected"]["error"].as_str()) {
            (Ok(_), Some(code)) => failed.push(format!("{name}: no error, expected {code}")),
            (Err(e), Some(code)) if e.code().as_str() == code => passed += 1,
            (Err(e), _) if e.code() == Code::Unsupported => failed.push(format!("{name}: {e} [not built]")),
            (Err(e), _) => failed.push(format!("{name}: {e}")),
            (Ok((field, own)), None) => {
                passes += own;
                match difference(&field, case) {
                    None => passed += 1,
                    Some(what) => failed.push(format!("{name}: {what}")),
                }
            }
        }
    }
    (passed, passes, failed)
}

/// All at hand, and in tiles of few cells: the answers must be xarray's both times.
const TILE_CELLS: [u64; 2] = [u64::MAX, 60];

fn check(files: &[&str]) {
    let mut all = Vec::new();
    for cells in TILE_CELLS {
        let starter = over_folders(cells);
        for file in files {
            let (passed, passes, failed) = run(&format!("{file}.json"), &starter);
            println!(
                "{file}: {passed} passed, {} failed, {passes} passes, tiles of {cells} cells at most",
                failed.len()
            );
            all.extend(failed.into_iter().map(|what| format!("{what} (tiles of {cells} cells)")));
        }
    }
    assert!(all.is_empty(), "{} failed:\n{}", all.len(), all.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn reductions() {
    check(&["mean", "sum", "std", "var", "min", "max", "count", "nist"]);
}

#[test]
fn order_statistics() {
    check(&["median", "quantile", "argmin", "argmax"]);
}

#[test]
fn groups() {
    check(&["groupby"]);
}

#[test]
fn periods() {
    check(&["resample"]);
}

#[test]
fn blocks_and_windows() {
    check(&["coarsen", "rolling"]);
}

#[test]
fn weights() {
    check(&["weights"]);
}

#[test]
fn transforms() {
    check(&["anomaly", "scale", "cumsum"]);
}

#[test]
fn trends() {
    check(&["trend"]);
}

#[test]
fn pairs() {
    check(&["correlation", "covariance", "add", "subtract", "multiply", "divide"]);
}

#[test]
fn histograms() {
    check(&["histogram"]);
}

#[test]
fn other_grids() {
    check(&["regrid"]);
}

#[test]
fn one_after_another() {
    check(&["chains"]);
}
