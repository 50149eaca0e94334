//! The laws of reductions, on arrays made by chance: every answer is what the definition says, however the array is cut
//! into chunks, whatever the order in which partials come in, and wherever they were computed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::made::{Kind, Made, arrays};
use common::twin::{Answer, Question, Taken, answers, select, taken};
use common::{block_on, compute, document, in_slabs, open, result, start};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use zarrscope::engine::{Progress, Run, Source, run_units};
use zarrscope::kernel::Partial;
use zarrscope::plan::Plan;
use zarrscope::reduce::{Data, Field};

/// So many cases; `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { cases };
    Config { cases, failure_persistence: None, max_global_rejects: u32::MAX, ..Config::default() }
}

const OPS: [&str; 8] = ["mean", "sum", "min", "max", "std", "var", "count", "histogram"];

/// Ascending edges somewhere in the range of the kind's values.
fn edges(kind: Kind) -> impl Strategy<Value = Vec<f64>> {
    let (low, high) = match kind {
        Kind::U8 => (0.0, 256.0),
        Kind::I16 => (-33e3, 33e3),
        Kind::I32 => (-3e9, 3e9),
        Kind::I64 | Kind::U64 => (-1000.0, 2500.0),
        Kind::F32 | Kind::F64 => (250.0, 310.0),
    };
    let uneven = prop::collection::vec(low..high, 2..9).prop_map(|mut edges| {
        edges.sort_by(f64::total_cmp);
        edges
    });
    let even =
        (1u32..12).prop_map(move |n| (0..=n).map(|i| low + (high - low) * f64::from(i) / f64::from(n)).collect());
    prop_oneof![uneven, even].prop_filter("ascending", |e: &Vec<f64>| e.windows(2).all(|pair| pair[0] < pair[1]))
}

fn questions(made: &Made, ops: &'static [&'static str]) -> impl Strategy<Value = Question> + use<> {
    let ndim = made.shape.len();
    let flags = (any::<bool>(), any::<bool>(), 0u8..3, prop::sample::select(vec![0.0, 1.0, 0.5]), 0u64..6);
    let reduced = prop::collection::vec(any::<bool>(), ndim);
    (prop::sample::select(ops), reduced, flags, edges(made.kind)).prop_map(
        |(op, reduced, (all, skipna, weights, ddof, min_count), edges)| {
            let weighable = !matches!(op, "min" | "max" | "count");
            let weights = [None, Some("w"), Some("w0")][usize::from(weights)].filter(|_| weighable);
            Question { op, reduced, all, skipna, weights, ddof, min_count, edges }
        },
    )
}

fn cases(ops: &'static [&'static str]) -> impl Strategy<Value = (Made, Vec<Taken>, Question)> {
    arrays().prop_flat_map(move |made| {
        let selection: Vec<_> = made.shape.iter().enumerate().map(|(d, &n)| taken(d, n).boxed()).collect();
        let question = questions(&made, ops);
        (Just(made), selection, question)
    })
}

fn ask(made: &Made, taken: &[Taken], question: &Question) -> Value {
    document("v", json!({"decode": made.decode, "select": select(taken), "steps": [question.step(taken)]}))
}

/// The shape that a result must have.
fn shape_of(taken: &[Taken], question: &Question) -> Vec<u64> {
    let kept = taken.iter().enumerate().filter(|(d, _)| question.keeps(*d, taken));
    let mut shape: Vec<u64> = kept.map(|(_, t)| t.positions.len() as u64).collect();
    if question.op == "histogram" {
        shape.push(question.edges.len() as u64 - 1);
    }
    shape
}

fn fits(value: f64, answer: &Answer) -> bool {
    let same = value.to_bits() == answer.value.to_bits() || value == answer.value;
    same || (value.is_nan() && answer.value.is_nan()) || (value - answer.value).abs() <= answer.tolerance
}

fn check(field: &Field, expected: &[Answer]) -> Result<(), TestCaseError> {
    prop_assert_eq!(field.data.len(), expected.len());
    for (i, answer) in expected.iter().enumerate() {
        match &field.data {
            Data::F64(values) => prop_assert!(fits(values[i], answer), "cell {}: {} is no {:?}", i, values[i], answer),
            Data::Int(values) => prop_assert_eq!(values[i], answer.exact, "cell {}: {:?}", i, answer),
            Data::Raw(..) | Data::Values(_) | Data::Variables(_) | Data::Estimated(_) => {
                prop_assert!(false, "stored elements from a reduction")
            }
        }
    }
    Ok(())
}

