//! Texts with `{{expressions}}` in them, and the templates that the expressions may call.

use super::expression::{Expr, Value};
use crate::error::{Result, invalid_metadata, too_large, unsupported};
use std::collections::BTreeMap;

/// The longest text that a template may expand to.
pub const MAX_EXPANSION_BYTES: usize = 64 << 10;

/// A parsed text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Expr(Expr),
}

/// Templates by name.
pub type Templates = BTreeMap<String, Template>;

/// What names mean.
pub struct Scope<'a> {
    /// Variables.
    pub variables: &'a [(String, Value)],
    /// Templates; none within a template, which knows its arguments only.
    pub templates: Option<&'a Templates>,
}

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// `unsupported` for Jinja beyond expressions; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_EXPANSION_BYTES {
            return Err(too_large("bytes of a template", text.len() as u64, MAX_EXPANSION_BYTES as u64));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, inside)) = rest.split_once("{{") {
            let (inside, after) = inside
                .split_once("}}")
                .ok_or_else(|| invalid_metadata(format!("the template {text:?} has no closing }}}}")))?;
            pieces.push(Piece::Text(before.to_string()));
            pieces.push(Piece::Expr(Expr::parse(inside)?));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_string()));
        if text.contains("{%") {
            return Err(unsupported("Jinja statements ({% … %}) in templates"));
        }
        Ok(Template { pieces })
    }

    /// The text with every expression's value in its place.
    ///
    /// # Errors
    /// What the expressions give; `too_large`.
    pub fn expand(&self, scope: &Scope) -> Result<String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Expr(expr) => out.push_str(&expr.value(scope)?.into_text()),
            }
            if out.len() > MAX_EXPANSION_BYTES {
                return Err(too_large("bytes of an expanded template", out.len() as u64, MAX_EXPANSION_BYTES as u64));
            }
        }
        Ok(out)
    }
}

impl Scope<'_> {
    /// A variable, or a template that needs no arguments.
    ///
    /// # Errors
    /// `invalid_metadata` if there is neither.
    pub fn name(&self, name: &str) -> Result<Value> {
        match self.variables.iter().find(|(known, _)| known == name) {
            Some((_, value)) => Ok(value.clone()),
            None => self.call(name, Vec::new()).map(Value::Text),
        }
    }

    /// A template with its arguments.
    ///
    /// # Errors
    /// As [`Scope::name`], and what expanding it gives.
    pub fn call(&self, name: &str, arguments: Vec<(String, Value)>) -> Result<String> {
        let template = self.templates.and_then(|t| t.get(name));
        let template =
            template.ok_or_else(|| invalid_metadata(format!("a template names {name:?}, which is not given")))?;
        template.expand(&Scope { variables: &arguments, templates: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> std::result::Result<String, String> {
        let templates = [("u", "server.domain/path"), ("f", "{{c}}"), ("bomb", "{{c~c~c~c~c~c~c~c}}")];
        let parse = |(name, text): (&str, &str)| Ok((name.to_string(), Template::parse(text)?));
        let all = templates.into_iter().map(parse).collect::<Result<Templates>>();
        let variables = [("i".to_string(), Value::Int(4)), ("name".to_string(), Value::Text("tas".into()))];
        let expanded = all.and_then(|templates| {
            Template::parse(text)?.expand(&Scope { variables: &variables, templates: Some(&templates) })
        });
        expanded.map_err(|e| e.code().as_str().to_string())
    }

    #[test]
    fn what_the_specification_shows() {
        for (text, expected) in [
            ("http://{{u}}_{{i}}", "http://server.domain/path_4"),
            ("http://{{f(c='text')}}", "http://text"),
            ("{{(i + 1) * 1000}}", "5000"),
            ("{{ i*1000 - -2 }}", "4002"),
            ("{{ -i // 3 }} {{ -i % 3 }} {{ i // 3 }}", "-2 2 1"),
            ("{{'%03d' % i}}.nc", "004.nc"),
            ("{{ '%s_%02d' % (name, i) }}", "tas_04"),
            ("{{ '{:03d}'.format(i) }}{{ \"%d\"|format(i + 1) }}", "0045"),
            ("{{ 'a' ~ i ~ name + 'b' }}", "a4tasb"),
            ("{{ (i|string) + '9' }}{{ '3'|int * 2 }}", "496"),
            ("no braces", "no braces"),
        ] {
            assert_eq!(expand(text), Ok(expected.to_string()), "{text}");
        }
    }

    #[test]
    fn the_rest_is_refused_by_name() {
        let deep = format!("{{{{{}1{}}}}}", "(".repeat(1000), ")".repeat(1000));
        let long = format!("{{{{1{}}}}}", "+1".repeat(20_000));
        for (text, code) in [
            ("{{ i / 2 }}", "unsupported"),
            ("{{ i ** 9 }}", "unsupported"),
            ("{{ u.upper() }}", "unsupported"),
            ("{{ [1,2][0] }}", "unsupported"),
            ("{{ 1.5 }}", "unsupported"),
            ("{{ i if i else 2 }}", "unsupported"),
            ("{% for x in y %}{{x}}{% endfor %}", "unsupported"),
            ("{{ unknown }}", "invalid_metadata"),
            ("{{ f }}", "invalid_metadata"),
            ("{{ u", "invalid_metadata"),
            ("{{ i // 0 }}", "invalid_metadata"),
            ("{{ i * 9223372036854775807 }}", "invalid_metadata"),
            ("{{ name * 3 }}", "invalid_metadata"),
            ("{{ 99999999999999999999 }}", "unsupported"),
            ("{{", "invalid_metadata"),
            ("{{}}", "unsupported"),
            ("{{ (1, 2) }}", "unsupported"),
            (deep.as_str(), "unsupported"),
            (long.as_str(), "unsupported"),
        ] {
            assert_eq!(expand(text), Err(code.to_string()), "{}", text.chars().take(40).collect::<String>());
        }
        let bomb = "{{".to_string() + &"bomb(c=".repeat(12) + "'0123456789'" + &")".repeat(12) + "}}";
        assert_eq!(expand(&bomb), Err("too_large".into()));
    }
}
