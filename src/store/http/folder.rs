//! What lies below a prefix: as the service that keeps the bucket lists it, or as a static server's page links it.

use super::HttpStore;
use super::failure::{Failure, header};
use crate::error::{Code, Result};
use crate::store::{ByteRange, Sizes, list_pages, list_sizes, parse_listing};
use web_sys::AbortController;

/// The longest page of a listing that is read, in bytes.
const MAX_LISTING_BYTES: u64 = 16 << 20;

impl HttpStore {
    /// Names; `None` where the server does not tell them to us.
    pub(super) async fn names_below(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        let address = self.address.borrow().clone();
        if address.bucket_id().is_some() {
            return list_pages(async |token| {
                let Some(url) = address.listing(prefix, token) else { return Ok(None) };
                let Some(body) = self.listing_page(&url, token.is_none()).await? else { return Ok(None) };
                address.listing_page(&body, prefix).map(Some)
            })
            .await
            .map_err(|e| e.with_url(&address.of_folder(prefix)));
        }
        Ok(self.linked(&address.of_folder(prefix)).await)
    }

    /// Sizes; `None` where they are not listed.
    pub(super) async fn sizes_below(&self, prefix: &str, max_pages: u64) -> Result<Option<Sizes>> {
        let address = self.address.borrow().clone();
        list_sizes(max_pages, async |token| {
            let Some(url) = address.sizes(prefix, token) else { return Ok(None) };
            let Some(body) = self.listing_page(&url, token.is_none()).await? else { return Ok(None) };
            address.sizes_page(&body).map(Some)
        })
        .await
    }

    /// A page of a bucket's listing. Most buckets may not be listed: the first refusal is taken for an answer.
    async fn listing_page(&self, url: &str, is_first: bool) -> Result<Option<Vec<u8>>> {
        let attempt = || self.attempt(url, ByteRange::All, None, MAX_LISTING_BYTES);
        if !is_first {
            return self.retrying(url, attempt).await;
        }
        match attempt().await {
            Ok(body) => Ok(body),
            Err(Failure::Final(e) | Failure::Passing(e, _)) => match e.code() {
                Code::TooLarge | Code::OutOfMemory | Code::Aborted => Err(e),
                _ => Ok(None),
            },
        }
    }

    /// The links of a page.
    async fn linked(&self, url: &str) -> Option<Vec<String>> {
        let stop = AbortController::new().ok()?;
        let response = self.send(url, "GET", None, &stop).await.ok()?;
        let html = header(&response, "Content-Type").is_some_and(|t| t.starts_with("text/html"));
        if response.status() != 200 || !html {
            stop.abort();
            return None;
        }
        let body = self.body(&response, None, MAX_LISTING_BYTES, &stop).await.ok()?;
        Some(parse_listing(&String::from_utf8_lossy(&body)))
    }
}
