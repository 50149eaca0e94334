//! Checksums in four bytes, little-endian. Always verified.
//!
//! CRC-32C (RFC 3720), CRC-32 (zlib's), Adler-32 (RFC 1950), HDF5's Fletcher-32, and Bob Jenkins' lookup3.

use crate::error::{Code, Error, Result, corrupt};
use crate::meta::{Checksum, IndexLocation};

/// Checks and strips the checksum.
pub fn decode_crc32c(input: Vec<u8>, location: IndexLocation) -> Result<Vec<u8>> {
    verify(input, location, crc32c::crc32c)
}

fn verify(mut input: Vec<u8>, location: IndexLocation, sum: impl Fn(&[u8]) -> u32) -> Result<Vec<u8>> {
    let parts = match location {
        IndexLocation::End => input.split_last_chunk::<4>(),
        IndexLocation::Start => input.split_first_chunk::<4>().map(|(stored, body)| (body, stored)),
    };
    let (body, stored) = parts.ok_or_else(|| corrupt("no room for the checksum"))?;
    let (stored, computed) = (u32::from_le_bytes(*stored), sum(body));
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

/// Checks and strips a checksum of another kind.
pub fn decode_checksum(input: Vec<u8>, kind: &Checksum, location: IndexLocation) -> Result<Vec<u8>> {
    verify(input, location, |body| match kind {
        Checksum::Crc32 => crc32fast::hash(body),
        Checksum::Adler32 => adler2::adler32_slice(body),
        Checksum::Fletcher32 => fletcher32(body),
        Checksum::Jenkins { seed, prefix } if prefix.is_empty() => lookup3(body, *seed),
        Checksum::Jenkins { seed, prefix } => lookup3(&[prefix, body].concat(), *seed),
    })
}

/// HDF5's variant of Fletcher's sum: 16-bit words with the high byte first, and a last odd byte as a high one.
fn fletcher32(body: &[u8]) -> u32 {
    let (mut a, mut b) = (0u32, 0u32);
    // So many words fit before the sums need to be reduced.
    for run in body.chunks(2 * 360) {
        for word in run.chunks(2) {
            let high = word.first().copied().unwrap_or(0);
            let low = word.get(1).copied().unwrap_or(0);
            a += u32::from(u16::from_be_bytes([high, low]));
            b += a;
        }
        a = (a & 0xffff) + (a >> 16);
        b = (b & 0xffff) + (b >> 16);
    }
    a = (a & 0xffff) + (a >> 16);
    b = (b & 0xffff) + (b >> 16);
    b << 16 | a
}

/// Bob Jenkins' lookup3 (`hashlittle`), as HDF5 uses it for metadata.
fn lookup3(body: &[u8], seed: u32) -> u32 {
    #[allow(clippy::cast_possible_truncation)] // the length enters modulo 2^32
    let start = 0xdead_beef_u32.wrapping_add(body.len() as u32).wrapping_add(seed);
    let [mut a, mut b, mut c] = [start; 3];
    let mut rest = body;
    let add = |block: &[u8]| {
        let mut padded = [0; 12];
        padded.iter_mut().zip(block).for_each(|(place, byte)| *place = *byte);
        let mut words = padded.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut word = || words.next().unwrap_or_default();
        [word(), word(), word()]
    };
    while let Some((block, after)) = rest.split_first_chunk::<12>().filter(|(_, after)| !after.is_empty()) {
        let [x, y, z] = add(block);
        (a, b, c) = (a.wrapping_add(x), b.wrapping_add(y), c.wrapping_add(z));
        rest = after;
        a = a.wrapping_sub(c) ^ c.rotate_left(4);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(6);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(8);
        b = b.wrapping_add(a);
        a = a.wrapping_sub(c) ^ c.rotate_left(16);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(19);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(4);
        b = b.wrapping_add(a);
    }
    if rest.is_empty() {
        return c;
    }
    let [x, y, z] = add(rest);
    (a, b, c) = (a.wrapping_add(x), b.wrapping_add(y), c.wrapping_add(z));
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the driver at the end of Bob Jenkins' lookup3.c.
    #[test]
    fn the_hash_that_its_author_prints() {
        let text = b"Four score and seven years ago";
        assert_eq!((lookup3(b"", 0), lookup3(text, 0), lookup3(text, 1)), (0xdead_beef, 0x1777_0551, 0xcd62_8161));
    }
}
