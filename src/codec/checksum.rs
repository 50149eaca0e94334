//! CRC-32C (RFC 3720) in four bytes, little-endian. Always verified.

use crate::error::{Code, Error, Result, corrupt};
use crate::meta::IndexLocation;

/// Checks and strips the checksum.
pub fn decode_crc32c(mut input: Vec<u8>, location: IndexLocation) -> Result<Vec<u8>> {
    let parts = match location {
        IndexLocation::End => input.split_last_chunk::<4>(),
        IndexLocation::Start => input.split_first_chunk::<4>().map(|(stored, body)| (body, stored)),
    };
    let (body, stored) = parts.ok_or_else(|| corrupt("no room for the checksum"))?;
    let (stored, computed) = (u32::from_le_bytes(*stored), crc32c::crc32c(body));
    if stored != computed {
        let message = format!("the checksum is {computed:08x}, but {stored:08x} is stored");
        return Err(Error::new(Code::Checksum, message).with_sizes(stored.into(), computed.into()));
    }
    let len = body.len();
    match location {
        IndexLocation::End => input.truncate(len),
        IndexLocation::Start => drop(input.drain(..4)),
    }
    Ok(input)
}
