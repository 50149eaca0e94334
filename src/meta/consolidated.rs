//! Consolidated metadata: one document that tells all nodes. It is walked once, and what is kept of each node is where it
//! is written. Of members of the same name the last counts, as everywhere in JSON as Python reads it.
#![deny(clippy::indexing_slicing)]

use super::json::{parse_text, unmarked};
use super::nodes::{Nodes, Written};
use super::scan::{Cursor, Span, unquoted};
use super::tree::{ArrayMeta, Group, Tree};
use super::{MAX_NODES, v3};
use crate::error::{Result, invalid_metadata, too_large};
use crate::store::join_path;
use std::borrow::Cow;
use std::rc::Rc;

/// The text of a document, kept as it came: a mark of the byte order is passed over, not cut off.
fn kept(bytes: Vec<u8>) -> Result<(Rc<String>, Span)> {
    let text = String::from_utf8(bytes).map_err(|e| invalid_metadata(format!("metadata is no UTF-8: {e}")))?;
    let mark = text.len() - unmarked(&text)?.len();
    let whole = Cursor::whole(&text)?.after(mark);
    Ok((Rc::new(text), whole))
}

/// What stands in consolidated metadata, by path or name.
type Entries<'a, T> = Vec<(Cow<'a, str>, T)>;

/// Brings entries into the order of their names. Of entries of the same name one is left, told by `replace` of those that are
/// written later.
fn unite<T>(entries: &mut Entries<T>, mut replace: impl FnMut(&mut T, &mut T)) {
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.dedup_by(|(name, later), (known, entry)| {
        let same = name == known;
        if same {
            replace(entry, later);
        }
        same
    });
}

/// A whole tree from `.zmetadata`.
///
/// # Errors
/// `invalid_metadata` for what is no such document, `too_large` for one of too many nodes.
pub fn parse_v2(bytes: Vec<u8>) -> Result<Tree> {
    let (text, whole) = kept(bytes)?;
    let mut cursor = Cursor::new(&text, whole);
    let mut entries: Option<Entries<Files>> = None;
    let mut in_records = false;
    let object = cursor.members(&mut |cursor, key| {
        in_records |= key == "record_size";
        if key == "metadata" {
            entries = v2_entries(cursor)?;
        }
        if key != "metadata" || entries.is_none() {
            cursor.skip()?;
        }
        Ok(())
    })?;
    if !object {
        return Err(not_an_object(&mut cursor, ".zmetadata"));
    }
    cursor.end()?;
    let entries = entries.ok_or_else(|| invalid_metadata(".zmetadata has no `metadata`"))?;
    let mut arrays = Vec::new();
    let mut groups = vec![(String::new(), Written::V2 { node: Span::default(), attrs: Span::default() })];
    for (path, Files { zarray, zgroup, zattrs }) in entries {
        if !zarray.is_empty() {
            arrays.push((path.to_string(), Written::V2 { node: zarray, attrs: zattrs }));
        }
        if !zgroup.is_empty() {
            groups.push((path.into_owned(), Written::V2 { node: zgroup, attrs: zattrs }));
        }
    }
    let (arrays, groups) = (Nodes::written(text.clone(), arrays), Nodes::written(text, groups));
    Ok(Tree { zarr_format: 2, consolidated: true, complete: true, in_records, arrays, groups })
}

/// Where the documents below a path are written.
#[derive(Default, Clone, Copy)]
struct Files {
    zarray: Span,
    zgroup: Span,
    zattrs: Span,
}

impl Files {
    /// Takes over the documents that are written later.
    fn replace(&mut self, later: Files) {
        let documents =
            [(&mut self.zarray, later.zarray), (&mut self.zgroup, later.zgroup), (&mut self.zattrs, later.zattrs)];
        for (known, later) in documents {
            if !later.is_empty() {
                *known = later;
            }
        }
    }
}

/// The entries of the member `metadata` in the order of their paths; `None` if it is no object.
fn v2_entries<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Entries<'a, Files>>> {
    let mut entries: Entries<Files> = Vec::new();
    let mut seen = 0u64;
    let object = cursor.members(&mut |cursor, key| {
        counted(&mut seen, 3 * MAX_NODES as u64, "entries of .zmetadata")?;
        let span = cursor.skip()?;
        let (path, file) = key.rsplit_once('/').unwrap_or(("", &key));
        let mut files = Files::default();
        *match file {
            ".zarray" => &mut files.zarray,
            ".zgroup" => &mut files.zgroup,
            ".zattrs" => &mut files.zattrs,
            _ => return Ok(()),
        } = span;
        match entries.last_mut() {
            // A node's documents stand side by side.
            Some((last, known)) if last == path => known.replace(files),
            _ => entries.push((parent(key), files)),
        }
        Ok(())
    })?;
    unite(&mut entries, |known, later| known.replace(*later));
    Ok(object.then_some(entries))
}

/// The path of what a key's document describes.
fn parent(key: Cow<str>) -> Cow<str> {
    let end = key.rfind('/').unwrap_or(0);
    match key {
        Cow::Borrowed(key) => Cow::Borrowed(key.get(..end).unwrap_or_default()),
        Cow::Owned(mut key) => {
            key.truncate(end);
            Cow::Owned(key)
        }
    }
}

fn counted(seen: &mut u64, limit: u64, what: &str) -> Result<()> {
    *seen += 1;
    if *seen > limit { Err(too_large(what, *seen, limit)) } else { Ok(()) }
}

