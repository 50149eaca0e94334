//! A Zarr store in a ZIP file: the directory is read once from the file's end, each key by one range.
//!
//! Refused by name: files that are cut off, in several parts or encrypted, entries that overlap, other compressions than
//! deflate.

mod directory;

use self::directory::{END_BYTES, Entry, LOCAL_BYTES};
use super::{Form, ObjectPlace, Place, References, Sites};
use crate::error::{Code, Error, Result, corrupt, to_usize, unsupported};
use crate::store::{Address, ByteRange, join_path};
use futures::future::{FutureExt, LocalBoxFuture, ready};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// So many bytes are read from the file's end at first: the end record with any comment, and of most files all of the
/// directory.
const TAIL_BYTES: u64 = 66 << 10;
/// The longest extra field of a local header, whose length only the header tells.
const MAX_EXTRA_BYTES: u64 = 0xffff;
/// Of stored entries that are longer, the header is looked up, so that parts of them (a shard's chunks) can be read.
const LARGE_BYTES: u64 = 4 << 20;
/// Names that make a folder a store's root.
const ROOTS: [&str; 4] = ["zarr.json", ".zmetadata", ".zgroup", ".zarray"];

/// The directory of a ZIP file as a table of references.
pub struct ZipFile {
    address: Address,
    sites: Rc<dyn Sites>,
    entries: BTreeMap<String, Entry>,
}

impl ZipFile {
    /// Reads the directory.
    ///
    /// # Errors
    /// `not_found`; `corrupt_chunk`, `too_large` and `unsupported` as above; what reading gives.
    pub async fn open(address: &Address, sites: &Rc<dyn Sites>) -> Result<Self> {
        let store = sites.at(address)?;
        let tail = match store.get("", ByteRange::Last(TAIL_BYTES), TAIL_BYTES).await {
            // A file that is shorter than that is read whole.
            Err(e) if e.code() == Code::ShortRead => store.get("", ByteRange::All, TAIL_BYTES).await,
            answer => answer,
        }?;
        let tail = tail.ok_or_else(|| Error::new(Code::NotFound, "no such file"))?;
        let span = directory::find(&tail)?;
        let directory = match span.offset.checked_sub(span.tail_offset) {
            Some(start) => {
                let start = to_usize(start, "offset")?;
                tail.get(start..).map(|rest| rest.get(..to_usize(span.len, "directory").ok()?).map(<[u8]>::to_vec))
            }
            None => {
                let range = ByteRange::Exact { offset: span.offset, len: span.len };
                Some(store.get("", range, span.len).await?)
            }
        };
        let directory = directory.flatten().ok_or_else(|| corrupt("the ZIP file's directory is not in it"))?;
        Ok(ZipFile {
            entries: by_key(directory::parse(&directory, span)?),
            address: address.clone(),
            sites: sites.clone(),
        })
    }

    async fn place(&self, key: &str) -> Result<Option<Place>> {
        let Some(entry) = self.entries.get(key) else { return Ok(None) };
        let form = form_of(entry).map_err(|e| e.with_path(key))?;
        let address = self.address.clone();
        if entry.method == 0 && entry.packed > LARGE_BYTES {
            let offset = self.data_offset(entry).await?;
            return Ok(Some(Place::Object(ObjectPlace {
                address,
                offset,
                len: Some(entry.packed),
                form: Form::Plain,
            })));
        }
        // A directory may be anywhere below 2^64, so that what is added to an entry may end beyond.
        let most = (LOCAL_BYTES + entry.name_len + MAX_EXTRA_BYTES).saturating_add(entry.packed);
        let len = Some((entry.end - entry.offset).min(most));
        Ok(Some(Place::Object(ObjectPlace { address, offset: entry.offset, len, form })))
    }

    /// Where an entry's data begin.
    async fn data_offset(&self, entry: &Entry) -> Result<u64> {
        let range = ByteRange::Exact { offset: entry.offset, len: LOCAL_BYTES };
        let header = self.sites.at(&self.address)?.get("", range, LOCAL_BYTES).await?.unwrap_or_default();
        let lengths = header.get(26..30).filter(|_| header.starts_with(b"PK\x03\x04"));
        let Some(&[a, b, c, d]) = lengths else {
            return Err(corrupt("no local header where the ZIP file's directory says").with_codec("zip"));
        };
        let skipped = u64::from(u16::from_le_bytes([a, b])) + u64::from(u16::from_le_bytes([c, d]));
        let start = entry.offset.checked_add(LOCAL_BYTES + skipped);
        let fits = |start: &u64| start.checked_add(entry.packed).is_some_and(|end| end <= entry.end);
        start.filter(fits).ok_or_else(|| corrupt("the ZIP entry reaches into the next one").with_codec("zip"))
    }
}

fn form_of(entry: &Entry) -> Result<Form> {
    if entry.encrypted {
        return Err(unsupported("encrypted ZIP entries"));
    }
    let deflated = match entry.method {
        0 if entry.packed != entry.unpacked => {
            let message = "a ZIP entry that is stored has two lengths";
            return Err(corrupt(message).with_codec("zip").with_sizes(entry.unpacked, entry.packed));
        }
        0 => false,
        8 => true,
        9 => return Err(unsupported("Deflate64 in a ZIP file")),
        12 => return Err(unsupported("bzip2 in a ZIP file")),
        14 => return Err(unsupported("LZMA in a ZIP file")),
        93 => return Err(unsupported("Zstandard in a ZIP file")),
        other => return Err(unsupported(format!("the compression method {other} in a ZIP file"))),
    };
    Ok(Form::ZipEntry { packed: entry.packed, unpacked: entry.unpacked, deflated })
}

/// Entries by their key in the store. Of entries of one name the last counts: so a store is changed that only can grow. A
/// store that lies in one folder at the top is opened there.
fn by_key(entries: Vec<Entry>) -> BTreeMap<String, Entry> {
    let files = entries.into_iter().filter(|e| !e.name.ends_with('/') && !e.name.starts_with("__MACOSX/"));
    let files: BTreeMap<String, Entry> = files.map(|e| (e.name.trim_start_matches("./").to_string(), e)).collect();
    let is_root = |folder: &str| ROOTS.iter().any(|name| files.contains_key(&join_path(folder, name)));
    let folders = files.keys().filter_map(|name| name.split_once('/')).map(|(top, _)| top);
    let roots: BTreeSet<String> = folders.filter(|top| is_root(top)).map(str::to_string).collect();
    let [Some(top), None] = [roots.first(), roots.iter().nth(1)] else { return files };
    if is_root("") {
        return files;
    }
    let inside = |(name, e): (String, Entry)| Some((name.strip_prefix(top)?.strip_prefix('/')?.to_string(), e));
    files.into_iter().filter_map(inside).collect()
}

impl References for ZipFile {
    fn locate<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Place>>> {
        self.place(key).boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        let folder = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let below = self.entries.range(folder.clone()..).map_while(|(key, _)| key.strip_prefix(&folder));
        let name = |rest: &str| match rest.split_once('/') {
            Some((name, _)) => format!("{name}/"),
            None => rest.to_string(),
        };
        let names: BTreeSet<String> = below.map(name).collect();
        ready(Ok(Some(names.into_iter().collect()))).boxed_local()
    }
}

const _: () = assert!(TAIL_BYTES > END_BYTES as u64 + MAX_EXTRA_BYTES);

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests;
