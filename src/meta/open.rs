//! Opening a store: from its root, or piece by piece where it says little of itself.
//!
//! Two requests open a consolidated store. Without consolidated metadata the folders are listed where the server lists
//! them; else arrays are found by the path that the user gives ([`resolve_array`]).

use super::consolidated::Root;
use super::tree::{ArrayMeta, Group, Tree};
use super::v3::{Node, document_key};
use super::{MAX_METADATA_BYTES, MAX_NODES, consolidated, parse_json, v2, v3};
use crate::error::{Code, Error, Result, too_large};
use crate::store::{ByteRange, Store, join_path};
use futures::future::{join, join_all};
use serde_json::Value;

/// Nodes that are looked up at a time while walking a store.
const WALK_WIDTH: usize = 8;

/// Reads a store's tree.
///
/// # Errors
/// `not_found` if there is no Zarr metadata at the root.
pub async fn open(store: &dyn Store) -> Result<Tree> {
    let (v3_root, v2_root) = read_root(store).await;
    if let Some(bytes) = v3_root? {
        return match consolidated::parse_v3(bytes)? {
            Root::Array(array) => Ok(single(*array)),
            Root::Consolidated(tree) => Ok(tree),
            Root::Group(group) => walk(store, 3, group).await,
        };
    }
    if let Some(bytes) = v2_root? {
        return consolidated::parse_v2(bytes);
    }
    match read_v2(store, "").await? {
        Some(Found::Array(array)) => Ok(single(*array)),
        Some(Found::Group(group)) => walk(store, 2, group).await,
        None => Err(Error::new(
            Code::NotFound,
            "no Zarr store here: neither zarr.json, .zmetadata, .zgroup nor .zarray was found",
        )),
    }
}

type Answer = Result<Option<Vec<u8>>>;

/// The two documents that a store is opened by. S3 answers 403 for what is missing to those who may not list the bucket, and
/// a store can tell only once it has read something: if another of the root's documents can be read, those that were
/// refused are asked for again.
async fn read_root(store: &dyn Store) -> (Answer, Answer) {
    let refused = |answer: &Answer| matches!(answer, Err(e) if e.code() == Code::Forbidden);
    let readable = |answer: &Answer| matches!(answer, Ok(Some(_)));
    let (v3, v2) = join(fetch(store, "zarr.json"), fetch(store, ".zmetadata")).await;
    if !refused(&v3) && !refused(&v2) {
        return (v3, v2);
    }
    if !readable(&v3) && !readable(&v2) {
        let (group, array) = join(fetch(store, ".zgroup"), fetch(store, ".zarray")).await;
        if !readable(&group) && !readable(&array) {
            return (v3, v2);
        }
    }
    let v3 = if refused(&v3) { fetch(store, "zarr.json").await } else { v3 };
    let v2 = if refused(&v2) { fetch(store, ".zmetadata").await } else { v2 };
    (v3, v2)
}

/// Makes an array known that the tree does not hold yet, with the coordinates that it names.
///
/// # Errors
/// `not_found` if there is no array at the path.
pub async fn resolve_array(store: &dyn Store, tree: &mut Tree, path: &str) -> Result<()> {
    let path = path.trim_matches('/');
    if tree.complete || tree.arrays.contains(path) {
        return tree.array(path).map(|_| ());
    }
    let Some(Found::Array(array)) = read_node(store, tree.zarr_format, path).await? else {
        return tree.array(path).map(|_| ());
    };
    let group = array.group().to_string();
    let mut names: Vec<String> = array.dims.clone();
    names.extend(array.coordinate_names().iter().map(|s| s.to_string()));
    tree.arrays.insert(path.to_string(), *array);
    let format = tree.zarr_format;
    let paths: Vec<String> = names.iter().map(|name| join_path(&group, name)).collect();
    let unknown = paths.into_iter().filter(|p| !tree.arrays.contains(p)).collect::<Vec<_>>();
    let found = join_all(unknown.iter().map(|p| read_node(store, format, p))).await;
    for (path, node) in unknown.into_iter().zip(found) {
        if let Some(Found::Array(array)) = node? {
            tree.arrays.insert(path, *array);
        }
    }
    Ok(())
}

