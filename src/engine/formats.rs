//! From an address to a store: Zarr as it lies there, or what only looks like Zarr, through its table of references.

use crate::error::{Code, Error, Result, unsupported};
use crate::references::{Icechunk, KerchunkJson, KerchunkParquet, References, Sites, ZipFile, is_repository};
use crate::store::{Address, Format, Storage, Store};
use std::rc::Rc;

/// Endings of files that hold arrays but are no Zarr.
const ARRAY_FILES: [&str; 6] = [".nc", ".nc4", ".h5", ".hdf5", ".grib2", ".tif"];

/// The table of references at an address; `None` where a Zarr store lies there itself.
///
/// # Errors
/// What reading the table gives; `unsupported`, saying what to do, for files that need references made of them first.
pub async fn references_at(
    address: &Address,
    storage: &Storage,
    sites: &Rc<dyn Sites>,
) -> Result<Option<Rc<dyn References>>> {
    let name = address.shown().rsplit('/').next().unwrap_or_default();
    match address.format() {
        Format::Zarr => {
            if ARRAY_FILES.iter().any(|ending| name.ends_with(ending)) {
                return Err(unsupported(format!("files without references ({name}): make them with Kerchunk")));
            }
            Ok(None)
        }
        Format::KerchunkJson => Ok(Some(Rc::new(KerchunkJson::fetch(address, storage, &**sites).await?))),
        Format::KerchunkParquet => Ok(Some(Rc::new(KerchunkParquet::fetch(address, storage, &**sites).await?))),
        Format::Icechunk(revision) => {
            let store = sites.at(address)?;
            let repository = Icechunk::open(address.clone(), storage.clone(), store, revision).await?;
            Ok(Some(Rc::new(repository)))
        }
        Format::Zip => Ok(Some(Rc::new(ZipFile::open(address, sites).await?))),
    }
}

/// Where no Zarr store was found: what else lies there, and how to write its address.
pub async fn advise(error: Error, address: &Address, store: &dyn Store) -> Error {
    if error.code() != Code::NotFound || !is_repository(store).await {
        return error;
    }
    let message = format!("this is an Icechunk repository: write icechunk+{}#branch=main", address.shown());
    Error::new(Code::NotFound, message)
}
