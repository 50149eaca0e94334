//! A reader of FlexBuffers values (<https://flatbuffers.dev/flexbuffers/>): maps and texts, which are all that a
//! repository's configuration needs. Every offset is checked, and nothing recurses.

use super::flat::utf8;
use crate::error::{Error, Result, invalid_metadata};

const KEY: u8 = 4;
const STRING: u8 = 5;
const MAP: u8 = 9;

/// A value: where it stands, how wide it is, and its type with the width of what it holds.
#[derive(Clone, Copy)]
pub struct Flex<'a> {
    buffer: &'a [u8],
    at: usize,
    width: usize,
    packed: u8,
}

fn outside() -> Error {
    invalid_metadata("an offset in the FlexBuffers value points outside of it")
}

/// A number of 1, 2, 4 or 8 bytes, as a position or a length.
fn number(buffer: &[u8], at: usize, width: usize) -> Result<usize> {
    let end = at.checked_add(width).ok_or_else(outside)?;
    let bytes = buffer.get(at..end).ok_or_else(outside)?;
    let value = bytes.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    usize::try_from(value).map_err(|_| outside())
}

/// Follows the offset at a position, which counts backwards.
fn follow(buffer: &[u8], at: usize, width: usize) -> Result<usize> {
    at.checked_sub(number(buffer, at, width)?).ok_or_else(outside)
}

/// The text up to the next zero.
fn key_at(buffer: &[u8], at: usize) -> Result<&str> {
    let rest = buffer.get(at..).ok_or_else(outside)?;
    utf8(rest.split(|byte| *byte == 0).next().unwrap_or_default())
}

impl<'a> Flex<'a> {
    /// The value that a buffer holds; its type and width stand at the end.
    pub fn root(buffer: &'a [u8]) -> Result<Self> {
        let &[.., packed, width] = buffer else { return Err(outside()) };
        let width = usize::from(width);
        let at = (buffer.len() - 2).checked_sub(width).filter(|_| matches!(width, 1 | 2 | 4 | 8));
        Ok(Flex { buffer, at: at.ok_or_else(outside)?, width, packed })
    }

    fn kind(&self) -> u8 {
        self.packed >> 2
    }

    /// The text, if it is one.
    pub fn text(&self) -> Result<Option<&'a str>> {
        if self.kind() != STRING && self.kind() != KEY {
            return Ok(None);
        }
        let at = follow(self.buffer, self.at, self.width)?;
        if self.kind() == KEY {
            return key_at(self.buffer, at).map(Some);
        }
        let width = 1usize << (self.packed & 3);
        let len = number(self.buffer, at.checked_sub(width).ok_or_else(outside)?, width)?;
        let end = at.checked_add(len).ok_or_else(outside)?;
        utf8(self.buffer.get(at..end).ok_or_else(outside)?).map(Some)
    }

    /// The members, if it is a map: at most `limit`.
    pub fn members(&self, limit: usize) -> Result<Vec<(&'a str, Flex<'a>)>> {
        if self.kind() != MAP {
            return Ok(Vec::new());
        }
        let (buffer, width) = (self.buffer, 1usize << (self.packed & 3));
        let at = follow(buffer, self.at, self.width)?;
        let before = |steps: usize| at.checked_sub(steps * width).ok_or_else(outside);
        let len = number(buffer, before(1)?, width)?;
        if len > limit {
            return Err(invalid_metadata(format!("a FlexBuffers map of {len} members, at most {limit}")));
        }
        let keys_width = number(buffer, before(2)?, width)?;
        let keys = follow(buffer, before(3)?, width)?;
        let element = |base: usize, i: usize, width: usize| {
            i.checked_mul(width).and_then(|skip| base.checked_add(skip)).ok_or_else(outside)
        };
        let types = element(at, len, width)?;
        (0..len)
            .map(|i| {
                let key = follow(buffer, element(keys, i, keys_width)?, keys_width)?;
                let packed = *buffer.get(element(types, i, 1)?).ok_or_else(outside)?;
                Ok((key_at(buffer, key)?, Flex { buffer, at: element(at, i, width)?, width, packed }))
            })
            .collect()
    }

    /// A member of a map.
    pub fn get(&self, name: &str) -> Result<Option<Flex<'a>>> {
        const MOST: usize = 1000;
        Ok(self.members(MOST)?.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value))
    }
}
