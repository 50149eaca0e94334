//! Objects at many addresses, each over HTTP.

use crate::error::Result;
use crate::references::Sites;
use crate::store::{Address, HttpStore, Store, Transport};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use web_sys::AbortSignal;

/// Stores that stay open at a time: references may name a file for every hour of many years.
const MAX_OPEN: usize = 1024;

/// HTTP stores by address, opened when they are first needed.
pub struct HttpSites {
    transport: Transport,
    signal: Option<AbortSignal>,
    open: RefCell<BTreeMap<String, Rc<HttpStore>>>,
    /// Requests and bytes of stores that were let go.
    before: RefCell<(u64, u64)>,
}

impl HttpSites {
    /// No store yet. Aborting the signal ends every request.
    pub fn new(transport: Transport, signal: Option<AbortSignal>) -> Self {
        HttpSites { transport, signal, open: RefCell::default(), before: RefCell::default() }
    }

    /// Requests sent to all of them, and bytes received.
    pub fn traffic(&self) -> (u64, u64) {
        let open = self.open.borrow();
        let sum = |(requests, bytes): (u64, u64), store: &Rc<HttpStore>| {
            let (more_requests, more_bytes) = store.traffic();
            (requests + more_requests, bytes + more_bytes)
        };
        open.values().fold(*self.before.borrow(), sum)
    }
}

impl Sites for HttpSites {
    fn at(&self, address: &Address) -> Result<Rc<dyn Store>> {
        let url = address.of("");
        if let Some(known) = self.open.borrow().get(&url) {
            return Ok(known.clone());
        }
        if self.open.borrow().len() >= MAX_OPEN {
            let sum = self.traffic();
            self.open.borrow_mut().clear();
            *self.before.borrow_mut() = sum;
        }
        let store = Rc::new(HttpStore::new(address.clone(), self.transport.clone(), self.signal.clone()));
        self.open.borrow_mut().insert(url, store.clone());
        Ok(store)
    }
}
