//! From what a user types to the addresses of objects: `https`, `s3`, `gs`, `az`, and in Node `file` and plain paths.
//!
//! A query (a signature, usually) is kept on the address of every key, and never shown.

mod bucket;
mod scheme;

use self::bucket::Bucket;
use self::scheme::reach;
use super::listing::{Page, SizesPage};
use super::percent::{decode, encode_path};
use crate::error::{Code, Error, Result, invalid_document};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How to reach a store that its address alone does not tell (the document's `storage`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// An S3-compatible endpoint, such as `https://minio.example:9000`; buckets then go into the path.
    pub endpoint: Option<String>,
    /// The region of an S3 bucket; without one the global endpoint redirects.
    pub region: Option<String>,
    /// Headers sent with each request. May be secret.
    pub headers: BTreeMap<String, String>,
    /// A query without its question mark, such as a SAS token. Secret.
    pub query: Option<String>,
    /// Where objects that references name are to be found instead: the longest prefix that fits is replaced.
    pub rewrite: BTreeMap<String, String>,
}

/// What lies at an address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Format {
    /// A Zarr store, key by key.
    #[default]
    Zarr,
    /// Kerchunk references in one JSON document.
    KerchunkJson,
    /// Kerchunk references in Parquet files below a folder.
    KerchunkParquet,
    /// An Icechunk repository.
    Icechunk(Revision),
    /// A ZIP file with a Zarr store in it.
    Zip,
}

/// Which state of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Revision {
    /// The tip of a branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A snapshot by its id.
    Snapshot(String),
}

/// A resolved store: the address of key `k` is `base/k?query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    base: String,
    query: Option<String>,
    format: Format,
    /// The bucket that it lies in, if it lies in one.
    bucket: Option<Box<Bucket>>,
    /// A key that was read when the store was opened: whether it still can be read tells a missing key that is answered
    /// with 403 from a signature that has expired.
    witness: Option<String>,
    /// Headers sent with each request.
    pub headers: BTreeMap<String, String>,
}

/// File names of metadata that people paste along with a store's address.
const METADATA_NAMES: [&str; 6] = ["zarr.json", ".zmetadata", ".zgroup", ".zarray", ".zattrs", ".zgroup/"];

impl Address {
    /// Resolves a document's `source` and `storage`.
    ///
    /// # Errors
    /// `invalid_document` for what is no address; `unsupported` for a scheme or format that is not read yet.
    pub fn resolve(source: &str, storage: &Storage) -> Result<Self> {
        let source = source.trim();
        if source.is_empty() {
            return Err(invalid_document("`source` is empty"));
        }
        let (address, fragment) = source.split_once('#').unwrap_or((source, ""));
        let (address, revision) = match address.strip_prefix("icechunk+") {
            Some(rest) => (rest, Some(revision(fragment)?)),
            None => (address, None),
        };
        let (path, query) = match address.split_once('?') {
            Some((path, query)) => (path, Some(query.to_string())),
            None => (address, None),
        };
        let (base, bucket) = reach(strip_metadata_name(path.trim_end_matches('/')), storage)?;
        let last = base.rsplit('/').next().unwrap_or_default();
        let given = storage.query.as_deref().map(|query| query.trim_start_matches('?').to_string());
        let query = match (query, given) {
            (Some(own), Some(given)) if own != given => Some(format!("{own}&{given}")),
            (own, given) => own.or(given),
        };
        let query = query.filter(|query| !query.is_empty());
        let format = match revision {
            Some(revision) => Format::Icechunk(revision),
            None if [".json", ".json.zst", ".json.gz"].iter().any(|end| last.ends_with(end)) => Format::KerchunkJson,
            None if last.ends_with(".parq") || last.ends_with(".parquet") => Format::KerchunkParquet,
            None if last.ends_with(".zip") => Format::Zip,
            None => Format::Zarr,
        };
        Ok(Address {
            base,
            query,
            format,
            bucket: bucket.map(Box::new),
            witness: None,
            headers: storage.headers.clone(),
        })
    }

