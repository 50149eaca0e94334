"""Sources by address, as lazy datasets: Zarr by folder or HTTP, ZIP files, references, Icechunk."""

import warnings
from pathlib import Path

import aiohttp
import xarray as xr
import zarr
from zarr.storage import FsspecStore

from .address import resolve
from .errors import ZarrscopeError
from .files import filesystem
from .functions.dated import dated
from .functions.stores import reference_store, zip_store
from .functions.unlisted import open_arrays
from .icechunks import icechunk_store


def open_source(document, path):
    """The dataset of the group in which an array is, and the array's name in it."""
    try:
        store, below = opened(document["source"], document["storage"])
        group, _, name = "/".join(part for part in (below, path) if part).rpartition("/")
        decode = document["decode"]
        ds = listed(store, group, decode)
        if ds is None or name not in ds.variables:
            ds = decoded(lambda **how: open_arrays(store, [name], group, **how), decode)
    except aiohttp.ClientResponseError as error:
        code = {401: "forbidden", 403: "forbidden", 429: "throttled"}.get(error.status, "http")
        raise ZarrscopeError(code, f"the server answered {error.status} {error.message}") from None
    except aiohttp.ClientConnectionError:
        raise ZarrscopeError("offline", f"the server of {document['source'].split('?')[0]} cannot be reached") from None
    if name not in ds.variables:
        raise ZarrscopeError("not_found", f"{path!r} is no array of the source")
    return ds.reset_coords([name] if name in ds.coords and name not in ds.dims else []), name


def opened(source, storage):
    """What zarr reads a source by, and the path in it at which the source is."""
    address, kind, revision = resolve(source, storage)
    if kind == "icechunk":
        return icechunk_store(address, revision, storage), ""
    remote = address.startswith(("http://", "https://"))
    fs, url = filesystem(address, storage)
    over_http = filesystem(address, storage, asynchronous=True)[0] if remote else None
    try:
        if kind == "zip":
            return zip_store(fs, url), ""
        if kind == "references":
            return reference_store(fs, url, storage.get("rewrite"), over_http), ""
    except FileNotFoundError as error:
        raise ZarrscopeError("not_found", f"there is nothing at {url}") from error
    except PermissionError as error:
        raise ZarrscopeError("forbidden", str(error)) from error
    if remote:
        return FsspecStore(over_http, read_only=True, path=url), ""
    if not Path(url).exists():
        raise ZarrscopeError("not_found", f"there is nothing at {url}")
    return url, ""


def listed(store, group, decode):
    """The group as xarray opens it; None where there is nothing to list, or arrays without names of dimensions."""
    options = {"group": group or None, "chunks": {}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return decoded(lambda **how: xr.open_zarr(store, **options, **how), decode)
        except (FileNotFoundError, KeyError, zarr.errors.BaseZarrError):
            return None
        except ValueError as error:
            # Arrays of one group that call different lengths the same: HDF5's dimensions without names are so.
            if "conflicting sizes" not in str(error):
                raise
            return None


def decoded(opening, decode):
    """Opened with CF rules, or without any."""
    if not decode:
        return opening(decode_times=False, mask_and_scale=False)
    try:
        return opening()
    except ValueError as error:
        # The message is xarray's for times that its calendars have not; those stay numbers, others are decoded.
        if "decode" not in str(error):
            raise
        return dated(opening(decode_times=False))
