//! Steps on results, judged by xarray's answers (tests/fixtures/analysis): documents whose steps are one of these and
//! such as the engine knows already.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::{compute, document, open_folder, read_json, root};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zarrscope::cf::{Calendar, Labels};
use zarrscope::engine::Source;
use zarrscope::error::Result;
use zarrscope::plan::{Document, Step};
use zarrscope::reduce::{Field, reduce_field};
use zarrscope::steps::{
    Arithmetic, Method, Operand, Target, anomaly, anomaly_by, arithmetic, correlation, covariance, cumsum, regrid,
    scale, trend,
};

/// What the engine does itself.
const KNOWN: [&str; 8] = ["mean", "sum", "min", "max", "std", "var", "count", "histogram"];
/// What is not in this room, or not yet.
const OTHERS: [&str; 8] = ["groupby", "resample", "coarsen", "rolling", "median", "quantile", "argmin", "argmax"];

#[derive(Default)]
struct Sources(BTreeMap<String, Source>);

impl Sources {
    fn at(&mut self, path: &str) -> &mut Source {
        self.0.entry(path.to_string()).or_insert_with(|| open_folder(&root().join(path)))
    }

    /// A variable's selection, through such first steps as the engine knows.
    fn values(&mut self, whole: &Value, variable: &str, steps: &[Value]) -> Result<Field> {
        let source = self.at(whole["source"].as_str().unwrap());
        let dims = source.tree.arrays.get(variable).map(|a| a.dims.clone()).unwrap_or_default();
        let select = whole["select"].as_object().cloned().unwrap_or_default();
        let select: serde_json::Map<_, _> = select.into_iter().filter(|(dim, _)| dims.contains(dim)).collect();
        compute(source, &document(variable, json!({"select": select, "steps": steps})))
    }

    /// A document, step by step.
    fn run(&mut self, whole: &Value) -> Result<Vec<(&'static str, Field)>> {
        let steps = whole["steps"].as_array().cloned().unwrap_or_default();
        let known = |s: &Value| KNOWN.contains(&s["op"].as_str().unwrap());
        let first = steps.iter().take_while(|s| known(s)).count();
        let variable = whole["variable"].as_str().unwrap();
        let mut now = self.values(whole, variable, &steps[..first])?;
        let mut rest = steps[first..].iter();
        while let Some(step) = rest.next() {
            now = match step["op"].as_str().unwrap() {
                "trend" => return trend(&now, step["dims"][0].as_str().unwrap()),
                "groupby" => {
                    let anomaly = rest.next().expect("a step after groupby");
                    assert_eq!(anomaly["op"], "anomaly");
                    let (dim, groups) = self.groups(whole, &now, step["by"].as_str().unwrap());
                    let count = groups.iter().flatten().max().map_or(0, |n| n + 1);
                    anomaly_by(&now, &dim, &groups, count, anomaly["skipna"] != false)?
                }
                op if KNOWN.contains(&op) => {
                    let parsed = Document::parse(&document(variable, json!({"steps": [step]})))?;
                    let Step::Reduce(reduction) = &parsed.steps[0];
                    reduce_field(&now, reduction, None)?
                }
                _ => self.apply(whole, &now, step)?,
            };
        }
        Ok(vec![("", now)])
    }

    fn apply(&mut self, whole: &Value, now: &Field, step: &Value) -> Result<Field> {
        let all: Vec<String> = now.labels.dims.iter().map(|(name, _)| name.clone()).collect();
        let named: Option<Vec<String>> =
            step["dims"].as_array().map(|d| d.iter().map(|s| s.as_str().unwrap().to_string()).collect());
        let dims = named.clone().unwrap_or(all);
        let skipna = step["skipna"] != false;
        let op = match step["op"].as_str().unwrap() {
            "scale" => {
                let (factor, offset) = (step["factor"].as_f64().unwrap_or(1.0), step["offset"].as_f64().unwrap_or(0.0));
                return scale(now, factor, offset, step["units"].as_str());
            }
            "cumsum" => return cumsum(now, &dims, skipna),
            "anomaly" => return anomaly(now, &dims, skipna),
            "correlation" => {
                return correlation(now, &self.values(whole, step["with"].as_str().unwrap(), &[])?, named.as_deref());
            }
            "covariance" => {
                let ddof = step["ddof"].as_f64().unwrap_or(1.0);
                let with = self.values(whole, step["with"].as_str().unwrap(), &[])?;
                return covariance(now, &with, named.as_deref(), ddof);
            }
            "regrid" => return self.regrid(whole, now, step),
            "add" => Arithmetic::Add,
            "subtract" => Arithmetic::Subtract,
            "multiply" => Arithmetic::Multiply,
            "divide" => Arithmetic::Divide,
            other => panic!("{other}"),
        };
        let with = &step["with"];
        match (with.as_f64(), with.as_str()) {
            (Some(number), _) => arithmetic(op, now, Operand::Number(number)),
            (None, Some(path)) => arithmetic(op, now, Operand::Field(&self.values(whole, path, &[])?)),
            (None, None) => arithmetic(op, now, Operand::Field(&self.run(with)?.remove(0).1)),
        }
    }

