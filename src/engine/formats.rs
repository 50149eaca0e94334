//! From an address to a store: Zarr as it lies there, or what only looks like Zarr, through its table of references.

use crate::error::{Result, unsupported};
use crate::references::{References, Sites};
use crate::store::{Address, Format, Storage};
use std::rc::Rc;

/// Endings of files that hold arrays but are no Zarr.
const ARRAY_FILES: [&str; 6] = [".nc", ".nc4", ".h5", ".hdf5", ".grib2", ".tif"];

/// The table of references at an address; `None` where a Zarr store lies there itself.
///
/// # Errors
/// What reading the table gives; `unsupported`, saying what to do, for files that need references made of them first.
pub async fn references_at(
    address: &Address,
    _storage: &Storage,
    _sites: &Rc<dyn Sites>,
) -> Result<Option<Rc<dyn References>>> {
    let name = address.shown().rsplit('/').next().unwrap_or_default();
    match address.format() {
        Format::Zarr => {
            if ARRAY_FILES.iter().any(|ending| name.ends_with(ending)) {
                return Err(unsupported(format!("files without references ({name}): make them with Kerchunk")));
            }
            Ok(None)
        }
        Format::KerchunkJson => Err(unsupported(format!("Kerchunk references ({name})"))),
        Format::KerchunkParquet => Err(unsupported(format!("Kerchunk references in Parquet ({name})"))),
        Format::Icechunk(_) => Err(unsupported(format!("Icechunk repositories ({name})"))),
        Format::Zip => Err(unsupported(format!("Zarr in a ZIP file ({name})"))),
    }
}
