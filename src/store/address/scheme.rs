//! From schemes to HTTPS: where `s3://`, `gs://` and `az://` lead.

use super::Storage;
use super::bucket::{Bucket, GOOGLE, Service, recognise};
use crate::error::{Result, invalid_document, unsupported};

/// The address behind a scheme, without a trailing slash, and the bucket that it lies in, if it lies in one. What follows
/// the scheme of a bucket is taken for a key as it is; an `https` address is encoded already.
pub(super) fn reach(path: &str, storage: &Storage) -> Result<(String, Option<Bucket>)> {
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    let scheme = scheme.to_ascii_lowercase();
    let bucket = match scheme.as_str() {
        "http" | "https" if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
            return Err(invalid_document("browsers refuse addresses with a user and password; use `storage.headers`"));
        }
        "http" | "https" | "file" | "local" => {
            let url = format!("{scheme}://{}", rest.replace(' ', "%20").trim_end_matches('/'));
            let bucket = recognise(&url);
            return Ok((url, bucket));
        }
        "s3" | "s3a" => s3(rest, storage)?,
        "gs" | "gcs" => google(rest, storage)?,
        "az" | "abfs" | "abfss" | "wasb" | "wasbs" => azure(rest, storage)?,
        "" => return Err(invalid_document("`source` has no scheme; write https://, s3://, gs:// or az://")),
        other => return Err(unsupported(format!("the scheme {other}://"))),
    };
    Ok((bucket.base(), Some(bucket)))
}

/// `bucket/key` as virtual host, or in the path where the bucket has dots (its certificate would not match) or an
/// endpoint is given.
fn s3(rest: &str, storage: &Storage) -> Result<Bucket> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(invalid_document("s3:// needs a bucket"));
    }
    let root = if let Some(endpoint) = &storage.endpoint {
        format!("{}/{bucket}", endpoint.trim_end_matches('/'))
    } else {
        let host = match storage.region.as_deref() {
            Some(region) if region.starts_with("cn-") => format!("s3.{region}.amazonaws.com.cn"),
            Some(region) => format!("s3.{region}.amazonaws.com"),
            None => "s3.amazonaws.com".to_string(),
        };
        if bucket.contains('.') { format!("https://{host}/{bucket}") } else { format!("https://{bucket}.{host}") }
    };
    Ok(Bucket::new(Service::S3, &root, bucket, key))
}

fn google(rest: &str, storage: &Storage) -> Result<Bucket> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(invalid_document("gs:// needs a bucket"));
    }
    Ok(Bucket::new(Service::Google, storage.endpoint.as_deref().unwrap_or(GOOGLE), bucket, key))
}

/// `account/container/key`, or `container@account.dfs.core.windows.net/key` as Hadoop writes it.
fn azure(rest: &str, storage: &Storage) -> Result<Bucket> {
    let (first, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (account, container, key) = match first.split_once('@') {
        Some((container, host)) => (host.split('.').next().unwrap_or_default(), container, path),
        None => {
            let (container, key) = path.split_once('/').unwrap_or((path, ""));
            (first, container, key)
        }
    };
    if account.is_empty() || container.is_empty() {
        return Err(invalid_document("az:// needs account/container/key"));
    }
    let host = match &storage.endpoint {
        Some(endpoint) => format!("{}/{account}", endpoint.trim_end_matches('/')),
        None => format!("https://{account}.blob.core.windows.net"),
    };
    Ok(Bucket::new(Service::Azure, &format!("{host}/{container}"), container, key))
}