    /// A group for each label along a dimension: parts of a time, or the values of another variable.
    fn groups(&mut self, whole: &Value, now: &Field, by: &str) -> (String, Vec<Option<usize>>) {
        let (dim, keys): (String, Vec<Option<String>>) = match by.split_once('.') {
            Some((dim, part)) => {
                let coord = now.labels.coords.iter().find(|c| c.name == dim).unwrap();
                let Labels::Times(times, calendar) = &coord.labels else { panic!("no times") };
                let key = |t: &Option<i128>| {
                    let at = calendar.date_time((*t)?)?;
                    Some(match part {
                        "month" => at.month.to_string(),
                        "year" => at.year.to_string(),
                        "season" => (at.month % 12 / 3).to_string(),
                        other => panic!("{other}"),
                    })
                };
                (dim.to_string(), times.iter().map(key).collect())
            }
            None => {
                let labels = self.values(whole, by, &[]).unwrap();
                let keys = match &labels.data {
                    zarrscope::reduce::Data::Values(v) => v.iter().map(|v| Some(v.to_string())).collect(),
                    data => match data.to_f64() {
                        Some(v) => v.iter().map(|x| (!x.is_nan()).then(|| x.to_string())).collect(),
                        None => common::elements::stored_bytes(&labels)
                            .chunks(common::elements::stored_bytes(&labels).len() / data.len())
                            .map(|c| Some(format!("{c:?}")))
                            .collect(),
                    },
                };
                (labels.labels.dims[0].0.clone(), keys)
            }
        };
        let mut names: Vec<&String> = keys.iter().flatten().collect();
        names.sort();
        names.dedup();
        let groups = keys.iter().map(|k| k.as_ref().map(|k| names.binary_search(&k).unwrap())).collect();
        (dim, groups)
    }

    fn regrid(&mut self, whole: &Value, now: &Field, step: &Value) -> Result<Field> {
        let method = match step["method"].as_str().unwrap() {
            "bilinear" => Method::Bilinear,
            "nearest" => Method::Nearest,
            _ => Method::Conservative,
        };
        let labelled = |role: &str| {
            let coord = now.labels.coords.iter().find(|c| c.dim.is_some() && c.attrs.get("role") == Some(&json!(role)));
            coord.map_or_else(String::new, |c| c.name.clone())
        };
        let (lat, lon) = (labelled("latitude"), labelled("longitude"));
        let mut bounds = Vec::new();
        for dim in [&lat, &lon] {
            let coord = now.labels.coords.iter().find(|c| c.name == *dim);
            if let Some(name) = coord.and_then(|c| c.attrs.get("bounds")).and_then(Value::as_str) {
                bounds.push(common::doubles(&self.values(whole, name, &[])?));
            }
        }
        let target = Target { lat: targets(&step["lat"]), lon: targets(&step["lon"]) };
        let bounds = if let [rows, columns] = &bounds[..] { Some((&rows[..], &columns[..])) } else { None };
        regrid(now, method, &target, &lat, &lon, bounds)
    }
}

fn targets(spec: &Value) -> Vec<f64> {
    if let Some(list) = spec.as_array() {
        return list.iter().map(|x| x.as_f64().unwrap()).collect();
    }
    let [from, to, step] = ["from", "to", "step"].map(|key| spec[key].as_f64().unwrap());
    let count = ((to - from) / step + 1e-9).floor() as u32;
    (0..=count).map(|i| from + f64::from(i) * step).collect()
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        Some(text) => text.parse().unwrap(),
        None => value.as_f64().unwrap_or(f64::NAN),
    }
}

/// Nothing if the values are those expected.
fn differences(got: &[f64], expected: &Value, tolerance: &Value, absolute: f64) -> Option<String> {
    let expected: Vec<f64> = expected.as_array().unwrap().iter().map(number).collect();
    if got.len() != expected.len() {
        return Some(format!("{} values, not {}", got.len(), expected.len()));
    }
    let same = |a: f64, b: f64| match tolerance.as_f64() {
        None => a == b,
        Some(tolerance) => (a - b).abs() <= tolerance * b.abs() + absolute || a == b,
    };
    let wrong = got.iter().zip(&expected).enumerate();
    let mut wrong = wrong.filter(|(_, (a, b))| !(same(**a, **b) || a.is_nan() && b.is_nan()));
    wrong.next().map(|(i, (a, b))| format!("[{i}] {a:e}, not {b:e}; {} more", wrong.count()))
}

fn date(t: Option<i128>, calendar: Calendar) -> Value {
    t.and_then(|t| calendar.date_time(t)).map_or(Value::Null, |t| json!(t.to_string()))
}

fn labels_differ(labels: &Labels, expected: &Value) -> bool {
    match labels {
        Labels::Numbers(v, true) => differences(v, expected, &json!("exact"), 0.0).is_some(),
        Labels::Numbers(v, false) => differences(v, expected, &json!(1e-12), 0.0).is_some(),
        Labels::Times(v, c) => Value::Array(v.iter().map(|t| date(*t, *c)).collect()) != *expected,
        Labels::Text(v) => json!(v) != *expected,
    }
}

