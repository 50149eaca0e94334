//! From what a user types to the addresses of objects: `https`, `s3`, `gs`, `az`, and in Node `file` and plain paths.
//!
//! A query (a signature, usually) is kept on the address of every key, and never shown.

use crate::error::{Code, Error, Result, invalid_document, unsupported};
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
        let base = reach(path, storage)?;
        let base = strip_metadata_name(base.trim_end_matches('/'));
        let last = base.rsplit('/').next().unwrap_or_default();
        let query = storage.query.as_deref().map(|q| q.trim_start_matches('?').to_string()).or(query);
        let format = match revision {
            Some(revision) => Format::Icechunk(revision),
            None if [".json", ".json.zst", ".json.gz"].iter().any(|end| last.ends_with(end)) => Format::KerchunkJson,
            None if last.ends_with(".parq") || last.ends_with(".parquet") => Format::KerchunkParquet,
            None if last.ends_with(".zip") => Format::Zip,
            None => Format::Zarr,
        };
        Ok(Address { base: base.to_string(), query, format, headers: storage.headers.clone() })
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
            Some((path, query)) => (path.to_string(), Some(query.to_string())),
            None => (url.replace('?', "%3F"), None),
        };
        let base = reach(&path.replace('#', "%23").replace(' ', "%20"), storage)?;
        let mut object = Address { base, query, format: Format::Zarr, headers: BTreeMap::new() };
        let (here, there) = (origin(&self.base), origin(&object.base));
        if there.starts_with("file:") && !here.starts_with("file:") {
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
        Address { base, format: Format::Zarr, ..self.clone() }
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

/// The HTTPS address (in Node also the file) behind a scheme.
fn reach(path: &str, storage: &Storage) -> Result<String> {
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    Ok(match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
            return Err(invalid_document("browsers refuse addresses with a user and password; use `storage.headers`"));
        }
        "http" | "https" | "file" => path.to_string(),
        "s3" => s3(rest, storage)?,
        "gs" | "gcs" => {
            let host = storage.endpoint.as_deref().unwrap_or("https://storage.googleapis.com");
            format!("{}/{rest}", host.trim_end_matches('/'))
        }
        "az" | "abfs" | "abfss" => azure(rest, storage)?,
        "" => return Err(invalid_document("`source` has no scheme; write https://, s3://, gs:// or az://")),
        other => return Err(unsupported(format!("the scheme {other}://"))),
    })
}

/// `branch=main`, `tag=v1` or `snapshot=…`; nothing means the branch main.
fn revision(fragment: &str) -> Result<Revision> {
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
            ("icechunk+https://h.example/r#head", "invalid_document"),
        ] {
            assert!(base(source, &plain).starts_with(code), "{source}");
        }
    }

    #[test]
    fn formats_by_name() {
        let format = |source| Address::resolve(source, &Storage::default()).map(|a| a.format().clone()).ok();
        assert_eq!(format("https://h.example/a.zarr"), Some(Format::Zarr));
        assert_eq!(format("https://h.example/a.zarr/zarr.json"), Some(Format::Zarr));
        assert_eq!(format("https://h.example/refs.json?sig=1"), Some(Format::KerchunkJson));
        assert_eq!(format("s3://b/refs.parq"), Some(Format::KerchunkParquet));
        assert_eq!(format("https://h.example/a.zarr.zip"), Some(Format::Zip));
        let tag = Revision::Tag("v1".into());
        assert_eq!(format("icechunk+https://h.example/r#tag=v1"), Some(Format::Icechunk(tag)));
        let main = Revision::Branch("main".into());
        assert_eq!(format("icechunk+s3://b/r"), Some(Format::Icechunk(main)));
    }

    #[test]
    fn objects_that_a_table_names() {
        let storage = Storage {
            headers: [("x-key".to_string(), "secret".to_string())].into(),
            rewrite: [("http://127.0.0.1/n/".to_string(), "http://127.0.0.1:8765/n/".to_string())].into(),
            ..Storage::default()
        };
        let table = Address::resolve("https://h.example/a/b/refs.json?sig=1", &storage);
        let object = |url: &str| {
            let object = table.as_ref().map_err(Clone::clone).and_then(|t| t.object(url, &storage));
            object.map(|o| (o.of(""), o.headers.len())).map_err(|e| e.code().as_str())
        };
        assert_eq!(object("https://h.example/x.nc"), Ok(("https://h.example/x.nc?sig=1".into(), 1)));
        assert_eq!(object("../data/x y.nc"), Ok(("https://h.example/a/data/x%20y.nc?sig=1".into(), 1)));
        assert_eq!(object("/x.nc"), Ok(("https://h.example/x.nc?sig=1".into(), 1)));
        assert_eq!(object("https://h.example.evil/x.nc"), Ok(("https://h.example.evil/x.nc".into(), 0)));
        assert_eq!(object("s3://bucket/x.nc"), Ok(("https://bucket.s3.amazonaws.com/x.nc".into(), 0)));
        assert_eq!(object("http://127.0.0.1/n/x.nc"), Ok(("http://127.0.0.1:8765/n/x.nc".into(), 0)));
        assert_eq!(object("file:///etc/passwd"), Err("forbidden"));
    }

    #[test]
    fn folders_keep_the_query() {
        let address = Address::resolve("https://h.example/s?q=1", &Storage::default());
        let folder = |prefix| address.as_ref().map_or_else(ToString::to_string, |a| a.of_folder(prefix));
        assert_eq!(folder("a b"), "https://h.example/s/a%20b/?q=1");
        assert_eq!(folder(""), "https://h.example/s/?q=1");
    }
}
