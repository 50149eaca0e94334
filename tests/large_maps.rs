//! Maps so large that the statistics of all their blocks should not wait for the last chunks: block by block.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

mod common;

use common::alloc::{Counting, SLACK, peak};
use common::{block_on, doubles, open, start};
use serde_json::{Value, json};
use zarrscope::engine::{Context, Progress, Run, Source, run_units};
use zarrscope::store::MemoryStore;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const TIMES: usize = 4;
const BLOCKS: usize = 6;
/// Rows and columns of a block.
const SHAPE: [usize; 2] = [300, 1700];
const CELLS: usize = SHAPE[0] * SHAPE[1];

/// A chunk for each time and block, each of one value.
fn store() -> MemoryStore {
    let mut store = MemoryStore::new();
    store.insert(".zgroup", json!({"zarr_format": 2}).to_string().into_bytes());
    let meta = json!({
        "zarr_format": 2, "shape": [TIMES, BLOCKS * SHAPE[0], SHAPE[1]], "chunks": [1, SHAPE[0], SHAPE[1]], "dtype": "<f4",
        "order": "C", "fill_value": null, "compressor": null, "filters": null,
    });
    store.insert("v/.zarray", meta.to_string().into_bytes());
    store.insert("v/.zattrs", json!({"_ARRAY_DIMENSIONS": ["time", "y", "x"]}).to_string().into_bytes());
    for time in 0..TIMES {
        for block in 0..BLOCKS {
            let value = ((10 * time * time + block) as f32).to_le_bytes();
            store.insert(format!("v/{time}.{block}.0"), value.repeat(CELLS));
        }
    }
    store
}

fn map(select: Value) -> Value {
    let steps = json!([{"op": "mean", "dims": ["time"]}]);
    json!({"version": 1, "source": "https://store.example/s.zarr", "variable": "v", "select": select, "steps": steps})
}

fn work_off(source: &Source, run: &mut Run, ordinals: &[u64]) {
    let plan = run.plan().clone();
    let add = |ordinal, partial| run.add(ordinal, partial);
    block_on(run_units(&*source.store, &plan, ordinals, &Context::default(), add, |_| {})).expect("works");
}

fn values(run: Run) -> Vec<f64> {
    let (Progress::Done(field), _) = run.advance(&[]).expect("ends") else { panic!("one pass") };
    doubles(&field)
}

/// The map of a mean whose value is so much in the first block.
fn of_blocks(first: f64) -> impl Iterator<Item = f64> {
    (0..BLOCKS).flat_map(move |block| std::iter::repeat_n(first + block as f64, CELLS))
}

#[test]
fn few_blocks_are_unfinished_at_a_time() {
    let mut source = open(store());
    let document = map(json!({}));
    let mut run = start(&mut source, &document).expect("starts");
    let plan = run.plan().clone();
    assert_eq!((plan.block_count(), plan.run_count()), (BLOCKS as u64, TIMES as u64));
    for ordinal in 0..plan.unit_count() {
        let (block, number) = plan.block_and_run(ordinal);
        assert_eq!(plan.ordinal(block, number), ordinal);
        assert_eq!((block, number), (ordinal / TIMES as u64, ordinal % TIMES as u64));
        assert_eq!(plan.unit(ordinal).chunks, [vec![number, block, 0]]);
    }
    let ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    let (_, most) = peak(|| work_off(&source, &mut run, &ordinals));
    let (output, partial, chunks) = (8 * BLOCKS * CELLS, 24 * CELLS, 16 << 20);
    // One block's merged partial, the next that is merged into it, and its values.
    let expected = output + 2 * partial + 8 * CELLS + chunks;
    assert!(most < expected + SLACK, "took {most} bytes, expected {expected} at most");
    assert!(expected + SLACK < output + BLOCKS * partial, "nothing is told by this");

    assert!(values(run).into_iter().eq(of_blocks(35.0)));
}

#[test]
fn blocks_of_groups_come_one_after_another_too_and_arrive_in_any_order() {
    let mut store = store();
    let meta = json!({
        "zarr_format": 2, "shape": [TIMES], "chunks": [TIMES], "dtype": "|u1", "order": "C", "fill_value": null,
        "compressor": null, "filters": null,
    });
    store.insert("time/.zarray", meta.to_string().into_bytes());
    store.insert("time/.zattrs", json!({"_ARRAY_DIMENSIONS": ["time"]}).to_string().into_bytes());
    store.insert("time/0", vec![1, 1, 2, 2]);
    let mut source = open(store);
    let mut document = map(json!({}));
    document["steps"].as_array_mut().unwrap().insert(0, json!({"op": "groupby", "by": "time"}));
    let mut run = start(&mut source, &document).expect("starts");
    let plan = run.plan().clone();
    let mut ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    for &ordinal in &ordinals {
        let (block, number) = plan.block_and_run(ordinal);
        assert_eq!((block, number), (ordinal / plan.run_count(), ordinal % plan.run_count()));
        assert_eq!(plan.ordinal(block, number), ordinal);
    }
    ordinals.reverse();
    ordinals.swap(1, 4);
    work_off(&source, &mut run, &ordinals);
    assert!(values(run).into_iter().eq(of_blocks(5.0).chain(of_blocks(65.0))));
}

#[test]
fn small_maps_sharpen_evenly() {
    let mut source = open(store());
    let document = map(json!({"x": {"start": 0, "stop": 50}}));
    let run = start(&mut source, &document).expect("starts");
    let plan = run.plan();
    for ordinal in 0..plan.unit_count() {
        let (block, number) = plan.block_and_run(ordinal);
        assert_eq!((block, number), (ordinal % BLOCKS as u64, ordinal / BLOCKS as u64));
        assert_eq!(plan.ordinal(block, number), ordinal);
    }
}
