//! What servers say of their folders.

use crate::laws::within;
use zarrscope::store::parse_listing;

/// A folder's page: names that stay in the folder.
pub fn listing(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names = within(8 * text.len(), || parse_listing(&text));
    for name in names {
        let bare = name.strip_suffix('/').unwrap_or(&name);
        assert!(!bare.is_empty() && bare != ".." && !bare.contains('/'), "{name:?} leads elsewhere");
    }
}