fn complaints(field: &Field, expected: &Value, data: &Value, tolerance: &Value, absolute: f64) -> Vec<String> {
    let mut found = Vec::new();
    let dims: Vec<&String> = field.labels.dims.iter().map(|(name, _)| name).collect();
    if json!(dims) != expected["dims"] || json!(field.labels.shape()) != expected["shape"] {
        found.push(format!("{dims:?} {:?}, not {} {}", field.labels.shape(), expected["dims"], expected["shape"]));
    }
    if json!(field.dtype) != expected["dtype"] {
        found.push(format!("{}, not {}", field.dtype, expected["dtype"]));
    }
    let coords = expected["coords"].as_object().unwrap();
    for dim in dims {
        let coord = field.labels.coords.iter().find(|c| c.name == *dim && c.dim.as_ref() == Some(dim));
        match (coord, coords.get(dim)) {
            (None, None) => {}
            (Some(c), Some(e)) if !labels_differ(&c.labels, e) => {}
            // COADS counts from a year that its calendar does not have: xarray was told not to decode it.
            (Some(c), Some(e)) if matches!(c.labels, Labels::Times(..)) && e[0].is_number() => {}
            (c, e) => found.push(format!("labels of {dim}: {c:?}, not {e:?}")),
        }
    }
    if let Some(units) = expected.get("units").filter(|u| field.labels.attrs.get("units") != Some(u)) {
        found.push(format!("units, not {units}"));
    }
    let along =
        |c: &zarrscope::plan::Coord| c.dim.as_ref().is_none_or(|d| field.labels.dims.iter().any(|(n, _)| n == d));
    if let Some(stray) = field.labels.coords.iter().find(|c| !along(c)) {
        found.push(format!("{} runs along a dimension that is gone", stray.name));
    }
    found.extend(differences(&common::doubles(field), data, tolerance, absolute));
    found
}

/// Whether a document is made of steps that are here. Means with weights are not this room's to judge.
fn is_here(document: &Value) -> bool {
    let steps = document["steps"].as_array().unwrap();
    let grouped_anomaly =
        |i: usize| steps[i]["op"] == "groupby" && steps.get(i + 1).is_some_and(|s| s["op"] == "anomaly");
    steps.iter().enumerate().all(|(i, s)| {
        (grouped_anomaly(i) || !OTHERS.contains(&s["op"].as_str().unwrap()))
            && s.get("weights").is_none()
            && (s["with"].get("steps").is_none() || is_here(&s["with"]))
    })
}

/// Runs the cases of an op; `skipped` of them need what is not here.
fn check(op: &str, skipped: usize) {
    let file = read_json(&root().join(format!("tests/fixtures/analysis/cases/{op}.json")));
    let cases = file["cases"].as_array().unwrap();
    let mut sources = Sources::default();
    let (mut checked, mut found) = (0, Vec::new());
    for case in cases.iter().filter(|c| is_here(&c["document"])) {
        let (expected, name) = (&case["expected"], &case["name"]);
        // That a trend has one dimension is for the parser to say.
        if case["document"]["steps"].as_array().unwrap().iter().any(|s| s["op"] == "trend" && s["dims"][1].is_string())
        {
            continue;
        }
        checked += 1;
        let absolute = case["absolute"].as_f64().unwrap_or(0.0);
        let complaints = match (sources.run(&case["document"]), expected.get("error")) {
            (Err(e), Some(code)) if code.as_str() == Some(e.code().as_str()) => Vec::new(),
            (Err(e), _) => vec![e.to_string()],
            (Ok(_), Some(code)) => vec![format!("no {code}")],
            (Ok(fields), None) if fields.len() == 1 => {
                complaints(&fields[0].1, expected, &expected["data"], &case["tolerance"], absolute)
            }
            (Ok(fields), None) => {
                let one = |(name, field): &(&str, Field)| {
                    let of = &expected["variables"][*name];
                    complaints(field, expected, &of["data"], &of["tolerance"], absolute)
                        .into_iter()
                        .map(|c| format!("{name}: {c}"))
                        .collect::<Vec<_>>()
                };
                fields.iter().flat_map(one).collect()
            }
        };
        found.extend(complaints.into_iter().map(|c| format!("{op}, {name}: {c}")));
    }
    println!("{op}: {checked} of {} cases", cases.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(checked > 0 && checked + skipped == cases.len(), "{op}: {checked} of {}", cases.len());
}

#[test]
fn scales() {
    check("scale", 0);
}

#[test]
fn running_sums() {
    check("cumsum", 1);
}

#[test]
fn anomalies() {
    check("anomaly", 1);
}

#[test]
fn trends() {
    check("trend", 5);
}

#[test]
fn sums_differences_products_and_quotients() {
    for op in ["add", "subtract", "multiply", "divide"] {
        check(op, 1);
    }
}

#[test]
fn correlations_and_covariances() {
    check("correlation", 0);
    check("covariance", 0);
}

#[test]
fn other_grids() {
    check("regrid", 0);
}
