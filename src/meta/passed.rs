//! Attributes that are passed on as text. They are most of what consolidated metadata hold, so one walk does all: it
//! checks that they are JSON, shows their members, and finds what JavaScript would refuse or round.
#![deny(clippy::indexing_slicing)]

use super::json::{MAX_EXACT, NON_FINITE};
use super::scan::{plain_len, unquoted};
use std::borrow::Cow;
use std::ops::Range;

/// The text of a JSON object, and the tokens in it that are written in quotes.
pub struct Passed<'a> {
    text: &'a str,
    tokens: Vec<Range<usize>>,
}

impl<'a> Passed<'a> {
    /// A text that JavaScript reads as it stands.
    pub fn whole(text: &'a str) -> Self {
        Passed { text, tokens: Vec::new() }
    }

    /// Walks an object and shows each member and its value to `each`, which refuses the whole by `None`. `None` too for
    /// what is no object, or no JSON but for bare NaN and Infinity.
    pub fn walk(text: &'a str, mut each: impl FnMut(Cow<'a, str>, &'a str) -> Option<()>) -> Option<Self> {
        let mut walk = Walk { text, bytes: text.as_bytes(), at: 0, tokens: Vec::new(), open: Vec::new() };
        walk.take(b'{')?;
        if walk.next()? == b'}' {
            walk.at += 1;
        } else {
            loop {
                let key = unquoted(walk.key()?).ok()?;
                let value = walk.value()?;
                each(key, value)?;
                match walk.next()? {
                    b',' => walk.at += 1,
                    b'}' => break walk.at += 1,
                    _ => return None,
                }
            }
        }
        let whole = walk.next().is_none();
        whole.then_some(Passed { text, tokens: walk.tokens })
    }

    /// Writes it as JavaScript can read it without rounding.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let mut copied = 0;
        for token in &self.tokens {
            let parts = [self.text.get(copied..token.start), Some("\""), self.text.get(token.clone()), Some("\"")];
            parts.into_iter().flatten().for_each(|part| out.extend_from_slice(part.as_bytes()));
            copied = token.end;
        }
        out.extend_from_slice(self.text.get(copied..).unwrap_or_default().as_bytes());
    }
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Range<usize>>,
    /// What closes each array and object that is open within a value.
    open: Vec<u8>,
}

impl<'a> Walk<'a> {
    /// The next byte that is not blank.
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                &byte => return Some(byte),
            }
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then(|| self.at += 1)
    }

    /// The literal of a key, and behind its colon.
    fn key(&mut self) -> Option<&'a str> {
        (self.next()? == b'"').then_some(())?;
        let start = self.at;
        self.string()?;
        let literal = self.text.get(start..self.at)?;
        self.take(b':')?;
        Some(literal)
    }

    /// The text of a value, whatever is nested in it.
    fn value(&mut self) -> Option<&'a str> {
        self.next()?;
        let start = self.at;
        loop {
            let opened = match self.next()? {
                b'"' => self.string().map(|()| None)?,
                b'-' | b'0'..=b'9' => self.number().map(|()| None)?,
                b'{' => Some(b'}'),
                b'[' => Some(b']'),
                _ => self.word().map(|()| None)?,
            };
            if let Some(close) = opened {
                self.at += 1;
                if self.next()? == close {
                    self.at += 1;
                } else {
                    self.open.push(close);
                    if close == b'}' {
                        self.key()?;
                    }
                    continue;
                }
            }
            // A value has ended, and perhaps what holds it.
            loop {
                let Some(&close) = self.open.last() else { return self.text.get(start..self.at) };
                let byte = self.next()?;
                self.at += 1;
                if byte == close {
                    self.open.pop();
                } else if byte == b',' {
                    break;
                } else {
                    return None;
                }
            }
            if self.open.last() == Some(&b'}') {
                self.key()?;
            }
        }
    }

    /// From an opening quote to behind the closing one.
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            self.at += plain_len(self.bytes.get(self.at..)?);
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                // A bare control character.
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.bytes.get(start) == Some(&b'-') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'I') {
            self.at = start;
            return self.word();
        }
        let leads_with_zero = self.bytes.get(self.at) == Some(&b'0');
        let digits = self.digits()?;
        if leads_with_zero && digits > 1 {
            return None;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        if is_wide(self.text.get(start..self.at)?) {
            self.tokens.push(start..self.at);
        }
        Some(())
    }

    /// How many digits are passed over: at least one.
    fn digits(&mut self) -> Option<usize> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(self.at - start)
    }

    fn word(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        if let Some(word) = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word)) {
            self.at += word.len();
            return Some(());
        }
        let token = NON_FINITE.into_iter().find(|token| rest.starts_with(token))?;
        self.tokens.push(self.at..self.at + token.len());
        self.at += token.len();
        Some(())
    }
}

