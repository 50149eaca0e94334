"""From a document's source to an address that fsspec reads, and to what lies there."""

from .errors import ZarrscopeError
from .functions.stores import public

METADATA_NAMES = (".zgroup/", "zarr.json", ".zmetadata", ".zgroup", ".zarray", ".zattrs")
REFERENCES = (".json", ".json.zst", ".json.gz", ".parq", ".parquet")


def resolve(source, storage):
    """(address, kind, revision): the kind is zarr, references, icechunk or zip."""
    source = source.strip()
    if not source:
        raise ZarrscopeError("invalid_document", "`source` is empty")
    if source.startswith("local://"):
        raise ZarrscopeError("unsupported", "`local://` stands for files at hand in a page: give the path of the store")
    address, _, fragment = source.partition("#")
    icechunk = address.startswith("icechunk+")
    address, _, query = address.removeprefix("icechunk+").partition("?")
    address = address.rstrip("/")
    for name in METADATA_NAMES:
        address = address.removesuffix("/" + name)
    if icechunk:
        return address, "icechunk", fragment
    kind = "references" if address.endswith(REFERENCES) else "zip" if address.endswith(".zip") else "zarr"
    url = public(address, storage.get("endpoint"), storage.get("region"))
    return url + (f"?{query}" if query else ""), kind, None
