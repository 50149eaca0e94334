"""From a document's source to an address that fsspec reads: buckets by their public HTTPS endpoints, as in the browser."""

import re
from urllib.parse import quote

from .errors import ZarrscopeError

METADATA_NAMES = (".zgroup/", "zarr.json", ".zmetadata", ".zgroup", ".zarray", ".zattrs")
REFERENCES = (".json", ".json.zst", ".json.gz", ".parq", ".parquet")


def resolve(source, storage):
    """(address, format, revision): format is zarr, references, icechunk or zip."""
    source = source.strip()
    if not source:
        raise ZarrscopeError("invalid_document", "`source` is empty")
    address, _, fragment = source.partition("#")
    icechunk = address.startswith("icechunk+")
    address, _, query = address.removeprefix("icechunk+").partition("?")
    address = address.rstrip("/")
    for name in METADATA_NAMES:
        address = address.removesuffix("/" + name)
    if icechunk:
        return address, "icechunk", fragment
    url = public(address, storage) + (f"?{query}" if query else "")
    kind = "references" if address.endswith(REFERENCES) else "zip" if address.endswith(".zip") else "zarr"
    return url, kind, None


def public(address, storage):
    """A bucket's public address; others as they are."""
    scheme, _, rest = address.partition("://")
    if scheme not in ("s3", "gs", "gcs", "az", "abfs", "local"):
        return address.removeprefix("file://")
    if scheme == "local":
        raise ZarrscopeError("unsupported", "`local://` stands for files at hand in a page: give the path of the store")
    bucket, _, key = rest.partition("/")
    key = quote(key)
    if storage.get("endpoint") and scheme == "s3":
        return f"{storage['endpoint'].rstrip('/')}/{bucket}/{key}"
    if scheme == "s3":
        region = f".{storage['region']}" if storage.get("region") else ""
        host = f"s3{region}.amazonaws.com"
        return f"https://{host}/{bucket}/{key}" if "." in bucket else f"https://{bucket}.{host}/{key}"
    if scheme in ("gs", "gcs"):
        return f"https://storage.googleapis.com/{bucket}/{key}"
    container, _, key = key.partition("/")
    return f"https://{bucket}.blob.core.windows.net/{container}/{key}"


def rewritten(url, rewrite, table):
    """Where an object that references name is: by the longest prefix of `rewrite`, or beside the table."""
    prefixes = sorted((prefix for prefix in rewrite if url.startswith(prefix)), key=len)
    if prefixes:
        url = rewrite[prefixes[-1]] + url[len(prefixes[-1]) :]
    elif "://" not in url:
        url = beside(url, table)
    remote = re.match(r"https?://", table)
    if remote and not re.match(r"(https?|s3|gs|gcs|az)://", url):
        raise ZarrscopeError("forbidden", "references from elsewhere may not name a file on this machine")
    return public(url, {})


def beside(relative, table):
    if relative.startswith("/"):
        origin = re.match(r"https?://[^/]+", table)
        return origin.group(0) + relative if origin else relative
    parts = table.split("?")[0].split("/")[:-1]
    for part in relative.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
