//! What lies below a prefix, as servers tell it: an HTML page with a link per entry, S3's and Azure's XML, Google's JSON.
//!
//! Pages and names are strangers' text. A page is refused by name if it is endless, names what climbs out of its folder,
//! or holds more than a store can have.

mod bucket;
mod html;
mod sizes;
mod xml;

pub use bucket::{Page, list_pages};
pub use html::parse_listing;
pub use sizes::{Sizes, SizesPage, list_sizes};

pub(super) use bucket::parse_google;
pub(super) use sizes::google_sizes;
pub(super) use xml::{azure_sizes, parse_azure, parse_s3, s3_sizes};