/// The bits of a result.
fn bits(data: &Data) -> Vec<i128> {
    match data {
        Data::F64(values) => values.iter().map(|x| x.to_bits().into()).collect(),
        Data::Int(values) => values.iter().map(|n| n.unwrap_or(i128::MIN)).collect(),
        Data::Raw(bytes, _) => bytes.iter().map(|b| (*b).into()).collect(),
        Data::Values(_) | Data::Variables(_) | Data::Estimated(_) => panic!("no numbers from a reduction"),
    }
}

/// Works off a pass with the units in another order; partials and plan travel as between workers.
fn scrambled_pass(source: &Source, run: &mut Run, seed: u64, look: bool) {
    let sent = postcard::to_allocvec(run.plan()).expect("a plan can be sent");
    let plan: Plan = postcard::from_bytes(&sent).expect("a plan can be read");
    assert_eq!(&plan, run.plan());
    let mut ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    for &ordinal in &ordinals {
        let (block, run) = plan.block_and_run(ordinal);
        assert_eq!(plan.ordinal(block, run), ordinal);
    }
    let mut state = seed | 1;
    for i in (1..ordinals.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ordinals.swap(i, (state >> 33) as usize % (i + 1));
    }
    for ordinal in ordinals {
        let mut partial: Option<Partial> = None;
        let keep = |_, p| {
            partial = Some(p);
            Ok(())
        };
        block_on(run_units(&*source.store, &plan, &[ordinal], &in_slabs(), keep, |_| {})).expect("works");
        let sent = partial.expect("a partial").to_bytes().expect("a partial can be sent");
        run.add(ordinal, Partial::from_bytes(&sent).expect("a partial can be read")).expect("fits");
        if look {
            run.snapshot(&[]).expect("a look at what is known so far");
        }
    }
}

fn scrambled(source: &mut Source, document: &Value, seed: u64) -> Field {
    let mut run = start(source, document).expect("starts");
    loop {
        scrambled_pass(source, &mut run, seed, seed.is_multiple_of(3));
        match run.advance(&[]).expect("advances") {
            (Progress::Done(field), _) => return *field,
            (Progress::Another, next) => run = next.expect("a pass with a plan"),
            (Progress::Part(_), _) => panic!("a document that is a part"),
        }
    }
}

proptest! {
    #![proptest_config(config(2000))]

    /// What is asked is what is answered.
    #[test]
    fn as_the_definition((made, taken, question) in cases(&OPS)) {
        let mut source = open(made.store());
        let document = ask(&made, &taken, &question);
        let field = result(&mut source, &document);
        prop_assert_eq!(field.labels.shape(), shape_of(&taken, &question), "{}", document);
        let expected = answers(&made, &taken, &question);
        check(&field, &expected).map_err(|e| TestCaseError::fail(format!("{e}\n{document}")))?;
    }
}

