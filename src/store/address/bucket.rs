//! Buckets: what is listed, and what has more than one door. A bucket is known by a scheme, or by its host's name.

use crate::error::Result;
use crate::store::listing::{
    Page, SizesPage, azure_sizes, google_sizes, parse_azure, parse_google, parse_s3, s3_sizes,
};
use crate::store::percent::{decode, encode_component, encode_path};
use serde::{Deserialize, Serialize};

/// Who keeps a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Service {
    /// Amazon S3, or a server that speaks its language.
    S3,
    /// Google Cloud Storage.
    Google,
    /// A container of Azure Blob Storage.
    Azure,
}

/// A store's place in a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Bucket {
    service: Service,
    /// The bucket's address without a trailing slash; for Google the host's, which both of its interfaces share.
    root: String,
    /// The bucket's name.
    name: String,
    /// The store's own part of each key, as it is (not encoded), without slashes at its ends.
    prefix: String,
    /// Google only: reads through the JSON interface, whose CORS headers do not depend on the bucket.
    pub(super) json: bool,
}

/// Google's own host.
pub(super) const GOOGLE: &str = "https://storage.googleapis.com";
/// Servers that speak S3's language, with the bucket in the path.
const PATH_STYLE_HOSTS: [&str; 3] = [".r2.cloudflarestorage.com", ".osn.xsede.org", ".osn.mghpcc.org"];
/// Domains below which `s3.REGION` and `BUCKET.s3.REGION` stand.
const S3_DOMAINS: [&str; 5] =
    [".amazonaws.com", ".amazonaws.com.cn", ".backblazeb2.com", ".wasabisys.com", ".scw.cloud"];

impl Bucket {
    pub(super) fn new(service: Service, root: &str, name: &str, prefix: &str) -> Self {
        let (root, prefix) = (root.trim_end_matches('/').to_string(), prefix.trim_matches('/').to_string());
        Bucket { service, root, name: name.to_string(), prefix, json: false }
    }

    /// The place of a key by itself.
    pub(super) fn below(&self, key: &str) -> Self {
        Bucket { prefix: self.full(key), ..self.clone() }
    }

    /// The store's address.
    pub(super) fn base(&self) -> String {
        let mut url = self.root.clone();
        for part in [if self.service == Service::Google { &self.name } else { "" }, &self.prefix] {
            if !part.is_empty() {
                url.push('/');
                encode_path(part, &mut url);
            }
        }
        url
    }

