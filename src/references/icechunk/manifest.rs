//! Where an array's chunks lie: a sorted table that is searched where it stands.

use super::file::{Kind, encode_id, read_message};
use super::flat::{Table, required, utf8};
use crate::codec::{Expected, ZstdDictionary, decode_zstd_with};
use crate::error::{Code, Error, Result, invalid_metadata, too_large};
use crate::meta::MAX_NDIM;
use crate::store::Store;
use std::cmp::Ordering;

/// Slots of the tables (`manifest.fbs`).
mod slot {
    pub const ARRAYS: usize = 1;
    pub const DICTIONARY: usize = 2;
    pub const NODE_ID: usize = 0;
    pub const REFS: usize = 1;
    pub const INDEX: usize = 0;
    pub const INLINE: usize = 1;
    pub const OFFSET: usize = 2;
    pub const LENGTH: usize = 3;
    pub const CHUNK_ID: usize = 4;
    pub const LOCATION: usize = 5;
    pub const PACKED_LOCATION: usize = 8;
}

/// The longest location of a virtual chunk.
const MAX_LOCATION_BYTES: usize = 1 << 16;

/// A manifest.
pub struct Manifest {
    message: Vec<u8>,
    /// What locations are compressed with.
    dictionary: Option<ZstdDictionary>,
}

/// What a manifest says of a chunk.
#[derive(Debug, Clone, PartialEq)]
pub enum ChunkRef {
    /// The manifest holds it.
    Inline(Vec<u8>),
    /// It lies in the repository, in the chunk file of this name.
    Native {
        /// The file's name.
        id: String,
        /// First byte.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
    /// It lies in an object elsewhere.
    Virtual {
        /// The object.
        location: String,
        /// First byte.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// `not_found` for one that was collected; `invalid_metadata` for one that cannot be searched.
    pub async fn read(store: &dyn Store, id: &str) -> Result<Self> {
        let key = format!("manifests/{id}");
        let message = read_message(store, &key, Kind::Manifest).await?.ok_or_else(|| {
            let message = "the manifest is not there: the snapshot that names it was collected; open it again";
            Error::new(Code::NotFound, message).with_path(&key)
        })?;
        Self::check(message).map_err(|e| e.with_path(&key))
    }

    fn check(message: Vec<u8>) -> Result<Self> {
        let root = Table::root(&message)?;
        check_order(&root, message.len())?;
        let dictionary = root.bytes(slot::DICTIONARY)?.filter(|d| !d.is_empty()).map(ZstdDictionary::new).transpose();
        let dictionary = dictionary.map_err(|e| invalid_metadata(e.details().message.clone()).with_codec("zstd"))?;
        Ok(Manifest { message, dictionary })
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.message.len()
    }

    /// What it says of a chunk; `None` if the chunk was never written.
    pub fn chunk(&self, node: [u8; 8], coords: &[u32]) -> Result<Option<ChunkRef>> {
        let arrays = Table::root(&self.message)?.tables(slot::ARRAYS)?;
        let Some(array) = arrays.search(|array| Ok(node_id(&array)?.cmp(&node)))? else { return Ok(None) };
        let chunk = array.tables(slot::REFS)?.search(|chunk| Ok(compare(index(&chunk)?, coords)))?;
        chunk.map(|chunk| self.reference(&chunk)).transpose()
    }

    fn reference(&self, chunk: &Table) -> Result<ChunkRef> {
        if let Some(bytes) = chunk.bytes(slot::INLINE)? {
            return Ok(ChunkRef::Inline(bytes.to_vec()));
        }
        let (offset, len) = (chunk.u64(slot::OFFSET)?, chunk.u64(slot::LENGTH)?);
        if offset.checked_add(len).is_none() {
            return Err(invalid_metadata(format!("a chunk of {len} bytes at {offset}")));
        }
        if let Some(id) = chunk.fixed::<12>(slot::CHUNK_ID)? {
            return Ok(ChunkRef::Native { id: encode_id(id), offset, len });
        }
        let location = match (chunk.text(slot::LOCATION)?, chunk.bytes(slot::PACKED_LOCATION)?) {
            (Some(location), _) => location.to_string(),
            (None, Some(packed)) => {
                let limit = Expected::AtMost(MAX_LOCATION_BYTES);
                utf8(&decode_zstd_with(packed, limit, self.dictionary.as_ref())?)?.to_string()
            }
            (None, None) => return Err(invalid_metadata("a chunk that is neither here nor anywhere")),
        };
        Ok(ChunkRef::Virtual { location, offset, len })
    }
}

fn node_id<'a>(array: &Table<'a>) -> Result<&'a [u8; 8]> {
    required(array.fixed(slot::NODE_ID)?, "a node's id")
}

fn index<'a>(chunk: &Table<'a>) -> Result<&'a [[u8; 4]]> {
    required(chunk.vector::<4>(slot::INDEX)?, "a chunk's index")
}

fn compare(index: &[[u8; 4]], coords: &[u32]) -> Ordering {
    index.iter().map(|n| u32::from_le_bytes(*n)).cmp(coords.iter().copied())
}

/// What is not sorted cannot be searched: a chunk that is there would be taken for one that was never written.
fn check_order(root: &Table, size: usize) -> Result<()> {
    let unsorted = |what: &str| invalid_metadata(format!("{what} are not in order"));
    let mut before: Option<&[u8; 8]> = None;
    let mut left = size / 4;
    for array in root.tables(slot::ARRAYS)?.iter() {
        let array = array?;
        let id = node_id(&array)?;
        if before.is_some_and(|before| before >= id) {
            return Err(unsorted("the arrays of the manifest"));
        }
        before = Some(id);
        let chunks = array.tables(slot::REFS)?;
        // A vector's elements take four bytes each, unless vectors share them.
        left = left.checked_sub(chunks.len()).ok_or_else(|| invalid_metadata("arrays that share their chunks"))?;
        let mut previous: &[[u8; 4]] = &[];
        for (i, chunk) in chunks.iter().enumerate() {
            let next = index(&chunk?)?;
            if next.len() > MAX_NDIM {
                return Err(too_large("dimensions of a chunk's index", next.len() as u64, MAX_NDIM as u64));
            }
            let number = |n: &[u8; 4]| u32::from_le_bytes(*n);
            if i > 0 && previous.iter().map(number).cmp(next.iter().map(number)) != Ordering::Less {
                return Err(unsorted("the chunks of the manifest"));
            }
            previous = next;
        }
    }
    Ok(())
}
