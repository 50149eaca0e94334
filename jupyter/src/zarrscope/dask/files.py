"""Files over HTTP as a document's `storage` wants them read."""

from urllib.parse import urlsplit

import fsspec
import yarl
from fsspec.implementations.http import HTTPFileSystem


class SignedHTTP(HTTPFileSystem):
    """HTTP whose query (a signature, usually) goes along to the origin of the source, with every key."""

    protocol = ("http", "https")

    def __init__(self, *args, query="", origin="", **kwargs):
        super().__init__(*args, **kwargs)
        self.signature, self.origin = query, origin

    def encode_url(self, url):
        encoded = yarl.URL(url, encoded=self.encoded)
        if self.signature and str(url).startswith(self.origin):
            encoded = encoded.with_query("&".join(part for part in (encoded.raw_query_string, self.signature) if part))
        return encoded


def filesystem(url, storage, asynchronous=False):
    """(file system, address without its query)."""
    if not url.startswith(("http://", "https://")):
        return fsspec.filesystem("file"), url
    plain, _, own = url.partition("?")
    query = "&".join(part for part in (own, storage.get("query", "").lstrip("?")) if part)
    options = {"headers": dict(storage["headers"])} if storage.get("headers") else {}
    parts = urlsplit(plain)
    fs = SignedHTTP(query=query, origin=f"{parts.scheme}://{parts.netloc}", asynchronous=asynchronous, **options)
    return fs, plain
