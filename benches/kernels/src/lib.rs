//! Cases for the kernel benchmark. Each prepares its data once and is then run again and again: folding alone over a block
//! in cache, decoding alone, and the whole way of a worker from encoded chunks in memory to a partial.

use futures::FutureExt;
use serde_json::{Value, json};
use std::rc::Rc;
use zarrscope::array::DimIndex;
use zarrscope::codec::{ChunkShape, decode_chunk};
use zarrscope::engine::{Context, Run, Source, prepare, run_units};
use zarrscope::kernel::{Block, Crop, Partial, fold_block};
use zarrscope::plan::{Document, Plan};
use zarrscope::store::{Address, MemoryStore, Storage};

/// What a run of a case does, and the decoded bytes that go through it.
pub struct Case {
    run: Box<dyn FnMut() -> f64>,
    bytes: usize,
}

/// The names of the cases, in their order; those with `decode` or `worker` need encoded chunks.
pub const CASES: &[&str] = &[
    "mean", "mean-time", "std", "std-time", "min", "histogram", "mean-int16", "decode", "worker-mean", "worker-std",
    "worker-histogram", "worker-mean-time",
];

impl Case {
    /// Prepares a case. `chunk` is an encoded one, of `shape` float32, whose array has `metadata` (v2).
    pub fn new(name: &str, metadata: &str, chunk: &[u8]) -> Option<Case> {
        if name == "decode" {
            return decoding(metadata, chunk);
        }
        if let Some(op) = name.strip_prefix("worker-") {
            return whole(op, metadata, chunk);
        }
        folding(name)
    }

    /// Runs it once; gives something of the result, so that nothing is optimised away.
    pub fn run(&mut self) -> f64 {
        (self.run)()
    }

