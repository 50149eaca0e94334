//! JSON as people write it: a byte order mark, and bare NaN and Infinity, which Python's json module emits.
//!
//! Numbers keep 64-bit integers exactly; nesting is bounded by serde_json's own limit of 128.
#![deny(clippy::indexing_slicing)]

use super::MAX_METADATA_BYTES;
use super::scan::string_len;
use crate::error::{Result, invalid_metadata, too_large};
use serde_json::Value;
use std::borrow::Cow;

/// Integers up to this are exact as doubles.
pub const MAX_EXACT: u64 = 1 << 53;

/// Reads one document. Bare `NaN`, `Infinity` and `-Infinity` become strings of that name, as Zarr writes them.
///
/// # Errors
/// `invalid_metadata` for what is no JSON; `too_large` over [`MAX_METADATA_BYTES`].
pub fn parse_json(bytes: &[u8]) -> Result<Value> {
    if bytes.len() as u64 > MAX_METADATA_BYTES {
        return Err(too_large("metadata in bytes", bytes.len() as u64, MAX_METADATA_BYTES));
    }
    parse_text(json_text(bytes)?)
}

/// Reads a document whose text is at hand, as [`parse_json`] does.
///
/// # Errors
/// `invalid_metadata` for what is no JSON.
pub fn parse_text(text: &str) -> Result<Value> {
    serde_json::from_str(&quote_non_finite(text)).map_err(|e| invalid_metadata(format!("metadata is no JSON: {e}")))
}

/// The text of a document.
///
/// # Errors
/// `invalid_metadata` for what is no text, or a web page.
pub fn json_text(bytes: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(bytes).map_err(|e| invalid_metadata(format!("metadata is no UTF-8: {e}")))?;
    unmarked(text)
}

/// What follows the mark of the byte order, if there is one.
///
/// # Errors
/// `invalid_metadata` for a web page.
pub fn unmarked(text: &str) -> Result<&str> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        return Err(invalid_metadata("the server answered with a web page (HTML), not with JSON metadata"));
    }
    Ok(text)
}

/// Puts quotes around non-finite tokens outside strings; borrows when there are none.
pub fn quote_non_finite(text: &str) -> Cow<'_, str> {
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    let rest = |from: usize| text.get(from..).unwrap_or_default();
    while let Some(&byte) = text.as_bytes().get(at) {
        let token = match byte {
            b'"' => {
                at += string_len(rest(at)).unwrap_or(text.len());
                continue;
            }
            b'N' | b'I' | b'-' if let Some(token) = NON_FINITE.into_iter().find(|t| rest(at).starts_with(t)) => token,
            _ => {
                at += 1;
                continue;
            }
        };
        out.extend([text.get(copied..at).unwrap_or_default(), "\"", token, "\""]);
        at += token.len();
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(rest(copied));
    Cow::Owned(out)
}

/// What Python writes for numbers that JSON has no words for.
pub const NON_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

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
