//! References that are generated: a pattern of keys, addresses, offsets and lengths over dimensions.

use super::expression::Value;
use super::table::Builder;
use super::template::{Scope, Template, Templates};
use crate::error::{Error, Result, invalid_metadata, too_large};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// The most references that a document may generate: a few bytes must not make gigabytes.
pub const MAX_GENERATED: u64 = 1_000_000;

/// One entry of `gen`.
#[derive(Deserialize)]
pub struct Pattern {
    key: String,
    url: String,
    offset: Option<Json>,
    length: Option<Json>,
    dimensions: Map<String, Json>,
}

/// The values that a variable runs through.
enum Run {
    List(Vec<Value>),
    Range { start: i64, step: i64, len: u64 },
}

impl Run {
    fn parse(name: &str, json: &Json) -> Result<Self> {
        let bad = || invalid_metadata(format!("gen: the dimension {name:?} is neither a list nor a range"));
        if let Json::Array(items) = json {
            let value = |item: &Json| match item {
                Json::String(text) => Ok(Value::Text(text.clone())),
                other => other.as_i64().map(Value::Int).ok_or_else(bad),
            };
            return items.iter().map(value).collect::<Result<_>>().map(Run::List);
        }
        let range = json.as_object().ok_or_else(bad)?;
        let number = |name: &str, otherwise: Option<i64>| match range.get(name) {
            None | Some(Json::Null) => otherwise.ok_or_else(bad),
            Some(n) => n.as_i64().ok_or_else(bad),
        };
        let (start, stop, step) = (number("start", Some(0))?, number("stop", None)?, number("step", Some(1))?);
        let distance =
            if step > 0 { i128::from(stop) - i128::from(start) } else { i128::from(start) - i128::from(stop) };
        let stride = i128::from(step).abs();
        if stride == 0 {
            return Err(bad());
        }
        let len = u64::try_from((distance.max(0) + stride - 1) / stride).unwrap_or(u64::MAX);
        Ok(Run::Range { start, step, len })
    }

    fn len(&self) -> u64 {
        match self {
            Run::List(items) => items.len() as u64,
            Run::Range { len, .. } => *len,
        }
    }

    fn get(&self, at: u64) -> Option<Value> {
        match self {
            Run::List(items) => items.get(usize::try_from(at).ok()?).cloned(),
            Run::Range { start, step, .. } => {
                i64::try_from(at).ok()?.checked_mul(*step)?.checked_add(*start).map(Value::Int)
            }
        }
    }
}

impl Pattern {
    /// Adds what the pattern stands for, and takes its number off what is `left`.
    ///
    /// # Errors
    /// `too_large` before anything is generated; what the templates give.
    pub fn generate(&self, templates: &Templates, builder: &mut Builder, left: &mut u64) -> Result<()> {
        let runs = self.dimensions.iter().map(|(name, json)| Run::parse(name, json)).collect::<Result<Vec<_>>>()?;
        let count = runs.iter().fold(1u64, |n, run| n.saturating_mul(run.len()));
        *left = left.checked_sub(count).ok_or_else(|| too_large("generated references", count, *left))?;
        let (key, url) = (Template::parse(&self.key)?, Template::parse(&self.url)?);
        let part = match (&self.offset, &self.length) {
            (None, None) => None,
            (Some(offset), Some(length)) => Some((number_template(offset)?, number_template(length)?)),
            _ => return Err(invalid_metadata("gen: offset and length go together")),
        };
        for ordinal in 0..count {
            let mut rest = ordinal;
            let mut variables = Vec::with_capacity(runs.len());
            // The last dimension runs fastest, as in itertools.product.
            for (name, run) in self.dimensions.keys().zip(&runs).rev() {
                let len = run.len().max(1);
                let value =
                    run.get(rest % len).ok_or_else(|| invalid_metadata(format!("gen: {name} leaves 64 bits")))?;
                variables.push((name.clone(), value));
                rest /= len;
            }
            let scope = Scope { variables: &variables, templates: Some(templates) };
            let key = key.expand(&scope)?;
            let part = match &part {
                None => None,
                Some((offset, length)) => Some((whole(offset, &scope, &key)?, whole(length, &scope, &key)?)),
            };
            builder.object(&key, &url.expand(&scope)?, part)?;
        }
        Ok(())
    }
}

fn number_template(json: &Json) -> Result<Template> {
    match json {
        Json::String(text) => Template::parse(text),
        Json::Number(n) => Template::parse(&n.to_string()),
        _ => Err(invalid_metadata("gen: offset and length are texts or numbers")),
    }
}

fn whole(template: &Template, scope: &Scope, key: &str) -> Result<u64> {
    let text = template.expand(scope)?;
    let bad = |_| -> Error { invalid_metadata(format!("gen: {text:?} of {key} is no offset or length")) };
    text.trim().parse().map_err(bad)
}
