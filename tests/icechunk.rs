//! Icechunk repositories: what the reference implementations wrote reads as they read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::elements::{assert_elements, stored_bytes};
use common::sites::{MemorySites, rewriting};
use common::{document, read_json, scalar, shared_data};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use zarrscope::store::Storage;

const REPOSITORY: &str = "https://h.example/repo";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// `branch main` as an address writes it.
fn source(revision: &str) -> String {
    let (kind, name) = revision.split_once(' ').expect("a kind and a name");
    format!("icechunk+{REPOSITORY}#{kind}={name}")
}

fn sites_of(folder: &Path) -> MemorySites {
    let sites = MemorySites::default();
    sites.put_folder(REPOSITORY, folder);
    sites
}

/// Every array of every branch and tag of a repository, against what the reference implementation read.
fn check(what: &str, folder: &Path, answers: &Value, storage: &Storage) -> usize {
    let sites = sites_of(folder);
    let mut checked = 0;
    for (revision, arrays) in answers.as_object().expect("revisions") {
        let mut source = sites.open(&source(revision), storage).unwrap_or_else(|e| panic!("{what} {revision}: {e}"));
        assert!(source.tree.complete, "{what} {revision}");
        let arrays = arrays.as_object().expect("arrays");
        for (path, answer) in arrays {
            let what = format!("{what} {revision} {path}");
            if answer["virtual"] == true || answer["note"].is_string() {
                continue;
            }
            let raw = sites.compute(&mut source, &document(path, json!({"decode": false})));
            let raw = raw.unwrap_or_else(|e| panic!("{what}: {e}"));
            if let Some(hash) = answer["raw_sha256_c_order_le"].as_str() {
                assert_eq!(sha256(&stored_bytes(&raw)), hash, "{what}");
            }
            if answer["values_c_order"].is_array() {
                assert_elements(&what, &answer["values_c_order"], &raw);
            }
            if let Some(mean) = answer["stats"]["mean"].as_f64() {
                let got = sites.compute(&mut source, &document(path, json!({"steps": [{"op": "mean"}]})));
                let got = scalar(&got.unwrap_or_else(|e| panic!("{what}: {e}")));
                assert!((got - mean).abs() <= 1e-12 * mean.abs(), "{what}: {got}, expected {mean}");
            }
            checked += 1;
        }
    }
    checked
}

#[test]
fn shared_repositories() {
    let Some(data) = shared_data() else { return };
    let answers = read_json(&data.join("dev/icechunk/expected.json"));
    for name in answers["repositories"].as_object().expect("repositories").keys() {
        let folder = data.join("dev/icechunk").join(name);
        assert_eq!(check(name, &folder, &answers["refs"], &Storage::default()), 4, "{name}");
    }
    let peers = data.join("peers");
    if !peers.is_dir() {
        return;
    }
    let answers = read_json(&peers.join("icechunk.expected.json"));
    for (name, repository) in answers["repositories"].as_object().expect("repositories") {
        let folder = peers.join("icechunk/icechunk-python/tests/data").join(name);
        assert!(check(name, &folder, &repository["refs"], &Storage::default()) > 0, "{name}");
    }
}

#[test]
fn virtual_chunks_are_found_where_the_user_says() {
    let Some(data) = shared_data() else { return };
    let answers = read_json(&data.join("dev/icechunk/expected.json"));
    let base = answers["virtual_base_url"].as_str().expect("a base");
    let storage = rewriting(&[(base, "https://n.example/netcdf/")]);
    for name in answers["repositories"].as_object().expect("repositories").keys() {
        let sites = sites_of(&data.join("dev/icechunk").join(name));
        sites.put_folder("https://n.example/netcdf", &data.join("dev/netcdf"));
        let mut source = sites.open(&source("branch main"), &storage).expect("opens");
        let tos = read_json(&data.join("dev/expected/nemo.tos.json"));
        let raw = sites.compute(&mut source, &document("v/tos", json!({"decode": false}))).expect("values");
        assert_eq!(tos["raw"]["sha256_c_order_le"], sha256(&stored_bytes(&raw)), "{name}");
    }
}
