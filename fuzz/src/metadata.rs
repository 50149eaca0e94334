//! Metadata: a store of one document opens or is refused, and what was accepted can be asked.

use crate::laws::{block_on, cut, json_memory, within};
use zarrscope::error::Result;
use zarrscope::meta::{Tree, open};
use zarrscope::store::MemoryStore;

/// `.zarray`, a byte 0, `.zattrs`.
pub fn v2(data: &[u8]) {
    let (zarray, zattrs) = cut(data);
    opened(data.len(), &[(".zarray", zarray), (".zattrs", zattrs)]);
}

/// `.zmetadata`.
pub fn v2_consolidated(data: &[u8]) {
    opened(data.len(), &[(".zmetadata", data)]);
}

/// `zarr.json` of an array or a group.
pub fn v3(data: &[u8]) {
    opened(data.len(), &[("zarr.json", data)]);
}

/// `zarr.json` of a group that consolidates.
pub fn v3_consolidated(data: &[u8]) {
    opened(data.len(), &[("zarr.json", data)]);
}

fn opened(len: usize, objects: &[(&str, &[u8])]) {
    let mut store = MemoryStore::new();
    for (key, bytes) in objects.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        store.insert(*key, *bytes);
    }
    within(json_memory(len), || {
        if let Ok(tree) = block_on(open(&store)) as Result<Tree> {
            ask(&tree);
        }
    });
}

/// Everything that may be asked of a tree without reading chunks.
pub fn ask(tree: &Tree) {
    for (path, array) in tree.arrays.iter() {
        assert_eq!(path, array.path, "an array under another's path");
        let chunks = array.grid.largest();
        assert_eq!(array.shape.len(), chunks.len(), "{path}: ranks");
        assert_eq!(array.shape.len(), array.dims.len(), "{path}: names of dimensions");
        assert!(chunks.iter().all(|&n| n > 0), "{path}: a chunk of length 0");
        let last: Vec<u64> = array.shape.iter().zip(&chunks).map(|(&s, &c)| s.div_ceil(c)).collect();
        assert_eq!(array.grid.shape_of(&last).len(), last.len(), "{path}: the shape of a chunk");
        let _ = (array.chunk_key(&last), array.chunk_key(&[]), array.name(), array.group(), array.coordinate_names());
        match array.readable() {
            Ok(dtype) => assert_eq!(array.fill.len(), dtype.size(), "{path}: a fill value of another size"),
            Err(error) => {
                let _ = error.to_string();
            }
        }
        // A path of slashes alone, or with one at its end, cannot be asked for by that name.
        if path.trim_matches('/') == path {
            assert!(tree.array(path).is_ok(), "{path}: in the tree, but not found");
        }
    }
}
