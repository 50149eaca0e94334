//! Where virtual chunks lie: the containers that a repository's configuration names, and what users say instead.

use super::flex::Flex;
use crate::error::{Code, Error, Result};
use crate::store::{Address, Storage};

/// The most containers of a repository.
const MAX_CONTAINERS: usize = 1000;
/// Locations that are relative to a container begin so.
const RELATIVE: &str = "vcc://";
/// Where `tigris://` buckets are.
const TIGRIS: &str = "https://t3.storage.dev";

/// A place that virtual chunks come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    /// By which relative locations know it.
    name: Option<String>,
    /// What its locations begin with.
    prefix: String,
    /// An S3-compatible endpoint.
    endpoint: Option<String>,
    /// The region of an S3 bucket.
    region: Option<String>,
    /// The account of an Azure container.
    account: Option<String>,
}

/// The containers of a configuration.
///
/// # Errors
/// `invalid_metadata` for what is no configuration.
pub fn containers_of(config: &[u8]) -> Result<Vec<Container>> {
    let Some(all) = Flex::root(config)?.get("virtual_chunk_containers")? else { return Ok(Vec::new()) };
    let mut containers = Vec::new();
    for (key, value) in all.members(MAX_CONTAINERS)? {
        let text = |name: &str| -> Result<Option<String>> {
            Ok(value.get(name)?.map(|v| v.text()).transpose()?.flatten().map(str::to_string))
        };
        let mut container = Container {
            name: text("name")?,
            prefix: text("url_prefix")?.unwrap_or_else(|| key.to_string()),
            endpoint: None,
            region: None,
            account: None,
        };
        let kinds = value.get("store")?.map(|store| store.members(1)).transpose()?.unwrap_or_default();
        for (kind, options) in kinds {
            let option = |name: &str| -> Result<Option<String>> {
                Ok(options.get(name)?.map(|v| v.text()).transpose()?.flatten().map(str::to_string))
            };
            match kind {
                "s3" | "s3_compatible" | "tigris" => {
                    container.region = option("region")?;
                    container.endpoint = option("endpoint_url")?;
                }
                "azure" => container.account = option("account")?,
                _ => {}
            }
        }
        containers.push(container);
    }
    Ok(containers)
}

/// The object at a location: where the user's `rewrite` says, else where the repository's configuration says.
///
/// # Errors
/// `not_found` for a relative location whose container nobody names; as [`Address::object`].
pub fn object_at(repository: &Address, storage: &Storage, containers: &[Container], location: &str) -> Result<Address> {
    if storage.rewrite.keys().any(|prefix| location.starts_with(prefix.as_str())) {
        return repository.object(location, storage);
    }
    let location = absolute(location, containers)?;
    let fitting = containers.iter().filter(|c| location.starts_with(&c.prefix));
    let Some(container) = fitting.max_by_key(|c| c.prefix.len()) else {
        return repository.object(&location, storage);
    };
    let mut storage = storage.clone();
    storage.region = container.region.clone().or(storage.region);
    storage.endpoint = container.endpoint.clone().or(storage.endpoint);
    let (scheme, rest) = location.split_once("://").unwrap_or(("", &location));
    let location = match (scheme, &container.account) {
        ("tigris", _) => {
            storage.endpoint.get_or_insert_with(|| TIGRIS.to_string());
            format!("s3://{rest}")
        }
        ("az" | "azure" | "abfs", Some(account)) => format!("az://{account}/{rest}"),
        _ => location,
    };
    repository.object(&location, &storage)
}

/// A location with its container's prefix in the place of the container's name.
fn absolute(location: &str, containers: &[Container]) -> Result<String> {
    let Some(relative) = location.strip_prefix(RELATIVE) else { return Ok(location.to_string()) };
    let (name, path) = relative.split_once('/').unwrap_or((relative, ""));
    let container = containers.iter().find(|c| c.name.as_deref() == Some(name));
    let container = container.ok_or_else(|| {
        let message = format!(
            "the repository's configuration has no container {name:?} of virtual chunks; say where its objects lie in \
             `storage`: {{\"rewrite\": {{\"vcc://{name}/\": \"https://…/\"}}}}"
        );
        Error::new(Code::NotFound, message)
    })?;
    Ok(format!("{}{path}", container.prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(name: &str, prefix: &str) -> Container {
        let name = Some(name.to_string());
        Container { name, prefix: prefix.into(), endpoint: None, region: None, account: None }
    }

    #[test]
    fn locations() {
        let containers = [
            container("plain", "https://data.example/n/"),
            Container { endpoint: Some("https://osn.example".into()), ..container("osn", "s3://bucket/") },
            Container { region: Some("eu-west-1".into()), ..container("deep", "s3://bucket/deep/") },
            Container { account: Some("acc".into()), ..container("azure", "az://cont/") },
            container("tigris", "tigris://t/"),
            container("here", "file:///data/"),
        ];
        let rewrite = [("vcc://gone/", "https://new.example/"), ("s3://old/", "https://old.example/")];
        let rewrite = rewrite.map(|(from, to)| (from.to_string(), to.to_string())).into();
        let storage = Storage { rewrite, query: Some("sig=SECRET".into()), ..Storage::default() };
        let repository = Address::resolve("icechunk+https://h.example/repo", &storage);
        let object = |location: &str| {
            let address = repository.clone().and_then(|r| object_at(&r, &storage, &containers, location));
            address.map_or_else(|e| e.code().as_str().to_string(), |a| a.of(""))
        };
        for (location, url) in [
            ("https://data.example/n/a.nc", "https://data.example/n/a.nc"),
            ("vcc://plain/a%20b.nc", "https://data.example/n/a%20b.nc"),
            ("s3://bucket/a.nc", "https://osn.example/bucket/a.nc"),
            ("vcc://deep/a.nc", "https://bucket.s3.eu-west-1.amazonaws.com/deep/a.nc"),
            ("az://cont/a.nc", "https://acc.blob.core.windows.net/cont/a.nc"),
            ("tigris://t/a.nc", "https://t3.storage.dev/t/a.nc"),
            ("vcc://gone/a.nc", "https://new.example/a.nc"),
            ("s3://old/a.nc", "https://old.example/a.nc"),
            ("vcc://other/a.nc", "not_found"),
            ("vcc://here/../etc/passwd", "forbidden"),
        ] {
            assert_eq!(object(location), url, "{location}");
        }
    }
}
