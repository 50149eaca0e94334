//! Icechunk repositories, read-only: a snapshot tells the tree, manifests tell where chunks lie.
//!
//! Spec: <https://icechunk.io/en/stable/reference/spec/> (versions 1 and 2). Everything but the names of branches and tags
//! never changes once it is written, so a repository that is open stays as it was when it was opened.

mod containers;
mod file;
mod flat;
mod flex;
mod manifest;
mod revision;
mod snapshot;

use self::containers::{Container, object_at};
use self::manifest::{ChunkRef, Manifest};
use self::snapshot::{ArrayNode, Snapshot};
use super::{Form, ObjectPlace, Place, References};
use crate::error::{Code, Error, Result};
use crate::store::{Address, ByteRange, Revision, Storage, Store};
use futures::future::{FutureExt, LocalBoxFuture, Shared};
use std::cell::RefCell;
use std::rc::Rc;

/// Manifests that stay in memory, in bytes; the one in use stays in any case.
const MAX_HELD_BYTES: usize = 256 << 20;
/// A manifest takes at least so much in the count, so that there are not too many small ones.
const LEAST_HELD_BYTES: usize = 1 << 14;

type Reading = Shared<LocalBoxFuture<'static, Result<Rc<Manifest>>>>;

/// A state of a repository.
pub struct Icechunk {
    address: Address,
    storage: Storage,
    store: Rc<dyn Store>,
    /// The snapshot's name.
    id: String,
    snapshot: Snapshot,
    containers: Vec<Container>,
    /// Manifests by name, the last used at the end.
    manifests: RefCell<Vec<(String, Reading)>>,
}

impl Icechunk {
    /// Opens a repository at a revision.
    ///
    /// # Errors
    /// `not_found` for what is no repository or has no such revision; `unsupported` for newer versions.
    pub async fn open(address: Address, storage: Storage, store: Rc<dyn Store>, revision: &Revision) -> Result<Self> {
        let revision::Resolved { snapshot: id, containers } = revision::resolve(&*store, revision).await?;
        let snapshot = Snapshot::read(&*store, &id).await?;
        if snapshot.is_empty() {
            return Err(Error::new(Code::NotFound, "the Icechunk repository is empty: nothing was committed yet"));
        }
        Ok(Icechunk { address, storage, store, id, snapshot, containers, manifests: RefCell::default() })
    }

    async fn find(&self, key: &str) -> Result<Option<Place>> {
        if let Some(path) = document_path(key) {
            return Ok(self.snapshot.document(path)?.map(|document| Place::Inline(document.to_vec())));
        }
        let Some((array, coords)) = self.chunk_of(key)? else { return Ok(None) };
        for id in self.snapshot.manifests(&array, &coords)? {
            let manifest = self.manifest(&id).await?;
            let found = manifest.chunk(array.id, &coords).map_err(|e| e.with_path(&format!("manifests/{id}")))?;
            if let Some(found) = found {
                return self.place(found).map(Some);
            }
        }
        Ok(None)
    }

    /// The array whose chunk a key is, and the chunk's coordinates.
    fn chunk_of(&self, key: &str) -> Result<Option<(ArrayNode, Vec<u32>)>> {
        let folders = key.rmatch_indices('/').map(|(at, _)| key.split_at(at));
        // An array at the root has no folder.
        for (path, rest) in folders.chain([("", key)]) {
            let Some(array) = self.snapshot.array(path)? else { continue };
            let coords = coords_of(rest.trim_start_matches('/'), array.ndim);
            return Ok(coords.map(|coords| (array, coords)));
        }
        Ok(None)
    }

    fn place(&self, chunk: ChunkRef) -> Result<Place> {
        let (address, offset, len) = match chunk {
            ChunkRef::Inline(bytes) => return Ok(Place::Inline(bytes)),
            ChunkRef::Native { id, offset, len } => (self.address.below(&format!("chunks/{id}")), offset, len),
            ChunkRef::Virtual { location, offset, len } => {
                (object_at(&self.address, &self.storage, &self.containers, &location)?, offset, len)
            }
        };
        Ok(Place::Object(ObjectPlace { address, offset, len: Some(len), form: Form::Plain }))
    }

