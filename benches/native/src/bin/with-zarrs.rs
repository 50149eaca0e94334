//! The mean of an array with the zarrs crate: its blocking HTTP store, chunks in parallel over rayon as its documentation does it,
//! and the floor's kernel.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use serde_json::{Value, json};
use zarrs::array::{Array, ArraySubset, CodecOptions};
use zarrs::storage::ReadableStorageTraits;
use zarrs_http::HTTPStore;
use zarrscope_bench_native::lines::{Question, Result, serve};
use zarrscope_bench_native::sum;

type Opened = Array<dyn ReadableStorageTraits>;

static STORES: Mutex<BTreeMap<String, Arc<dyn ReadableStorageTraits>>> = Mutex::new(BTreeMap::new());

fn open(question: &Question) -> Result<Opened> {
    if question.task != "mean" {
        return Err(format!("no task {}", question.task).into());
    }
    // A client is made once: its connections are kept, as a browser's are.
    let mut stores = STORES.lock().map_err(|_| "a thread panicked")?;
    let store = match stores.get(&question.url) {
        Some(store) => store.clone(),
        None => stores.entry(question.url.clone()).or_insert(Arc::new(HTTPStore::new(&question.url)?)).clone(),
    };
    Ok(Array::open(store, &format!("/{}", question.array))?)
}

fn compute(array: Opened, question: &Question) -> Result<Value> {
    let attribute = |name: &str, default: f64| array.attributes().get(name).and_then(Value::as_f64).unwrap_or(default);
    let (scale, offset) = (attribute("scale_factor", 1.0), attribute("add_offset", 0.0));
    let missing = array.fill_value().as_ne_bytes().try_into().map(i16::from_ne_bytes);
    let grid = ArraySubset::new_with_shape(array.chunk_grid_shape().to_vec());
    // Chunks are what is done in parallel, so that one chunk's codecs need not be.
    let options = CodecOptions::default().with_concurrent_target(1);
    let part = |indices: &[u64]| -> Result<(f64, u64)> {
        Ok(match missing {
            Ok(missing) => {
                let values: Vec<i16> = array.retrieve_chunk_opt(indices, &options)?;
                let (s, n) = sum::packed(&values, missing);
                (s as f64 * scale + n as f64 * offset, n)
            }
            Err(_) => sum::floats(&array.retrieve_chunk_opt::<Vec<f32>>(indices, &options)?),
        })
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(question.threads).build()?;
    let all: Vec<_> = grid.indices().into_iter().collect();
    let (total, count) = pool.install(|| {
        all.par_iter()
            .with_max_len(1)
            .map(|indices| part(indices))
            .try_reduce(|| (0.0, 0), |a, b| Ok((a.0 + b.0, a.1 + b.1)))
    })?;
    Ok(json!([total / count as f64]))
}

fn main() -> Result<()> {
    serve(open, compute)
}
