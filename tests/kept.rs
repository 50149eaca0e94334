//! By what partials are known again: those of one identity have the same bits, whatever the documents; documents that have
//! units in common share them; and whatever changes a partial changes its identity.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::driver::over;
use common::made::{Made, arrays, dim};
use common::twin::{Taken, select, taken};
use common::{block_on, document, in_slabs, open, start};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use zarrscope::engine::{Next, Source, identity_in, run_units};
use zarrscope::kernel::Partial;
use zarrscope::plan::{Document, Identities, Identity, Plan};
use zarrscope::store::{Address, Storage};

/// Passes of a document that are looked at.
const MAX_PASSES: usize = 40;

fn config(cases: u32) -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { cases };
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn plan_of(source: &mut Source, document: &Value) -> Plan {
    start(source, document).unwrap_or_else(|e| panic!("{e}\nof {document}")).plan().clone()
}

fn identities(source: &Source, plan: &Plan) -> Vec<Identity> {
    let mut identities = Identities::new(plan, &source.state_of("v").unwrap()).unwrap();
    (0..plan.unit_count()).map(|o| identity_in(&mut identities, plan, o, None).unwrap()).collect()
}

/// The bits of every unit's partial; NaN differs from itself otherwise.
fn partials(source: &Source, plan: &Plan) -> Vec<Vec<u8>> {
    let ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    let mut all = Vec::new();
    let keep = |ordinal, partial: Partial| {
        let cells = plan.block_cells(plan.unit(ordinal).block)?;
        assert!(partial.fits(plan, cells), "a partial that does not fit its own plan");
        assert!(!Partial { columns: Vec::new() }.fits(plan, cells));
        all.push(partial.to_bytes().unwrap());
        Ok(())
    };
    block_on(run_units(&*source.store, plan, &ordinals, &in_slabs(), keep, |_| {})).expect("works");
    all
}

fn steps(made: &Made) -> impl Strategy<Value = Value> + use<> {
    let names: Vec<String> = (0..made.shape.len()).map(dim).collect();
    const OPS: [&str; 11] =
        ["mean", "sum", "min", "max", "std", "var", "count", "histogram", "median", "argmin", "argmax"];
    let dims = prop::sample::subsequence(names.clone(), 0..=names.len());
    let weights = prop::sample::select(vec![None, None, Some("w"), Some("w0")]);
    let grouping = prop::option::weighted(0.3, (prop::sample::select(names), 1u64..4));
    (prop::sample::select(&OPS[..]), dims, any::<bool>(), weights, any::<bool>(), grouping).prop_map(
        |(op, mut dims, skipna, weights, other, grouping)| {
            let mut step = json!({"op": op, "skipna": skipna});
            if let Some(weights) = weights.filter(|_| matches!(op, "mean" | "sum" | "std" | "var" | "histogram")) {
                step["weights"] = json!(weights);
            }
            match op {
                "histogram" => step["bins"] = if other { json!([0, 1, 285]) } else { json!([0, 1, 285, 300]) },
                "std" | "var" => step["ddof"] = json!(u8::from(other)),
                "argmin" | "argmax" => dims.truncate(1),
                _ => {}
            }
            match grouping {
                Some((name, window)) => {
                    dims.retain(|known| *known != name);
                    json!([{"op": "coarsen", "windows": {name: window}, "boundary": "trim"}, step])
                }
                None if dims.is_empty() && op.starts_with("arg") => json!([step]),
                None => {
                    step["dims"] = json!(dims);
                    json!([step])
                }
            }
        },
    )
}

fn questions(made: &Made) -> impl Strategy<Value = Value> + use<> {
    let selection: Vec<_> = made.shape.iter().enumerate().map(|(d, &n)| taken(d, n).boxed()).collect();
    let steps = prop_oneof![1 => Just(json!([])).boxed(), 8 => steps(made).boxed()];
    (selection, steps, any::<bool>()).prop_map(|(taken, steps, decode): (Vec<Taken>, _, _)| {
        document("v", json!({"select": select(&taken), "steps": steps, "decode": decode}))
    })
}

