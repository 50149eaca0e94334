//! A million references in little memory: keys and inline data in one text, addresses once each, entries in order.

use crate::error::{Error, Result, invalid_metadata, too_large};
use std::collections::HashMap;
use std::ops::Range;

/// The most references of one table.
const MAX_REFERENCES: u64 = 10_000_000;
/// The most text, of keys, inline data and addresses together.
const MAX_TEXT_BYTES: u64 = 512 << 20;

/// What a table says of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Found<'a> {
    /// The key's own bytes, or `base64:` and their encoding.
    Inline(&'a str),
    /// An object, or a range of it: (offset, length).
    Object(&'a str, Option<(u64, u64)>),
}

/// A stretch of the text.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    len: u32,
}

#[derive(Clone, Copy)]
enum Target {
    Inline(Span),
    Whole(u32),
    Part { url: u32, offset: u64, len: u64 },
}

#[derive(Clone, Copy)]
struct Entry {
    key: Span,
    target: Target,
}

/// References by key, in order.
pub struct Table {
    text: String,
    urls: Vec<Box<str>>,
    entries: Vec<Entry>,
}

impl Table {
    /// What the table says of a key.
    pub fn find(&self, key: &str) -> Option<Found<'_>> {
        let at = self.entries.binary_search_by(|entry| self.slice(entry.key).cmp(key)).ok()?;
        Some(match self.entries.get(at)?.target {
            Target::Inline(span) => Found::Inline(self.slice(span)),
            Target::Whole(url) => Found::Object(self.url(url), None),
            Target::Part { url, offset, len } => Found::Object(self.url(url), Some((offset, len))),
        })
    }

    /// The names directly below a prefix, folders with a trailing slash. What lies in a folder is stepped over.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let mut names = Vec::new();
        let mut rest = self.entries.as_slice();
        let mut from = prefix.clone();
        loop {
            let skipped = rest.partition_point(|entry| self.slice(entry.key) < from.as_str());
            rest = rest.get(skipped..).unwrap_or_default();
            let Some(name) = rest.first().and_then(|entry| self.slice(entry.key).strip_prefix(&prefix)) else { break };
            match name.split_once('/') {
                Some((folder, _)) => {
                    names.push(format!("{folder}/"));
                    // `0` is the character after the slash.
                    from = format!("{prefix}{folder}0");
                }
                None => {
                    names.push(name.to_string());
                    from = format!("{prefix}{name}\0");
                }
            }
        }
        names
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(range(span)).unwrap_or_default()
    }

    fn url(&self, at: u32) -> &str {
        self.urls.get(at as usize).map_or("", |url| &**url)
    }
}

fn range(span: Span) -> Range<usize> {
    let start = span.start as usize;
    start..start.saturating_add(span.len as usize)
}

/// A table in the making.
#[derive(Default)]
pub struct Builder {
    text: String,
    urls: Vec<Box<str>>,
    url_at: HashMap<Box<str>, u32>,
    url_bytes: u64,
    entries: Vec<Entry>,
}

impl Builder {
    /// A key whose bytes are at hand.
    ///
    /// # Errors
    /// `too_large`.
    pub fn inline(&mut self, key: &str, data: &str) -> Result<()> {
        let target = Target::Inline(self.keep(data)?);
        self.push(key, target)
    }

    /// A key whose bytes are an object, or a range of it.
    ///
    /// # Errors
    /// `too_large`; `invalid_metadata` for a range that ends beyond 2^64.
    pub fn object(&mut self, key: &str, url: &str, part: Option<(u64, u64)>) -> Result<()> {
        let url = self.intern(url)?;
        let target = match part {
            None => Target::Whole(url),
            Some((offset, len)) if offset.checked_add(len).is_some() => Target::Part { url, offset, len },
            Some((offset, len)) => {
                return Err(invalid_metadata(format!("the reference {key}: {len} bytes at {offset} end beyond 2^64")));
            }
        };
        self.push(key, target)
    }

