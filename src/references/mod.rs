//! Stores whose keys lie elsewhere: Kerchunk's references into NetCDF and GRIB files, Icechunk's manifests, entries of a
//! ZIP file.
//!
//! The coordinating worker alone holds the tables. It answers "where does this key lie" with a [`Place`]; the places of a
//! batch of chunks go along with the batch, so that computing workers fetch without ever seeing a table, and neighbours in
//! one object are read together.
#![deny(clippy::indexing_slicing, unsafe_code)]

mod icechunk;
mod kerchunk;
mod located;
mod parquet;
mod place;
mod store;
mod zip;

pub use icechunk::{Icechunk, is_repository};
pub use kerchunk::{KerchunkJson, KerchunkParquet};
pub use located::{LocatedStore, locate_all};
pub use place::{Form, ObjectPlace, Place};
pub use store::ReferenceStore;
pub use zip::ZipFile;

use crate::error::Result;
use crate::store::{Address, Store};
use futures::future::LocalBoxFuture;
use std::rc::Rc;

/// A table that tells where keys lie.
pub trait References {
    /// Where a key's bytes lie; `None` if the store has no such key. Tables are read as far as the question needs it.
    fn locate<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Place>>>;

    /// The names directly below a prefix, folders with a trailing slash; `None` where the table does not tell.
    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>>;

    /// What tells this table from every other that ever was at its address; `None` where nothing does, but the places that it
    /// gives.
    fn state(&self) -> Option<String> {
        None
    }
}

/// How objects at other addresses are reached: by HTTP in workers, from memory in tests.
pub trait Sites {
    /// The store at an address; the object itself has the empty key.
    ///
    /// # Errors
    /// For an address that this host does not reach.
    fn at(&self, address: &Address) -> Result<Rc<dyn Store>>;

    /// An address as it turned out to be reached best, for those who will reach for it next.
    fn settled(&self, address: &Address) -> Address {
        address.clone()
    }
}
