//! MessagePack as JSON text, element by element and without a tree: what `msgpack2` holds.
//!
//! Byte strings become text where they are UTF-8, and lists of bytes elsewhere; keys of maps that are no text become
//! their JSON; extension types are refused, and keys that are lists or maps themselves: text in text in text would double
//! with each. Spec: <https://github.com/msgpack/msgpack/blob/master/spec.md>.

use crate::error::{Result, corrupt, unsupported};
use rmp::Marker;
use serde_json::Value;

/// Lists in lists, at most.
const MAX_DEPTH: usize = 64;

/// Reads values one after another.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// At the start of a message.
    pub fn new(input: &'a [u8]) -> Self {
        Reader { rest: input }
    }

    /// The number of elements of the list that comes next.
    ///
    /// # Errors
    /// `corrupt_chunk` if no list comes.
    pub fn array_len(&mut self) -> Result<usize> {
        match self.marker()? {
            Marker::FixArray(n) => Ok(n.into()),
            Marker::Array16 => self.length::<2>(),
            Marker::Array32 => self.length::<4>(),
            other => Err(corrupt(format!("MessagePack: {other:?} where a list should be"))),
        }
    }

    /// Refuses anything that comes behind the last value.
    ///
    /// # Errors
    /// `corrupt_chunk`.
    pub fn end(&self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            n => Err(corrupt(format!("{n} bytes after the end of the message"))),
        }
    }

    fn marker(&mut self) -> Result<Marker> {
        let [byte] = self.array::<1>()?;
        Ok(Marker::from_u8(byte))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(cut)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or_else(cut)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A length in big-endian bytes.
    fn length<const N: usize>(&mut self) -> Result<usize> {
        Ok(self.array::<N>()?.iter().fold(0usize, |n, &b| n << 8 | usize::from(b)))
    }
}

fn cut() -> crate::error::Error {
    corrupt("MessagePack ends within a value")
}

/// The next value as JSON text.
///
/// # Errors
/// `corrupt_chunk`, `unsupported` for extension types.
pub fn to_json(reader: &mut Reader) -> Result<String> {
    let mut out = String::new();
    value(reader, &mut out, 0)?;
    Ok(out)
}

fn value(reader: &mut Reader, out: &mut String, depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(corrupt(format!("MessagePack nested more than {MAX_DEPTH} deep")));
    }
    let scalar: Value = match reader.marker()? {
        Marker::Null => Value::Null,
        Marker::True => true.into(),
        Marker::False => false.into(),
        Marker::FixPos(n) => n.into(),
        Marker::FixNeg(n) => n.into(),
        Marker::U8 => u8::from_be_bytes(reader.array()?).into(),
        Marker::U16 => u16::from_be_bytes(reader.array()?).into(),
        Marker::U32 => u32::from_be_bytes(reader.array()?).into(),
        Marker::U64 => u64::from_be_bytes(reader.array()?).into(),
        Marker::I8 => i8::from_be_bytes(reader.array()?).into(),
        Marker::I16 => i16::from_be_bytes(reader.array()?).into(),
        Marker::I32 => i32::from_be_bytes(reader.array()?).into(),
        Marker::I64 => i64::from_be_bytes(reader.array()?).into(),
        Marker::F32 => float(f32::from_be_bytes(reader.array()?).into()),
        Marker::F64 => float(f64::from_be_bytes(reader.array()?)),
        Marker::FixStr(n) => text(reader.take(n.into())?),
        Marker::Str8 | Marker::Bin8 => sized::<1>(reader)?,
        Marker::Str16 | Marker::Bin16 => sized::<2>(reader)?,
        Marker::Str32 | Marker::Bin32 => sized::<4>(reader)?,
        Marker::FixArray(n) => return list(reader, n.into(), out, depth),
        Marker::Array16 => return reader.length::<2>().and_then(|n| list(reader, n, out, depth)),
        Marker::Array32 => return reader.length::<4>().and_then(|n| list(reader, n, out, depth)),
        Marker::FixMap(n) => return map(reader, n.into(), out, depth),
        Marker::Map16 => return reader.length::<2>().and_then(|n| map(reader, n, out, depth)),
        Marker::Map32 => return reader.length::<4>().and_then(|n| map(reader, n, out, depth)),
        other => return Err(unsupported(format!("MessagePack's type {other:?}"))),
    };
    out.push_str(&scalar.to_string());
    Ok(())
}

/// A number, or the word of one that is not finite.
fn float(x: f64) -> Value {
    match serde_json::Number::from_f64(x) {
        Some(n) => Value::Number(n),
        None if x.is_nan() => Value::Null,
        None => (if x > 0.0 { "Infinity" } else { "-Infinity" }).into(),
    }
}

fn sized<const N: usize>(reader: &mut Reader) -> Result<Value> {
    let len = reader.length::<N>()?;
    Ok(text(reader.take(len)?))
}

fn text(bytes: &[u8]) -> Value {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| Value::from(*b)).collect(), Value::from)
}

fn list(reader: &mut Reader, len: usize, out: &mut String, depth: usize) -> Result<()> {
    out.push('[');
    for i in 0..len {
        if i > 0 {
            out.push(',');
        }
        value(reader, out, depth + 1)?;
    }
    out.push(']');
    Ok(())
}

fn map(reader: &mut Reader, len: usize, out: &mut String, depth: usize) -> Result<()> {
    out.push('{');
    for i in 0..len {
        if i > 0 {
            out.push(',');
        }
        let mut key = String::new();
        match reader.rest.first().map(|byte| Marker::from_u8(*byte)) {
            Some(Marker::FixArray(_) | Marker::Array16 | Marker::Array32) => {
                return Err(unsupported("a list as a key"));
            }
            Some(Marker::FixMap(_) | Marker::Map16 | Marker::Map32) => return Err(unsupported("a map as a key")),
            _ => value(reader, &mut key, depth + 1)?,
        }
        // A key that is no text is written as the text of its JSON.
        let key = if key.starts_with('"') { key } else { Value::from(key).to_string() };
        out.push_str(&key);
        out.push(':');
        value(reader, out, depth + 1)?;
    }
    out.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(input: &[u8]) -> Result<String> {
        let mut reader = Reader::new(input);
        let text = to_json(&mut reader)?;
        reader.end()?;
        Ok(text)
    }

    #[test]
    fn every_kind_of_value() {
        let message = b"\x9a\xc0\xc3\x07\xff\xcd\x01\x00\xcb\x3f\xf8\0\0\0\0\0\0\xa3foo\xc4\x02\xff\x01\x81\xa1k\x92\x01\x02\xca\x7f\xc0\0\0";
        assert_eq!(json(message).unwrap(), r#"[null,true,7,-1,256,1.5,"foo",[255,1],{"k":[1,2]},null]"#);
        assert_eq!(json(b"\x81\x01\x02").unwrap(), r#"{"1":2}"#);
        assert_eq!(json(b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff").unwrap(), "18446744073709551615");
    }

    #[test]
    fn lies_end_in_errors() {
        for bad in [
            &b"\xdd\xff\xff\xff\xff"[..],
            b"\xdb\xff\xff\xff\xff",
            b"\xa3fo",
            b"",
            b"\xc7\x01\x01\x01",
            b"\x01\x01",
            b"\x81\x90\x01",
        ] {
            assert!(json(bad).is_err(), "{bad:?}");
        }
        assert!(json(&[0x91; 10_000]).is_err());
    }
}
