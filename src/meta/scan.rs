//! A walk over the text of a JSON document that builds nothing: it tells where members and their values lie.
//!
//! Only the structure that is walked is checked. What stands inside a value that is passed over is checked by whoever
//! reads it, so that one spoilt document among many spoils nothing else; bare NaN and Infinity pass as numbers do.
#![deny(clippy::indexing_slicing)]

use crate::error::{Error, Result, invalid_metadata};
use std::borrow::Cow;

/// Bytes of a document: 32 bits are enough for [`super::MAX_METADATA_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of(start: usize, end: usize) -> Result<Self> {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => Ok(Span { start, end }),
            _ => Err(invalid_metadata("metadata of more than 4 GiB")),
        }
    }

    /// Whether it is of no bytes; no value is.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// What is left of it behind its first bytes.
    pub fn after(self, bytes: usize) -> Self {
        let start = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_add(self.start);
        Span { start: start.min(self.end), end: self.end }
    }

    /// The text that lies there; empty for a span of another document.
    pub fn of_text(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The text of this span before and behind `hole`, which lies in it.
    pub fn around(self, hole: Span, text: &str) -> (&str, &str) {
        if hole.is_empty() {
            return (self.of_text(text), "");
        }
        let before = Span { start: self.start, end: hole.start };
        let after = Span { start: hole.end, end: self.end };
        (before.of_text(text), after.of_text(text))
    }

    /// The text of this span with `null` where `hole` lies in it.
    pub fn without(self, hole: Span, text: &str) -> Cow<'_, str> {
        match self.around(hole, text) {
            (all, "") if hole.is_empty() => Cow::Borrowed(all),
            (before, after) => Cow::Owned([before, "null", after].concat()),
        }
    }
}

/// A place in a document.
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The beginning of what a span holds.
    pub fn new(text: &'a str, span: Span) -> Self {
        let end = (span.end as usize).min(text.len());
        Cursor { text: text.get(..end).unwrap_or_default(), at: span.start as usize }
    }

    /// The span of all of a text.
    ///
    /// # Errors
    /// `invalid_metadata` beyond 32 bits.
    pub fn whole(text: &str) -> Result<Span> {
        Span::of(0, text.len())
    }

    /// The next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let blank = rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
        self.at += blank;
        rest.get(blank).copied()
    }

    fn wrong(&self, wanted: &str) -> Error {
        match self.at < self.text.len() {
            true => invalid_metadata(format!("metadata is no JSON: {wanted} should stand at byte {}", self.at)),
            false => invalid_metadata(format!("metadata is no JSON: it ends where {wanted} should stand")),
        }
    }

    /// Where the next value begins, to be given to [`Cursor::since`].
    pub fn place(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// What lies between a place and here.
    ///
    /// # Errors
    /// `invalid_metadata` beyond 32 bits.
    pub fn since(&self, place: usize) -> Result<Span> {
        Span::of(place, self.at)
    }

    /// Whether nothing follows.
    ///
    /// # Errors
    /// `invalid_metadata` if something does.
    pub fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wrong("nothing more")),
        }
    }

    /// Walks the members of the object that is next. `each` gets every key, and must take the value: by [`Cursor::skip`], or
    /// by walking it. False, and nothing is taken, if what is next is no object.
    ///
    /// # Errors
    /// `invalid_metadata` for what is no object's text, and what `each` gives.
    pub fn members(&mut self, each: &mut dyn FnMut(&mut Self, Cow<'a, str>) -> Result<()>) -> Result<bool> {
        if self.peek() != Some(b'{') {
            return Ok(false);
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(true);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key"));
            }
            let key = self.skip()?.of_text(self.text);
            if self.peek() != Some(b':') {
                return Err(self.wrong("a colon"));
            }
            self.at += 1;
            each(self, unquoted(key)?)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(true);
                }
                _ => return Err(self.wrong("a comma or a brace")),
            }
        }
    }

    /// Passes over a value and tells where it lies.
    ///
    /// # Errors
    /// `invalid_metadata` where there is none, or where the text ends within it.
    pub fn skip(&mut self) -> Result<Span> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => self.skip_string()?,
            Some(b'{' | b'[') => self.skip_nested()?,
            _ => {
                let rest = self.text.as_bytes().get(start..).unwrap_or_default();
                let ends =
                    |b: &u8| matches!(b, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"') || b.is_ascii_whitespace();
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        if self.at == start {
            return Err(self.wrong("a value"));
        }
        Span::of(start, self.at)
    }

    /// From an opening bracket to behind the one that closes it; whether the kinds fit is for the reader to say.
    fn skip_nested(&mut self) -> Result<()> {
        let mut depth = 0usize;
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.wrong("a closing bracket"))
    }

    /// From an opening quote to behind the closing one.
    fn skip_string(&mut self) -> Result<()> {
        match string_len(self.text.get(self.at..).unwrap_or_default()) {
            Some(len) => {
                self.at += len;
                Ok(())
            }
            None => {
                self.at = self.text.len();
                Err(self.wrong("a closing quote"))
            }
        }
    }
}

