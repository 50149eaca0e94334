//! numcodecs' codecs for objects: each element becomes its bytes, text as UTF-8, anything else as JSON.
//!
//! `vlen-*`: a count in 32 bits, then each element behind its length in bytes (little-endian). `json2`: a list of the
//! elements (lists in lists, where there are several dimensions), the type and the shape. `msgpack2`: the same list.

use super::msgpack::{self, Reader};
use super::variable::BlockWriter;
use super::wrong_length;
use crate::array::{DType, Endian, element_value};
use crate::error::{Result, corrupt, too_large, unsupported};
use crate::meta::{ObjectCoding, quote_non_finite};
use serde_json::value::RawValue;
use std::str::from_utf8;

/// The largest chunk of objects that grow when they become JSON, in bytes.
const MAX_GROWING_BYTES: usize = 32 << 20;

/// Decodes so many elements, with the shape of their array.
pub fn decode_objects(input: &[u8], coding: ObjectCoding, shape: &[u64], count: usize) -> Result<Vec<u8>> {
    let grows = matches!(coding.dtype(), DType::Object);
    if grows && input.len() > MAX_GROWING_BYTES {
        return Err(too_large("chunk of objects in bytes", input.len() as u64, MAX_GROWING_BYTES as u64));
    }
    let mut out = BlockWriter::new(count)?;
    match coding {
        ObjectCoding::Utf8 => each_item(input, count, |item| {
            from_utf8(item).map_err(|e| corrupt(format!("text that is no UTF-8: {e}")))?;
            out.push(item)
        })?,
        ObjectCoding::Bytes => each_item(input, count, |item| out.push(item))?,
        ObjectCoding::Array(dtype, endian) => each_item(input, count, |item| out.push(&list(item, dtype, endian)?))?,
        ObjectCoding::Json => json(input, shape, &mut out)?,
        ObjectCoding::MsgPack => message(input, shape, &mut out)?,
    }
    out.finish()
}

/// Walks the elements of a `vlen-*` chunk.
fn each_item(input: &[u8], count: usize, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let (mut rest, declared) = word(input)?;
    if declared != count {
        return Err(wrong_length(count, declared as u64));
    }
    for _ in 0..count {
        let (after, len) = word(rest)?;
        let (item, after) = after
            .split_at_checked(len)
            .ok_or_else(|| corrupt(format!("an element of {len} bytes, and {} are left", after.len())))?;
        each(item)?;
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(corrupt(format!("{} bytes after the last element", rest.len()))) }
}

fn word(input: &[u8]) -> Result<(&[u8], usize)> {
    let (word, rest) = input.split_first_chunk::<4>().ok_or_else(|| corrupt("the chunk ends within a length"))?;
    Ok((rest, u32::from_le_bytes(*word) as usize))
}

/// The elements of one item of `vlen-array`, as a JSON list.
fn list(item: &[u8], dtype: DType, endian: Endian) -> Result<Vec<u8>> {
    let size = dtype.size();
    if dtype.is_variable() || size == 0 || !item.len().is_multiple_of(size) {
        return Err(corrupt(format!("{} bytes in elements of {size} bytes", item.len())));
    }
    let mut item = item.to_vec();
    let unit = dtype.swap_size();
    if endian == Endian::Big && unit > 1 {
        item.chunks_exact_mut(unit).for_each(|e| e.reverse());
    }
    let mut out = b"[".to_vec();
    for (i, element) in item.chunks_exact(size).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend(element_value(element, dtype, &[]).to_string().into_bytes());
    }
    out.push(b']');
    Ok(out)
}

fn json(input: &[u8], shape: &[u64], out: &mut BlockWriter) -> Result<()> {
    let text = from_utf8(input).map_err(|e| corrupt(format!("JSON that is no UTF-8: {e}")))?;
    let text = quote_non_finite(text);
    let items = raw_list(&text)?;
    let Some((items, [dtype, _])) = items.split_last_chunk::<2>() else {
        return Err(corrupt("JSON without the elements' type and shape"));
    };
    if !dtype.get().contains('O') && !dtype.get().contains('U') {
        return Err(unsupported(format!("json2 of the type {}", dtype.get())));
    }
    // An array without dimensions is written as a list of one element.
    let (_, inner) = shape.split_first().unwrap_or((&1, &[]));
    for item in items {
        json_item(item, inner, out)?;
    }
    Ok(())
}

