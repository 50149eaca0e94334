//! Where bytes lie.

use crate::codec::{Expected, inflate_raw};
use crate::error::{Error, Result, corrupt, to_usize, too_large};
use crate::meta::MAX_CHUNK_BYTES;
use crate::store::{Address, ByteRange};
use serde::{Deserialize, Serialize};

/// Where the bytes of a key lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// Here: the table itself holds them.
    Inline(Vec<u8>),
    /// In an object somewhere.
    Object(ObjectPlace),
}

/// A range of an object, or all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectPlace {
    /// The object.
    pub address: Address,
    /// First byte.
    pub offset: u64,
    /// Number of bytes; `None`: all of the object, however long (the offset is 0 then).
    pub len: Option<u64>,
    /// How the bytes are wrapped.
    pub form: Form,
}

/// How stored bytes become a key's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// They are.
    Plain,
    /// An entry of a ZIP file from its local header on: the header is skipped, and `deflated` data inflated. The range
    /// reaches to the next entry, because the header's own length is only told by the header.
    ZipEntry {
        /// Bytes of the entry's data as stored.
        packed: u64,
        /// Bytes of the key.
        unpacked: u64,
        /// Whether the data are deflated.
        deflated: bool,
    },
}

/// Deflate's longest match, of 258 bytes, takes at least two bits.
const MAX_DEFLATE_RATIO: u64 = 1032;
/// Length of a ZIP entry's local header without its name and extra field (APPNOTE 6.3.10, section 4.3.7).
const LOCAL_HEADER_BYTES: usize = 30;

impl ObjectPlace {
    /// The range to ask for.
    pub fn range(&self) -> ByteRange {
        match self.len {
            Some(len) => ByteRange::Exact { offset: self.offset, len },
            None => ByteRange::All,
        }
    }

    /// How many bytes the key has, if that is known.
    pub fn key_len(&self) -> Option<u64> {
        match self.form {
            Form::Plain => self.len,
            Form::ZipEntry { unpacked, .. } => Some(unpacked),
        }
    }

    /// Refuses a wrapped key that is longer than is wanted, before anything is fetched.
    ///
    /// # Errors
    /// `too_large`; `corrupt_chunk` for data that deflate cannot make so long packed, or so short.
    pub fn check(&self, limit_bytes: u64) -> Result<()> {
        let Form::ZipEntry { packed, unpacked, deflated } = self.form else { return Ok(()) };
        if unpacked > limit_bytes {
            return Err(too_large("bytes of a ZIP entry", unpacked, limit_bytes));
        }
        // What cannot be made smaller, deflate keeps in blocks of at most 65,535 bytes with 5 bytes before each.
        let most = unpacked.saturating_add(unpacked / 1000).saturating_add(1024);
        if packed > most || (deflated && unpacked > packed.saturating_mul(MAX_DEFLATE_RATIO)) {
            let message = format!("a ZIP entry of {packed} bytes cannot be {unpacked} bytes when it is unpacked");
            return Err(corrupt(message).with_codec("zip").with_sizes(unpacked, packed));
        }
        Ok(())
    }

    /// The key's bytes from the stored ones.
    ///
    /// # Errors
    /// `corrupt_chunk` where the wrapping is not what the table promised; `too_large`.
    pub fn unwrap(&self, stored: Vec<u8>, limit_bytes: u64) -> Result<Vec<u8>> {
        let Form::ZipEntry { packed, unpacked, deflated } = self.form else { return Ok(stored) };
        unzip(&stored, packed, unpacked, deflated, limit_bytes).map_err(|e| e.with_codec("zip"))
    }
}

fn unzip(stored: &[u8], packed: u64, unpacked: u64, deflated: bool, limit_bytes: u64) -> Result<Vec<u8>> {
    let limit = limit_bytes.min(MAX_CHUNK_BYTES);
    if unpacked > limit {
        return Err(too_large("bytes of a ZIP entry", unpacked, limit));
    }
    let header = stored.get(..LOCAL_HEADER_BYTES).filter(|h| h.starts_with(b"PK\x03\x04"));
    let header = header.ok_or_else(|| corrupt("no local header where the ZIP file's directory says"))?;
    let length_at = |at: usize| match header.get(at..at + 2) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => 0,
    };
    let start = LOCAL_HEADER_BYTES + length_at(26) + length_at(28);
    let data = to_usize(packed, "ZIP entry").ok().and_then(|n| stored.get(start..start.checked_add(n)?));
    let data = data.ok_or_else(|| {
        let there = stored.len().saturating_sub(start) as u64;
        corrupt("the ZIP entry reaches into the next one").with_sizes(packed, there)
    })?;
    if deflated {
        return inflate_raw(data, Expected::Exactly(to_usize(unpacked, "ZIP entry")?));
    }
    if packed == unpacked { Ok(data.to_vec()) } else { Err(stored_length(unpacked, packed)) }
}

fn stored_length(unpacked: u64, packed: u64) -> Error {
    corrupt("a ZIP entry that is stored has two lengths").with_sizes(unpacked, packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_unwrapped_or_refused() {
        let mut entry = b"PK\x03\x04".to_vec();
        entry.resize(26, 0);
        entry.extend([2, 0, 1, 0]);
        entry.extend(b"ab!data-and-what-follows");
        let read = |packed, unpacked| unzip(&entry, packed, unpacked, false, 100).map_err(|e| e.code().as_str());
        assert_eq!(read(4, 4), Ok(b"data".to_vec()));
        assert_eq!(read(4, 5), Err("corrupt_chunk"));
        assert_eq!(read(400, 400), Err("too_large"));
        assert_eq!(read(90, 90), Err("corrupt_chunk"));
        assert!(unzip(b"PK", 0, 0, false, 100).is_err());
    }

    /// Room is made for what the directory claims: ten bytes claimed six million.
    #[test]
    fn what_deflate_cannot_do_is_refused() -> Result<()> {
        let address = Address::resolve("https://h.example/a.zip", &Default::default())?;
        let check = |packed, unpacked, deflated| {
            let form = Form::ZipEntry { packed, unpacked, deflated };
            let place = ObjectPlace { address: address.clone(), offset: 0, len: None, form };
            place.check(1 << 30).map_err(|e| e.code().as_str())
        };
        assert_eq!(check(10, 10_320, true), Ok(()));
        assert_eq!(check(10, 10_321, true), Err("corrupt_chunk"));
        assert_eq!(check(10, 6_000_000, true), Err("corrupt_chunk"));
        assert_eq!(check(2, 0, true), Ok(()));
        assert_eq!(check(2000, 10, true), Err("corrupt_chunk"));
        Ok(())
    }
}
