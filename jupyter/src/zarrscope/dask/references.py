"""Kerchunk references, and Icechunk repositories, by their own libraries."""

import json
import math
import os

import fsspec
import numpy as np
from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper
from fsspec.implementations.http import HTTPFileSystem
from fsspec.implementations.reference import LazyReferenceMapper, ReferenceFileSystem
from zarr.storage import FsspecStore

from .address import public, rewritten
from .errors import ZarrscopeError
from .files import filesystem


def reference_store(url, storage):
    """A store of references in JSON or Parquet, whose objects are read where the document's `rewrite` says."""
    fs, plain = filesystem(url, storage)
    rewrite = storage.get("rewrite", {})
    try:
        if plain.endswith((".json", ".json.gz", ".json.zst")):
            flat = expanded(text(fs.cat_file(plain), plain))
        else:
            flat = dict(from_parquet(LazyReferenceMapper(plain, fs=fs)))
    except FileNotFoundError as error:
        raise ZarrscopeError("not_found", f"there are no references at {plain}") from error
    moved = {key: moved_to(ref, rewrite, plain) for key, ref in flat.items()}
    over_http, _ = filesystem(plain, storage, asynchronous=True) if plain.startswith("http") else (None, None)
    over_http = over_http or HTTPFileSystem(asynchronous=True)
    local = AsyncFileSystemWrapper(fsspec.filesystem("file"), asynchronous=True)
    targets = {"http": over_http, "https": over_http, "file": local}
    target = ReferenceFileSystem(fo=moved, fs=targets, asynchronous=True, skip_instance_cache=True)
    return FsspecStore(target, read_only=True, path="/")


def from_parquet(table):
    """All keys of references in Parquet, array by array."""
    for key, value in table.zmetadata.items():
        yield key, json.dumps(value)
        if not key.endswith(".zarray"):
            continue
        field = key.removesuffix(".zarray")
        for place in np.ndindex(*(math.ceil(n / chunk) for n, chunk in zip(value["shape"], value["chunks"]))):
            chunk = field + (".".join(map(str, place)) or "0")
            try:
                yield chunk, table[chunk]
            except KeyError:
                continue


def text(data, name):
    if name.endswith(".gz"):
        import gzip

        data = gzip.decompress(data)
    elif name.endswith(".zst"):
        from numcodecs.zstd import Zstd

        data = Zstd().decode(data)
    return json.loads(data)


def expanded(references):
    """Keys and what they stand for, with templates filled in and generated references written out."""
    if "refs" not in references:
        return references
    fs = fsspec.filesystem("reference", fo=references, remote_protocol="file", skip_instance_cache=True)
    return dict(fs.references)


def moved_to(ref, rewrite, table):
    if not isinstance(ref, (list, tuple)):
        return ref
    url = rewritten(ref[0], rewrite, table)
    return [url if "://" in url else "file://" + os.path.abspath(url), *ref[1:]]


def icechunk_store(address, revision, storage):
    """The store of a branch, a tag or a snapshot."""
    try:
        import icechunk
    except ImportError as error:
        raise ZarrscopeError("unsupported", "Icechunk repositories need the package icechunk: pip install icechunk") from error
    scheme, _, rest = address.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme in ("http", "https"):
        message = "the package icechunk reads repositories in s3://, gs:// and on disk, not by http: give the bucket's address"
        raise ZarrscopeError("unsupported", message)
    if scheme == "s3":
        where = icechunk.s3_storage(
            bucket=bucket, prefix=prefix, anonymous=True, region=storage.get("region"), endpoint_url=storage.get("endpoint")
        )
    elif scheme in ("gs", "gcs"):
        where = icechunk.gcs_storage(bucket=bucket, prefix=prefix, anonymous=True)
    else:
        where = icechunk.local_filesystem_storage(public(address, storage))
    kind, _, name = (revision or "branch=main").partition("=")
    if kind not in ("branch", "tag", "snapshot"):
        raise ZarrscopeError("invalid_document", f"a revision is branch=, tag= or snapshot=, not {revision!r}")
    try:
        return icechunk.Repository.open(where).readonly_session(**{"snapshot_id" if kind == "snapshot" else kind: name}).store
    except icechunk.IcechunkError as error:
        code = "unsupported" if "upgrade" in str(error) else "not_found"
        reason = str(error).strip().splitlines()[0].strip(" x")
        raise ZarrscopeError(code, f"the package icechunk reads no repository at {address}: {reason}") from error
