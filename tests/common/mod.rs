//! What the tests share: stores from folders, documents run to their results, values as the fixtures write them.
#![allow(dead_code, unreachable_pub, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation)]

pub mod alloc;
pub mod driver;
pub mod elements;
pub mod frames;
pub mod made;
pub mod metadata;
pub mod sites;
pub mod trials;
pub mod twin;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context as Task, Poll, Waker};
use zarrscope::engine::{Context, Progress, Run, Source, prepare, run_units};
use zarrscope::error::Result;
use zarrscope::plan::Document;
use zarrscope::reduce::Field;
use zarrscope::store::{Address, MemoryStore, Storage};

/// Polls a future until it is ready: stores in memory never wait.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The data that lies beside the repository on developers' machines, if it does.
pub fn shared_data() -> Option<PathBuf> {
    let shared = std::env::var_os("ZARRSCOPE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let data = if shared.join("dev").is_dir() { shared } else { shared.join("data") };
    let found = data.join("dev/manifest.json").is_file().then_some(data);
    if found.is_none() {
        eprintln!("no shared data here: only the repository's own stores are run");
    }
    found
}

/// A JSON file.
pub fn read_json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All files below a folder, as a store.
pub fn load(folder: &Path) -> MemoryStore {
    fn walk(folder: &Path, prefix: &str, store: &mut MemoryStore) {
        for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let entry = entry.expect("entry");
            let name = entry.file_name().into_string().expect("UTF-8");
            let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if entry.file_type().expect("type").is_dir() {
                walk(&entry.path(), &key, store);
            } else {
                store.insert(key, std::fs::read(entry.path()).expect("file"));
            }
        }
    }
    let mut store = MemoryStore::new();
    walk(folder, "", &mut store);
    store
}

/// Opens a store in memory.
pub fn try_open(store: MemoryStore) -> Result<Source> {
    let address = Address::resolve("https://store.example/s.zarr", &Storage::default())?;
    block_on(Source::open(address, Rc::new(store)))
}

/// Opens a store in memory that opens.
pub fn open(store: MemoryStore) -> Source {
    try_open(store).expect("opens")
}

/// Opens a folder.
pub fn open_folder(folder: &Path) -> Source {
    open(load(folder))
}

/// A document with a source that nobody asks for.
pub fn document(variable: &str, members: Value) -> Value {
    let mut map = json!({"version": 1, "source": "https://store.example/s.zarr", "variable": variable});
    let all = map.as_object_mut().expect("object");
    all.extend(members.as_object().cloned().expect("members"));
    map
}

/// Prepares a document's run.
pub fn start(source: &mut Source, document: &Value) -> Result<Run> {
    let document = Document::parse(document)?;
    Run::new(block_on(prepare(source, &document))?)
}

/// How many units are handed to a worker at a time.
const BATCH: usize = 7;

/// A batch whose chunks are folded in slabs of some elements: what comes of so many small sets has lost a little more of a variance on
/// a large offset than what is shipped may lose.
pub fn in_slabs() -> Context {
    Context { slab_bytes: 40, ..Context::default() }
}

/// Works off the pass under way, in the order of the units, a batch at a time; gives how many bytes were decoded.
pub fn run_pass(source: &Source, run: &mut Run) -> Result<u64> {
    let plan = run.plan().clone();
    let ordinals: Vec<u64> = run.sampled().map_or_else(|| (0..plan.unit_count()).collect(), <[u64]>::to_vec);
    let context = in_slabs();
    for batch in ordinals.chunks(BATCH) {
        let add = |ordinal, partial| run.add(ordinal, partial);
        block_on(run_units(&*source.store, &plan, batch, &context, add, |_| {}))?;
    }
    Ok(context.bytes_decoded.get())
}

/// Runs a document to its result.
pub fn compute(source: &mut Source, document: &Value) -> Result<Field> {
    let mut run = start(source, document)?;
    loop {
        run_pass(source, &mut run)?;
        match run.advance(&[])? {
            (Progress::Done(field), _) => return Ok(*field),
            (Progress::Another, next) => run = next.expect("a pass with a plan"),
            (Progress::Part(_), _) => panic!("a document that is a part"),
        }
    }
}

/// A result that must come about.
pub fn result(source: &mut Source, document: &Value) -> Field {
    compute(source, document).unwrap_or_else(|e| panic!("{e}\nof {document}"))
}

/// A result's values as doubles.
pub fn doubles(field: &Field) -> Vec<f64> {
    field.data.to_f64().expect("real numbers")
}

/// The one value of a result.
pub fn scalar(field: &Field) -> f64 {
    assert_eq!(field.labels.shape(), [0u64; 0], "a scalar");
    doubles(field)[0]
}
