//! Arrays in brief: all that is known of each but its attributes, which stay text where they are written. To list very many
//! arrays, most of what their metadata hold need not be understood, only passed on.
#![deny(clippy::indexing_slicing)]

use super::exact::Exact;
use super::json::{parse_text, quote_inexact};
use super::nodes::{Nodes, Written};
use super::scan::{Cursor, Span};
use super::tree::ArrayMeta;
use super::{Node, v2, v3};
use crate::error::{Result, invalid_metadata};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// Attributes that say what an array is, rather than tell of it.
const TELLING: [&str; 6] = ["_ARRAY_DIMENSIONS", "axis", "coordinates", "positive", "standard_name", "units"];

/// An array, and its attributes apart.
pub struct Brief<'a> {
    /// The array; of its attributes only those that say what it is.
    pub array: Cow<'a, ArrayMeta>,
    /// All of its attributes, as JSON that JavaScript reads without rounding.
    pub attrs: Cow<'a, str>,
}

impl Nodes<ArrayMeta> {
    /// All arrays in the order of their paths, in brief.
    pub fn briefs(&self) -> impl Iterator<Item = Brief<'_>> {
        let mut alike = Alike::default();
        self.kept().map(move |(path, kept)| match kept {
            Ok(array) => Brief { attrs: written_out(&array.attrs), array: Cow::Borrowed(array) },
            Err((written, text)) => brief(path, written, text, &mut alike).unwrap_or_else(|_| {
                // Whatever is wrong, the way around tells it.
                let array = ArrayMeta::read(path, written, text);
                Brief { attrs: written_out(&array.attrs), array: Cow::Owned(array) }
            }),
        })
    }
}

/// Attributes as text; they came from text, and can be written.
fn written_out(attrs: &Map<String, Value>) -> Cow<'static, str> {
    serde_json::to_string(&Exact(attrs)).map_or(Cow::Borrowed(NO_ATTRS), Cow::Owned)
}

const NO_ATTRS: &str = "{}";

/// Documents that are the same but for their attributes, read once: in large stores most are.
#[derive(Default)]
struct Alike(HashMap<String, ArrayMeta>);

/// Documents that are remembered; then all are forgotten.
const MAX_ALIKE: usize = 1024;

impl Alike {
    fn read(
        &mut self,
        document: String,
        path: &str,
        read: impl FnOnce(&str) -> Result<ArrayMeta>,
    ) -> Result<ArrayMeta> {
        if let Some(known) = self.0.get(&document) {
            return Ok(ArrayMeta { path: path.to_string(), ..known.clone() });
        }
        let array = read(&document)?;
        if self.0.len() >= MAX_ALIKE {
            self.0.clear();
        }
        // Neither its path nor its attributes are another's.
        let kept = ArrayMeta { path: String::new(), attrs: Map::new(), ..array.clone() };
        self.0.insert(document, kept);
        Ok(array)
    }
}

fn brief<'a>(path: &str, written: Written, text: &'a str, alike: &mut Alike) -> Result<Brief<'a>> {
    let (array, attrs) = match written {
        Written::V2 { node, attrs } => {
            let (telling, attrs) = sifted(attrs, text)?;
            let zarray = node.of_text(text);
            let dims = telling.get("_ARRAY_DIMENSIONS").map(Value::to_string).unwrap_or_default();
            let read = |_: &str| v2::parse_array(path, &parse_text(zarray)?, Some(Value::Object(telling.clone())));
            let array = alike.read([zarray, &dims].concat(), path, read)?;
            (ArrayMeta { attrs: telling, ..array }, attrs)
        }
        Written::V3 { document, hole } if hole.is_empty() => {
            let mut place = Span::default();
            Cursor::new(text, document).members(&mut |cursor, key| {
                let span = cursor.skip()?;
                if key == "attributes" {
                    place = span;
                }
                Ok(())
            })?;
            let read = |rest: &str| match v3::parse_node(path, parse_text(rest)?)? {
                v3::Node::Array(array) => Ok(*array),
                v3::Node::Group(_) => Err(invalid_metadata("no array")),
            };
            let array = alike.read(document.without(place, text).into_owned(), path, read)?;
            let (telling, attrs) = sifted(place, text)?;
            (ArrayMeta { attrs: telling, ..array }, attrs)
        }
        Written::V3 { .. } => return Err(invalid_metadata("an array that consolidates")),
    };
    Ok(Brief { array: Cow::Owned(array), attrs })
}

/// The attributes that say what an array is, and all of them as text.
fn sifted(span: Span, text: &str) -> Result<(Map<String, Value>, Cow<'_, str>)> {
    let mut telling = Map::new();
    if span.is_empty() {
        return Ok((telling, Cow::Borrowed(NO_ATTRS)));
    }
    let text = quote_inexact(span.of_text(text));
    let whole = Cursor::whole(&text)?;
    let object = Cursor::new(&text, whole).members(&mut |cursor, key| {
        let value = cursor.skip()?;
        if TELLING.contains(&&*key) {
            telling.insert(key.into_owned(), parse_text(value.of_text(&text))?);
        } else if key.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("_nczarr")) {
            return Err(invalid_metadata("attributes of netcdf-c"));
        }
        Ok(())
    })?;
    if !object {
        return Err(invalid_metadata("attributes are no object"));
    }
    serde_json::from_str::<&RawValue>(&text).map_err(|e| invalid_metadata(format!("metadata is no JSON: {e}")))?;
    Ok((telling, text))
}
