//! Kerchunk's references: which ranges of NetCDF, HDF5, GRIB and TIFF files are the chunks of a Zarr store.

mod document;
mod expression;
mod generate;
mod numbers;
mod records;
mod table;
mod template;

pub use records::KerchunkParquet;

use super::{Form, ObjectPlace, Place, References, Sites};
use crate::codec::{Expected, decode_gzip, decode_zstd};
use crate::error::{Code, Error, Result, invalid_metadata, to_usize};
use crate::store::{Address, ByteRange, Storage};
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use document::parse_document;
use futures::future::{FutureExt, LocalBoxFuture, ready};
use std::borrow::Cow;
use table::{Found, Table};

/// The largest document that is read, unpacked.
const MAX_DOCUMENT_BYTES: u64 = 256 << 20;

/// References from one JSON document.
pub struct KerchunkJson {
    table: Table,
    targets: Targets,
}

/// How the objects that a table names are reached.
pub(super) struct Targets {
    /// Where the table lies.
    pub address: Address,
    pub storage: Storage,
}

impl Targets {
    /// The place of a range of an object, or of all of it.
    pub fn place(&self, url: &str, part: Option<(u64, u64)>) -> Result<Place> {
        let address = self.address.object(url, &self.storage)?;
        let (offset, len) = part.map_or((0, None), |(offset, len)| (offset, Some(len)));
        Ok(Place::Object(ObjectPlace { address, offset, len, form: Form::Plain }))
    }
}

impl KerchunkJson {
    /// Fetches and reads the document at an address.
    ///
    /// # Errors
    /// `not_found`, `invalid_metadata`, `unsupported`, `too_large`, and what fetching gives.
    pub async fn fetch(address: &Address, storage: &Storage, sites: &dyn Sites) -> Result<Self> {
        let bytes = sites.at(address)?.get("", ByteRange::All, MAX_DOCUMENT_BYTES).await?;
        let bytes = bytes.ok_or_else(|| Error::new(Code::NotFound, "there are no references here"))?;
        let table = parse_document(&unpacked(&bytes)?)?;
        Ok(KerchunkJson { table, targets: Targets { address: address.clone(), storage: storage.clone() } })
    }
}

/// The document, which may be compressed as a whole.
fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    let limit = Expected::AtMost(to_usize(MAX_DOCUMENT_BYTES, "references")?);
    Ok(match bytes {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Cow::Owned(decode_zstd(bytes, limit)?),
        [0x1f, 0x8b, ..] => Cow::Owned(decode_gzip(bytes, limit)?),
        _ => Cow::Borrowed(bytes),
    })
}

/// Inline data: as it is, or after `base64:` encoded.
pub(super) fn inline(data: &[u8], key: &str) -> Result<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
    let Some(encoded) = data.strip_prefix(b"base64:") else { return Ok(data.to_vec()) };
    // Python's decoder passes over line breaks.
    let encoded: Cow<[u8]> = match encoded.iter().any(u8::is_ascii_whitespace) {
        true => encoded.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect(),
        false => Cow::Borrowed(encoded),
    };
    BASE64.decode(encoded).map_err(|e| invalid_metadata(format!("the reference {key}: {e}")))
}

impl References for KerchunkJson {
    fn locate<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Place>>> {
        let place = match self.table.find(key) {
            None => Ok(None),
            Some(Found::Inline(data)) => inline(data.as_bytes(), key).map(|bytes| Some(Place::Inline(bytes))),
            Some(Found::Object(url, part)) => self.targets.place(url, part).map(Some),
        };
        ready(place.map_err(|e| e.with_path(key))).boxed_local()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<String>>>> {
        ready(Ok(Some(self.table.names(prefix)))).boxed_local()
    }
}
