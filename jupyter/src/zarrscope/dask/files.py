"""Files over HTTP as a document's `storage` wants them read."""

from urllib.parse import urlsplit

import fsspec

from .functions.stores import strict_http


def filesystem(url, storage, asynchronous=False):
    """(file system, address without its query)."""
    if not url.startswith(("http://", "https://")):
        return fsspec.filesystem("file"), url
    plain, _, own = url.partition("?")
    query = "&".join(part for part in (own, storage.get("query", "").lstrip("?")) if part)
    options = {"headers": dict(storage["headers"])} if storage.get("headers") else {}
    parts = urlsplit(plain)
    fs = strict_http(query=query, origin=f"{parts.scheme}://{parts.netloc}", asynchronous=asynchronous, **options)
    return fs, plain
