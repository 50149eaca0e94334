//! What was looked up of chunks, kept for the next question about the same source.

use crate::codec::ShardIndex;
use crate::engine::shards::read_index;
use crate::error::Result;
use crate::meta::ShardSpec;
use crate::store::{Sizes, Store};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Indexes of shards that are kept.
const MAX_INDEXES: usize = 128;
/// Sizes of single chunks that are kept.
const MAX_SIZES: usize = 1 << 14;
/// Listings that are kept.
const MAX_LISTINGS: usize = 16;

/// Answers by key or prefix. What is full is emptied.
#[derive(Default)]
pub struct Looked {
    indexes: RefCell<BTreeMap<String, Option<Rc<ShardIndex>>>>,
    sizes: RefCell<BTreeMap<String, Option<u64>>>,
    listings: RefCell<BTreeMap<String, Option<Rc<Sizes>>>>,
}

impl Looked {
    /// A shard's index; `None` if there is no such shard.
    ///
    /// # Errors
    /// As [`read_index`].
    pub async fn index(
        &self,
        store: &dyn Store,
        key: &str,
        shape: &[u64],
        spec: &ShardSpec,
    ) -> Result<Option<Rc<ShardIndex>>> {
        if let Some(known) = self.indexes.borrow().get(key) {
            return Ok(known.clone());
        }
        let index = read_index(store, key, shape, spec).await?.map(Rc::new);
        keep(&self.indexes, MAX_INDEXES, key, index.clone());
        Ok(index)
    }

    /// A chunk's size; `None` if it is not there.
    ///
    /// # Errors
    /// Where the store does not tell.
    pub async fn size(&self, store: &dyn Store, key: &str) -> Result<Option<u64>> {
        if let Some(known) = self.sizes.borrow().get(key) {
            return Ok(*known);
        }
        let size = store.size(key).await?;
        keep(&self.sizes, MAX_SIZES, key, size);
        Ok(size)
    }

    /// Sizes of what begins with a prefix; `None` where the store does not list them.
    pub async fn listing(&self, store: &dyn Store, prefix: &str, max_pages: u64) -> Option<Rc<Sizes>> {
        if let Some(known) = self.listings.borrow().get(prefix) {
            return known.clone();
        }
        let listing = store.sizes(prefix, max_pages).await.ok().flatten().map(Rc::new);
        keep(&self.listings, MAX_LISTINGS, prefix, listing.clone());
        listing
    }
}

fn keep<T>(known: &RefCell<BTreeMap<String, T>>, most: usize, key: &str, value: T) {
    let mut known = known.borrow_mut();
    if known.len() >= most {
        known.clear();
    }
    known.insert(key.to_string(), value);
}
