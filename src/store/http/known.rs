//! What one worker has learnt of servers: kept from store to store, since each batch of chunks has a store of its own.

use crate::store::Address;
use js_sys::Function;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How requests leave: `fetch`, or what stands for it in the host.
#[derive(Clone)]
pub struct Transport {
    /// `(url, RequestInit) => Promise<Response>`.
    pub(super) fetch: Function,
    /// Whether `bytes=-n` costs no preflight (same origin, or no browser).
    pub(super) suffix_ranges: bool,
    /// Whether the browser's cache is passed by.
    pub(super) uncached: bool,
    pub(super) known: Rc<Known>,
}

impl Transport {
    /// Nothing is known yet.
    pub fn new(fetch: Function, suffix_ranges: bool) -> Self {
        Transport { fetch, suffix_ranges, uncached: false, known: Rc::default() }
    }

    /// The same past the browser's cache: what is larger than it would only push out all else, at the price of being written.
    pub fn uncached(self) -> Self {
        Transport { uncached: true, ..self }
    }
}

/// What has been learnt.
#[derive(Default)]
pub(super) struct Known {
    /// Buckets whose first door is closed to this page.
    other_doors: RefCell<BTreeSet<String>>,
    /// Folders, and whether a key that is surely missing there is answered with 403.
    hides_missing: RefCell<BTreeMap<String, bool>>,
}

impl Known {
    pub(super) fn uses_other_door(&self, address: &Address) -> bool {
        address.bucket_id().is_some_and(|id| self.other_doors.borrow().contains(&id))
    }

    pub(super) fn use_other_door(&self, address: &Address) {
        self.other_doors.borrow_mut().extend(address.bucket_id());
    }

    pub(super) fn hides_missing(&self, folder: &str) -> Option<bool> {
        self.hides_missing.borrow().get(folder).copied()
    }

    pub(super) fn learn_hides_missing(&self, folder: String, hides: bool) {
        self.hides_missing.borrow_mut().insert(folder, hides);
    }
}
