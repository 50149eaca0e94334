//! What servers say of their folders, and a small internet in memory.

use crate::laws::within;
use futures::future::{FutureExt, LocalBoxFuture, ready};
use std::rc::Rc;
use zarrscope::error::Result;
use zarrscope::references::Sites;
use zarrscope::store::{Address, ByteRange, MemoryStore, Storage, Store, parse_listing};

/// A folder's page in each of the languages that servers speak: names that stay in the folder.
pub fn listing(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut names = within(8 * text.len(), || parse_listing(&text));
    for source in ["s3://bucket/store", "gs://bucket/store", "az://container@account.blob/store"] {
        let address = Address::resolve(source, &Storage::default()).unwrap_or_else(|e| panic!("{source}: {e}"));
        for prefix in ["", "a"] {
            // An XML node takes about a hundred bytes, and four characters write one.
            if let Ok(page) = within(64 * data.len(), || address.listing_page(data, prefix)) {
                names.extend(page.names);
                let _ = address.listing(prefix, page.next.as_deref());
            }
            if let Ok(page) = within(64 * data.len(), || address.sizes_page(data)) {
                let _ = address.sizes(prefix, page.next.as_deref());
            }
        }
    }
    for name in names {
        let bare = name.strip_suffix('/').unwrap_or(&name);
        assert!(!bare.is_empty() && bare != ".." && !bare.contains('/'), "{name:?} leads elsewhere");
    }
}

/// Objects by their whole addresses, without queries. All files of records are one, which is known by its ending.
#[derive(Clone)]
pub struct Web(Rc<MemoryStore>);

impl Web {
    /// A small internet.
    pub fn new<'a>(objects: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut store = MemoryStore::new();
        for (url, bytes) in objects {
            store.insert(url, bytes);
        }
        Web(Rc::new(store))
    }
}

impl Sites for Web {
    fn at(&self, address: &Address) -> Result<Rc<dyn Store>> {
        Ok(Rc::new(Site { base: address.of(""), web: self.clone() }))
    }
}

/// The ending of files of records.
pub(crate) const RECORDS: &str = ".parq";

struct Site {
    base: String,
    web: Web,
}

impl Store for Site {
    fn get<'a>(&'a self, key: &'a str, range: ByteRange, limit: u64) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        let url = if key.is_empty() { self.base.clone() } else { format!("{}/{key}", self.base) };
        let url = if url.ends_with(RECORDS) { RECORDS.to_string() } else { url };
        let store = self.web.0.clone();
        async move { store.get(&url, range, limit).await }.boxed_local()
    }

    fn list<'a>(&'a self, _prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        ready(Ok(None)).boxed_local()
    }
}