    /// What lies here, as far as the address tells.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The same place, known to hold something else than its name says.
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// The address of a single object that a table at this address names: rewritten by [`Storage::rewrite`], or relative
    /// to the table. Headers and query, which may be secret, go along to the table's own origin only.
    ///
    /// # Errors
    /// As [`Address::resolve`]; `forbidden` for a file on disk that a table from elsewhere names.
    pub fn object(&self, url: &str, storage: &Storage) -> Result<Self> {
        let rewritten = storage.rewrite.iter().filter(|(from, _)| url.starts_with(from.as_str()));
        let url = match rewritten.max_by_key(|(from, _)| from.len()) {
            Some((from, to)) => format!("{to}{}", url.get(from.len()..).unwrap_or_default()),
            None if url.contains("://") => url.to_string(),
            None => self.beside(url),
        };
        // Only an http address has a query; in a bucket's key these characters are characters.
        let (path, query) = match url.split_once('?').filter(|_| url.starts_with("http")) {
            Some((path, query)) => (path.replace('#', "%23"), Some(query.to_string())),
            None if url.starts_with("http") => (url.replace('#', "%23"), None),
            None if url.starts_with("file") || url.starts_with("local") => {
                (url.replace('?', "%3F").replace('#', "%23"), None)
            }
            None => (url, None),
        };
        let (base, bucket) = reach(&path, storage)?;
        let headers = BTreeMap::new();
        let mut object =
            Address { base, query, format: Format::Zarr, bucket: bucket.map(Box::new), witness: None, headers };
        let (here, there) = (origin(&self.base), origin(&object.base));
        let private = there.starts_with("file:") && !here.starts_with("file:");
        if private || (there.starts_with("local:") && here != there) {
            let message = format!("a reference from {here} may not name a file on this machine");
            return Err(Error::new(Code::Forbidden, message));
        }
        if here == there {
            object.headers = self.headers.clone();
            object.query = object.query.or_else(|| self.query.clone());
        }
        Ok(object)
    }

    /// The address of a key by itself.
    pub fn below(&self, key: &str) -> Self {
        let mut base = format!("{}/", self.base);
        encode_path(key, &mut base);
        let bucket = self.bucket.as_ref().map(|bucket| Box::new(bucket.below(key)));
        Address { base, bucket, format: Format::Zarr, witness: None, ..self.clone() }
    }

    /// A relative address, seen from the folder that this object lies in.
    fn beside(&self, relative: &str) -> String {
        let (origin, path) = self.base.split_at(origin(&self.base).len());
        if let Some(absolute) = relative.strip_prefix('/') {
            return format!("{origin}/{absolute}");
        }
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        for part in relative.split('/') {
            match part {
                "." => {}
                ".." if parts.len() > 1 => drop(parts.pop()),
                ".." => {}
                part => parts.push(part),
            }
        }
        format!("{origin}{}", parts.join("/"))
    }

    /// The address of a key, its special characters percent-encoded.
    pub fn of(&self, key: &str) -> String {
        if let Some(bucket) = self.bucket.as_ref().filter(|bucket| bucket.json) {
            return self.with_query(format!("{}?alt=media", bucket.json_object(key)));
        }
        let mut url = self.base.clone();
        if !key.is_empty() {
            url.push('/');
            encode_path(key, &mut url);
        }
        self.with_query(url)
    }

    /// Where the size of a key is told as JSON (`{"size": "1234"}`); `None` where HEAD tells it.
    pub fn size_of(&self, key: &str) -> Option<String> {
        let bucket = self.bucket.as_ref().filter(|bucket| bucket.json)?;
        Some(self.with_query(format!("{}?fields=size", bucket.json_object(key))))
    }

    /// The address of a folder, ending in a slash: what static servers answer with a listing.
    pub fn of_folder(&self, prefix: &str) -> String {
        let mut url = format!("{}/", self.base);
        if !prefix.is_empty() {
            encode_path(prefix, &mut url);
            url.push('/');
        }
        self.with_query(url)
    }

    /// Where the service that keeps the bucket lists what lies below a prefix; `None` for what is no bucket.
    pub fn listing(&self, prefix: &str, token: Option<&str>) -> Option<String> {
        self.bucket.as_ref().map(|bucket| self.with_query(bucket.listing(prefix, token)))
    }