proptest! {
    #![proptest_config(config(100))]

    /// The law that all rests on.
    #[test]
    fn one_identity_is_one_partial(
        (made, questions) in arrays().prop_flat_map(|made| {
            let questions = prop::collection::vec(questions(&made), 2..12);
            (Just(made), questions)
        }),
    ) {
        let mut known: HashMap<Identity, (Vec<u8>, Value)> = HashMap::new();
        // At hand, and in as many passes and tiles as it takes with hardly any memory.
        for tile_cells in [u64::MAX, 16] {
            let starter = over(open(made.store()), tile_cells);
            for question in &questions {
                // Some of what is asked cannot be done: a dimension that is dropped has no mean.
                let Ok(mut work) = block_on(starter.start(Document::parse(question).unwrap())) else { continue };
                for _pass in 0..MAX_PASSES {
                    let plan = work.plan().clone();
                    let source = block_on(work.current().1.source.lock());
                    let all = identities(&source, &plan).into_iter().zip(partials(&source, &plan));
                    let all: Vec<(Identity, Vec<u8>)> = all.collect();
                    drop(source);
                    for (ordinal, (identity, partial)) in all.into_iter().enumerate() {
                        work.add(ordinal as u64, Partial::from_bytes(&partial).unwrap()).unwrap();
                        let (first, asked) = known.entry(identity).or_insert_with(|| (partial.clone(), question.clone()));
                        prop_assert_eq!(&*first, &partial, "{} and {}", asked, question);
                    }
                    match block_on(work.advance(&starter)) {
                        Ok(Next::Pass(next)) => work = next,
                        _ => break,
                    }
                }
            }
        }
    }
}

/// An array of 6 × 8 in chunks of 2 × 4, its selection and steps.
fn ask(members: Value) -> Value {
    let mut members = members;
    members.as_object_mut().unwrap().entry("decode").or_insert(json!(false));
    document("v", members)
}

fn small() -> Source {
    let mut store = zarrscope::store::MemoryStore::new();
    store.insert(".zgroup", r#"{"zarr_format": 2}"#);
    let mut put = |name: &str, dims: &[&str], shape: &[u64], chunks: &[u64]| {
        let zarray = json!({
            "zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "order": "C", "fill_value": 7,
            "compressor": null, "filters": null,
        });
        store.insert(format!("{name}/.zarray"), zarray.to_string());
        store.insert(format!("{name}/.zattrs"), json!({"_ARRAY_DIMENSIONS": dims}).to_string());
    };
    put("v", &["y", "x"], &[6, 8], &[2, 4]);
    put("wx", &["x"], &[8], &[8]);
    let ones: Vec<u8> = (1..=8).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    store.insert("wx/0", ones);
    open(store)
}

fn of(members: Value) -> Vec<Identity> {
    let mut source = small();
    let plan = plan_of(&mut source, &ask(members));
    identities(&source, &plan)
}

#[test]
fn what_shares_its_units() {
    let mean = of(json!({"steps": [{"op": "mean", "dims": ["y"]}]}));
    for same in [
        json!({"steps": [{"op": "sum", "dims": ["y"]}]}),
        json!({"steps": [{"op": "sum", "dims": ["y"], "minCount": 3}]}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}, {"op": "scale", "factor": 2}]}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"start": 0}}}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"index": [0, 1, 2, 3, 4, 5, 6, 7]}}}),
    ] {
        assert_eq!(of(same.clone()), mean, "{same}");
    }
    assert_eq!(of(json!({"steps": [{"op": "std", "ddof": 1}]})), of(json!({"steps": [{"op": "var"}]})));
    let density = |d| json!({"steps": [{"op": "histogram", "bins": [0, 1, 2], "density": d}]});
    assert_eq!(of(density(true)), of(density(false)));
    // Values at hand, whatever is done with them.
    for step in [json!({"op": "cumsum", "dims": ["x"]}), json!({"op": "median"}), json!({"op": "quantile", "q": 0.1})] {
        assert_eq!(of(json!({})), of(json!({"steps": [step]})));
    }
    // The chunk that both selections have, and no other.
    let some = of(json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"start": 4}}}));
    assert_eq!(mean.iter().filter(|id| some.contains(id)).count(), some.len());
    assert!(some.len() < mean.len());
}