    /// Decoded bytes that go through a run.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

fn document(op: &str) -> Value {
    let step = match op {
        "mean" | "mean-int16" => json!({"op": "mean"}),
        "mean-time" => json!({"op": "mean", "dims": ["t"]}),
        "std" => json!({"op": "std"}),
        "std-time" => json!({"op": "std", "dims": ["t"]}),
        "min" => json!({"op": "min"}),
        _ => json!({"op": "histogram", "bins": 256, "range": [-5.0, 35.0]}),
    };
    json!({"version": 1, "source": "https://store.example/s.zarr", "variable": "v", "steps": [step]})
}

fn plan_over(store: MemoryStore, op: &str) -> Option<(Source, Plan)> {
    let address = Address::resolve("https://store.example/s.zarr", &Storage::default()).ok()?;
    let mut source = Source::open(address, Rc::new(store)).now_or_never()?.ok()?;
    let document = Document::parse(&document(op)).ok()?;
    let prepared = prepare(&mut source, &document).now_or_never()?.ok()?;
    let plan = Run::new(prepared).ok()?.plan().clone();
    Some((source, plan))
}

fn store(array: &Value) -> MemoryStore {
    let dims: Vec<&str> = ["t", "y", "x"].into_iter().collect();
    let mut attrs = json!({"_ARRAY_DIMENSIONS": dims});
    if array["dtype"] == "<i2" {
        attrs["scale_factor"] = json!(0.01);
        attrs["_FillValue"] = json!(-32768);
    }
    let mut store = MemoryStore::new();
    store.insert(".zgroup", br#"{"zarr_format": 2}"#.to_vec());
    store.insert("v/.zarray", array.to_string().into_bytes());
    store.insert("v/.zattrs", attrs.to_string().into_bytes());
    store
}

/// A third is missing, as land is; the rest goes on as temperatures do.
fn value(i: usize) -> f32 {
    let patch = (i / 64) % 3 == 0;
    let mixed = (i as u32).wrapping_mul(2_654_435_761) >> 8;
    if patch { f32::NAN } else { 10.0 + (mixed % 20_000) as f32 * 0.001 }
}

/// Folds a block of 64 KiB.
fn folding(op: &str) -> Option<Case> {
    let shape = [4u64, 32, 128];
    let count: u64 = shape.iter().product();
    let int16 = op == "mean-int16";
    let array = json!({
        "zarr_format": 2, "shape": shape, "chunks": shape, "order": "C", "filters": null, "compressor": null,
        "dtype": if int16 { "<i2" } else { "<f4" }, "fill_value": null,
    });
    let (_, plan) = plan_over(store(&array), op)?;
    let block: Vec<u8> = (0..count as usize)
        .flat_map(|i| {
            let x = value(i);
            if int16 {
                let n = if x.is_nan() { -32768 } else { (x * 100.0) as i16 };
                n.to_le_bytes().to_vec()
            } else {
                x.to_le_bytes().to_vec()
            }
        })
        .collect();
    let all = || shape.iter().map(|&n| DimIndex::all(n)).collect::<Vec<_>>();
    let crop = Crop { inside: all(), cells: all(), selected: all() };
    let cells: Vec<u64> = plan.landing(0).iter().map(DimIndex::len).collect();
    let bytes = block.len();
    let mut partial = Partial::empty(&plan, plan.block_cells(0).ok()?).ok()?;
    let run = move || {
        fold_block(&plan, &Block { bytes: &block, shape: &shape }, &crop, &cells, &mut partial);
        partial.columns.len() as f64
    };
    Some(Case { run: Box::new(run), bytes })
}

fn decoding(metadata: &str, chunk: &[u8]) -> Option<Case> {
    let array: Value = serde_json::from_str(metadata).ok()?;
    let (_, plan) = plan_over(store(&array), "mean")?;
    let encoded = chunk.to_vec();
    let shape = plan.array.grid.shape_of(&[0, 0, 0]);
    let bytes = usize::try_from(shape.iter().product::<u64>()).ok()? * plan.array.dtype.size();
    let run = move || {
        let chunk = ChunkShape { shape: &shape, dtype: plan.array.dtype, fill: &plan.array.fill };
        decode_chunk(encoded.clone(), &plan.array.codecs, &chunk).map_or(f64::NAN, |bytes| bytes.len() as f64)
    };
    Some(Case { run: Box::new(run), bytes })
}

/// A worker's way: four times the chunk, along the first dimension.
fn whole(op: &str, metadata: &str, chunk: &[u8]) -> Option<Case> {
    let mut array: Value = serde_json::from_str(metadata).ok()?;
    let shape: Vec<u64> = array["chunks"].as_array()?.iter().filter_map(Value::as_u64).collect();
    let size = if array["dtype"] == "<i2" { 2 } else { 4 };
    let bytes = usize::try_from(shape.iter().product::<u64>()).ok()? * size * 4;
    let mut whole = shape.clone();
    whole[0] *= 4;
    array["shape"] = json!(whole);
    let mut store = store(&array);
    for at in 0..4 {
        store.insert(format!("v/{at}.0.0"), chunk.to_vec());
    }
    let (source, plan) = plan_over(store, op)?;
    let ordinals: Vec<u64> = (0..plan.unit_count()).collect();
    let run = move || {
        let context = Context::default();
        let done = run_units(&*source.store, &plan, &ordinals, &context, |_, _| Ok(()), |_| {}).now_or_never();
        if matches!(done, Some(Ok(()))) { context.bytes_decoded.get() as f64 } else { f64::NAN }
    };
    Some(Case { run: Box::new(run), bytes })
}

#[cfg(target_arch = "wasm32")]
mod border {
    //! What the script calls: memory for the inputs, then a case's number and how often to run it.
    use super::{CASES, Case};
    use std::cell::RefCell;

    thread_local! {
        static CASE: RefCell<Option<Case>> = const { RefCell::new(None) };
    }

    #[unsafe(no_mangle)]
    extern "C" fn take(len: usize) -> *mut u8 {
        Box::leak(vec![0u8; len].into_boxed_slice()).as_mut_ptr()
    }

    /// # Safety
    /// Both inputs come from `take`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn prepare(case: usize, metadata: *const u8, m: usize, chunk: *const u8, c: usize) -> usize {
        let (metadata, chunk) =
            unsafe { (std::slice::from_raw_parts(metadata, m), std::slice::from_raw_parts(chunk, c)) };
        let case = CASES.get(case).and_then(|name| Case::new(name, std::str::from_utf8(metadata).ok()?, chunk));
        let bytes = case.as_ref().map_or(0, Case::bytes);
        CASE.set(case);
        bytes
    }

    #[unsafe(no_mangle)]
    extern "C" fn run(times: u32) -> f64 {
        CASE.with_borrow_mut(|case| case.as_mut().map_or(f64::NAN, |case| (0..times).map(|_| case.run()).sum()))
    }
}