    /// Addresses as they were written, rewritten in place: each once.
    ///
    /// # Errors
    /// What `expand` gives.
    pub fn expand_urls(&mut self, expand: impl Fn(&str) -> Result<Option<String>>) -> Result<()> {
        for url in &mut self.urls {
            if let Some(expanded) = expand(url)? {
                self.url_bytes = self.url_bytes.saturating_add(expanded.len() as u64);
                *url = expanded.into();
            }
            if self.url_bytes > MAX_TEXT_BYTES {
                return Err(too_much_text(self.url_bytes));
            }
        }
        // From here on addresses come as they are: what was known by its template is not known.
        self.url_at.clear();
        Ok(())
    }

    /// The table; of a key that was given twice the later reference holds, as in Python.
    pub fn finish(self) -> Table {
        let Builder { mut text, urls, mut entries, .. } = self;
        text.shrink_to_fit();
        let key = |entry: &Entry| text.get(range(entry.key)).unwrap_or_default();
        entries.sort_by(|a, b| key(a).cmp(key(b)));
        entries.reverse();
        entries.dedup_by(|a, b| key(a) == key(b));
        entries.reverse();
        entries.shrink_to_fit();
        Table { text, urls, entries }
    }

    fn push(&mut self, key: &str, target: Target) -> Result<()> {
        let count = self.entries.len() as u64;
        if count >= MAX_REFERENCES {
            return Err(too_large("references of a table", count + 1, MAX_REFERENCES));
        }
        let key = self.keep(key)?;
        self.entries.push(Entry { key, target });
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Result<Span> {
        let after = (self.text.len() as u64).saturating_add(text.len() as u64);
        if after > MAX_TEXT_BYTES {
            return Err(too_much_text(after));
        }
        let span = (u32::try_from(self.text.len()), u32::try_from(text.len()));
        let (Ok(start), Ok(len)) = span else { return Err(too_much_text(after)) };
        self.text.push_str(text);
        Ok(Span { start, len })
    }

    fn intern(&mut self, url: &str) -> Result<u32> {
        if let Some(&known) = self.url_at.get(url) {
            return Ok(known);
        }
        self.url_bytes = self.url_bytes.saturating_add(url.len() as u64);
        let at = u32::try_from(self.urls.len()).map_err(|_| too_much_text(self.url_bytes))?;
        if self.url_bytes > MAX_TEXT_BYTES {
            return Err(too_much_text(self.url_bytes));
        }
        self.urls.push(url.into());
        self.url_at.insert(url.into(), at);
        Ok(at)
    }
}

fn too_much_text(bytes: u64) -> Error {
    too_large("bytes of keys, addresses and inline data", bytes, MAX_TEXT_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Result<Table> {
        let mut builder = Builder::default();
        for key in ["b/.zarray", "b/0.0", "b0/.zarray", ".zgroup", "a/x/1", "b-c/0"] {
            builder.object(key, "https://h.example/x.nc", Some((1, 2)))?;
        }
        builder.inline(".zgroup", "later")?;
        builder.object("whole", "y.nc", None)?;
        Ok(builder.finish())
    }

    #[test]
    fn keys_are_found_and_listed() -> Result<()> {
        let table = table()?;
        assert_eq!(table.entries.len(), 7);
        assert_eq!(table.urls.len(), 2);
        assert_eq!(table.find(".zgroup"), Some(Found::Inline("later")));
        assert_eq!(table.find("b/0.0"), Some(Found::Object("https://h.example/x.nc", Some((1, 2)))));
        assert_eq!(table.find("whole"), Some(Found::Object("y.nc", None)));
        assert_eq!(table.find("b"), None);
        assert_eq!(table.names(""), [".zgroup", "a/", "b-c/", "b/", "b0/", "whole"]);
        assert_eq!(table.names("b"), [".zarray", "0.0"]);
        assert_eq!(table.names("a"), ["x/"]);
        assert!(table.names("c").is_empty());
        Ok(())
    }

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Entry>() <= 32);
    }

    #[test]
    fn ranges_end_somewhere() {
        assert!(Builder::default().object("a", "u", Some((u64::MAX, 1))).is_err());
    }
}
