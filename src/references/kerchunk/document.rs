//! Kerchunk's JSON, versions 0 and 1, read entry by entry into a table: no tree of it is ever held.
//!
//! Spec: <https://fsspec.github.io/kerchunk/spec.html>, and what fsspec's ReferenceFileSystem makes of it.

use super::generate::{MAX_GENERATED, Pattern};
use super::table::{Builder, Table};
use super::template::{Scope, Template, Templates};
use crate::error::{Error, Result, invalid_metadata, unsupported};
use crate::meta::{json_text, quote_non_finite};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The members of version 1; a document without `refs` is version 0, in which every member is a reference.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default)]
    templates: BTreeMap<String, String>,
    #[serde(default)]
    r#gen: Vec<Pattern>,
    #[serde(borrow)]
    refs: Option<&'a RawValue>,
}

/// The version, and whether the members are version 1's.
#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    refs: Option<IgnoredAny>,
    r#gen: Option<IgnoredAny>,
}

/// Reads a document.
///
/// # Errors
/// `invalid_metadata`, `unsupported` and `too_large`, each with the reference.
pub fn parse_document(bytes: &[u8]) -> Result<Table> {
    let text = json_text(bytes)?;
    if text.trim_start().starts_with('[') {
        return Err(unsupported("a list of Kerchunk's reference sets: join them into one, or take one of them"));
    }
    match serde_json::from_str::<Version>(text) {
        Ok(version) => parse_text(text, &version),
        // Bare non-finite numbers are rare, and quoting them copies the document.
        Err(e) => match quote_non_finite(text) {
            Cow::Borrowed(_) => Err(no_references(&e)),
            Cow::Owned(text) => parse_text(&text, &serde_json::from_str(&text).map_err(|e| no_references(&e))?),
        },
    }
}

fn parse_text(text: &str, version: &Version) -> Result<Table> {
    match version.version.map(RawValue::get) {
        None | Some("0" | "1" | "null" | "\"0\"" | "\"1\"") => {}
        Some(other) => return Err(unsupported(format!("version {other} of Kerchunk's references"))),
    }
    let mut builder = Builder::default();
    if version.refs.is_none() && version.r#gen.is_none() {
        fill(&mut builder, text, true)?;
        return Ok(builder.finish());
    }
    let head: Head = serde_json::from_str(text).map_err(|e| no_references(&e))?;
    if let Some(refs) = head.refs {
        fill(&mut builder, refs.get(), false)?;
    }
    let parse = |(name, text): (&String, &String)| Ok((name.clone(), Template::parse(text)?));
    let templates = head.templates.iter().map(parse).collect::<Result<Templates>>()?;
    // As in fsspec, braces mean something only where there are templates.
    if !templates.is_empty() {
        let scope = Scope { variables: &[], templates: Some(&templates) };
        let expand = |url: &str| url.contains("{{").then(|| Template::parse(url)?.expand(&scope)).transpose();
        builder.expand_urls(expand)?;
    }
    let mut left = MAX_GENERATED;
    for pattern in &head.r#gen {
        pattern.generate(&templates, &mut builder, &mut left)?;
    }
    Ok(builder.finish())
}

fn no_references(e: &serde_json::Error) -> Error {
    invalid_metadata(format!("no Kerchunk references: {e}"))
}

fn fill(builder: &mut Builder, text: &str, flat: bool) -> Result<()> {
    let mut filler = Filler { builder, flat, failure: None };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let filled = deserializer.deserialize_map(&mut filler);
    match (filler.failure, filled) {
        (Some(failure), _) => Err(failure),
        (None, Err(e)) => Err(no_references(&e)),
        (None, Ok(())) => Ok(()),
    }
}

/// Puts one entry after the other into the table.
struct Filler<'b> {
    builder: &'b mut Builder,
    /// Whether the entries are the document's own members, of which some are none.
    flat: bool,
    failure: Option<Error>,
}

impl<'de> Visitor<'de> for &mut Filler<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object of references")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value::<&RawValue>()?;
            if self.flat && key == "version" {
                continue;
            }
            if let Err(failure) = entry(self.builder, &key, value) {
                self.failure = Some(failure);
                return Err(A::Error::custom("a reference cannot be read"));
            }
        }
        Ok(())
    }
}

fn entry(builder: &mut Builder, key: &str, value: &RawValue) -> Result<()> {
    let bad = |what: &str| invalid_metadata(format!("the reference {key}: {what}"));
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            let data: Text = serde_json::from_str(text).map_err(|e| bad(&e.to_string()))?;
            builder.inline(key, &data.0)
        }
        // Newer writers nest metadata instead of quoting it.
        Some(b'{') => builder.inline(key, text),
        Some(b'[') => {
            let Target { url, part } = serde_json::from_str(text).map_err(|e| bad(&e.to_string()))?;
            let url = url.ok_or_else(|| bad("it names no object"))?;
            builder.object(key, &url.0, part)
        }
        // A reference that was taken back.
        Some(b'n') => Ok(()),
        _ => Err(bad("neither text, nor object, nor list")),
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// `[url]` or `[url, offset, length]`.
struct Target<'a> {
    url: Option<Text<'a>>,
    part: Option<(u64, u64)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Target<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Target<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("[url] or [url, offset, length]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Target<'de>, A::Error> {
                let url = list.next_element::<Option<Text>>()?.flatten();
                let numbers = (list.next_element::<Value>()?, list.next_element::<Value>()?);
                let part = match numbers {
                    (None, None) | (Some(Value::Null), Some(Value::Null)) => None,
                    (Some(offset), Some(len)) => Some((bytes(&offset)?, bytes(&len)?)),
                    _ => return Err(A::Error::custom("an offset without a length")),
                };
                match list.next_element::<IgnoredAny>()? {
                    None => Ok(Target { url, part }),
                    Some(_) => Err(A::Error::custom("more than three members")),
                }
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// A number of bytes; some writers make doubles of them.
fn bytes<E: serde::de::Error>(number: &Value) -> std::result::Result<u64, E> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole, and between 0 and 2^53
    let whole = |x: f64| (x.fract() == 0.0 && (0.0..EXACT).contains(&x)).then_some(x as u64);
    let found = number.as_u64().or_else(|| number.as_f64().and_then(whole));
    found.ok_or_else(|| E::custom(format!("{number} is no offset or length")))
}
