//! From a branch or a tag to a snapshot: one file per name in version 1, one file for all of them in version 2.

use super::containers::{Container, containers_of};
use super::file::{Kind, encode_id, read_message};
use super::flat::{Table, Tables, required};
use crate::error::{Code, Error, Result, invalid_document, invalid_metadata};
use crate::meta::parse_json;
use crate::store::{ByteRange, Revision, Store};
use futures::future::join;

/// Slots of the tables (`repo.fbs`).
mod slot {
    pub const TAGS: usize = 1;
    pub const BRANCHES: usize = 2;
    pub const DELETED_TAGS: usize = 3;
    pub const SNAPSHOTS: usize = 4;
    pub const CONFIG: usize = 9;
    pub const REF_NAME: usize = 0;
    pub const REF_SNAPSHOT: usize = 1;
    pub const SNAPSHOT_ID: usize = 0;
}

/// The one file of version 2 that changes.
pub const REPO_INFO: &str = "repo";
/// The file of version 1 that every repository has.
const MAIN: &str = "refs/branch.main/ref.json";
/// A file with a snapshot's name.
const MAX_REF_BYTES: u64 = 1 << 16;
/// Digits of a snapshot's name.
const ID_DIGITS: usize = 20;
/// Names that a message lists.
const SHOWN_NAMES: usize = 12;

/// What a revision comes to.
pub struct Resolved {
    /// The snapshot's name.
    pub snapshot: String,
    /// Where virtual chunks come from, as far as the repository tells.
    pub containers: Vec<Container>,
}

/// Finds the snapshot of a revision.
///
/// # Errors
/// `not_found` for a branch or tag that is not there, with those that are; for what is no repository.
pub async fn resolve(store: &dyn Store, revision: &Revision) -> Result<Resolved> {
    let info = match read_message(store, REPO_INFO, Kind::RepoInfo).await {
        // Buckets that may not be listed refuse what is not there.
        Err(e) if e.code() == Code::Forbidden => None,
        other => other?,
    };
    let Some(info) = info else {
        let snapshot = match revision {
            Revision::Snapshot(id) => checked(id)?,
            Revision::Branch(name) => branch(store, name).await?,
            Revision::Tag(name) => tag(store, name).await?,
        };
        return Ok(Resolved { snapshot, containers: Vec::new() });
    };
    read_info(&info, revision).map_err(|e| e.with_path(REPO_INFO))
}

/// A snapshot's name as a user gives it.
fn checked(id: &str) -> Result<String> {
    let name = id.trim().to_ascii_uppercase();
    let digit = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c));
    if name.len() == ID_DIGITS && name.chars().all(digit) {
        return Ok(name);
    }
    Err(invalid_document(format!("#snapshot={id}: a snapshot's id has {ID_DIGITS} digits and letters (no I, L, O, U)")))
}

fn read_info(message: &[u8], revision: &Revision) -> Result<Resolved> {
    let info = Table::root(message)?;
    let containers = info.bytes(slot::CONFIG)?.filter(|c| !c.is_empty()).map(containers_of).transpose()?;
    let containers = containers.unwrap_or_default();
    let (names, name) = match revision {
        Revision::Snapshot(id) => return Ok(Resolved { snapshot: checked(id)?, containers }),
        Revision::Branch(name) => (info.tables(slot::BRANCHES)?, name),
        Revision::Tag(name) => (info.tables(slot::TAGS)?, name),
    };
    for known in names.iter() {
        let known = known?;
        if known.text(slot::REF_NAME)? != Some(name) {
            continue;
        }
        let at = usize::try_from(known.u32(slot::REF_SNAPSHOT)?).map_err(|_| invalid_metadata("a snapshot's place"))?;
        let snapshot = info.tables(slot::SNAPSHOTS)?.get(at)?;
        let id = required(snapshot.fixed::<12>(slot::SNAPSHOT_ID)?, "a snapshot's id")?;
        return Ok(Resolved { snapshot: encode_id(id), containers });
    }
    let deleted = info.tables(slot::DELETED_TAGS)?;
    let is_deleted = matches!(revision, Revision::Tag(_)) && is_among(deleted, name)?;
    let (branches, tags) = (ref_names(info.tables(slot::BRANCHES)?)?, ref_names(info.tables(slot::TAGS)?)?);
    Err(absent(revision, is_deleted, Some((branches, tags))))
}

fn is_among(names: Tables, name: &str) -> Result<bool> {
    (0..names.len()).try_fold(false, |found, i| Ok(found || names.text(i)? == name))
}

