//! Objects at addresses, in memory: what references point at, and a record of what was asked for.

use super::block_on;
use futures::future::{FutureExt, LocalBoxFuture, ready};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use zarrscope::engine::{Context, Progress, Run, Source, prepare, run_units};
use zarrscope::error::Result;
use zarrscope::plan::Document;
use zarrscope::reduce::Field;
use zarrscope::references::{LocatedStore, Sites};
use zarrscope::store::{Address, ByteRange, MemoryStore, Storage, Store};

/// Requests: the address and the range.
pub type Log = Rc<RefCell<Vec<(String, ByteRange)>>>;

/// A small internet.
#[derive(Default, Clone)]
pub struct MemorySites {
    objects: Rc<RefCell<MemoryStore>>,
    pub log: Log,
}

impl MemorySites {
    pub fn put(&self, url: &str, bytes: impl Into<Vec<u8>>) {
        self.objects.borrow_mut().insert(url, bytes);
    }

    /// All files below a folder.
    pub fn put_folder(&self, url: &str, folder: &Path) {
        let files = super::load(folder);
        for key in files.keys() {
            let bytes = std::fs::read(folder.join(key)).expect("file");
            self.put(&format!("{url}/{key}"), bytes);
        }
    }

    /// Asked for since the last time.
    pub fn take_log(&self) -> Vec<(String, ByteRange)> {
        std::mem::take(&mut self.log.borrow_mut())
    }

    /// Opens what lies at an address.
    pub fn open(&self, url: &str, storage: &Storage) -> Result<Source> {
        let address = Address::resolve(url, storage)?;
        block_on(Source::reach(address, storage, Rc::new(self.clone())))
    }

    /// Runs a document to its result as the package does: places first, then batches over them.
    pub fn compute(&self, source: &mut Source, document: &Value) -> Result<Field> {
        let document = Document::parse(document)?;
        let mut run = Run::new(block_on(prepare(source, &document))?)?;
        loop {
            let plan = run.plan().clone();
            let ordinals: Vec<u64> = (0..plan.unit_count()).collect();
            for batch in ordinals.chunks(64) {
                let places = block_on(source.locate(&plan, batch))?.expect("a table");
                let store = LocatedStore::new(places, Rc::new(self.clone()));
                let add = |ordinal, partial| run.add(ordinal, partial);
                block_on(run_units(&store, &plan, batch, &Context::default(), add, |_| {}))?;
            }
            match run.advance(&[])? {
                (Progress::Done(field), _) => return Ok(*field),
                (Progress::Another, next) => run = next.expect("a pass with a plan"),
                (Progress::Part(_), _) => panic!("a document that is a part"),
            }
        }
    }
}

impl Sites for MemorySites {
    fn at(&self, address: &Address) -> Result<Rc<dyn Store>> {
        Ok(Rc::new(Site { base: address.of(""), sites: self.clone() }))
    }
}

struct Site {
    base: String,
    sites: MemorySites,
}

impl Store for Site {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        let url = if key.is_empty() { self.base.clone() } else { format!("{}/{key}", self.base) };
        self.sites.log.borrow_mut().push((url.clone(), range));
        let objects = self.sites.objects.clone();
        async move { objects.borrow().get(&url, range, limit_bytes).now_or_never().expect("in memory") }.boxed_local()
    }

    fn list<'a>(&'a self, _prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        ready(Ok(None)).boxed_local()
    }
}

/// Where prefixes of addresses are to be found instead.
pub fn rewriting(pairs: &[(&str, &str)]) -> Storage {
    let rewrite: BTreeMap<String, String> = pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
    Storage { rewrite, ..Storage::default() }
}
