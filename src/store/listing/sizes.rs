//! Sizes of objects, as buckets list them.

use super::bucket::{MAX_NAME_BYTES, refused};
use crate::error::{Result, too_large};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How long objects are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sizes {
    /// Bytes by key.
    pub of: BTreeMap<String, u64>,
    /// The last key that is listed, if there may be others behind it; a key that is not listed and not behind it is not there.
    pub ends_at: Option<String>,
}

impl Sizes {
    /// How long an object is, `Some(None)` if it is not there; nothing if that is not known.
    pub fn get(&self, key: &str) -> Option<Option<u64>> {
        match self.of.get(key) {
            Some(size) => Some(Some(*size)),
            None if self.ends_at.as_deref().is_some_and(|end| key > end) => None,
            None => Some(None),
        }
    }
}

/// A page of such a listing.
#[derive(Debug, Default, PartialEq)]
pub struct SizesPage {
    /// Keys and sizes in their order.
    pub sizes: Vec<(String, u64)>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

impl SizesPage {
    /// Takes a key as the service wrote it, `root` being what the store's keys begin with; what has no size is no object.
    pub(super) fn add(&mut self, root: &str, key: &str, size: Option<u64>) -> Result<()> {
        if key.len() as u64 > MAX_NAME_BYTES {
            return Err(too_large("bytes of a name in the server's listing", key.len() as u64, MAX_NAME_BYTES));
        }
        if let (Some(key), Some(size)) = (key.strip_prefix(root), size) {
            self.sizes.push((key.to_string(), size));
        }
        Ok(())
    }
}

/// Up to so many pages: `page` is asked with nothing first, then with what the page before said. `None` where the first
/// page is refused.
pub async fn list_sizes(
    max_pages: u64,
    page: impl AsyncFn(Option<&str>) -> Result<Option<SizesPage>>,
) -> Result<Option<Sizes>> {
    let mut sizes = Sizes::default();
    let mut tokens = BTreeSet::new();
    let mut next: Option<String> = None;
    for _ in 0..max_pages {
        let Some(page) = page(next.as_deref()).await? else {
            return if next.is_none() { Ok(None) } else { Err(refused("its next page is not there")) };
        };
        sizes.of.extend(page.sizes);
        match page.next {
            None => return Ok(Some(Sizes { ends_at: None, ..sizes })),
            Some(token) if !tokens.insert(token.clone()) => return Err(refused("its pages go round in a circle")),
            Some(token) => next = Some(token),
        }
    }
    sizes.ends_at = Some(sizes.of.keys().next_back().cloned().unwrap_or_default());
    Ok(Some(sizes))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Google {
    #[serde(default)]
    items: Vec<Item>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    size: Option<String>,
}

/// A page of Google's JSON API, which writes sizes as text.
pub fn google_sizes(json: &[u8], root: &str) -> Result<SizesPage> {
    let google: Google = serde_json::from_slice(json).map_err(refused)?;
    let mut page = SizesPage { sizes: Vec::new(), next: google.next_page_token.filter(|t| !t.is_empty()) };
    for item in &google.items {
        page.add(root, &item.name, item.size.as_deref().and_then(|size| size.parse().ok()))?;
    }
    Ok(page)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn google_pages() {
        let json = br#"{"nextPageToken":"T","items":[{"name":"a/v/0","size":"5"},{"name":"a/v/1"}]}"#;
        let page = google_sizes(json, "a/").unwrap();
        assert_eq!((page.sizes, page.next), (vec![("v/0".to_string(), 5)], Some("T".to_string())));
    }

    #[test]
    fn what_lies_behind_the_last_page_is_not_known() {
        let pages = |max_pages| {
            let page = async |token: Option<&str>| {
                Ok(Some(match token {
                    None => SizesPage { sizes: vec![("a".into(), 1)], next: Some("t".into()) },
                    Some(_) => SizesPage { sizes: vec![("c".into(), 3)], next: None },
                }))
            };
            list_sizes(max_pages, page).now_or_never().unwrap().unwrap().unwrap()
        };
        let (part, whole) = (pages(1), pages(2));
        assert_eq!((part.get("a"), part.get("A"), part.get("c")), (Some(Some(1)), Some(None), None));
        assert_eq!((whole.get("b"), whole.get("c"), whole.get("d")), (Some(None), Some(Some(3)), Some(None)));
        let refused = list_sizes(9, async |_| Ok(None)).now_or_never().unwrap().unwrap();
        assert_eq!(refused, None);
    }

    #[test]
    fn endless_listings_end() {
        let circle = list_sizes(9, async |_| Ok(Some(SizesPage { sizes: Vec::new(), next: Some("same".into()) })));
        assert!(circle.now_or_never().unwrap().is_err());
    }
}
