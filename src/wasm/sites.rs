//! Objects at many addresses, each over HTTP.

use crate::error::Result;
use crate::references::Sites;
use crate::store::{Address, HttpStore, Store, Traffic, Transport};
use std::cell::{Cell, RefCell};
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
    /// What the stores that were let go have cost.
    before: Cell<Traffic>,
}

impl HttpSites {
    /// No store yet. Aborting the signal ends every request.
    pub fn new(transport: Transport, signal: Option<AbortSignal>) -> Self {
        HttpSites { transport, signal, open: RefCell::default(), before: Cell::default() }
    }

    /// What all of them have cost.
    pub fn traffic(&self) -> Traffic {
        let mut sum = self.before.get();
        self.open.borrow().values().for_each(|store| sum += store.traffic());
        sum
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
            self.before.set(sum);
        }
        let store = Rc::new(HttpStore::new(address.clone(), self.transport.clone(), self.signal.clone()));
        self.open.borrow_mut().insert(url, store.clone());
        Ok(store)
    }

    fn settled(&self, address: &Address) -> Address {
        let open = self.open.borrow();
        open.get(&address.of("")).map_or_else(|| address.clone(), |store| store.settled())
    }
}