proptest! {
    #![proptest_config(config(500))]

    /// Two cuts of the same data into chunks: the same answer to rounding, and to the bit for what does not round.
    #[test]
    fn any_cut_into_chunks((made, taken, question) in cases(&OPS), pick in any::<prop::sample::Index>(), other in any::<u64>()) {
        let document = ask(&made, &taken, &question);
        let one = result(&mut open(made.store()), &document);
        let whole = made.rechunked(made.shape.clone());
        let smallest = made.rechunked(vec![1; made.shape.len()]);
        let some = made.shape.iter().enumerate().map(|(d, n)| 1 + (other >> (8 * d)) % n).collect();
        let cut = [whole, smallest, made.rechunked(some)][pick.index(3)].clone();
        let two = result(&mut open(cut.store()), &document);
        let rounds = matches!(question.op, "mean" | "sum" | "std" | "var");
        if rounds && matches!(one.data, Data::F64(_)) {
            let expected: Vec<Answer> = answers(&made, &taken, &question);
            let values = one.data.to_f64().unwrap();
            let twins: Vec<Answer> =
                values.iter().zip(&expected).map(|(value, e)| Answer { value: *value, ..*e }).collect();
            check(&two, &twins).map_err(|e| TestCaseError::fail(format!("{e}\n{document}\n{:?}", cut.chunks)))?;
        } else {
            prop_assert_eq!(bits(&one.data), bits(&two.data), "{}", document);
        }
    }

    /// The same bits, compressed in blocks of any size or not at all.
    #[test]
    fn compression_does_not_show((made, taken, question) in cases(&OPS)) {
        let document = ask(&made, &taken, &question);
        let plain = Made { frame: None, ..made.clone() };
        let one = result(&mut open(made.store()), &document);
        let two = result(&mut open(plain.store()), &document);
        prop_assert_eq!(bits(&one.data), bits(&two.data), "{}", document);
    }

    /// Any order of arrival gives the same bits, and so does a journey between workers.
    #[test]
    fn any_order_of_arrival((made, taken, question) in cases(&OPS), seed in any::<u64>(), small in any::<bool>()) {
        let made = if small { made.rechunked(vec![1; made.shape.len()]) } else { made };
        let mut source = open(made.store());
        let document = ask(&made, &taken, &question);
        let straight = result(&mut source, &document);
        let scrambled = scrambled(&mut source, &document, seed);
        prop_assert_eq!(bits(&straight.data), bits(&scrambled.data), "{}", document);
        prop_assert_eq!(straight.labels, scrambled.labels);
    }

    /// Without steps a selection gives the stored elements themselves.
    #[test]
    fn values_are_what_is_stored((made, taken, _) in cases(&["count"])) {
        let made = Made { decode: false, ..made };
        let document = document("v", json!({"decode": false, "select": select(&taken)}));
        let field = result(&mut open(made.store()), &document);
        let lens: Vec<u64> = taken.iter().map(|t| t.positions.len() as u64).collect();
        let kept = taken.iter().zip(&lens).filter(|(t, _)| !t.dropped);
        prop_assert_eq!(field.labels.shape(), kept.map(|(_, n)| *n).collect::<Vec<_>>());
        let cells: Vec<_> = common::made::positions(&lens).iter().map(|p| {
            let at: Vec<u64> = taken.iter().zip(p).map(|(t, i)| t.positions[*i as usize]).collect();
            made.cells[common::made::flat(&at, &made.shape)]
        }).collect();
        let same = match &field.data {
            Data::F64(values) => values.iter().zip(&cells).all(|(v, c)| v.to_bits() == c.x.to_bits()),
            Data::Raw(bytes, _) => {
                bytes.as_chunks::<8>().0.iter().zip(&cells).all(|(b, c)| *b == c.n.to_le_bytes()[..8])
            }
            Data::Int(_) | Data::Values(_) | Data::Variables(_) | Data::Estimated(_) => false,
        };
        prop_assert!(same && field.data.len() == cells.len(), "{}: {:?}", document, field.data);
    }

    /// A histogram without a range finds it, and counts every finite value.
    #[test]
    fn a_histogram_finds_its_range((made, taken, _) in cases(&["histogram"]), bins in 1u64..20, seed in any::<u64>()) {
        let step = json!({"op": "histogram", "bins": bins});
        let document = document("v", json!({"decode": made.decode, "select": select(&taken), "steps": [step]}));
        let mut source = open(made.store());
        let field = result(&mut source, &document);
        let everything = Question {
            op: "count", reduced: vec![true; taken.len()], all: true, skipna: true, weights: None, ddof: 0.0, min_count: 0, edges: vec![],
        };
        let infinite = made.cells.iter().any(|c| c.x.is_infinite());
        let counts = field.data.to_f64().unwrap();
        let counted = answers(&made, &taken, &everything)[0].value;
        prop_assert!(infinite || counts.iter().sum::<f64>() == counted, "{:?} of {}", counts, counted);
        let again = scrambled(&mut source, &document, seed);
        prop_assert_eq!(bits(&field.data), bits(&again.data));
    }

    /// Step after step is the same as one document after another, by the definition.
    #[test]
    fn steps_follow_one_another((made, taken, _) in cases(&["max"]), second in prop::sample::select(vec!["max", "min", "count"])) {
        prop_assume!(!taken[0].dropped);
        let steps = json!([{"op": "max", "dims": ["d0"]}, {"op": second}]);
        let members = json!({"decode": made.decode, "select": select(&taken), "steps": steps});
        let field = result(&mut open(made.store()), &document("v", members));
        let mut reduced = vec![false; taken.len()];
        reduced[0] = true;
        let first = Question {
            op: "max", reduced, all: false, skipna: true, weights: None, ddof: 0.0, min_count: 0, edges: vec![],
        };
        let maxima = answers(&made, &taken, &first).into_iter().map(|a| a.value).filter(|x| !x.is_nan());
        let expected = match second {
            "max" => maxima.reduce(f64::max).unwrap_or(f64::NAN),
            "min" => maxima.reduce(f64::min).unwrap_or(f64::NAN),
            _ => maxima.count() as f64,
        };
        let answer = Answer { value: expected, tolerance: 0.0, exact: None };
        prop_assert!(fits(field.data.to_f64().unwrap()[0], &answer), "{:?} is no {}", field.data, expected);
    }
}

