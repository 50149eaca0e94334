//! LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, the highest bit first, one entry early.
//!
//! Files written before that standard have the lowest bit first and no early change. They show it by their first code,
//! which is always Clear (256): `80 0` in the new order, `0 1` in the old.

use super::{Expected, buffer};
use crate::error::{Result, corrupt};
use weezl::{BitOrder, LzwStatus, decode::Decoder};

/// Decodes one stream.
pub fn decode_lzw(input: &[u8], expected: Expected) -> Result<Vec<u8>> {
    let old = matches!(input, [0, second, ..] if second & 1 == 1);
    let mut decoder =
        if old { Decoder::new(BitOrder::Lsb, 8) } else { Decoder::with_tiff_size_switch(BitOrder::Msb, 8) };
    let mut bytes = buffer(expected.limit())?;
    let (mut rest, mut filled) = (input, 0);
    loop {
        let target = bytes.get_mut(filled..).unwrap_or_default();
        let step = decoder.decode_bytes(rest, target);
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        filled += step.consumed_out;
        match step.status.map_err(|e| corrupt(e.to_string()))? {
            LzwStatus::Done | LzwStatus::NoProgress => break,
            LzwStatus::Ok if filled == bytes.len() => break,
            LzwStatus::Ok => {}
        }
    }
    bytes.truncate(filled);
    // Some writers go on after a full strip: what is beyond the known size is left, as libtiff does.
    expected.check(filled)?;
    Ok(bytes)
}
