//! What servers said of the objects that describe a store: by it, what was computed of the store is known to be out of date.

use super::failure::header;
use crate::store::Address;
use std::cell::RefCell;
use std::collections::BTreeMap;
use web_sys::Response;

/// Objects that are remembered.
const MAX_STATES: usize = 1 << 16;
/// Of longer headers no more is remembered.
const MAX_CHARS: usize = 256;
/// Names of the documents that describe groups and arrays.
const METADATA: [&str; 5] = ["zarr.json", ".zmetadata", ".zarray", ".zattrs", ".zgroup"];

/// `ETag` and `Last-Modified` by address, as they were when an object was first read.
#[derive(Default)]
pub(super) struct States {
    known: RefCell<BTreeMap<String, String>>,
}

impl States {
    /// Remembers what is said of metadata, and of what is a store by itself (references, a ZIP file).
    pub(super) fn learn(&self, address: &Address, url: &str, response: &Response) {
        let path = url.split('?').next().unwrap_or(url);
        if !METADATA.iter().any(|name| path.ends_with(name)) && url != address.of("") {
            return;
        }
        let told = |name: &str| header(response, name).unwrap_or_default().chars().take(MAX_CHARS).collect::<String>();
        let (tag, date) = (told("ETag"), told("Last-Modified"));
        let mut known = self.known.borrow_mut();
        if known.len() < MAX_STATES && !(tag.is_empty() && date.is_empty()) {
            known.entry(url.to_string()).or_insert_with(|| format!("{tag}\n{date}"));
        }
    }

    pub(super) fn of(&self, url: &str) -> Option<String> {
        self.known.borrow().get(url).cloned()
    }
}
