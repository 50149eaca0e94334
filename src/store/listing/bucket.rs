//! Listings of buckets: names below a prefix, page by page.

use crate::error::{Error, Result, invalid_metadata, too_large};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most pages of one listing; services give a thousand names a page.
const MAX_PAGES: u64 = 256;
/// The most names of one listing.
const MAX_NAMES: u64 = 200_000;
/// The longest name, in bytes: what S3 and Google allow for a whole key.
pub(super) const MAX_NAME_BYTES: u64 = 1024;

/// A page of a listing.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// Names directly below the prefix, folders with a trailing slash.
    pub names: Vec<String>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

impl Page {
    /// Takes a key or a common prefix as the service wrote it; what does not lie below the prefix is not the folder's.
    pub(super) fn add(&mut self, prefix: &str, key: &str) -> Result<()> {
        let Some(name) = key.strip_prefix(prefix).filter(|name| !name.is_empty() && *name != "/") else {
            return Ok(());
        };
        let bare = name.strip_suffix('/').unwrap_or(name);
        if name.len() as u64 > MAX_NAME_BYTES {
            return Err(too_large("bytes of a name in the server's listing", name.len() as u64, MAX_NAME_BYTES));
        }
        if matches!(bare, "." | "..") || bare.contains('/') || bare.chars().any(char::is_control) {
            return Err(refused(format!("it names {name:?}, which is no entry of a folder")));
        }
        self.names.push(name.to_string());
        Ok(())
    }
}

pub(super) fn refused(why: impl std::fmt::Display) -> Error {
    invalid_metadata(format!("the server's listing is not valid: {why}"))
}

/// All pages: `page` is asked with nothing first, then with what the page before said. `None` where the first page is
/// refused.
pub async fn list_pages(page: impl AsyncFn(Option<&str>) -> Result<Option<Page>>) -> Result<Option<Vec<String>>> {
    let mut names: Vec<String> = Vec::new();
    let mut tokens = BTreeSet::new();
    let mut next: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let Some(page) = page(next.as_deref()).await? else {
            return if next.is_none() { Ok(None) } else { Err(refused("its next page is not there")) };
        };
        names.extend(page.names);
        if names.len() as u64 > MAX_NAMES {
            return Err(too_large("names in the server's listing", names.len() as u64, MAX_NAMES));
        }
        match page.next {
            None => return Ok(Some(names)),
            Some(token) if !tokens.insert(token.clone()) => return Err(refused("its pages go round in a circle")),
            Some(token) => next = Some(token),
        }
    }
    Err(too_large("pages of the server's listing", MAX_PAGES + 1, MAX_PAGES))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Google {
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    items: Vec<Item>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
}

/// A page of Google's JSON API (`GET /storage/v1/b/BUCKET/o?delimiter=/&prefix=…`).
pub fn parse_google(json: &[u8], prefix: &str) -> Result<Page> {
    let google: Google = serde_json::from_slice(json).map_err(refused)?;
    let mut page = Page { names: Vec::new(), next: google.next_page_token.filter(|t| !t.is_empty()) };
    let keys = google.prefixes.iter().chain(google.items.iter().map(|item| &item.name));
    keys.into_iter().try_for_each(|key| page.add(prefix, key))?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn now(listing: impl Future<Output = Result<Option<Vec<String>>>>) -> Result<Option<Vec<String>>> {
        listing.now_or_never().unwrap_or_else(|| Err(refused("it waits")))
    }

    #[test]
    fn google_pages() {
        let json = br#"{"kind":"storage#objects","nextPageToken":"T","prefixes":["a/SST/","a/b c/"],
            "items":[{"name":"a/"},{"name":"a/.zgroup","size":"5"},{"name":"elsewhere"}]}"#;
        let page = parse_google(json, "a/").unwrap_or_default();
        assert_eq!(page.names, ["SST/", "b c/", ".zgroup"]);
        assert_eq!(page.next.as_deref(), Some("T"));
        assert_eq!(parse_google(b"{}", "").unwrap_or_default(), Page::default());
        assert!(parse_google(b"<html>", "").is_err());
    }

    #[test]
    fn hostile_names_are_refused() {
        let code = |name: &str| Page::default().add("a/", name).map_err(|e| e.code().as_str());
        assert_eq!(code("a/../"), Err("invalid_metadata"));
        assert_eq!(code("a/./"), Err("invalid_metadata"));
        assert_eq!(code("a/x/../y"), Err("invalid_metadata"));
        assert_eq!(code("a/x\u{0}"), Err("invalid_metadata"));
        assert_eq!(code(&format!("a/{}", "x".repeat(2000))), Err("too_large"));
        assert_eq!(code("a//"), Ok(()));
        assert_eq!(code("a/..x"), Ok(()));
    }

    #[test]
    fn endless_listings_are_refused() {
        let run = |next: fn(u64) -> String, names: usize| {
            let count = std::cell::Cell::new(0);
            let answer = now(list_pages(async |_| {
                count.set(count.get() + 1);
                Ok(Some(Page { names: vec!["x/".into(); names], next: Some(next(count.get())) }))
            }));
            (answer.map_err(|e| e.code().as_str()), count.get())
        };
        assert_eq!(run(|_| "same".into(), 1), (Err("invalid_metadata"), 2));
        assert_eq!(run(|n| n.to_string(), 1), (Err("too_large"), MAX_PAGES));
        assert_eq!(run(|n| n.to_string(), 100_000).0, Err("too_large"));
    }

    #[test]
    fn pages_follow_one_another() {
        let answer = now(list_pages(async |token| {
            Ok(Some(match token {
                None => Page { names: vec!["a/".into()], next: Some("t".into()) },
                Some(_) => Page { names: vec!["b".into()], next: None },
            }))
        }));
        assert_eq!(answer.ok().flatten(), Some(vec!["a/".to_string(), "b".to_string()]));
        assert_eq!(now(list_pages(async |_| Ok(None))).ok().flatten(), None);
    }
}
