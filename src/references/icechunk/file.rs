//! The files of a repository: a header, and a compressed FlatBuffers message.

use crate::codec::{Expected, decode_zstd};
use crate::error::{Code, Error, Result, invalid_metadata, to_usize, too_large, unsupported};
use crate::store::{ByteRange, Store};

/// How every file begins.
pub const MAGIC: &[u8] = "ICE🧊CHUNK".as_bytes();
const HEADER_BYTES: usize = 39;
/// The newest version of the specification that is read.
const NEWEST_SPEC: u8 = 2;
/// The largest file, as stored.
const MAX_STORED_BYTES: u64 = 128 << 20;
/// The largest message.
const MAX_MESSAGE_BYTES: u64 = 512 << 20;
/// A message may be so many times larger than its file (ids are random and hardly shrink) …
const MAX_RATIO: u64 = 1000;
/// … or so large in any case.
const SMALL_MESSAGE_BYTES: u64 = 8 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The tree of one state.
    Snapshot,
    /// Where chunks lie.
    Manifest,
    /// Branches, tags and settings (version 2).
    RepoInfo,
}

impl Kind {
    fn number(self) -> u8 {
        match self {
            Kind::Snapshot => 1,
            Kind::Manifest => 2,
            Kind::RepoInfo => 6,
        }
    }

    fn name(number: u8) -> &'static str {
        match number {
            1 => "a snapshot",
            2 => "a manifest",
            3 => "attributes",
            4 => "a transaction log",
            5 => "a chunk",
            6 => "repository information",
            _ => "something unknown",
        }
    }
}

/// Reads a file's message; `None` if there is no such file.
///
/// # Errors
/// `invalid_metadata` for what is no such file, `unsupported` for a newer specification, `too_large`; each with the file.
pub async fn read_message(store: &dyn Store, key: &str, kind: Kind) -> Result<Option<Vec<u8>>> {
    let Some(bytes) = store.get(key, ByteRange::All, MAX_STORED_BYTES).await.map_err(|e| e.with_path(key))? else {
        return Ok(None);
    };
    unpack(&bytes, kind).map(Some).map_err(|e| e.with_path(key))
}

fn unpack(bytes: &[u8], kind: Kind) -> Result<Vec<u8>> {
    if !bytes.starts_with(MAGIC) {
        return Err(invalid_metadata("no Icechunk file: it does not begin as one"));
    }
    let Some((header, message)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err(invalid_metadata("the Icechunk file ends within its header"));
    };
    let &[.., spec, number, compression] = header else { return Err(invalid_metadata("no header")) };
    if spec == 0 || spec > NEWEST_SPEC {
        return Err(unsupported(format!("version {spec} of the Icechunk specification")));
    }
    if number != kind.number() {
        let (is, should) = (Kind::name(number), Kind::name(kind.number()));
        return Err(invalid_metadata(format!("the Icechunk file holds {is}, not {should}")));
    }
    let limit = (message.len() as u64).saturating_mul(MAX_RATIO).clamp(SMALL_MESSAGE_BYTES, MAX_MESSAGE_BYTES);
    match compression {
        0 => Ok(message.to_vec()),
        1 => decode_zstd(message, Expected::AtMost(to_usize(limit, "message")?)).map_err(|e| as_metadata(&e, limit)),
        other => Err(unsupported(format!("compression {other} of Icechunk files"))),
    }
}

/// A file is metadata, not a chunk, and a message over the limit is too large rather than corrupt.
fn as_metadata(e: &Error, limit: u64) -> Error {
    match e.details().actual.filter(|actual| *actual > limit) {
        Some(actual) => too_large("bytes of an unpacked Icechunk file", actual, limit),
        None => Error::new(Code::InvalidMetadata, e.details().message.clone()).with_codec("zstd"),
    }
}

/// An object's name: Crockford's base 32 of its id, bits from the left, zero bits at the end.
pub fn encode_id<const N: usize>(id: &[u8; N]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits = (N * 8).div_ceil(5);
    let bit = |at: usize| id.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let digit = |i: usize| (0..5).fold(0, |value, b| value << 1 | bit(i * 5 + b));
    (0..digits).filter_map(|i| DIGITS.get(usize::from(digit(i)))).map(|&d| char::from(d)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ids() {
        let id = [0x0b, 0x1c, 0xc8, 0xd6, 0x78, 0x75, 0x80, 0xf0, 0xe3, 0x3a, 0x65, 0x34];
        assert_eq!(encode_id(&id), "1CECHNKREP0F1RSTCMT0");
        assert_eq!(encode_id(&[0xff; 8]), "ZZZZZZZZZZZZY");
    }

    #[test]
    fn headers_are_checked() {
        let refused = |spec, number, compression| {
            let header = [MAGIC, &[b' '; 24], &[spec, number, compression], b"message"].concat();
            unpack(&header, Kind::Snapshot).map_err(|e| e.to_string())
        };
        assert_eq!(refused(2, 1, 0), Ok(b"message".to_vec()));
        for (spec, number, compression, says) in [
            (3, 1, 0, "version 3"),
            (0, 1, 0, "version 0"),
            (1, 2, 0, "holds a manifest, not a snapshot"),
            (1, 77, 0, "something unknown"),
            (1, 1, 9, "compression 9"),
            (1, 1, 1, "zstd"),
        ] {
            let message = refused(spec, number, compression).unwrap_err();
            assert!(message.contains(says), "{message}");
        }
        assert!(unpack(MAGIC, Kind::Snapshot).is_err());
        assert!(unpack(b"<!doctype html>", Kind::Snapshot).is_err());
    }
}
