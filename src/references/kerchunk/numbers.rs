//! Numbers put into texts as Python does it: `%03d` and `{:03d}`.

use super::expression::Value;
use crate::error::{Error, Result, invalid_metadata, unsupported};

/// The widest place for a number.
const MAX_WIDTH: usize = 64;

/// `text % items`.
///
/// # Errors
/// `unsupported` for other conversions; `invalid_metadata` where places and items do not match.
pub fn percent(text: &str, items: &[Value]) -> Result<String> {
    let mut out = String::new();
    let mut items = items.iter();
    let mut rest = text;
    while let Some((before, place)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = place.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let end = place.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(|| refuse(text))?;
        let (spec, after) = place.split_at_checked(end + 1).ok_or_else(|| refuse(text))?;
        let item = items.next().ok_or_else(|| uneven(text))?;
        // A text without alignment stands at the right here, at the left in str.format.
        out.push_str(&Spec::parse(spec, text)?.write(item, text, false)?);
        rest = after;
    }
    out.push_str(rest);
    if items.next().is_some() { Err(uneven(text)) } else { Ok(out) }
}

/// `text.format(*items)`.
///
/// # Errors
/// As [`percent`].
pub fn braces(text: &str, items: &[Value]) -> Result<String> {
    let mut out = String::new();
    let mut next = 0usize;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, place) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = place.strip_prefix("{{").or_else(|| place.strip_prefix("}}")) {
            out.push_str(place.get(..1).unwrap_or_default());
            rest = after;
            continue;
        }
        let (place, after) = place.strip_prefix('{').and_then(|p| p.split_once('}')).ok_or_else(|| refuse(text))?;
        let (index, spec) = place.split_once(':').unwrap_or((place, ""));
        let index = match index {
            "" => next,
            digits => digits.parse().map_err(|_| refuse(text))?,
        };
        next = index.saturating_add(1);
        let item = items.get(index).ok_or_else(|| uneven(text))?;
        out.push_str(&Spec::parse(spec, text)?.write(item, text, true)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn refuse(text: &str) -> Error {
    unsupported(format!("the number format {:?} in a template", text.chars().take(80).collect::<String>()))
}

fn uneven(text: &str) -> Error {
    invalid_metadata(format!("the template format {text:?} and its values do not match"))
}

/// `[0][width][kind]`.
struct Spec {
    zeros: bool,
    width: usize,
    kind: char,
}

impl Spec {
    fn parse(spec: &str, text: &str) -> Result<Self> {
        let (digits, kind) = match spec.chars().last().filter(|c| c.is_ascii_alphabetic()) {
            Some(kind) => (spec.get(..spec.len() - 1).unwrap_or_default(), kind),
            None => (spec, ' '),
        };
        if !digits.chars().all(|c| c.is_ascii_digit()) || !" dis".contains(kind) {
            return Err(refuse(text));
        }
        let width = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| refuse(text))? };
        if width > MAX_WIDTH {
            return Err(refuse(text));
        }
        Ok(Spec { zeros: digits.starts_with('0'), width, kind })
    }

    fn write(&self, value: &Value, text: &str, texts_left: bool) -> Result<String> {
        let Spec { zeros, width, kind } = *self;
        Ok(match value {
            Value::Int(n) if zeros && kind != 's' => format!("{n:0width$}"),
            Value::Int(n) if kind != 's' || !texts_left => format!("{n:width$}"),
            Value::Text(t) if (kind == 's' || kind == ' ') && !zeros => {
                if texts_left {
                    format!("{t:<width$}")
                } else {
                    format!("{t:>width$}")
                }
            }
            _ => return Err(refuse(text)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations are Python's own.
    #[test]
    fn as_python_writes_them() {
        let seven = [Value::Int(7)];
        let both = [Value::Int(-7), Value::Text("x".into())];
        for (format, items, expected) in [
            ("%03d", &seven[..], "007"),
            ("a%%_%5d.nc", &seven, "a%_    7.nc"),
            ("%s-%s", &both, "-7-x"),
            ("%04d%3s", &both, "-007  x"),
        ] {
            assert_eq!(percent(format, items), Ok(expected.to_string()), "{format}");
        }
        for (format, items, expected) in [
            ("{:03d}", &seven[..], "007"),
            ("{{{}}}", &seven, "{7}"),
            ("{1}{0:3}{1:3}|", &both, "x -7x  |"),
            ("{:02}", &seven, "07"),
        ] {
            assert_eq!(braces(format, items), Ok(expected.to_string()), "{format}");
        }
        for format in ["%f", "%d %d", "%", "%999d", "%-3d", "none"] {
            assert!(percent(format, &seven).is_err(), "{format}");
        }
        for format in ["{:f}", "{a}", "{", "}", "{5}", "{:>3}"] {
            assert!(braces(format, &seven).is_err(), "{format}");
        }
    }
}
