//! A GRIB2 message taken apart into its sections, the first field of it.
//!
//! Section 0: `GRIB`, discipline, edition, total length in 8 octets; then sections that start with their length in 4 octets
//! and their number; `7777` ends it.

use super::octets::Octets;
use crate::error::{Result, corrupt, unsupported};

/// What a field's values need.
pub(super) struct Message<'a> {
    /// Section 3, the grid.
    pub(super) grid: Octets<'a>,
    /// Section 5, how values are represented.
    pub(super) representation: Octets<'a>,
    /// Section 6's bits, one per grid point, if there are any.
    pub(super) bitmap: Option<&'a [u8]>,
    /// Section 7 without its head.
    pub(super) data: &'a [u8],
}

const NO_BITMAP: u8 = 255;

pub(super) fn parse(input: &[u8]) -> Result<Message<'_>> {
    let head = Octets(input);
    if !input.starts_with(b"GRIB") {
        return Err(corrupt("no GRIB message here"));
    }
    match head.u8(8)? {
        2 => {}
        edition => return Err(unsupported(format!("GRIB edition {edition}"))),
    }
    let (mut grid, mut representation, mut bitmap) = (None, None, None);
    let mut rest = head.from(17)?;
    loop {
        if rest.starts_with(b"7777") {
            return Err(corrupt("a GRIB message without data"));
        }
        let section = Octets(rest);
        let len = usize::try_from(section.u32(1)?).unwrap_or(usize::MAX);
        let (section, after) = rest
            .split_at_checked(len)
            .filter(|_| len >= 5)
            .ok_or_else(|| corrupt(format!("a section of {len} octets where {} are left", rest.len())))?;
        let octets = Octets(section);
        match octets.u8(5)? {
            1 | 2 | 4 => {}
            3 => grid = Some(octets),
            5 => representation = Some(octets),
            6 => {
                bitmap = match octets.u8(6)? {
                    NO_BITMAP => None,
                    0 => Some(octets.from(7)?),
                    other => return Err(unsupported(format!("GRIB bitmap indicator {other}"))),
                }
            }
            7 => {
                let grid = grid.ok_or_else(|| corrupt("no grid (section 3) before the data"))?;
                let representation = representation.ok_or_else(|| corrupt("no section 5 before the data"))?;
                return Ok(Message { grid, representation, bitmap, data: octets.from(6)? });
            }
            other => return Err(corrupt(format!("section {other} in a GRIB message"))),
        }
        rest = after;
    }
}
