//! A store in memory: for tests, and for what is at hand already.

use super::{ByteRange, Sizes, Store};
use crate::error::{Code, Error, Result, to_usize, too_large};
use futures::future::{FutureExt, LocalBoxFuture, ready};
use std::collections::BTreeMap;

/// Keys and their bytes.
#[derive(Default, Clone)]
pub struct MemoryStore {
    objects: BTreeMap<String, Vec<u8>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an object.
    pub fn insert(&mut self, key: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.objects.insert(key.into(), bytes.into());
    }

    /// The bytes of an object, to change them in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Vec<u8>> {
        self.objects.get_mut(key)
    }

    /// All keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }

    fn read(&self, key: &str, range: ByteRange, limit_bytes: u64) -> Result<Option<Vec<u8>>> {
        let Some(object) = self.objects.get(key) else { return Ok(None) };
        let size = object.len() as u64;
        let (offset, len) = match range {
            ByteRange::All => (0, size),
            ByteRange::Exact { offset, len } => (offset, len),
            ByteRange::Last(n) => (size.saturating_sub(n), n),
        };
        if len > limit_bytes {
            return Err(too_large("bytes of one object", len, limit_bytes).with_path(key));
        }
        let short = || {
            Error::new(Code::ShortRead, format!("asked for {len} bytes at {offset} of {size}"))
                .with_path(key)
                .with_sizes(len, size.saturating_sub(offset))
        };
        let end = offset.checked_add(len).ok_or_else(short)?;
        let (offset, end) = (to_usize(offset, "offset")?, to_usize(end, "end")?);
        object.get(offset..end).map(|bytes| Some(bytes.to_vec())).ok_or_else(short)
    }
}

impl Store for MemoryStore {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        ready(self.read(key, range, limit_bytes)).boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let below = self.objects.keys().filter_map(|key| key.strip_prefix(&prefix));
        let mut names: Vec<String> = below
            .map(|rest| match rest.split_once('/') {
                Some((folder, _)) => format!("{folder}/"),
                None => rest.to_string(),
            })
            .collect();
        names.dedup();
        ready(Ok(Some(names))).boxed_local()
    }

    fn sizes<'a>(&'a self, prefix: &'a str, _max_pages: u64) -> LocalBoxFuture<'a, Result<Option<Sizes>>> {
        let below = self.objects.range(prefix.to_string()..).take_while(|(key, _)| key.starts_with(prefix));
        let of = below.map(|(key, bytes)| (key.clone(), bytes.len() as u64)).collect();
        ready(Ok(Some(Sizes { of, ends_at: None }))).boxed_local()
    }

    fn size<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<u64>>> {
        ready(Ok(self.objects.get(key).map(|bytes| bytes.len() as u64))).boxed_local()
    }
}
