//! One state of a repository: its tree, and which manifests know the chunks of an array.

use super::file::{Kind, encode_id, read_message};
use super::flat::{Table, required};
use crate::error::{Code, Error, Result, invalid_metadata, too_large};
use crate::meta::{MAX_METADATA_BYTES, MAX_NDIM, MAX_NODES};
use crate::store::Store;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Slots of the tables (`snapshot.fbs`).
mod slot {
    pub const NODES: usize = 2;
    pub const NODE_ID: usize = 0;
    pub const NODE_PATH: usize = 1;
    pub const NODE_USER_DATA: usize = 2;
    pub const NODE_TYPE: usize = 3;
    pub const NODE_DATA: usize = 4;
    pub const SHAPE: usize = 0;
    pub const MANIFESTS: usize = 2;
    pub const SHAPE_V2: usize = 3;
    pub const MANIFEST_ID: usize = 0;
    pub const MANIFEST_EXTENTS: usize = 1;
}

const ARRAY: u8 = 1;

/// The tree of one state.
pub struct Snapshot {
    message: Vec<u8>,
    /// Ordinals of nodes by path, without the leading slash.
    nodes: BTreeMap<String, usize>,
    /// The manifest that held the last chunk of an array: the next one is likely there too.
    last: Cell<(usize, usize)>,
}

/// What is needed to find an array's chunks.
pub struct ArrayNode {
    /// The node's id, by which manifests know it.
    pub id: [u8; 8],
    /// The number of dimensions.
    pub ndim: usize,
    ordinal: usize,
}

impl Snapshot {
    /// Reads a snapshot.
    ///
    /// # Errors
    /// `not_found` for a snapshot that is no longer there.
    pub async fn read(store: &dyn Store, id: &str) -> Result<Self> {
        let key = format!("snapshots/{id}");
        let message = read_message(store, &key, Kind::Snapshot).await?.ok_or_else(|| {
            let message = "the snapshot is not there: it never was, or it expired and was collected";
            Error::new(Code::NotFound, message).with_path(&key)
        })?;
        Self::index(message).map_err(|e| e.with_path(&key))
    }

    fn index(message: Vec<u8>) -> Result<Self> {
        let all = Table::root(&message)?.tables(slot::NODES)?;
        if all.len() > MAX_NODES {
            return Err(too_large("arrays and groups of the repository", all.len() as u64, MAX_NODES as u64));
        }
        let mut nodes = BTreeMap::new();
        // Nodes may share their bytes, so what they come to is counted.
        let mut size = 0u64;
        for (ordinal, node) in all.iter().enumerate() {
            let node = node?;
            let path = required(node.text(slot::NODE_PATH)?, "a node's path")?;
            let document = required(node.bytes(slot::NODE_USER_DATA)?, "a node's metadata")?;
            size = size.saturating_add(document.len() as u64).saturating_add(path.len() as u64);
            if size > MAX_METADATA_BYTES {
                return Err(too_large("metadata in bytes", size, MAX_METADATA_BYTES));
            }
            let path = path.strip_prefix('/').ok_or_else(|| invalid_metadata(format!("the node path {path:?}")))?;
            if nodes.insert(path.to_string(), ordinal).is_some() {
                return Err(invalid_metadata(format!("two nodes at /{path}")));
            }
        }
        Ok(Snapshot { message, nodes, last: Cell::new((usize::MAX, 0)) })
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&self, ordinal: usize) -> Result<Table<'_>> {
        Table::root(&self.message)?.tables(slot::NODES)?.get(ordinal)
    }

    /// The `zarr.json` of a node.
    pub fn document(&self, path: &str) -> Result<Option<&[u8]>> {
        let Some(&ordinal) = self.nodes.get(path) else { return Ok(None) };
        self.node(ordinal)?.bytes(slot::NODE_USER_DATA)
    }

    /// The nodes directly below a path, as folders.
    pub fn children(&self, path: &str) -> Vec<String> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let below = self.nodes.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded));
        let below = below.map_while(|(path, _)| path.strip_prefix(&prefix));
        below.filter(|rest| !rest.is_empty() && !rest.contains('/')).map(|name| format!("{name}/")).collect()
    }

    /// The array at a path, if one is there.
    pub fn array(&self, path: &str) -> Result<Option<ArrayNode>> {
        let Some(&ordinal) = self.nodes.get(path) else { return Ok(None) };
        let node = self.node(ordinal)?;
        if node.u8(slot::NODE_TYPE)? != ARRAY {
            return Ok(None);
        }
        let id = *required(node.fixed(slot::NODE_ID)?, "a node's id")?;
        let data = required(node.table(slot::NODE_DATA)?, "an array's data")?;
        let ndim = data.vector::<16>(slot::SHAPE)?.map_or(0, <[_]>::len).max(data.tables(slot::SHAPE_V2)?.len());
        if ndim > MAX_NDIM {
            return Err(too_large("dimensions", ndim as u64, MAX_NDIM as u64).with_path(path));
        }
        Ok(Some(ArrayNode { id, ndim, ordinal }))
    }

    /// The names of the manifests that may know a chunk; there is one at most in a repository that keeps the rules.
    pub fn manifests(&self, array: &ArrayNode, coords: &[u32]) -> Result<Vec<String>> {
        let data = required(self.node(array.ordinal)?.table(slot::NODE_DATA)?, "an array's data")?;
        let all = data.tables(slot::MANIFESTS)?;
        let covers = |i: usize| -> Result<Option<String>> {
            let manifest = all.get(i)?;
            let extents = manifest.vector::<8>(slot::MANIFEST_EXTENTS)?.unwrap_or_default();
            if extents.len() != coords.len() {
                let message = format!("a manifest's extents have {} dimensions of {}", extents.len(), coords.len());
                return Err(invalid_metadata(message));
            }
            if !extents.iter().zip(coords).all(|(extent, &at)| within(extent, at)) {
                return Ok(None);
            }
            Ok(Some(encode_id(required(manifest.fixed::<12>(slot::MANIFEST_ID)?, "a manifest's id")?)))
        };
        let (ordinal, last) = self.last.get();
        if ordinal == array.ordinal
            && let Some(id) = covers(last)?
        {
            return Ok(vec![id]);
        }
        let mut found = Vec::new();
        for i in 0..all.len() {
            if let Some(id) = covers(i)? {
                if found.is_empty() {
                    self.last.set((array.ordinal, i));
                }
                found.push(id);
            }
        }
        Ok(found)
    }
}

/// Whether a coordinate lies in a range of chunks, its end excluded.
fn within(extent: &[u8; 8], at: u32) -> bool {
    let &[a, b, c, d, e, f, g, h] = extent;
    (u32::from_le_bytes([a, b, c, d])..u32::from_le_bytes([e, f, g, h])).contains(&at)
}
