//! 403 for a key that is not there: what S3 answers to those who may not list the bucket.
//!
//! It counts as missing if three things hold. Something else in the store was read. A key that is surely missing in the
//! same folder is answered with 403, too. And after the last such answer what was read before can still be read
//! ([`crate::store::Store::verify`]): a signature that expires half-way would else turn data into fill values.

use super::HttpStore;
use crate::error::{Code, Error, Result};
use crate::store::{Address, ByteRange, join_path};
use std::cell::{Cell, RefCell};

/// What is known of 403 in one store.
pub(super) struct Forbidden {
    /// A key that was read.
    witness: RefCell<Option<String>>,
    /// Keys taken for missing, and how many of them `verify` has vouched for.
    count: Cell<u64>,
    verified: Cell<u64>,
}

impl Forbidden {
    pub(super) fn new(address: &Address) -> Self {
        let witness = RefCell::new(address.witness().map(str::to_string));
        Forbidden { witness, count: Cell::new(0), verified: Cell::new(0) }
    }

    pub(super) fn witness(&self) -> Option<String> {
        self.witness.borrow().clone()
    }

    /// Remembers the first key that was read.
    pub(super) fn was_read(&self, key: &str) {
        let mut witness = self.witness.borrow_mut();
        if witness.is_none() && !key.is_empty() {
            *witness = Some(key.to_string());
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.get()
    }
}

impl HttpStore {
    /// Whether a key that was answered with 403 is missing; if that cannot be shown, the refusal is one.
    pub(super) async fn missing_by_403(&self, key: &str, refusal: Error) -> Result<Option<Vec<u8>>> {
        if key.is_empty() || self.forbidden.witness().is_none() || !self.hides_missing(key).await? {
            return Err(refusal);
        }
        self.forbidden.count.set(self.forbidden.count.get() + 1);
        Ok(None)
    }

    /// Whether missing keys are answered with 403 where this key would lie; asked once for each array or group.
    async fn hides_missing(&self, key: &str) -> Result<bool> {
        let folder = key.split_once('/').map_or("", |(folder, _)| folder);
        let address = self.address.borrow().clone();
        let place = address.of(folder);
        if let Some(known) = self.transport.known.hides_missing(&place) {
            return Ok(known);
        }
        let random = (js_sys::Math::random() * 1e15).round();
        let url = address.of(&join_path(folder, &format!("zarrscope-looks-for-a-missing-key-{random}")));
        let hides = self.status_of(&url).await? == 403;
        self.transport.known.learn_hides_missing(place, hides);
        Ok(hides)
    }

    /// Whether what was read before can still be read, if keys were taken for missing since.
    pub(super) async fn still_lets_in(&self) -> Result<()> {
        let count = self.forbidden.count();
        let Some(witness) = self.forbidden.witness().filter(|_| count > self.forbidden.verified.get()) else {
            return Ok(());
        };
        let url = self.address.borrow().of(&witness);
        let status = self.status_of(&url).await?;
        // An empty object has no first byte.
        if matches!(status, 200 | 206 | 416) {
            self.forbidden.verified.set(count);
            return Ok(());
        }
        let message = "the server now refuses what it gave before, so that its 403 does not mean that a chunk is missing: \
                       the signature in the address may have expired";
        Err(Error::new(Code::Forbidden, message).with_status(status).with_url(&url))
    }

    /// The status that a request for the first byte is answered with.
    async fn status_of(&self, url: &str) -> Result<u16> {
        let first = ByteRange::Exact { offset: 0, len: 1 };
        match self.retrying(url, || self.attempt(url, first, Some(1), 1)).await {
            Ok(Some(_)) => Ok(206),
            Ok(None) => Ok(404),
            Err(e) => match e.details().status {
                Some(status) => Ok(status),
                None => Err(e.with_url(url)),
            },
        }
    }
}