/// Whether a number is an integer that a double cannot hold.
fn is_wide(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() >= 16
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.parse::<u64>().map_or(true, |n| n > MAX_EXACT)
}

#[cfg(test)]
mod tests {
    use super::super::exact::Exact;
    use super::super::json::parse_text;
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

    fn passed(text: &str) -> Option<String> {
        let mut out = Vec::new();
        Passed::walk(text, |_, _| Some(()))?.write_to(&mut out);
        String::from_utf8(out).ok()
    }

    /// Whether the library for JSON takes it for an object, of whatever depth and with numbers of whatever size.
    fn is_object(text: &str) -> bool {
        serde_json::from_str::<BTreeMap<String, &RawValue>>(text).is_ok()
    }

    /// What is passed on is what is read in full and written out.
    fn agrees(text: &str, passed: &str) -> bool {
        let full = parse_text(text).map(|value| serde_json::to_value(Exact(&value)).unwrap_or_default());
        full.map_or(true, |full| serde_json::from_str::<Value>(passed).is_ok_and(|value| value == full))
    }

    const WHOLE: &str = r#"{"a" : [NaN, -Infinity,{"b":{}, "c":[]} ], "\u00e9\n\"":"x\\ y, as long as several blocks of bytes are: é", "d":-0.5e+10,
        "e":9007199254740993,"f":[true,false,null,1E3,0,[[12]]]}"#;

    #[test]
    fn members_and_what_is_quoted() {
        let mut members = Vec::new();
        let walked = Passed::walk(WHOLE, |key, value| {
            members.push((key.into_owned(), value));
            Some(())
        });
        assert!(walked.is_some());
        let keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["a", "é\n\"", "d", "e", "f"]);
        assert_eq!(members.get(2).map(|(_, value)| *value), Some("-0.5e+10"));
        assert_eq!(members.last().map(|(_, value)| *value), Some("[true,false,null,1E3,0,[[12]]]"));
        assert!(passed(WHOLE).is_some_and(|text| is_object(&text) && agrees(WHOLE, &text)));
        assert_eq!(passed("{ }").as_deref(), Some("{ }"));
        assert!(Passed::walk(WHOLE, |key, _| (key != "d").then_some(())).is_none());
        let numbers = "[9007199254740992,9007199254740993,-9007199254740993,123456789012345678901234567890,-0,12345678901234567.5,1e999]";
        let quoted = numbers.replace("9007199254740993", "\"9007199254740993\"").replace("-\"", "\"-");
        let quoted = quoted.replace("123456789012345678901234567890", "\"123456789012345678901234567890\"");
        assert_eq!(passed(&format!(r#"{{"a":{numbers}}}"#)), Some(format!(r#"{{"a":{quoted}}}"#)));
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(passed(&deep), Some(deep));
    }

    #[test]
    fn what_is_no_json_is_none() {
        for end in 0..WHOLE.len() {
            assert!(WHOLE.get(..end).and_then(passed).is_none(), "{end}");
        }
        let spoilt = r#"|01|-|-N|1.|.5|1e|1e+|+1|nul|nulls|NaNa|[1,]|[,1]|[1 2]|[1}|{"b":1]|{"b"}|{b:1}|{"b":1,}|"\x"|"\u12g4"|1,|1}|1 2|{1:2}"#;
        for value in spoilt.split('|').chain(["\"\u{1}\"", "\"a\nb\"", "\u{c}1"]) {
            let text = format!(r#"{{"a":{value}}}"#);
            assert!(passed(&text).is_none() && !is_object(&text), "{text}");
        }
    }

    proptest! {
        /// Some bytes changed, left out or put in: it is passed on where the library reads it, and as the library reads it.
        #[test]
        fn as_the_library_judges(at in 0..WHOLE.len(), by in "[ -~\u{1}\n\té]{0,3}", cut in 0usize..3) {
            let (Some(before), Some(after)) = (WHOLE.get(..at), WHOLE.get((at + cut).min(WHOLE.len())..)) else {
                return Ok(());
            };
            let text = [before, &by, after].concat();
            match passed(&text) {
                Some(passed) => prop_assert!(is_object(&passed) && agrees(&text, &passed), "{} {}", text, passed),
                None => prop_assert!(!is_object(&text), "{}", text),
            }
        }
    }
}