/// Bytes of the string literal at the start, quotes included; `None` if it never ends.
pub fn string_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += plain_len(bytes.get(at..)?);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            // Whatever is escaped is no end.
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Bytes that are looked at together.
const BLOCK: usize = 16;

/// How many bytes stand before the first quote, backslash or control character; all of them if there is none. Keys are
/// short and a search costs more to set up than to walk them; long texts go by blocks, which compile to SIMD.
pub fn plain_len(bytes: &[u8]) -> usize {
    let ends = |byte: u8| (byte == b'"') | (byte == b'\\') | (byte < b' ');
    let (head, rest) = bytes.split_at(bytes.len().min(BLOCK));
    if let Some(at) = head.iter().position(|&byte| ends(byte)) {
        return at;
    }
    let (blocks, _) = rest.as_chunks::<BLOCK>();
    // Kind by kind: asked for all of them at once, each byte would be looked at apart.
    let has = |block: &[u8; BLOCK], wanted: u8| block.iter().fold(false, |any, &byte| any | (byte == wanted));
    let any = |block| has(block, b'"') | has(block, b'\\') | block.iter().fold(false, |any, &byte| any | (byte < b' '));
    let plain = blocks.iter().take_while(|block| !any(block)).count();
    let walked = BLOCK * plain;
    let tail = rest.get(walked..).unwrap_or_default();
    head.len() + walked + tail.iter().position(|&byte| ends(byte)).unwrap_or(tail.len())
}

/// The text that a string literal stands for.
///
/// # Errors
/// `invalid_metadata` for escapes that are none.
pub fn unquoted(literal: &str) -> Result<Cow<'_, str>> {
    let inside = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if inside.contains('\\') {
        let text = serde_json::from_str(literal).map_err(|e| invalid_metadata(format!("metadata is no JSON: {e}")))?;
        return Ok(Cow::Owned(text));
    }
    Ok(Cow::Borrowed(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut cursor = Cursor::new(text, Cursor::whole(text)?);
        cursor.members(&mut |cursor, key| {
            found.push((key.into_owned(), cursor.skip()?.of_text(text).to_string()));
            Ok(())
        })?;
        cursor.end()?;
        Ok(found)
    }

    #[test]
    fn members_and_where_they_lie() {
        let text = r#" { "a" : {"b": ["}", "\"]"]}, "\u0061\n": NaN,"c":-Infinity , "d":"x\\", "e":[] } "#;
        let found = walked(text).unwrap_or_default();
        let expected =
            [("a", r#"{"b": ["}", "\"]"]}"#), ("a\n", "NaN"), ("c", "-Infinity"), ("d", r#""x\\""#), ("e", "[]")];
        assert_eq!(found, expected.map(|(k, v)| (k.to_string(), v.to_string())));
        assert_eq!(walked("{}").unwrap_or_default(), []);
    }

    #[test]
    fn every_cut_is_an_error() {
        let text = r#"{"a": {"b": [1, "x"]}, "c": NaN}"#;
        assert!(walked(text).is_ok());
        for end in 1..text.len() {
            assert!(walked(&text[..end]).is_err(), "{}", &text[..end]);
        }
        for bad in ["{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 2}", "{a:1}", "{\"a\":1}}", "{\"a\":1} x"] {
            assert!(walked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_hole_reads_null() {
        let text = r#"x{"a": [1, 2], "b": 3}"#;
        let (whole, hole) = (Span { start: 1, end: 22 }, Span { start: 7, end: 13 });
        assert_eq!(whole.without(hole, text), r#"{"a": null, "b": 3}"#);
        assert_eq!(whole.without(Span::default(), text), r#"{"a": [1, 2], "b": 3}"#);
    }
}