/// What is no object may be no JSON either, which is the better answer.
fn not_an_object(cursor: &mut Cursor, what: &str) -> crate::error::Error {
    match cursor.skip().and_then(|_| cursor.end()) {
        Ok(()) => invalid_metadata(format!("{what} is no object")),
        Err(why) => why,
    }
}

/// What the root's `zarr.json` is.
pub enum Root {
    /// An array.
    Array(Box<ArrayMeta>),
    /// A group that consolidates: all there is.
    Consolidated(Tree),
    /// A group that does not.
    Group(Group),
}

/// Reads the root's `zarr.json`.
///
/// # Errors
/// `invalid_metadata` for what is no such document, `too_large` for one of too many nodes.
pub fn parse_v3(bytes: Vec<u8>) -> Result<Root> {
    let (text, whole) = kept(bytes)?;
    let mut seen = 0;
    let mut cursor = Cursor::new(&text, whole);
    let root = walk(&mut cursor, &text, &mut seen)?;
    cursor.end()?;
    let hole = root.as_ref().map_or(Span::default(), |r| r.hole);
    let group = match v3::parse_node("", parse_text(&whole.without(hole, &text))?)? {
        v3::Node::Array(array) => return Ok(Root::Array(array)),
        v3::Node::Group(group) => group,
    };
    let Some(entries) = root.and_then(|r| r.entries) else { return Ok(Root::Group(group)) };
    let (mut arrays, mut groups) = (Vec::new(), Vec::new());
    let mut waiting = vec![(String::new(), entries)];
    while let Some((above, entries)) = waiting.pop() {
        for (name, Document { is_group, document, attrs, hole }) in entries {
            let path = join_path(&above, &name);
            let written = Written::V3 { document, attrs, hole };
            if !is_group {
                arrays.push((path, written));
                continue;
            }
            if !hole.is_empty()
                && let Some(inner) = walk(&mut Cursor::new(&text, document), &text, &mut seen)?.and_then(|d| d.entries)
            {
                waiting.push((path.clone(), inner));
            }
            groups.push((path, written));
        }
    }
    let (arrays, mut groups) = (Nodes::written(text.clone(), arrays), Nodes::written(text, groups));
    groups.insert(String::new(), group);
    Ok(Root::Consolidated(Tree {
        zarr_format: 3,
        consolidated: true,
        complete: true,
        in_records: false,
        arrays,
        groups,
    }))
}

/// A node's document within another.
struct Document {
    is_group: bool,
    document: Span,
    /// The member `attributes`.
    attrs: Span,
    /// Where other nodes are consolidated in it.
    hole: Span,
}

/// A document that is walked for what it consolidates.
struct Walked<'a> {
    hole: Span,
    /// In the order of their names; none where it does not consolidate.
    entries: Option<Entries<'a, Document>>,
}

/// Walks a node's document, members of members: `None` if it is no object.
fn walk<'a>(cursor: &mut Cursor<'a>, text: &'a str, seen: &mut u64) -> Result<Option<Walked<'a>>> {
    let mut walked = Walked { hole: Span::default(), entries: None };
    let object = cursor.members(&mut |cursor, key| {
        if key != "consolidated_metadata" {
            return cursor.skip().map(|_| ());
        }
        walked.entries = None;
        let start = cursor.place();
        let inline = cursor.members(&mut |cursor, key| {
            walked.entries =
                if key == "metadata" { v3_entries(cursor, text, seen)? } else { return cursor.skip().map(|_| ()) };
            if walked.entries.is_none() {
                cursor.skip()?;
            }
            Ok(())
        })?;
        if !inline {
            cursor.skip()?;
        }
        walked.hole = cursor.since(start)?;
        Ok(())
    })?;
    if !object {
        cursor.skip()?;
    }
    Ok(object.then_some(walked))
}

/// The documents of the member `metadata` in the order of their names; `None` if it is no object.
fn v3_entries<'a>(cursor: &mut Cursor<'a>, text: &'a str, seen: &mut u64) -> Result<Option<Entries<'a, Document>>> {
    let mut entries = Vec::new();
    let object = cursor.members(&mut |cursor, name| {
        counted(seen, MAX_NODES as u64, "entries of consolidated metadata")?;
        entries.push((trimmed(name), v3_document(cursor, text)?));
        Ok(())
    })?;
    unite(&mut entries, std::mem::swap);
    Ok(object.then_some(entries))
}

/// A name without slashes around it.
fn trimmed(name: Cow<str>) -> Cow<str> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim_matches('/')),
        Cow::Owned(name) => Cow::Owned(name.trim_matches('/').to_string()),
    }
}

/// What kind of node a document is of. One that is neither, or nothing at all, is kept as an array that cannot be read.
fn v3_document(cursor: &mut Cursor, text: &str) -> Result<Document> {
    let (mut is_group, mut attrs, mut hole) = (false, Span::default(), Span::default());
    let start = cursor.place();
    let object = cursor.members(&mut |cursor, key| {
        let span = cursor.skip()?;
        match &*key {
            "node_type" => {
                let kind = span.of_text(text);
                is_group = kind.starts_with('"') && unquoted(kind).is_ok_and(|kind| kind == "group");
            }
            "attributes" => attrs = span,
            "consolidated_metadata" => hole = span,
            _ => {}
        }
        Ok(())
    })?;
    if !object {
        cursor.skip()?;
    }
    Ok(Document { is_group, document: cursor.since(start)?, attrs, hole })
}
