//! Where bytes come from: a store answers "bytes a..b of key k", exactly, or says why not.

mod address;
mod coalesce;
#[cfg(target_arch = "wasm32")]
mod http;
mod listing;
mod memory;
mod percent;
mod retry;
#[cfg(any(test, target_arch = "wasm32"))]
mod room;

pub use address::{Address, Format, Revision, Storage};
pub use coalesce::{Group, coalesce};
#[cfg(target_arch = "wasm32")]
pub use http::{HttpStore, Traffic, Transport};
pub use listing::{Page, Sizes, SizesPage, list_pages, list_sizes, parse_listing};
pub use memory::MemoryStore;
pub use retry::{Backoff, RETRY_ATTEMPTS, is_retryable_status};

use crate::error::{Result, unsupported};
use futures::future::{FutureExt, LocalBoxFuture, ready};

/// Which part of an object is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// All of it.
    All,
    /// Exactly `len` bytes from `offset`.
    Exact {
        /// First byte.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
    /// Exactly the last `n` bytes.
    Last(u64),
}

/// A read-only store of objects by key; keys are relative paths without a leading slash.
///
/// The length law: `Exact` and `Last` give exactly as many bytes as asked, or an error. `None` means that the store
/// said that the key is not there (404); nothing else does, but for a 403 that [`Store::verify`] vouches for.
pub trait Store {
    /// Reads an object, or part of it. More than `limit_bytes` is refused (`too_large`) before it is held in memory.
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>>;

    /// The names directly below a prefix, folders with a trailing slash; `None` where the store does not tell.
    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>>;

    /// By what the server tells the state of an object that describes others, as it was when it was read: its `ETag` and its
    /// date. `None` where it told nothing, or the object was not read.
    fn state(&self, _key: &str) -> Option<String> {
        None
    }

    /// How long objects are whose keys begin with a text, page by page in the order of keys; `None` where the store does not
    /// tell.
    fn sizes<'a>(&'a self, prefix: &'a str, max_pages: u64) -> LocalBoxFuture<'a, Result<Option<Sizes>>> {
        let _ = (prefix, max_pages);
        ready(Ok(None)).boxed_local()
    }

    /// How long an object is, `None` if it is not there: asked once, and an error where the store does not tell.
    fn size<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<u64>>> {
        ready(Err(unsupported("asking for sizes").with_path(key))).boxed_local()
    }

    /// Whether the last bytes of an object cost a request more, for its size.
    fn asks_for_ends(&self) -> bool {
        false
    }

    /// Whether the keys that were not there are missing indeed. To be asked before a result is made of their absence.
    fn verify(&self) -> LocalBoxFuture<'_, Result<()>> {
        ready(Ok(())).boxed_local()
    }
}

/// Joins a group's path and a name.
pub fn join_path(group: &str, name: &str) -> String {
    if group.is_empty() { name.to_string() } else { format!("{group}/{name}") }
}

/// The group and the name that make up a path.
pub fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
