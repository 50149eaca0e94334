"""A document of what people have at hand: a document, an address, or an xarray object that was opened from one."""

from collections.abc import Mapping

import xarray as xr

from ..dask.errors import ZarrscopeError
from .origin import address, group_of, public_address, refuse_computed, zarr_array
from .selection import selection


def document_of(subject, variable=None, select=None, steps=None, source=None, storage=None, precision=None):
    """The analysis document. What is given beside an xarray object adds to what is told by it."""
    if isinstance(subject, xr.DataArray):
        told = of_arrays([subject], source, [variable] if variable else None, select or {})
    elif isinstance(subject, xr.Dataset):
        told = of_dataset(subject, variable, source, select or {})
    elif isinstance(subject, Mapping):
        told = dict(subject)
        if variable is not None:
            told["variable"] = variable
    elif isinstance(subject, str):
        told = {"version": 1, "source": public_address(subject), **naming(variable)}
    else:
        raise TypeError(f"an address, an analysis document, or an xarray object; not {type(subject).__name__}")
    if select:
        told["select"] = {**told.get("select", {}), **select}
    added = {"steps": None if steps is None else list(steps), "storage": storage, "precision": precision}
    return told | {name: value for name, value in added.items() if value is not None}


def naming(variable):
    if variable is None:
        return {}
    return {"variable": variable} if isinstance(variable, str) else {"variables": list(variable)}


def of_dataset(ds, variable, source, given):
    if variable is None:
        names = list(ds.data_vars)
    else:
        names = [variable] if isinstance(variable, str) else list(variable)
    if not names:
        raise ZarrscopeError("not_found", "the dataset has no variables")
    missing = [name for name in names if name not in ds]
    if missing:
        raise ZarrscopeError("not_found", f"no variable {missing[0]!r}; there are {', '.join(map(str, ds.data_vars))}")
    return of_arrays([ds[name] for name in names], source or ds.encoding.get("source"), None, given)


def of_arrays(arrays, source, paths, given):
    paths = paths or [None] * len(arrays)
    told = [of_array(array, source, path, given) for array, path in zip(arrays, paths, strict=True)]
    document = told[0]
    for other in told[1:]:
        document["select"] = merged(document["select"], other["select"])
    return document if len(told) == 1 else {
        **{name: value for name, value in document.items() if name != "variable"},
        "variables": [one["variable"] for one in told],
    }  # fmt: skip


def merged(some, others):
    """Selections of several variables: one document has one of each dimension."""
    for dim in some.keys() & others.keys():
        if some[dim] != others[dim]:
            raise ZarrscopeError("unsupported", f"the variables have different selections of {dim!r}: show each by itself")
    return {**some, **others}


def of_array(array, source, path, given):
    refuse_computed(array)
    stored = zarr_array(array.variable)
    source = source or array.encoding.get("source") or (stored is not None and address(stored.store)) or None
    if source is None:
        raise ZarrscopeError("not_found", "nothing tells where it was opened from: give the address as `source`")
    path = path or (stored.path if stored is not None else array.name)
    if not isinstance(path, str):
        raise ZarrscopeError("not_found", "the array has no name: give the path of the variable as `variable`")
    group, _, name = path.strip("/").rpartition("/")
    ds = group_of(stored.store if stored is not None else str(source), group)
    if name not in ds.variables:
        raise ZarrscopeError("not_found", f"{path!r} is no array of {source}")
    return {
        "version": 1,
        "source": public_address(str(source)),
        "variable": path.strip("/"),
        "select": selection(array, ds[name], given),
    }