#[test]
fn whatever_changes_a_partial_changes_its_identity() {
    let all = [
        json!({}),
        json!({"steps": [{"op": "mean"}]}),
        json!({"steps": [{"op": "mean", "skipna": false}]}),
        json!({"steps": [{"op": "mean", "weights": "wx"}]}),
        json!({"steps": [{"op": "mean", "dims": ["x"]}]}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}]}),
        json!({"steps": [{"op": "mean"}], "decode": true}),
        json!({"steps": [{"op": "mean"}], "select": {"x": {"start": 1, "stop": 7}}}),
        json!({"steps": [{"op": "mean", "weights": "wx"}], "select": {"x": {"start": 1, "stop": 7}}}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"start": 1, "step": 2}}}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"index": [1, 0]}}}),
        json!({"steps": [{"op": "mean", "dims": ["y"]}], "select": {"x": {"index": [0, 1]}}}),
        json!({"steps": [{"op": "var"}]}),
        json!({"steps": [{"op": "min"}]}),
        json!({"steps": [{"op": "max"}]}),
        json!({"steps": [{"op": "count"}]}),
        json!({"steps": [{"op": "argmin"}]}),
        json!({"steps": [{"op": "argmax"}]}),
        json!({"steps": [{"op": "argmin", "skipna": false}]}),
        json!({"steps": [{"op": "argmin", "dims": ["x"]}]}),
        json!({"steps": [{"op": "argmin"}], "select": {"y": {"start": 0, "stop": 4}, "x": {"start": 0, "stop": 6}}}),
        json!({"steps": [{"op": "histogram"}]}),
        json!({"steps": [{"op": "histogram", "bins": [0, 1]}]}),
        json!({"steps": [{"op": "histogram", "bins": [0, 2]}]}),
        json!({"steps": [{"op": "coarsen", "windows": {"x": 2}}, {"op": "mean"}]}),
        json!({"steps": [{"op": "coarsen", "windows": {"x": 4}}, {"op": "mean"}]}),
    ];
    let mut known: BTreeMap<Identity, &Value> = BTreeMap::new();
    for members in &all {
        for identity in of(members.clone()) {
            if let Some(other) = known.insert(identity, members) {
                panic!("{members} and {other}");
            }
        }
    }
}

#[test]
fn the_source_and_its_state_are_in_the_identity() {
    let mut source = small();
    let plan = plan_of(&mut source, &ask(json!({"steps": [{"op": "mean"}]})));
    let first = |plan: &Plan, state: &[u8]| Identities::new(plan, state).unwrap().of(plan, 0, &()).unwrap();
    let state = source.state_of("v").unwrap();
    let before = first(&plan, &state);
    assert_eq!(first(&plan, &state), before);
    assert_ne!(first(&plan, b"another"), before);
    let at = |url: &str, storage: Storage| {
        let mut plan = plan.clone();
        plan.address = Address::resolve(url, &storage).unwrap();
        plan
    };
    let headers = [("Authorization".to_string(), "a".to_string())].into();
    let plain = Storage::default;
    for other in [
        at("https://store.example/other.zarr", plain()),
        at("https://store.example/s.zarr?v=2", plain()),
        at("icechunk+https://store.example/s.zarr", plain()),
        at("icechunk+https://store.example/s.zarr#tag=v1", plain()),
        at("https://store.example/s.zarr", Storage { headers, ..plain() }),
    ] {
        assert_ne!(first(&other, &state), before, "{:?}", other.address.shown());
    }
    assert_eq!(first(&at("https://store.example/s.zarr", plain()), &state), before);
    // Where the chunks lie, if the source's state does not tell it.
    let of = |places: &[u64]| Identities::new(&plan, &state).unwrap().of(&plan, 0, &places).unwrap();
    assert_ne!(of(&[1]), of(&[2]));

    let mut written_anew = small();
    written_anew.state_of("nothing").unwrap_err();
    let mut meta = written_anew.tree.array("v").unwrap().into_owned();
    meta.attrs.insert("history".into(), json!("written anew"));
    written_anew.tree.arrays.insert("v".into(), meta);
    assert_ne!(written_anew.state_of("v").unwrap(), state);
}