    /// Reads a page of that listing.
    ///
    /// # Errors
    /// `invalid_metadata` and `too_large` for what is no listing of a folder.
    pub fn listing_page(&self, body: &[u8], prefix: &str) -> Result<Page> {
        self.bucket.as_ref().map_or_else(|| Ok(Page::default()), |bucket| bucket.page(body, prefix))
    }

    /// Where that service lists sizes of objects whose keys begin with a text; `None` for what is no bucket.
    pub fn sizes(&self, prefix: &str, token: Option<&str>) -> Option<String> {
        self.bucket.as_ref().map(|bucket| self.with_query(bucket.sizes(prefix, token)))
    }

    /// Reads a page of sizes.
    ///
    /// # Errors
    /// As [`Address::listing_page`].
    pub fn sizes_page(&self, body: &[u8]) -> Result<SizesPage> {
        self.bucket.as_ref().map_or_else(|| Ok(SizesPage::default()), |bucket| bucket.sizes_page(body))
    }

    /// Whether this lies on the machine itself: asking for a size is then no request over a network.
    pub fn is_at_hand(&self) -> bool {
        ["file:", "local:"].iter().any(|scheme| self.base.starts_with(scheme))
    }

    /// The same store through another door, if there is one: Google's JSON interface needs no CORS settings of the bucket.
    pub fn other_door(&self) -> Option<Self> {
        let bucket = self.bucket.as_ref().and_then(|bucket| bucket.other_door())?;
        Some(Address { bucket: Some(Box::new(bucket)), ..self.clone() })
    }

    /// Whether an address is a key's, as this one is reached.
    pub fn leads_to(&self, url: &str) -> bool {
        match self.bucket.as_ref().filter(|bucket| bucket.json) {
            Some(bucket) => url.starts_with(&bucket.json_object("")),
            None => url.starts_with(&self.base),
        }
    }

    /// Which bucket this lies in.
    pub fn bucket_id(&self) -> Option<String> {
        self.bucket.as_ref().map(|bucket| bucket.id())
    }

    /// A key that was read when the store was opened.
    pub fn witness(&self) -> Option<&str> {
        self.witness.as_deref()
    }

    /// The same store, a key of which has been read.
    pub fn with_witness(mut self, key: Option<String>) -> Self {
        self.witness = key;
        self
    }

    fn with_query(&self, mut url: String) -> String {
        if let Some(query) = &self.query {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(query);
        }
        url
    }

    /// What tells this place from others, for hashing and nothing else: it holds secrets.
    pub fn identity(&self) -> impl Serialize + '_ {
        (&self.base, &self.query, &self.format, &self.headers)
    }

    /// Whether what is read here may be written to disk: it is public, and not on this machine, where it changes under the
    /// eyes of whoever makes it.
    pub fn may_be_stored(&self) -> bool {
        let origin = origin(&self.base).to_ascii_lowercase();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let is_here = |host: &str| {
            let name = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
            let loops = name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
            name == "localhost" || name.ends_with(".localhost") || loops || name == "[::1]"
        };
        self.query.is_none() && self.headers.is_empty() && host.is_some_and(|host| !is_here(host))
    }

    /// The store's root without a query: what may be shown.
    pub fn shown(&self) -> &str {
        &self.base
    }
}

/// `branch=main`, `tag=v1` or `snapshot=…`, their names percent-encoded or not; nothing means the branch main.
fn revision(fragment: &str) -> Result<Revision> {
    let fragment = decode(fragment);
    match fragment.split_once('=') {
        None if fragment.is_empty() => Ok(Revision::Branch("main".into())),
        Some(("branch", name)) => Ok(Revision::Branch(name.into())),
        Some(("tag", name)) => Ok(Revision::Tag(name.into())),
        Some(("snapshot", id)) => Ok(Revision::Snapshot(id.into())),
        _ => Err(invalid_document(format!("#{fragment}: write #branch=…, #tag=… or #snapshot=…"))),
    }
}

/// Scheme and host.
fn origin(url: &str) -> &str {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host_at..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host_at + at);
    url.get(..end).unwrap_or(url)
}

fn strip_metadata_name(base: &str) -> &str {
    for name in METADATA_NAMES {
        if let Some(root) = base.strip_suffix(name).and_then(|b| b.strip_suffix('/')) {
            return root;
        }
    }
    base
}

#[cfg(test)]
mod tests;
