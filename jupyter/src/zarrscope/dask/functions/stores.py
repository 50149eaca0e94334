"""Stores that fsspec and zarr have to be told how to read: signed ones, references, ZIP files."""

import functools
import json
import math
import os
import re
from urllib.parse import quote

import fsspec
import numcodecs
import numpy as np
import yarl
from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper
from fsspec.implementations.http import HTTPFileSystem
from fsspec.implementations.reference import LazyReferenceMapper, ReferenceFileSystem
from zarr.storage import FsspecStore


def strict_http(**options):
    """HTTP that takes no other bytes than it asked for, and sends a query (a signature, usually) to the source's origin."""
    name = "zarrscope-http"
    # A class in here, kept by fsspec and made anew in each worker that gets one: fsspec's classes hold a lock, which cannot travel.
    if name not in fsspec.registry:

        class StrictHTTP(HTTPFileSystem):
            def __init__(self, *, query="", origin="", **kwargs):
                super().__init__(**kwargs)
                self.signature, self.origin = query, origin

            def __reduce__(self):
                return functools.partial(strict_http, **self.storage_options), ()

            def encode_url(self, url):
                encoded = yarl.URL(url, encoded=self.encoded)
                if self.signature and str(url).startswith(self.origin):
                    encoded = encoded.with_query("&".join(part for part in (encoded.raw_query_string, self.signature) if part))
                return encoded

            async def _cat_file(self, url, start=None, end=None, **kwargs):
                found = await super()._cat_file(url, start=start, end=end, **kwargs)
                if start is not None and end is not None and 0 <= start <= end and len(found) != end - start:
                    raise OSError(f"{url.split('?')[0]}: {len(found)} bytes for a range of {end - start}: the server gives no ranges")
                return found

        fsspec.register_implementation(name, StrictHTTP, clobber=True)
    return fsspec.filesystem(name, **options)


def public(address, endpoint=None, region=None):
    """A bucket's public HTTPS address; others as they are."""
    scheme, _, rest = address.partition("://")
    if scheme not in ("s3", "gs", "gcs", "az", "abfs"):
        return address.removeprefix("file://")
    bucket, _, key = rest.partition("/")
    key = quote(key)
    if scheme == "s3":
        host = f"s3.{region}.amazonaws.com" if region else "s3.amazonaws.com"
        if endpoint:
            return f"{endpoint.rstrip('/')}/{bucket}/{key}"
        return f"https://{host}/{bucket}/{key}" if "." in bucket else f"https://{bucket}.{host}/{key}"
    if scheme in ("gs", "gcs"):
        return f"https://storage.googleapis.com/{bucket}/{key}"
    container, _, key = key.partition("/")
    return f"https://{bucket}.blob.core.windows.net/{container}/{key}"


def beside(relative, table):
    """A relative address, seen from the folder that a table lies in."""
    if relative.startswith("/"):
        origin = re.match(r"https?://[^/]+", table)
        return origin.group(0) + relative if origin else relative
    parts = table.split("/")[:-1]
    for part in relative.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def moved(ref, rewrite, table):
    """Where an object that a reference names is: by the longest prefix of `rewrite`, or beside the table."""
    if not isinstance(ref, (list, tuple)):
        return ref
    url = ref[0]
    prefixes = sorted((prefix for prefix in rewrite if url.startswith(prefix)), key=len)
    if prefixes:
        url = rewrite[prefixes[-1]] + url[len(prefixes[-1]) :]
    elif "://" not in url:
        url = beside(url, table)
    url = public(url)
    local = not url.startswith(("http://", "https://"))
    if local and table.startswith("http"):
        raise PermissionError("references from elsewhere may not name a file on this machine")
    return ["file://" + os.path.abspath(url) if local else url, *ref[1:]]


def expanded(data, name):
    """Keys and what they stand for, from JSON, with templates filled in and generated references written out."""
    if name.endswith((".gz", ".zst")):
        data = numcodecs.get_codec({"id": "gzip" if name.endswith(".gz") else "zstd"}).decode(data)
    table = json.loads(bytes(data))
    if "refs" not in table:
        return table
    return dict(ReferenceFileSystem(fo=table, fs=fsspec.filesystem("file"), skip_instance_cache=True).references)


def from_parquet(table):
    """All keys of references in Parquet, array by array."""
    for key, value in table.zmetadata.items():
        yield key, json.dumps(value)
        if key.endswith(".zarray"):
            for place in np.ndindex(*(math.ceil(n / chunk) for n, chunk in zip(value["shape"], value["chunks"]))):
                chunk = key.removesuffix(".zarray") + (".".join(map(str, place)) or "0")
                try:
                    ref = table[chunk]
                except KeyError:
                    continue
                # What Parquet has no address for was never written.
                if not isinstance(ref, (list, tuple)) or isinstance(ref[0], str):
                    yield chunk, ref


def reference_store(fs, url, rewrite=None, over_http=None):
    """A store of Kerchunk references, in JSON or Parquet, whose objects are read by range."""
    if url.endswith((".json", ".json.gz", ".json.zst")):
        flat = expanded(fs.cat_file(url), url)
    else:
        flat = dict(from_parquet(LazyReferenceMapper(url, fs=fs)))
    over_http = over_http or strict_http(asynchronous=True)
    local = AsyncFileSystemWrapper(fsspec.filesystem("file"), asynchronous=True)
    targets = {"http": over_http, "https": over_http, "file": local}
    flat = {key: moved(ref, rewrite or {}, url) for key, ref in flat.items()}
    target = ReferenceFileSystem(fo=flat, fs=targets, asynchronous=True, skip_instance_cache=True)
    return FsspecStore(target, read_only=True, path="/")


def zip_store(fs, url):
    """A ZIP file's store, at its top or in the one folder there."""
    inside = fsspec.filesystem("zip", fo=fs.open(url))
    top = {name.split("/")[0] for name in inside.find("")}
    rooted = top & {"zarr.json", ".zgroup", ".zarray", ".zmetadata"}
    below = "" if rooted or len(top) != 1 else top.pop()
    return FsspecStore(AsyncFileSystemWrapper(inside, asynchronous=True), read_only=True, path=below)