/// One element, or lists of them along the remaining dimensions.
fn json_item(item: &RawValue, shape: &[u64], out: &mut BlockWriter) -> Result<()> {
    let Some((&len, inner)) = shape.split_first() else {
        return out.push(item.get().trim().as_bytes());
    };
    let items = raw_list(item.get())?;
    if items.len() as u64 != len {
        return Err(corrupt(format!("a list of {} elements instead of {len}", items.len())));
    }
    items.into_iter().try_for_each(|item| json_item(item, inner, out))
}

fn raw_list(text: &str) -> Result<Vec<&RawValue>> {
    serde_json::from_str(text).map_err(|e| corrupt(format!("no JSON list: {e}")))
}

fn message(input: &[u8], shape: &[u64], out: &mut BlockWriter) -> Result<()> {
    let mut reader = Reader::new(input);
    let len = reader.array_len()?;
    let outer = shape.first().copied().unwrap_or(1);
    if len as u64 != outer.saturating_add(2) {
        return Err(wrong_length(crate::error::to_usize(outer, "elements")?, (len as u64).saturating_sub(2)));
    }
    let inner = shape.split_first().map_or(&[][..], |(_, inner)| inner);
    for _ in 0..outer {
        message_item(&mut reader, inner, out)?;
    }
    // The type and the shape.
    msgpack::to_json(&mut reader)?;
    msgpack::to_json(&mut reader)?;
    reader.end()
}

fn message_item(reader: &mut Reader, shape: &[u64], out: &mut BlockWriter) -> Result<()> {
    let Some((&expected, inner)) = shape.split_first() else {
        return out.push(msgpack::to_json(reader)?.as_bytes());
    };
    let len = reader.array_len()?;
    if len as u64 != expected {
        return Err(corrupt(format!("a list of {len} elements instead of {expected}")));
    }
    (0..expected).try_for_each(|_| message_item(reader, inner, out))
}

#[cfg(test)]
mod tests {
    use super::super::variable::elements;
    use super::*;

    fn texts(input: &[u8], coding: ObjectCoding, shape: &[u64]) -> Result<Vec<String>> {
        let count = shape.iter().product::<u64>() as usize;
        let block = decode_objects(input, coding, shape, count)?;
        Ok(elements(&block, count).map(|e| String::from_utf8_lossy(e).into_owned()).collect())
    }

    #[test]
    fn lengths_are_checked() {
        let good = b"\x02\0\0\0\x01\0\0\0a\x02\0\0\0bc";
        assert_eq!(texts(good, ObjectCoding::Utf8, &[2]).unwrap(), ["a", "bc"]);
        for bad in [&good[..9], &good[..14], b"\x03\0\0\0", b"\x02\0\0\0\xff\xff\xff\xffa", b"\x01\0\0\0\x01\0\0\0\xff"]
        {
            assert!(texts(bad, ObjectCoding::Utf8, &[2]).is_err(), "{bad:?}");
        }
        assert!(texts(&[good.as_slice(), b"x"].concat(), ObjectCoding::Utf8, &[2]).is_err());
    }

    #[test]
    fn json_in_several_dimensions() {
        let nested = br#"[[0,{"a": [1]}],[NaN,"x"],"|O",[2,2]]"#;
        assert_eq!(texts(nested, ObjectCoding::Json, &[2, 2]).unwrap(), ["0", "{\"a\": [1]}", "\"NaN\"", "\"x\""]);
        assert_eq!(texts(br#"[7,"|O",[]]"#, ObjectCoding::Json, &[]).unwrap(), ["7"]);
        for bad in [&br#"[[0],[1,2],"|O",[2,2]]"#[..], br#"["|O",[2,2]]"#, b"[1,2", br#"[1,2,3,"|O",[2]]"#] {
            assert!(texts(bad, ObjectCoding::Json, &[2, 2]).is_err());
        }
    }

    #[test]
    fn arrays_become_lists() {
        let item = b"\x01\0\0\0\x04\0\0\0\x01\0\xff\xff";
        assert_eq!(texts(item, ObjectCoding::Array(DType::Int16, Endian::Little), &[1]).unwrap(), ["[1,-1]"]);
        assert!(
            texts(b"\x01\0\0\0\x03\0\0\0\x01\0\xff", ObjectCoding::Array(DType::Int16, Endian::Little), &[1]).is_err()
        );
    }
}