enum Found {
    Array(Box<ArrayMeta>),
    Group(Group),
}

fn single(array: ArrayMeta) -> Tree {
    let mut tree = Tree { zarr_format: array.zarr_format, complete: true, ..Tree::default() };
    tree.arrays.insert(array.path.clone(), array);
    tree
}

async fn fetch(store: &dyn Store, key: &str) -> Result<Option<Vec<u8>>> {
    store.get(key, ByteRange::All, MAX_METADATA_BYTES).await
}

async fn fetch_json(store: &dyn Store, key: &str) -> Result<Option<Value>> {
    match fetch(store, key).await? {
        Some(bytes) => parse_json(&bytes).map(Some).map_err(|e| e.with_path(key)),
        None => Ok(None),
    }
}

async fn read_node(store: &dyn Store, format: u8, path: &str) -> Result<Option<Found>> {
    if format == 2 {
        return read_v2(store, path).await;
    }
    let Some(document) = fetch_json(store, &document_key(path)).await? else { return Ok(None) };
    Ok(Some(match v3::parse_node(path, document)? {
        Node::Array(array) => Found::Array(array),
        Node::Group(group) => Found::Group(group),
    }))
}

async fn read_v2(store: &dyn Store, path: &str) -> Result<Option<Found>> {
    let (zarray_key, zattrs_key) = (join_path(path, ".zarray"), join_path(path, ".zattrs"));
    let (zarray, zattrs) = join(fetch_json(store, &zarray_key), fetch_json(store, &zattrs_key)).await;
    let (zarray, zattrs) = (zarray?, zattrs?);
    if let Some(zarray) = zarray {
        return Ok(Some(Found::Array(Box::new(v2::parse_array(path, &zarray, zattrs)?))));
    }
    if fetch_json(store, &join_path(path, ".zgroup")).await?.is_some() {
        return Ok(Some(Found::Group(v2::parse_group(path, zattrs))));
    }
    Ok(None)
}

/// A document that cannot be stands in the tree, and says why; what stood in the way of reading it is an error.
fn spoilt(format: u8, path: &str, why: Error) -> Result<Option<Found>> {
    match why.code() {
        Code::InvalidMetadata => {
            let why = why.with_path(path);
            Ok(Some(Found::Array(Box::new(ArrayMeta::broken(path, format, &why)))))
        }
        _ => Err(why),
    }
}

/// Walks the folders below the root, as far as the server lists them.
async fn walk(store: &dyn Store, format: u8, root: Group) -> Result<Tree> {
    let mut tree = Tree { zarr_format: format, complete: true, ..Tree::default() };
    tree.groups.insert(String::new(), root);
    let mut open_groups = vec![String::new()];
    let mut seen = 0;
    while let Some(group) = open_groups.pop() {
        let Some(names) = store.list(&group).await? else {
            tree.complete = false;
            continue;
        };
        let folders = names.iter().filter_map(|n| n.strip_suffix('/'));
        // A folder without a name is the one that it lies in: it would be walked over and over.
        let folders = folders.filter(|n| !n.is_empty() && !n.starts_with('.'));
        let children: Vec<String> = folders.map(|name| join_path(&group, name)).collect();
        seen += children.len();
        if seen > MAX_NODES {
            return Err(too_large("arrays and groups of the store", seen as u64, MAX_NODES as u64));
        }
        for some in children.chunks(WALK_WIDTH) {
            let nodes = join_all(some.iter().map(|path| read_node(store, format, path))).await;
            for (path, node) in some.iter().zip(nodes) {
                match node.or_else(|why| spoilt(format, path, why))? {
                    Some(Found::Array(array)) => {
                        tree.arrays.insert(path.clone(), *array);
                    }
                    Some(Found::Group(group)) => {
                        tree.groups.insert(path.clone(), group);
                        open_groups.push(path.clone());
                    }
                    None => {}
                }
            }
        }
    }
    Ok(tree)
}