    /// A manifest, read once however many ask for it.
    async fn manifest(&self, id: &str) -> Result<Rc<Manifest>> {
        let reading = self.reading(id);
        let result = reading.clone().await;
        let mut held = self.manifests.borrow_mut();
        if result.is_err() {
            held.retain(|(known, reading_now)| known != id || !reading_now.ptr_eq(&reading));
        }
        let size = |r: &Reading| r.peek().and_then(|r| r.as_ref().ok()).map_or(0, |m| m.size().max(LEAST_HELD_BYTES));
        let mut sum: usize = held.iter().map(|(_, reading)| size(reading)).sum();
        let mut oldest = 0;
        while sum > MAX_HELD_BYTES && oldest + 1 < held.len() {
            match held.get(oldest).map(|(_, reading)| size(reading)) {
                Some(size) if size > 0 => {
                    drop(held.remove(oldest));
                    sum -= size;
                }
                // It is still being read.
                _ => oldest += 1,
            }
        }
        result
    }

    /// A manifest that is read already, is being read, or is read from now on; moved to the end of the list.
    fn reading(&self, id: &str) -> Reading {
        let mut held = self.manifests.borrow_mut();
        if let Some(at) = held.iter().rposition(|(known, _)| known == id) {
            let last = held.len() - 1;
            if at != last {
                let known = held.remove(at);
                held.push(known);
            }
            if let Some((_, reading)) = held.last() {
                return reading.clone();
            }
        }
        let (store, name) = (self.store.clone(), id.to_string());
        let reading = async move { Manifest::read(&*store, &name).await.map(Rc::new) }.boxed_local().shared();
        held.push((id.to_string(), reading.clone()));
        reading
    }
}

impl References for Icechunk {
    fn locate<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Place>>> {
        self.find(key).boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        async move { Ok(Some(self.snapshot.children(prefix))) }.boxed_local()
    }

    /// A snapshot never changes.
    fn state(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

/// The path of the node whose metadata a key is.
fn document_path(key: &str) -> Option<&str> {
    if key == "zarr.json" { Some("") } else { key.strip_suffix("/zarr.json") }
}

/// Chunk coordinates from a key below its array, however the array writes them; `None` for other keys.
fn coords_of(rest: &str, ndim: usize) -> Option<Vec<u32>> {
    let numbers = rest.strip_prefix('c').map_or(rest, |rest| rest.trim_start_matches(['/', '.']));
    if ndim == 0 {
        return matches!(numbers, "" | "0").then(Vec::new);
    }
    let coords = numbers.split(['/', '.']).map(|n| n.parse().ok()).collect::<Option<Vec<u32>>>()?;
    (coords.len() == ndim).then_some(coords)
}

/// Whether a repository lies in a store: to tell whoever took it for a Zarr store.
pub async fn is_repository(store: &dyn Store) -> bool {
    let head = ByteRange::Exact { offset: 0, len: file::MAGIC.len() as u64 };
    let head = store.get(revision::REPO_INFO, head, file::MAGIC.len() as u64).await;
    if matches!(head, Ok(Some(bytes)) if bytes == file::MAGIC) {
        return true;
    }
    revision::has_main(store).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(document_path("zarr.json"), Some(""));
        assert_eq!(document_path("a/b/zarr.json"), Some("a/b"));
        assert_eq!(document_path("a/.zarray"), None);
        for (rest, ndim, coords) in [
            ("c/1/2", 2, Some(vec![1, 2])),
            ("c.1.2", 2, Some(vec![1, 2])),
            ("1.2", 2, Some(vec![1, 2])),
            ("c", 0, Some(vec![])),
            ("0", 0, Some(vec![])),
            ("c/1", 2, None),
            ("c/4294967296", 1, None),
            ("c/-1", 1, None),
            ("c", 1, None),
            (".zarray", 1, None),
        ] {
            assert_eq!(coords_of(rest, ndim), coords, "{rest}");
        }
    }
}
