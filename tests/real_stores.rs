//! Real data: every store gives the answers that numpy computed from the source files, whatever its layout.
//!
//! The repository's own samples always; all stores of the shared data where it lies beside the repository
//! (`../shared/data`, or `$ZARRSCOPE_SHARED`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::elements::{assert_elements, stored_bytes};
use common::{block_on, compute, document, doubles, open_folder, read_json, result, root, scalar, shared_data};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use zarrscope::engine::Source;
use zarrscope::error::Code;
use zarrscope::reduce::{Data, Field};

const TOLERANCE: f64 = 1e-12;

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A variable of a store, and the answers for it.
struct Case {
    name: String,
    source: Source,
    variable: String,
    dims: Vec<String>,
    /// The folder that holds `expected/`.
    folder: PathBuf,
    answers: Value,
}

impl Case {
    fn new(store: &Path, variable: &str, folder: &Path, answers: &str) -> Self {
        let mut source = open_folder(store);
        block_on(source.resolve(variable)).expect("known");
        let dims = source.tree.array(variable).expect("known").dims.clone();
        let name = format!("{}:{variable}", store.file_name().unwrap().display());
        let answers = read_json(&folder.join(answers));
        Case { name, source, variable: variable.to_string(), dims, folder: folder.to_path_buf(), answers }
    }

    fn ask(&mut self, select: &Value, step: Value) -> Field {
        let members = json!({"select": select, "steps": [step]});
        result(&mut self.source, &document(&self.variable, members))
    }

    fn raw_hash(&mut self, select: &Value) -> String {
        let members = json!({"select": select, "decode": false});
        sha256(&stored_bytes(&result(&mut self.source, &document(&self.variable, members))))
    }

    /// A field of doubles from a file.
    fn file(&self, answer: &Value) -> Vec<f64> {
        let path = self.folder.join(answer["file"].as_str().expect("file"));
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
    }

    fn near(&self, what: &str, actual: f64, expected: f64) {
        let close = (actual - expected).abs() <= TOLERANCE * expected.abs();
        let same = close || (actual.is_nan() && expected.is_nan());
        assert!(same, "{}: {what}: {actual:e}, expected {expected:e}", self.name);
    }

    fn all_near(&self, what: &str, actual: &[f64], expected: &[f64]) {
        assert_eq!(actual.len(), expected.len(), "{}: {what}: number of values", self.name);
        for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
            self.near(&format!("{what}[{i}]"), *a, *e);
        }
    }

    fn check(&mut self) {
        let answers = self.answers.clone();
        let whole = json!({});
        assert_eq!(self.raw_hash(&whole), answers["raw"]["sha256_c_order_le"], "{}: raw hash", self.name);
        self.stats("whole", &whole, &answers["stats"]);
        for (name, slice) in answers["slices"].as_object().expect("slices") {
            let select = self.select(&slice["start_stop_step"]);
            assert_eq!(self.raw_hash(&select), slice["raw_sha256_c_order_le"], "{}: raw hash of {name}", self.name);
            self.stats(name, &select, &slice["stats"]);
        }
        self.histogram(&answers["histogram"]);
        self.means(&answers);
    }

    fn select(&self, slices: &Value) -> Value {
        let slices = slices.as_array().expect("slices");
        assert_eq!(slices.len(), self.dims.len(), "{}: dimensions", self.name);
        let one = |(dim, s): (&String, &Value)| (dim.clone(), json!({"start": s[0], "stop": s[1], "step": s[2]}));
        Value::Object(self.dims.iter().zip(slices).map(one).collect::<Map<_, _>>())
    }

    fn stats(&mut self, what: &str, select: &Value, stats: &Value) {
        for op in ["count", "min", "max", "sum", "mean", "std"] {
            let actual = scalar(&self.ask(select, json!({"op": op})));
            let what = format!("{op} of {what}");
            match stats[op].as_f64() {
                Some(expected) if matches!(op, "count" | "min" | "max") => {
                    assert_eq!(actual.to_bits(), expected.to_bits(), "{}: {what}: {actual}", self.name);
                }
                Some(expected) => self.near(&what, actual, expected),
                // Without a valid value there is nothing to state; a sum of nothing is 0, as in xarray.
                None if op == "sum" => assert_eq!(actual, 0.0, "{}: {what}", self.name),
                None => assert!(actual.is_nan(), "{}: {what}: {actual}", self.name),
            }
        }
    }

    fn histogram(&mut self, answer: &Value) {
        let field = self.ask(&json!({}), json!({"op": "histogram", "bins": answer["edges"]}));
        let counts: Vec<f64> = answer["counts"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        assert_eq!(doubles(&field), counts, "{}: histogram", self.name);
        assert_eq!(field.labels.dims, [("bin".to_string(), counts.len() as u64)]);
    }

    fn means(&mut self, answers: &Value) {
        let (time, space) = (self.dims[0].clone(), self.dims[1..].to_vec());
        let over_time = self.ask(&json!({}), json!({"op": "mean", "dims": [time]}));
        let expected = self.file(&answers["mean_over_time"]);
        assert_eq!(json!(over_time.labels.shape()), answers["mean_over_time"]["shape"]);
        self.all_near("mean over time", &doubles(&over_time), &expected);
        let area = &answers["area_weighted_mean"];
        if area.is_null() {
            return;
        }
        let all = scalar(&self.ask(&json!({}), json!({"op": "mean", "weights": "area"})));
        self.near("area-weighted mean", all, area["all"].as_f64().unwrap());
        let per_time = self.ask(&json!({}), json!({"op": "mean", "dims": space, "weights": "area"}));
        let expected = self.file(&area["per_time"]);
        self.all_near("area-weighted mean per time", &doubles(&per_time), &expected);
    }
}

