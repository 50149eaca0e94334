//! Arrays or groups by path. Those of consolidated metadata stay text until they are asked for: of a hundred thousand,
//! most are never looked at, and as trees of values they would take many times the room of their text.
#![deny(clippy::indexing_slicing)]

use super::json::parse_text;
use super::scan::Span;
use super::tree::{ArrayMeta, Group};
use super::{v2, v3};
use crate::error::{Result, invalid_metadata};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

/// Where a node is written in the text of consolidated metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The documents `.zarray` or `.zgroup`, and `.zattrs`, each empty where it is missing.
    V2 {
        /// `.zarray`; nothing is read of `.zgroup`.
        node: Span,
        /// `.zattrs`.
        attrs: Span,
    },
    /// A `zarr.json`, and in it what is only passed on and what consolidates other nodes; each empty where it is missing.
    V3 {
        /// All of it.
        document: Span,
        /// The member `attributes`.
        attrs: Span,
        /// What reads as null.
        hole: Span,
    },
}

/// What can be read from its documents.
pub trait Node: Clone {
    /// Reads it. What cannot be read stands in its place, and says why.
    fn read(path: &str, written: Written, text: &str) -> Self;
}

#[derive(Debug, Clone, PartialEq)]
enum Entry<T> {
    Written(Written),
    Read(Box<T>),
}

/// Nodes by path.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes<T> {
    text: Rc<String>,
    entries: BTreeMap<String, Entry<T>>,
}

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Nodes { text: Rc::default(), entries: BTreeMap::new() }
    }
}

impl<T: Node> Nodes<T> {
    /// Nodes that are written in a text.
    pub fn written(text: Rc<String>, places: impl IntoIterator<Item = (String, Written)>) -> Self {
        let entries = places.into_iter().map(|(path, written)| (path, Entry::Written(written))).collect();
        Nodes { text, entries }
    }

    /// Puts a node that has been read.
    pub fn insert(&mut self, path: String, node: T) {
        self.entries.insert(path, Entry::Read(Box::new(node)));
    }

    /// A node, read anew where it is written; whoever needs it often keeps it.
    pub fn get(&self, path: &str) -> Option<Cow<'_, T>> {
        self.entries.get(path).map(|entry| self.read(path, entry))
    }

    /// Whether there is a node at a path.
    pub fn contains(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// All nodes in the order of their paths, each read when its turn comes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cow<'_, T>)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), self.read(path, entry)))
    }

    /// The nodes right below a group, each read when its turn comes.
    pub fn in_group<'a>(&'a self, group: &str) -> impl Iterator<Item = Cow<'a, T>> + use<'a, T> {
        let prefix = if group.is_empty() { String::new() } else { format!("{group}/") };
        let from = (Bound::Included(prefix.clone()), Bound::Unbounded);
        let below = self.entries.range::<String, _>(from).map_while(move |(path, entry)| {
            let rest = path.strip_prefix(&prefix)?;
            Some((path, entry, rest.contains('/')))
        });
        below.filter(|(.., deeper)| !deeper).map(|(path, entry, _)| self.read(path, entry))
    }

    /// All nodes in the order of their paths, as they are kept: read, or where they are written in the text.
    pub fn kept(&self) -> impl Iterator<Item = (&str, std::result::Result<&T, (Written, &str)>)> {
        self.entries.iter().map(|(path, entry)| match entry {
            Entry::Read(node) => (path.as_str(), Ok(&**node)),
            Entry::Written(written) => (path.as_str(), Err((*written, self.text.as_str()))),
        })
    }

    fn read<'a>(&'a self, path: &str, entry: &'a Entry<T>) -> Cow<'a, T> {
        match entry {
            Entry::Read(node) => Cow::Borrowed(node),
            Entry::Written(written) => Cow::Owned(T::read(path, *written, &self.text)),
        }
    }
}

/// A document of consolidated metadata; an absent one is `None`.
fn document(span: Span, text: &str) -> Result<Option<Value>> {
    if span.is_empty() { Ok(None) } else { parse_text(span.of_text(text)).map(Some) }
}

impl Node for ArrayMeta {
    fn read(path: &str, written: Written, text: &str) -> Self {
        let (format, read) = match written {
            Written::V2 { node, attrs } => (2, v2_array(path, node, attrs, text)),
            Written::V3 { document, hole, .. } => (3, v3_array(path, &document.without(hole, text))),
        };
        read.unwrap_or_else(|why| ArrayMeta::broken(path, format, &why.with_path(path)))
    }
}

fn v2_array(path: &str, node: Span, attrs: Span, text: &str) -> Result<ArrayMeta> {
    let zarray = document(node, text)?.unwrap_or_default();
    v2::parse_array(path, &zarray, document(attrs, text)?)
}

fn v3_array(path: &str, text: &str) -> Result<ArrayMeta> {
    match v3::parse_node(path, parse_text(text)?)? {
        v3::Node::Array(array) => Ok(*array),
        v3::Node::Group(_) => Err(invalid_metadata("a group where an array was")),
    }
}

impl Node for Group {
    fn read(path: &str, written: Written, text: &str) -> Self {
        let read = match written {
            Written::V2 { attrs, .. } => document(attrs, text).map(|attrs| v2::parse_group(path, attrs)),
            Written::V3 { document, hole, .. } => v3_group(path, &document.without(hole, text)),
        };
        read.unwrap_or_else(|why| Group {
            problem: Some(Box::new(why.with_path(path).details().clone())),
            ..Group::default()
        })
    }
}

fn v3_group(path: &str, text: &str) -> Result<Group> {
    match v3::parse_node(path, parse_text(text)?)? {
        v3::Node::Group(group) => Ok(group),
        v3::Node::Array(_) => Err(invalid_metadata("an array where a group was")),
    }
}
