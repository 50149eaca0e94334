//! Arrays in brief: all that is known of each but its attributes, which stay text where they are written. To list very many
//! arrays, most of what their metadata hold need not be understood, only passed on.
#![deny(clippy::indexing_slicing)]

use super::exact::Exact;
use super::json::parse_text;
use super::nodes::{Nodes, Written};
use super::passed::Passed;
use super::tree::ArrayMeta;
use super::{Node, v2, v3};
use crate::error::Result;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Attributes that say what an array is, rather than tell of it.
const TELLING: [&str; 6] = ["_ARRAY_DIMENSIONS", "axis", "coordinates", "positive", "standard_name", "units"];

/// An array, and its attributes apart.
pub struct Brief<'a, T> {
    /// Its path.
    pub path: &'a str,
    /// What was made of it, once of all arrays that are the same but for their paths and attributes.
    pub made: &'a T,
    /// Its attributes, at least those that say what it is.
    pub telling: &'a Map<String, Value>,
    /// All of its attributes, as text.
    pub attrs: &'a Passed<'a>,
}

impl Nodes<ArrayMeta> {
    /// Shows all arrays in the order of their paths, in brief. What `make` makes of an array must depend neither on its path
    /// nor on its attributes.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn in_brief<T>(
        &self,
        make: &dyn Fn(&ArrayMeta) -> T,
        take: &mut dyn FnMut(Brief<T>) -> Result<()>,
    ) -> Result<()> {
        let mut alike = Alike { make, made: Known::new(), telling: Known::new(), key: String::new() };
        for (path, kept) in self.kept() {
            match kept {
                Ok(array) => in_full(array, make, take)?,
                Err((written, text)) => match alike.brief(path, written, text) {
                    Some((made, telling, attrs)) => take(Brief { path, made, telling, attrs: &attrs })?,
                    // Whatever is unusual or wrong, the way around tells it.
                    None => in_full(&ArrayMeta::read(path, written, text), make, take)?,
                },
            }
        }
        Ok(())
    }
}

fn in_full<T>(
    array: &ArrayMeta,
    make: &dyn Fn(&ArrayMeta) -> T,
    take: &mut dyn FnMut(Brief<T>) -> Result<()>,
) -> Result<()> {
    // They came from text, and can be written.
    let attrs = serde_json::to_string(&Exact(&array.attrs)).unwrap_or_else(|_| "{}".to_string());
    let attrs = Passed::whole(&attrs);
    take(Brief { path: &array.path, made: &make(array), telling: &array.attrs, attrs: &attrs })
}

/// What documents hold that are the same, read once: in large stores most are.
struct Alike<'m, T> {
    make: &'m dyn Fn(&ArrayMeta) -> T,
    /// By all of an array's documents that is not attributes, and the names of its dimensions.
    made: Known<T>,
    /// By their text.
    telling: Known<Map<String, Value>>,
    /// Room for a key, used again and again.
    key: String,
}

impl<T> Alike<'_, T> {
    /// An array that is written as most are.
    fn brief<'a>(
        &mut self,
        path: &str,
        written: Written,
        text: &'a str,
    ) -> Option<(&T, &Map<String, Value>, Passed<'a>)> {
        let (document, place) = match written {
            Written::V2 { node, attrs } => ((node.of_text(text), ""), attrs),
            Written::V3 { document, attrs, hole } if hole.is_empty() => (document.around(attrs, text), attrs),
            Written::V3 { .. } => return None,
        };
        let mut telling = Vec::new();
        let attrs = if place.is_empty() {
            Passed::whole("{}")
        } else {
            Passed::walk(place.of_text(text), |key, value| {
                if let Some(name) = TELLING.into_iter().find(|name| *name == key) {
                    telling.push((name, value));
                }
                // Attributes of netcdf-c are not passed on.
                let is_own = key.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("_nczarr"));
                (!is_own).then_some(())
            })?
        };
        self.key.clear();
        telling.iter().for_each(|(name, value)| self.key.extend([name, ":", value, ","]));
        let telling = self.telling.or_read(&self.key, || {
            telling.iter().map(|(name, value)| Some((name.to_string(), parse_text(value).ok()?))).collect()
        })?;
        self.key.clear();
        self.key.extend([document.0, document.1]);
        if let Written::V2 { .. } = written {
            self.key.extend(telling.get("_ARRAY_DIMENSIONS").map(Value::to_string));
        }
        let made = self.made.or_read(&self.key, || {
            let array = match written {
                Written::V2 { .. } => {
                    let zarray = parse_text(document.0).ok()?;
                    v2::parse_array(path, &zarray, Some(Value::Object(telling.clone()))).ok()?
                }
                Written::V3 { document, attrs, .. } => {
                    match v3::parse_node(path, parse_text(&document.without(attrs, text)).ok()?).ok()? {
                        v3::Node::Array(array) => *array,
                        v3::Node::Group(_) => return None,
                    }
                }
            };
            Some((self.make)(&array))
        })?;
        Some((made, telling, attrs))
    }
}

/// What was read of texts, by text.
struct Known<T> {
    numbers: HashMap<String, usize>,
    read: Vec<T>,
    /// What was asked for last: arrays that are alike mostly follow one another.
    last: String,
    number: usize,
}

/// Texts that are remembered; then all are forgotten.
const MAX_KNOWN: usize = 1024;

impl<T> Known<T> {
    fn new() -> Self {
        Known { numbers: HashMap::new(), read: Vec::new(), last: String::new(), number: 0 }
    }

    /// What a text reads, by `read` if it is not known; `None`, and not remembered, if that gives none.
    fn or_read(&mut self, text: &str, read: impl FnOnce() -> Option<T>) -> Option<&T> {
        if self.read.is_empty() || !same(&self.last, text) {
            self.number = match self.numbers.get(text) {
                Some(&number) => number,
                None => self.add(text, read()?),
            };
            self.last.clear();
            self.last.push_str(text);
        }
        self.read.get(self.number)
    }

    fn add(&mut self, text: &str, read: T) -> usize {
        if self.read.len() >= MAX_KNOWN {
            self.numbers.clear();
            self.read.clear();
        }
        self.read.push(read);
        let number = self.read.len() - 1;
        self.numbers.insert(text.to_string(), number);
        number
    }
}

/// Whether two texts are the same, by words: in wasm the library's way goes byte by byte.
fn same(one: &str, other: &str) -> bool {
    let ((one, rest), (other, other_rest)) = (one.as_bytes().as_chunks::<8>(), other.as_bytes().as_chunks::<8>());
    let words = |pair: (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*pair.0) == u64::from_ne_bytes(*pair.1);
    one.len() == other.len() && rest == other_rest && one.iter().zip(other).all(words)
}
