"""Where an xarray object comes from, and whether anything was done to it but selecting."""

import re
from collections.abc import Mapping

import xarray as xr
import zarr

from ..dask.errors import ZarrscopeError

# What xarray and Dask call the parts of a graph that opens, selects, and cuts anew.
SELECTING = re.compile(r"(original-)?(open_dataset|open_zarr|xarray)\b.*|(getitem|rechunk|transpose)\b.*")


def zarr_array(variable):
    """The stored array behind a variable that is not in memory; None where it cannot be told."""
    data = variable._data
    graph = getattr(data, "__dask_graph__", lambda: None)()
    if not isinstance(graph, Mapping):
        return unwrapped(data)
    originals = [value for key, value in graph.items() if isinstance(key, str) and key.startswith("original-")]
    found = [array for array in map(unwrapped, originals) if array is not None]
    return found[0] if len(found) == 1 else None


def unwrapped(data):
    """Through xarray's wrappers, which index lazily and do nothing else."""
    for _ in range(12):
        if isinstance(data, zarr.Array):
            return data
        inner = (getattr(data, name, None) for name in ("array", "_array", "value"))
        data = next((value for value in inner if value is not None), None)
    return None


def group_of(store, group):
    """The stored dataset, to compare labels with; times that xarray cannot decode stay numbers, as they did for the user."""
    try:
        return xr.open_zarr(store, group=group or None, chunks=None)
    except ValueError:
        return xr.open_zarr(store, group=group or None, chunks=None, decode_times=False)


def refuse_computed(array):
    """What a computation gave is not in the store. In memory it can only be told by the values: see `selection`."""
    computed = f"{array.name!r} was computed; show takes what was opened and selected: give the computation as `steps`"
    # Arithmetic and reductions drop what xarray knows of the storage.
    if "dtype" not in array.encoding and "chunks" not in array.encoding:
        raise ZarrscopeError("unsupported", computed)
    layers = getattr(getattr(array.variable._data, "dask", None), "layers", None)
    if layers is not None and not all(SELECTING.fullmatch(str(name)) for name in layers):
        raise ZarrscopeError("unsupported", computed)


def address(store):
    """The address of a Zarr store that was opened by fsspec, or the path of a folder; None of others."""
    if isinstance(store, zarr.storage.LocalStore):
        return str(store.root)
    fs, path = getattr(store, "fs", None), getattr(store, "path", None)
    if fs is None or path is None:
        return None
    return fs.unstrip_protocol(path)


def public_address(source):
    """The same, if a browser may fetch from there."""
    if re.match(r"(https?|s3|gs|az|icechunk\+https?)://", source):
        return source
    if re.match(r"gcs://", source):
        return "gs" + source[3:]
    raise ZarrscopeError(
        "unsupported",
        f"a browser cannot read {source!r}: it needs an address such as https://… or s3://…. `npx zarrscope serve FOLDER` gives "
        "a folder one",
    )
