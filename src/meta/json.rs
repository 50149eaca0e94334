//! JSON as people write it: a byte order mark, and bare NaN and Infinity, which Python's json module emits.
//!
//! Numbers keep 64-bit integers exactly; nesting is bounded by serde_json's own limit of 128.
#![deny(clippy::indexing_slicing)]

use super::MAX_METADATA_BYTES;
use crate::error::{Result, invalid_metadata, too_large};
use serde_json::Value;
use std::borrow::Cow;

/// Reads one document. Bare `NaN`, `Infinity` and `-Infinity` become strings of that name, as Zarr writes them.
///
/// # Errors
/// `invalid_metadata` for what is no JSON; `too_large` over [`MAX_METADATA_BYTES`].
pub fn parse_json(bytes: &[u8]) -> Result<Value> {
    if bytes.len() as u64 > MAX_METADATA_BYTES {
        return Err(too_large("metadata in bytes", bytes.len() as u64, MAX_METADATA_BYTES));
    }
    serde_json::from_str(&quote_non_finite(json_text(bytes)?))
        .map_err(|e| invalid_metadata(format!("metadata is no JSON: {e}")))
}

/// The text of a document.
///
/// # Errors
/// `invalid_metadata` for what is no text, or a web page.
pub fn json_text(bytes: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(bytes).map_err(|e| invalid_metadata(format!("metadata is no UTF-8: {e}")))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        return Err(invalid_metadata("the server answered with a web page (HTML), not with JSON metadata"));
    }
    Ok(text)
}

/// Puts quotes around non-finite tokens outside strings; borrows when there are none.
pub fn quote_non_finite(text: &str) -> Cow<'_, str> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while !rest.is_empty() {
        let token = ["NaN", "Infinity", "-Infinity"].into_iter().find(|t| rest.starts_with(t));
        let taken = if let Some(token) = token {
            out.extend(["\"", token, "\""]);
            token.len()
        } else if rest.starts_with('"') {
            let len = string_len(rest);
            out.push_str(rest.get(..len).unwrap_or(rest));
            len
        } else {
            let len = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(rest.get(..len).unwrap_or_default());
            len
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// Bytes of the string literal at the start, quotes included; all of the rest if it never ends.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_it() {
        let v = parse_json(
            "\u{feff}{\"a\": NaN, \"b\": [-Infinity, Infinity], \"s\": \"NaN \\\" Infinity\", \"i\": 9007199254740993}"
                .as_bytes(),
        );
        let v = v.unwrap_or_default();
        assert_eq!(v["a"], "NaN");
        assert_eq!(v["b"][0], "-Infinity");
        assert_eq!(v["s"], "NaN \" Infinity");
        assert_eq!(v["i"].as_i64(), Some(9007199254740993));
    }

    #[test]
    fn refusals_are_named() {
        for bad in ["", "{", "<!doctype html>", "{\"a\": NaNa}", &"[".repeat(100_000), "\"unclosed NaN"] {
            assert!(parse_json(bad.as_bytes()).is_err(), "{}", bad.chars().take(20).collect::<String>());
        }
        assert!(parse_json(&[0xff, 0xfe]).is_err());
    }
}
