"""Icechunk repositories, by their own library."""

from .errors import ZarrscopeError
from .functions.stores import public


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
        where = icechunk.local_filesystem_storage(public(address))
    kind, _, name = (revision or "branch=main").partition("=")
    if kind not in ("branch", "tag", "snapshot"):
        raise ZarrscopeError("invalid_document", f"a revision is branch=, tag= or snapshot=, not {revision!r}")
    try:
        return icechunk.Repository.open(where).readonly_session(**{"snapshot_id" if kind == "snapshot" else kind: name}).store
    except icechunk.IcechunkError as error:
        code = "unsupported" if "upgrade" in str(error) else "not_found"
        reason = str(error).strip().splitlines()[0].strip(" x")
        raise ZarrscopeError(code, f"the package icechunk reads no repository at {address}: {reason}") from error