/// 2^53 + 1 and its kin: sums of integers are exact.
#[test]
fn integers_sum_exactly() {
    for (kind, values) in [
        (Kind::I64, vec![(1i128 << 53) + 1, 1, i128::from(i64::MAX), i128::from(i64::MIN), -7]),
        (Kind::U64, vec![i128::from(u64::MAX), i128::from(u64::MAX), 1]),
        (Kind::I32, vec![i128::from(i32::MIN); 5]),
        (Kind::U8, vec![255; 5]),
    ] {
        #[allow(clippy::cast_precision_loss)]
        let cells: Vec<_> = values.iter().map(|&n| common::made::Cell { x: n as f64, n }).collect();
        let fill = common::made::Cell { x: 3.0, n: 3 };
        let shape = vec![cells.len() as u64];
        let weights = vec![1.0; cells.len()];
        let (chunks, sparse) = (vec![2], false);
        let made = Made {
            kind,
            shape,
            chunks,
            big_endian: true,
            fortran: false,
            fill,
            cells,
            sparse,
            frame: None,
            decode: false,
            weights,
        };
        let sum = document("v", json!({"decode": false, "steps": [{"op": "sum"}]}));
        let field = result(&mut open(made.store()), &sum);
        assert_eq!(field.data, Data::Int(vec![Some(values.iter().sum())]), "{kind:?}");
    }
}

/// A large offset and a small spread: the variance must not drown.
#[test]
fn a_variance_on_a_large_offset() {
    let cells: Vec<_> = (0..4000u32).map(|i| common::made::Cell { x: 1e9 + f64::from(i % 5), n: 0 }).collect();
    let fill = common::made::Cell { x: -1.0, n: 0 };
    let made = Made {
        kind: Kind::F64,
        shape: vec![4000],
        chunks: vec![17],
        big_endian: false,
        fortran: false,
        fill,
        weights: vec![1.0; cells.len()],
        cells,
        sparse: false,
        frame: None,
        decode: true,
    };
    let field = compute(&mut open(made.store()), &document("v", json!({"steps": [{"op": "var"}]}))).expect("computes");
    let var = field.data.to_f64().unwrap()[0];
    assert!((var - 2.0).abs() < 1e-6, "{var}");
}

/// Four doubles and their weights.
fn weighed(values: [f64; 4], weights: [f64; 4]) -> Made {
    Made {
        kind: Kind::F64,
        shape: vec![4],
        chunks: vec![4],
        big_endian: false,
        fortran: false,
        fill: common::made::Cell { x: -1.0, n: 0 },
        cells: values.map(|x| common::made::Cell { x, n: 0 }).to_vec(),
        sparse: false,
        frame: None,
        decode: false,
        weights: weights.to_vec(),
    }
}

/// `skipna: false` means that a missing value makes the result missing, whatever its weight, and wherever chunks end.
#[test]
fn a_missing_value_of_weight_zero_is_missing() {
    let made = weighed([1.0, f64::NAN, 2.0, 5.0], [3.0, 0.0, 2.0, 1.0]);
    for chunks in [1, 2, 3, 4] {
        for op in ["mean", "sum", "var", "std"] {
            let step = json!({"op": op, "skipna": false, "weights": "w"});
            let document = document("v", json!({"decode": false, "steps": [step]}));
            let field = result(&mut open(made.rechunked(vec![chunks]).store()), &document);
            assert!(field.data.to_f64().unwrap()[0].is_nan(), "{op} in chunks of {chunks}: {:?}", field.data);
        }
    }
}

/// Nothing times infinity is no number: an infinite value of weight 0 leaves no mean, and no deviation from it, wherever it
/// stands.
#[test]
fn an_infinite_value_of_weight_zero_leaves_no_mean() {
    for at in 0..4 {
        let mut values = [1.0, 4.0, 2.0, 5.0];
        let mut weights = [3.0, 1.0, 2.0, 1.0];
        (values[at], weights[at]) = (f64::INFINITY, 0.0);
        let made = weighed(values, weights);
        for (chunks, op) in [1, 2, 3, 4].into_iter().flat_map(|n| ["mean", "sum", "var", "std"].map(|op| (n, op))) {
            // Along a row that ends in one cell, and along rows of which each value has a cell of its own.
            let wide = Made { shape: vec![4, 1], chunks: vec![chunks, 1], ..made.clone() };
            for store in [made.rechunked(vec![chunks]).store(), wide.store()] {
                let step = json!({"op": op, "weights": "w", "dims": ["d0"]});
                let field = result(&mut open(store), &document("v", json!({"decode": false, "steps": [step]})));
                assert!(field.data.to_f64().unwrap()[0].is_nan(), "{op}, {at} in chunks of {chunks}: {:?}", field.data);
            }
        }
    }
}