/// The first names of a vector of references, and how many there are.
fn ref_names(refs: Tables) -> Result<(Vec<String>, usize)> {
    let name = |r: Result<Table>| Ok(r?.text(slot::REF_NAME)?.unwrap_or_default().to_string());
    Ok((refs.iter().take(SHOWN_NAMES).map(name).collect::<Result<_>>()?, refs.len()))
}

type Names = (Vec<String>, usize);

/// A branch or tag is not there; says which are.
fn absent(revision: &Revision, deleted: bool, known: Option<(Names, Names)>) -> Error {
    let what = match revision {
        Revision::Branch(name) => format!("no branch {name:?}"),
        Revision::Tag(name) if deleted => format!("the tag {name:?} was deleted"),
        Revision::Tag(name) => format!("no tag {name:?}"),
        Revision::Snapshot(id) => format!("no snapshot {id}"),
    };
    let listed = |kind: &str, (names, len): Names| {
        let more = if len > names.len() { ", …" } else { "" };
        if names.is_empty() { String::new() } else { format!("; {kind}: {}{more}", names.join(", ")) }
    };
    let known = known.map(|(branches, tags)| listed("branches", branches) + &listed("tags", tags)).unwrap_or_default();
    Error::new(Code::NotFound, format!("{what} in the Icechunk repository{known}"))
}

async fn branch(store: &dyn Store, name: &str) -> Result<String> {
    match read_ref(store, &format!("refs/branch.{name}/ref.json")).await? {
        Some(snapshot) => Ok(snapshot),
        None => Err(absent_v1(store, &Revision::Branch(name.to_string()), false).await),
    }
}

/// A tag that was deleted keeps its file, and has a tombstone beside it.
async fn tag(store: &dyn Store, name: &str) -> Result<String> {
    let key = format!("refs/tag.{name}/ref.json");
    let tombstone = format!("{key}.deleted");
    let (snapshot, deleted) = join(read_ref(store, &key), exists(store, &tombstone)).await;
    match (snapshot?, deleted?) {
        (Some(snapshot), false) => Ok(snapshot),
        (snapshot, deleted) => {
            let deleted = deleted || snapshot.is_some();
            Err(absent_v1(store, &Revision::Tag(name.to_string()), deleted).await)
        }
    }
}

async fn exists(store: &dyn Store, key: &str) -> Result<bool> {
    match store.get(key, ByteRange::All, MAX_REF_BYTES).await {
        Ok(bytes) => Ok(bytes.is_some()),
        Err(e) if e.code() == Code::Forbidden => Ok(false),
        Err(e) => Err(e.with_path(key)),
    }
}

/// The snapshot in a file of a reference.
async fn read_ref(store: &dyn Store, key: &str) -> Result<Option<String>> {
    let bytes = store.get(key, ByteRange::All, MAX_REF_BYTES).await.map_err(|e| e.with_path(key))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let document = parse_json(&bytes).map_err(|e| e.with_path(key))?;
    let snapshot = document.get("snapshot").and_then(serde_json::Value::as_str);
    let snapshot = snapshot.and_then(|id| checked(id).ok());
    snapshot.map(Some).ok_or_else(|| invalid_metadata("a reference without a snapshot").with_path(key))
}

/// Whether there is a repository of version 1.
pub async fn has_main(store: &dyn Store) -> bool {
    matches!(read_ref(store, MAIN).await, Ok(Some(_)))
}

/// The same for version 1, where names are known only if folders are listed.
async fn absent_v1(store: &dyn Store, revision: &Revision, deleted: bool) -> Error {
    let listed = store.list("refs").await.ok().flatten().unwrap_or_default();
    let named = |prefix: &str| {
        let names = listed.iter().filter_map(|name| name.strip_suffix('/')?.strip_prefix(prefix));
        let names: Vec<String> = names.map(str::to_string).collect();
        let len = names.len();
        (names.into_iter().take(SHOWN_NAMES).collect(), len)
    };
    let (branches, tags): (Names, Names) = (named("branch."), named("tag."));
    // Every repository has the branch main; where nothing at all was found there is none.
    if branches.1 == 0 && !exists(store, MAIN).await.unwrap_or(true) {
        let message = format!("no Icechunk repository here: neither {REPO_INFO} nor {MAIN} was found");
        return Error::new(Code::NotFound, message);
    }
    absent(revision, deleted, Some((branches, tags)))
}
