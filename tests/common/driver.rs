//! Documents with all that they take, tile by tile if they are large, over folders of the repository.

use super::{BATCH, block_on, open_folder, root};
use futures::future::LocalBoxFuture;
use futures::lock::Mutex;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use zarrscope::array::DType;
use zarrscope::engine::{Context, Next, Open, Shared, Source, Starter, Work, run_units};
use zarrscope::error::Result;
use zarrscope::kernel::Partial;
use zarrscope::plan::Document;
use zarrscope::reduce::{Data, Field};
use zarrscope::steps::Outline;

/// A starter whose documents' sources are folders, by their path in the repository.
pub fn over_folders(tile_cells: u64) -> Starter {
    let open: RefCell<BTreeMap<String, Shared>> = RefCell::default();
    let open: Open = Rc::new(move |document: &Document| -> LocalBoxFuture<'static, Result<Shared>> {
        let path = document.source.clone();
        let opened = || Rc::new(Mutex::new(open_folder(&root().join(&path))));
        let shared = open.borrow_mut().entry(path.clone()).or_insert_with(opened).clone();
        Box::pin(async move { Ok(shared) })
    });
    Starter { open, tile_cells }
}

/// A starter for documents of one source.
pub fn over(source: Source, tile_cells: u64) -> Starter {
    let shared: Shared = Rc::new(Mutex::new(source));
    let open: Open = Rc::new(move |_| {
        let shared = shared.clone();
        Box::pin(async move { Ok(shared) })
    });
    Starter { open, tile_cells }
}

/// A document's result, and in how many passes it came. What is told of the result beforehand must be true.
pub fn evaluate(starter: &Starter, document: &Document) -> Result<(Field, u64)> {
    evaluate_in(starter, document, None)
}

/// The same with units that come in an order of chance, each through the bytes that workers send.
pub fn evaluate_in(starter: &Starter, document: &Document, order: Option<u64>) -> Result<(Field, u64)> {
    let mut work = block_on(starter.start(document.clone()))?;
    let told = work.outlines();
    let mut pass = 0;
    loop {
        pass += 1;
        match order {
            None => pass_of(&mut work)?,
            Some(seed) => scrambled_pass(&mut work, seed.wrapping_add(pass))?,
        }
        match block_on(work.advance(starter))? {
            Next::Pass(next) => work = next,
            Next::Done(field) => {
                let told = told.unwrap_or_else(|e| panic!("{document:?} comes about, but cannot be told of: {e}"));
                let told: Vec<_> = told.iter().map(summary).collect();
                assert_eq!(told, outlines_of(document, &field).iter().map(summary).collect::<Vec<_>>(), "{document:?}");
                return Ok((*field, pass));
            }
            Next::Part(_) => panic!("a document that is a part"),
        }
    }
}

/// What has been computed, each of several variables by itself, as it might have been told of before.
fn outlines_of(document: &Document, field: &Field) -> Vec<Outline> {
    match &field.data {
        Data::Variables(parts) if !document.variables.is_empty() => {
            parts.iter().map(|(_, part)| outline_of(part)).collect()
        }
        _ => vec![outline_of(field)],
    }
}

fn outline_of(field: &Field) -> Outline {
    let dtype = match field.dtype.trim_start_matches(char::is_alphabetic) {
        "8" => DType::Int8,
        "16" => DType::Int16,
        "32" => DType::Float32,
        _ => DType::Float64,
    };
    let mut outline = Outline::of(field.labels.clone(), dtype);
    if let Data::Variables(parts) = &field.data {
        let known = ["slope", "intercept", "stderr", "pvalue"];
        outline.variables = known.into_iter().filter(|name| parts.iter().any(|(n, _)| n == name)).collect();
        assert_eq!(outline.variables.len(), parts.len());
    }
    outline
}

/// What must be true of it: names and lengths of dimensions, bytes, variables.
fn summary(outline: &Outline) -> (Vec<(String, u64)>, u64, Vec<&'static str>) {
    (outline.labels.dims.clone(), outline.bytes(), outline.variables.clone())
}

fn pass_of(work: &mut Work) -> Result<()> {
    let plan = work.plan().clone();
    let store = block_on(work.current().1.source.lock()).store.clone();
    let sampled = work.current().0.sampled().map(<[u64]>::to_vec);
    let ordinals: Vec<u64> = sampled.unwrap_or_else(|| (0..plan.unit_count()).collect());
    for batch in ordinals.chunks(BATCH) {
        let add = |ordinal, partial| work.add(ordinal, partial);
        block_on(run_units(&*store, &plan, batch, &Context::default(), add, |_| {}))?;
    }
    Ok(())
}

fn scrambled_pass(work: &mut Work, seed: u64) -> Result<()> {
    let plan = work.plan().clone();
    let store = block_on(work.current().1.source.lock()).store.clone();
    let mut ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for i in (1..ordinals.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ordinals.swap(i, (state >> 33) as usize % (i + 1));
    }
    for ordinal in ordinals {
        let mut sent = Vec::new();
        let keep = |_, partial: Partial| {
            sent = partial.to_bytes().expect("a partial can be sent");
            Ok(())
        };
        block_on(run_units(&*store, &plan, &[ordinal], &Context::default(), keep, |_| {}))?;
        work.add(ordinal, Partial::from_bytes(&sent).expect("a partial can be read"))?;
    }
    Ok(())
}