#[test]
fn the_repositorys_samples() {
    let fixtures = root().join("tests/fixtures");
    for (store, variable, answers) in [
        ("coads.v3.gzip-transpose.zarr", "SST", "coads.SST"),
        ("coads.v3.gzip-transpose.zarr", "AIRT", "coads.AIRT"),
        ("coads.v3.gzip-transpose.zarr", "SLP", "coads.SLP"),
        ("ostia.v3.sharded.zarr", "surface_temperature", "ostia.surface_temperature"),
        ("e1.v2.zstd.zarr", "air_temperature", "e1.air_temperature"),
        ("nemo.v3.packed.zarr", "tos", "nemo.tos_packed"),
        ("hswm.v2.noleap.zarr", "thickness", "hswm.thickness"),
        ("hswm.v2.noleap.zarr", "relative", "hswm.relative"),
    ] {
        let store = root().join("www/samples").join(store);
        Case::new(&store, variable, &fixtures, &format!("expected/{answers}.json")).check();
    }
}

#[test]
fn all_stores_of_the_shared_data() {
    let Some(data) = shared_data() else { return };
    let dev = data.join("dev");
    let manifest = read_json(&dev.join("manifest.json"));
    let mut checked = 0;
    for store in manifest["stores"].as_array().expect("stores") {
        let path = dev.join(store["path"].as_str().unwrap());
        for (variable, array) in store["arrays"].as_object().expect("arrays") {
            if let Some(answers) = array["expected"].as_str() {
                Case::new(&path, variable, &dev, answers).check();
                checked += 1;
            }
        }
    }
    assert!(checked >= 20, "only {checked} variables");
}

/// Coordinates, bounds and whatever else is stored: its values, before any decoding.
#[test]
fn every_array_of_the_shared_data_has_its_hash() {
    let Some(data) = shared_data() else { return };
    let dev = data.join("dev");
    let manifest = read_json(&dev.join("manifest.json"));
    for store in manifest["stores"].as_array().expect("stores") {
        let mut source = open_folder(&dev.join(store["path"].as_str().unwrap()));
        for (variable, array) in store["arrays"].as_object().expect("arrays") {
            let what = format!("{}:{variable}", store["path"]);
            let Some(hash) = array["raw_sha256_c_order_le"].as_str() else { continue };
            match compute(&mut source, &document(variable, json!({"decode": false}))) {
                // A NaN with a signalling payload is quieted on its way through a double; types are compared below.
                Ok(_) if what.contains("types.v") => {}
                Ok(field) => assert_eq!(sha256(&stored_bytes(&field)), hash, "{what}"),
                Err(e) => assert!(refused(e.code()), "{what}: {e}"),
            }
        }
    }
}

fn refused(code: Code) -> bool {
    matches!(code, Code::Unsupported | Code::UnknownCodec)
}

/// Element by element.
fn types(version: &str) {
    let Some(data) = shared_data() else { return };
    let dev = data.join("dev");
    let answers = read_json(&dev.join(format!("expected/types.{version}.json")));
    let mut source = open_folder(&dev.join(answers["store"].as_str().unwrap()));
    let mut read = 0;
    for (path, array) in answers["arrays"].as_object().expect("arrays") {
        match compute(&mut source, &document(path, json!({"decode": false}))) {
            Ok(field) => {
                assert_eq!(json!(field.labels.shape()), array["shape"], "{path}: shape");
                assert_elements(path, &array["values_c_order"], &field);
                if let (Data::Raw(bytes, _), Some(hash)) = (&field.data, array["raw_sha256_c_order_le"].as_str())
                    && !array["dtype"].as_str().unwrap_or_default().starts_with('>')
                {
                    assert_eq!(sha256(bytes), hash, "{path}: raw hash");
                }
                read += 1;
            }
            Err(e) => panic!("{path}: {e}"),
        }
    }
    assert!(read > 60, "only {read} were read");
}

#[test]
fn types_of_zarr_v2() {
    types("v2");
}

#[test]
fn types_of_zarr_v3() {
    types("v3");
}
