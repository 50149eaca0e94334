//! A store over a table of references: what the coordinating worker reads metadata and coordinates through.

use super::{ObjectPlace, Place, References, Sites};
use crate::error::{Code, Error, Result, to_usize, too_large};
use crate::meta::MAX_CHUNK_BYTES;
use crate::store::{ByteRange, Store};
use futures::future::{FutureExt, LocalBoxFuture};
use std::rc::Rc;

/// Keys by table, bytes by range.
pub struct ReferenceStore {
    references: Rc<dyn References>,
    sites: Rc<dyn Sites>,
}

impl ReferenceStore {
    /// A store over a table.
    pub fn new(references: Rc<dyn References>, sites: Rc<dyn Sites>) -> Self {
        ReferenceStore { references, sites }
    }
}

impl Store for ReferenceStore {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: ByteRange,
        limit_bytes: u64,
    ) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>>> {
        async move {
            match self.references.locate(key).await? {
                None => Ok(None),
                Some(Place::Inline(bytes)) => part_of(bytes, range, limit_bytes).map(Some),
                Some(Place::Object(place)) => read_object(&*self.sites, &place, range, limit_bytes).await.map(Some),
            }
        }
        .boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        self.references.list(prefix)
    }
}

/// Reads a key's bytes, or part of them, from an object.
///
/// # Errors
/// What the object's store gives; `not_found` with its address if the object that the table names is not there.
pub async fn read_object(
    sites: &dyn Sites,
    place: &ObjectPlace,
    range: ByteRange,
    limit_bytes: u64,
) -> Result<Vec<u8>> {
    // Of a wrapped key all must be unwrapped to have a part of it.
    let unwrapped = if range == ByteRange::All { limit_bytes } else { MAX_CHUNK_BYTES };
    place.check(unwrapped)?;
    let store = sites.at(&place.address)?;
    let plain = place.form == super::Form::Plain;
    let wanted = if plain { narrowed(place, range)? } else { place.range() };
    let limit = if plain { limit_bytes } else { place.len.unwrap_or(limit_bytes) };
    let stored = store.get("", wanted, limit).await?.ok_or_else(|| gone(place))?;
    if plain {
        return Ok(stored);
    }
    part_of(place.unwrap(stored, unwrapped)?, range, limit_bytes)
}

/// The object is not where the table says.
pub fn gone(place: &ObjectPlace) -> Error {
    let url = place.address.of("");
    Error::new(Code::NotFound, "the object that the reference names is not there: it was moved or removed")
        .with_url(&url)
}

/// A range of a key as a range of the object that holds it.
fn narrowed(place: &ObjectPlace, range: ByteRange) -> Result<ByteRange> {
    let Some(whole) = place.len else { return Ok(range) };
    let outside = |offset: u64, len: u64| {
        Error::new(Code::ShortRead, format!("asked for {len} bytes at {offset} of {whole}")).with_sizes(len, whole)
    };
    let (offset, len) = match range {
        ByteRange::All => (0, whole),
        ByteRange::Exact { offset, len } => (offset, len),
        ByteRange::Last(len) => (whole.checked_sub(len).ok_or_else(|| outside(0, len))?, len),
    };
    if offset.checked_add(len).is_none_or(|end| end > whole) {
        return Err(outside(offset, len));
    }
    let offset = place.offset.checked_add(offset).ok_or_else(|| outside(offset, len))?;
    Ok(ByteRange::Exact { offset, len })
}

/// A part of bytes that are at hand.
pub fn part_of(bytes: Vec<u8>, range: ByteRange, limit_bytes: u64) -> Result<Vec<u8>> {
    let size = bytes.len() as u64;
    let (offset, len) = match range {
        ByteRange::All => (0, size),
        ByteRange::Exact { offset, len } => (offset, len),
        ByteRange::Last(len) => (size.saturating_sub(len), len),
    };
    if len > limit_bytes {
        return Err(too_large("bytes of one object", len, limit_bytes));
    }
    if range == ByteRange::All {
        return Ok(bytes);
    }
    let short = || Error::new(Code::ShortRead, format!("asked for {len} bytes at {offset} of {size}"));
    let end = offset.checked_add(len).ok_or_else(short)?;
    let (offset, end) = (to_usize(offset, "offset")?, to_usize(end, "end")?);
    bytes
        .get(offset..end)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| short().with_sizes(len, size.saturating_sub(offset as u64)))
}