    /// Which bucket this is, wherever in it the store lies.
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.root, self.name)
    }

    /// The same through Google's JSON interface, if it is Google's and not seen through it already.
    pub(super) fn other_door(&self) -> Option<Self> {
        let other = self.service == Service::Google && !self.json;
        other.then(|| Bucket { json: true, ..self.clone() })
    }

    /// A key's address in Google's JSON interface, without parameters.
    pub(super) fn json_object(&self, key: &str) -> String {
        let mut url = format!("{}/storage/v1/b/{}/o/", self.root, self.name);
        encode_component(&self.full(key), &mut url);
        url
    }

    /// Where the service lists the names below a prefix.
    pub(super) fn listing(&self, prefix: &str, token: Option<&str>) -> String {
        self.listed("&delimiter=%2F", "prefixes%2Citems%2Fname%2C", &self.folder(prefix), token)
    }

    /// Where the service lists all objects whose keys begin with a text, with their sizes.
    pub(super) fn sizes(&self, prefix: &str, token: Option<&str>) -> String {
        self.listed("", "items(name%2Csize)%2C", &format!("{}{prefix}", self.folder("")), token)
    }

    /// A listing: with or without a delimiter, and of Google's fields those that are wanted.
    fn listed(&self, delimiter: &str, fields: &str, prefix: &str, token: Option<&str>) -> String {
        let (mut url, next) = match self.service {
            Service::S3 => {
                (format!("{}/?list-type=2&encoding-type=url{delimiter}&prefix=", self.root), "continuation-token")
            }
            Service::Google => (
                format!("{}/storage/v1/b/{}/o?fields={fields}nextPageToken{delimiter}&prefix=", self.root, self.name),
                "pageToken",
            ),
            Service::Azure => (format!("{}?restype=container&comp=list{delimiter}&prefix=", self.root), "marker"),
        };
        encode_component(prefix, &mut url);
        if let Some(token) = token {
            url.push('&');
            url.push_str(next);
            url.push('=');
            encode_component(token, &mut url);
        }
        url
    }

    /// Reads a page of that listing.
    pub(super) fn page(&self, body: &[u8], prefix: &str) -> Result<Page> {
        let folder = self.folder(prefix);
        match self.service {
            Service::S3 => parse_s3(&String::from_utf8_lossy(body), &folder),
            Service::Google => parse_google(body, &folder),
            Service::Azure => parse_azure(&String::from_utf8_lossy(body), &folder),
        }
    }

    /// Reads a page of sizes.
    pub(super) fn sizes_page(&self, body: &[u8]) -> Result<SizesPage> {
        let root = self.folder("");
        match self.service {
            Service::S3 => s3_sizes(&String::from_utf8_lossy(body), &root),
            Service::Google => google_sizes(body, &root),
            Service::Azure => azure_sizes(&String::from_utf8_lossy(body), &root),
        }
    }

    fn full(&self, key: &str) -> String {
        [self.prefix.as_str(), key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// What keys below a prefix begin with; nothing for the bucket's own root.
    fn folder(&self, prefix: &str) -> String {
        let full = self.full(prefix);
        if full.is_empty() { full } else { full + "/" }
    }
}

/// The bucket behind an `https` address without a query, if its host is known to keep buckets.
pub(super) fn recognise(url: &str) -> Option<Bucket> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("http"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.to_ascii_lowercase();
    let origin = format!("{scheme}://{authority}");
    let (first, key) = path.split_once('/').unwrap_or((path, ""));
    let in_path = |service, root: String| {
        let name = decode(first);
        (!name.is_empty()).then(|| Bucket::new(service, &root, &name, &decode(key)))
    };
    let in_host = |service, root: &str, name: &str| Some(Bucket::new(service, root, name, &decode(path)));
    if host == "storage.googleapis.com" {
        return in_path(Service::Google, origin);
    }
    if let Some(name) = host.strip_suffix(".storage.googleapis.com") {
        return in_host(Service::Google, GOOGLE, name);
    }
    if host.ends_with(".blob.core.windows.net") {
        return in_path(Service::Azure, format!("{origin}/{first}"));
    }
    if PATH_STYLE_HOSTS.iter().any(|domain| host.ends_with(domain)) {
        return in_path(Service::S3, format!("{origin}/{first}"));
    }
    let domain = S3_DOMAINS.iter().find(|domain| host.ends_with(**domain))?;
    let labels = host.strip_suffix(domain)?;
    // `bucket.s3.region`, `s3.region`, and as it was written once: `bucket.s3-region`.
    let door = |label: &str| label == "s3" || (label.starts_with("s3-") && !label.starts_with("s3-website"));
    let at = labels.split('.').position(door)?;
    match labels.split('.').take(at).collect::<Vec<_>>().join(".") {
        name if name.is_empty() => in_path(Service::S3, format!("{origin}/{first}")),
        name => in_host(Service::S3, &origin, &name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_keep_buckets() {
        for (url, id, prefix) in [
            ("https://storage.googleapis.com/b/a/k%20k", "https://storage.googleapis.com/b", "a/k k"),
            ("https://b.storage.googleapis.com/a", "https://storage.googleapis.com/b", "a"),
            ("https://b.s3.eu-west-1.amazonaws.com/a", "https://b.s3.eu-west-1.amazonaws.com/b", "a"),
            ("https://my.b.s3.amazonaws.com/a", "https://my.b.s3.amazonaws.com/my.b", "a"),
            ("https://s3.eu-west-1.amazonaws.com/my.b/a", "https://s3.eu-west-1.amazonaws.com/my.b/my.b", "a"),
            ("https://s3-eu-west-1.amazonaws.com/b/a", "https://s3-eu-west-1.amazonaws.com/b/b", "a"),
            ("https://acc.blob.core.windows.net/c/a", "https://acc.blob.core.windows.net/c/c", "a"),
            ("https://x.r2.cloudflarestorage.com/b/a", "https://x.r2.cloudflarestorage.com/b/b", "a"),
            ("https://ncsa.osn.xsede.org/Pangeo/p/a", "https://ncsa.osn.xsede.org/Pangeo/Pangeo", "p/a"),
        ] {
            let bucket = recognise(url);
            assert_eq!(bucket.as_ref().map(Bucket::id).as_deref(), Some(id), "{url}");
            assert_eq!(bucket.map(|b| b.prefix).as_deref(), Some(prefix), "{url}");
        }
        for url in [
            "https://h.example/b/a",
            "https://storage.googleapis.com/",
            "https://b.s3-website.eu-west-1.amazonaws.com/a",
            "https://s3.amazonaws.com.evil.example/b/a",
            "file:///b",
        ] {
            assert_eq!(recognise(url), None, "{url}");
        }
    }

    #[test]
    fn listings() {
        let s3 = Bucket::new(Service::S3, "https://b.s3.amazonaws.com", "b", "a b");
        assert_eq!(
            s3.listing("g", Some("1/+=")),
            "https://b.s3.amazonaws.com/?list-type=2&encoding-type=url&delimiter=%2F&prefix=a%20b%2Fg%2F&continuation-token=1%2F%2B%3D"
        );
        let google = Bucket::new(Service::Google, GOOGLE, "b", "");
        assert!(google.listing("", Some("t")).ends_with(
            "/storage/v1/b/b/o?fields=prefixes%2Citems%2Fname%2CnextPageToken&delimiter=%2F&prefix=&pageToken=t"
        ));
        assert!(google.sizes("v/c/1", None).ends_with("/o?fields=items(name%2Csize)%2CnextPageToken&prefix=v%2Fc%2F1"));
        assert!(s3.sizes("v/c/", None).ends_with("/?list-type=2&encoding-type=url&prefix=a%20b%2Fv%2Fc%2F"));
        let azure = Bucket::new(Service::Azure, "https://acc.blob.core.windows.net/c", "c", "a");
        assert_eq!(
            azure.listing("", None),
            "https://acc.blob.core.windows.net/c?restype=container&comp=list&delimiter=%2F&prefix=a%2F"
        );
    }
}
