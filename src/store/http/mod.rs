//! Objects over HTTP, by `fetch`. It does not believe the server: a range is right only with status 206 and the length
//! asked for; 404 alone is a missing key; everything else is an error with a name, after a bounded number of attempts.
//!
//! Two servers' habits are known. Google's XML host needs CORS settings of the bucket: where they are missing, its JSON
//! interface is used from then on. S3 answers 403 for missing keys where it may not be listed (`forbidden.rs`).
//!
//! Ranges are fetched with `cache: "no-store"`, because Chromium serialises concurrent ranges of one address through its
//! HTTP cache; so is all of a run that is larger than that cache. Only `bytes=a-b` and HEAD are sent across origins: suffix ranges cost a preflight.

mod clock;
mod failure;
mod folder;
mod forbidden;
mod known;
mod pieces;
mod request;
mod states;

use self::failure::short_read;
use self::forbidden::Forbidden;
pub use self::known::Transport;
use self::states::States;
use super::{Address, ByteRange, Sizes, Store};
use crate::error::{Code, Result, too_large};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use web_sys::AbortSignal;

/// What a store has cost so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traffic {
    /// Requests sent.
    pub requests: u64,
    /// Bytes received in bodies.
    pub bytes: u64,
    /// Keys answered with 403 and taken for missing.
    pub forbidden: u64,
}

impl std::ops::AddAssign for Traffic {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.bytes += other.bytes;
        self.forbidden += other.forbidden;
    }
}

/// A store over HTTP.
pub struct HttpStore {
    address: RefCell<Rc<Address>>,
    transport: Transport,
    signal: Option<AbortSignal>,
    requests: Cell<u64>,
    bytes: Cell<u64>,
    reached: Cell<bool>,
    validators: RefCell<HashMap<String, String>>,
    states: States,
    forbidden: Forbidden,
}

impl HttpStore {
    /// A store at an address. Aborting the signal ends every request and every pause.
    pub fn new(address: Address, transport: Transport, signal: Option<AbortSignal>) -> Self {
        let address = match address.other_door() {
            Some(other) if transport.known.uses_other_door(&address) => other,
            _ => address,
        };
        HttpStore {
            forbidden: Forbidden::new(&address),
            address: RefCell::new(Rc::new(address)),
            transport,
            signal,
            requests: Cell::new(0),
            bytes: Cell::new(0),
            reached: Cell::new(false),
            validators: RefCell::new(HashMap::new()),
            states: States::default(),
        }
    }

    /// The address as it is used: the door that let us in, and a key that was read.
    pub fn settled(&self) -> Address {
        let address = self.address.borrow().clone();
        Address::clone(&address).with_witness(self.forbidden.witness())
    }

    /// What was asked for, and what came.
    pub fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests.get(), bytes: self.bytes.get(), forbidden: self.forbidden.count() }
    }

    async fn key(&self, key: &str, range: ByteRange, limit_bytes: u64) -> Result<Option<Vec<u8>>> {
        let address = self.address.borrow().clone();
        let mut answer = self.read(&address, key, range, limit_bytes).await;
        if matches!(&answer, Err(e) if e.code() == Code::Cors)
            && let Some(other) = self.through_other_door(&address)
        {
            answer = self.read(&other, key, range, limit_bytes).await;
        }
        match answer {
            Ok(Some(bytes)) => {
                self.forbidden.was_read(key);
                Ok(Some(bytes))
            }
            Err(e) if e.details().status == Some(403) => self.missing_by_403(key, e).await,
            other => other,
        }
    }

    /// The same store through its other door, if it has one and nothing has come through the first.
    fn through_other_door(&self, tried: &Address) -> Option<Rc<Address>> {
        let now = self.address.borrow().clone();
        if *now != *tried {
            return Some(now);
        }
        let other = Rc::new(now.other_door().filter(|_| !self.reached.get())?);
        self.transport.known.use_other_door(&now);
        *self.address.borrow_mut() = other.clone();
        Some(other)
    }

    async fn read(&self, address: &Address, key: &str, range: ByteRange, limit_bytes: u64) -> Result<Option<Vec<u8>>> {
        let url = &address.of(key);
        let range = match range {
            ByteRange::Last(n) if !self.transport.suffix_ranges => match self.size(address, key).await? {
                Some(size) => match size.checked_sub(n) {
                    Some(offset) => ByteRange::Exact { offset, len: n },
                    None => return Err(short_read(n, size)),
                },
                None => return Ok(None),
            },
            other => other,
        };
        let wanted = match range {
            ByteRange::All => None,
            ByteRange::Exact { len, .. } | ByteRange::Last(len) => Some(len),
        };
        if let Some(len) = wanted.filter(|len| *len > limit_bytes) {
            return Err(too_large("bytes of one object", len, limit_bytes));
        }
        if wanted == Some(0) {
            return Ok(Some(Vec::new()));
        }
        self.retrying(url, || self.attempt(url, range, wanted, limit_bytes)).await.map_err(|e| e.with_url(url))
    }
}

impl Store for HttpStore {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        self.key(key, range, limit_bytes).boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        self.names_below(prefix).boxed_local()
    }

    fn state(&self, key: &str) -> Option<String> {
        self.states.of(&self.address.borrow().of(key))
    }

    fn sizes<'a>(&'a self, prefix: &'a str, max_pages: u64) -> LocalBoxFuture<'a, Result<Option<Sizes>>> {
        self.sizes_below(prefix, max_pages).boxed_local()
    }

    fn size<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<u64>>> {
        async move {
            let address = self.address.borrow().clone();
            self.size_if_told(&address, key).await
        }
        .boxed_local()
    }

    fn asks_for_ends(&self) -> bool {
        !self.transport.suffix_ranges
    }

    fn verify(&self) -> LocalBoxFuture<'_, Result<()>> {
        self.still_lets_in().boxed_local()
    }
}
