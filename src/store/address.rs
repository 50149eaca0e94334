//! From what a user types to the addresses of objects: `https`, `s3`, `gs`, `az`, and in Node `file` and plain paths.
//!
//! A query (a signature, usually) is kept on the address of every key, and never shown.

use crate::error::{Result, invalid_document, unsupported};
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
}

/// A resolved store: the address of key `k` is `base/k?query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    base: String,
    query: Option<String>,
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
        let without_fragment = source.split('#').next().unwrap_or_default();
        let (path, query) = match without_fragment.split_once('?') {
            Some((path, query)) => (path, Some(query.to_string())),
            None => (without_fragment, None),
        };
        let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
        let base = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
                return Err(invalid_document(
                    "browsers refuse addresses with a user and password; use `storage.headers`",
                ));
            }
            "http" | "https" | "file" => path.to_string(),
            "s3" => s3(rest, storage)?,
            "gs" | "gcs" => {
                let host = storage.endpoint.as_deref().unwrap_or("https://storage.googleapis.com");
                format!("{}/{rest}", host.trim_end_matches('/'))
            }
            "az" | "abfs" | "abfss" => azure(rest, storage)?,
            "" => return Err(invalid_document("`source` has no scheme; write https://, s3://, gs:// or az://")),
            other if other.starts_with("icechunk") => return Err(unsupported("Icechunk repositories")),
            other => return Err(unsupported(format!("the scheme {other}://"))),
        };
        let base = strip_metadata_name(base.trim_end_matches('/'));
        let last = base.rsplit('/').next().unwrap_or_default();
        for (ending, what) in [(".json", "Kerchunk references"), (".zip", "Zarr in a ZIP file")] {
            if last.ends_with(ending) {
                return Err(unsupported(format!("{what} ({last})")));
            }
        }
        if last.ends_with(".nc") || last.ends_with(".nc4") || last.ends_with(".h5") {
            return Err(unsupported(format!("NetCDF and HDF5 files without references ({last})")));
        }
        let query = storage.query.as_deref().map(|q| q.trim_start_matches('?').to_string()).or(query);
        Ok(Address { base: base.to_string(), query, headers: storage.headers.clone() })
    }

    /// The address of a key, its special characters percent-encoded.
    pub fn of(&self, key: &str) -> String {
        let mut url = self.base.clone();
        if !key.is_empty() {
            url.push('/');
            encode_path(key, &mut url);
        }
        if let Some(query) = &self.query {
            url.push('?');
            url.push_str(query);
        }
        url
    }

    /// The address of a folder, ending in a slash: what static servers answer with a listing.
    pub fn of_folder(&self, prefix: &str) -> String {
        let mut url = format!("{}/", self.base);
        if !prefix.is_empty() {
            encode_path(prefix, &mut url);
            url.push('/');
        }
        if let Some(query) = &self.query {
            url.push('?');
            url.push_str(query);
        }
        url
    }

    /// The store's root without a query: what may be shown.
    pub fn shown(&self) -> &str {
        &self.base
    }
}

fn strip_metadata_name(base: &str) -> &str {
    for name in METADATA_NAMES {
        if let Some(root) = base.strip_suffix(name).and_then(|b| b.strip_suffix('/')) {
            return root;
        }
    }
    base
}

/// `bucket/key` as virtual host, or in the path where the bucket has dots (its certificate would not match) or an
/// endpoint is given.
fn s3(rest: &str, storage: &Storage) -> Result<String> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(invalid_document("s3:// needs a bucket"));
    }
    if let Some(endpoint) = &storage.endpoint {
        return Ok(format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')));
    }
    let host = match &storage.region {
        Some(region) => format!("s3.{region}.amazonaws.com"),
        None => "s3.amazonaws.com".to_string(),
    };
    Ok(if bucket.contains('.') {
        format!("https://{host}/{bucket}/{key}")
    } else {
        format!("https://{bucket}.{host}/{key}")
    })
}

/// `account/container/key`, or `container@account.dfs.core.windows.net/key` as Hadoop writes it.
fn azure(rest: &str, storage: &Storage) -> Result<String> {
    let (first, key) = rest.split_once('/').unwrap_or((rest, ""));
    if let Some((container, host)) = first.split_once('@') {
        let account = host.split('.').next().unwrap_or_default();
        return Ok(format!("https://{account}.blob.core.windows.net/{container}/{key}"));
    }
    if first.is_empty() || key.is_empty() {
        return Err(invalid_document("az:// needs account/container/key"));
    }
    let host = match &storage.endpoint {
        Some(endpoint) => format!("{}/{first}", endpoint.trim_end_matches('/')),
        None => format!("https://{first}.blob.core.windows.net"),
    };
    Ok(format!("{host}/{key}"))
}

/// Percent-encodes what may not stand in a URL's path; slashes and what is encoded by rule in paths stay.
fn encode_path(key: &str, url: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in key.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.extend([byte >> 4, byte & 15].iter().filter_map(|&n| HEX.get(usize::from(n))).map(|&c| char::from(c)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(source: &str, storage: &Storage) -> String {
        Address::resolve(source, storage).map_or_else(|e| e.to_string(), |a| a.of("a b/0.0"))
    }

    #[test]
    fn schemes() {
        let plain = Storage::default();
        for (source, url) in [
            ("https://h.example/s.zarr/", "https://h.example/s.zarr/a%20b/0.0"),
            ("https://h.example/s.zarr/zarr.json", "https://h.example/s.zarr/a%20b/0.0"),
            ("https://h.example/s.zarr?sig=x%2F", "https://h.example/s.zarr/a%20b/0.0?sig=x%2F"),
            ("s3://bucket/k", "https://bucket.s3.amazonaws.com/k/a%20b/0.0"),
            ("s3://my.bucket/k", "https://s3.amazonaws.com/my.bucket/k/a%20b/0.0"),
            ("gs://b/k", "https://storage.googleapis.com/b/k/a%20b/0.0"),
            ("az://acc/cont/k", "https://acc.blob.core.windows.net/cont/k/a%20b/0.0"),
            ("abfs://cont@acc.dfs.core.windows.net/k", "https://acc.blob.core.windows.net/cont/k/a%20b/0.0"),
        ] {
            assert_eq!(base(source, &plain), url);
        }
        let own =
            Storage { endpoint: Some("https://minio.example:9000/".into()), query: Some("?sas=1".into()), ..plain };
        assert_eq!(base("s3://b/k", &own), "https://minio.example:9000/b/k/a%20b/0.0?sas=1");
    }

    #[test]
    fn named_refusals() {
        let plain = Storage::default();
        for (source, code) in [
            ("", "invalid_document"),
            ("javascript:alert(1)", "invalid_document"),
            ("https://user:password@h.example/s", "invalid_document"),
            ("ftp://x/y", "unsupported"),
            ("https://h.example/refs.json", "unsupported"),
            ("icechunk+https://h.example/r#branch=main", "unsupported"),
        ] {
            assert!(base(source, &plain).starts_with(code), "{source}");
        }
    }

    #[test]
    fn folders_keep_the_query() {
        let address = Address::resolve("https://h.example/s?q=1", &Storage::default());
        let folder = |prefix| address.as_ref().map_or_else(ToString::to_string, |a| a.of_folder(prefix));
        assert_eq!(folder("a b"), "https://h.example/s/a%20b/?q=1");
        assert_eq!(folder(""), "https://h.example/s/?q=1");
    }
}
