"""Documents on xarray and Dask: an expression, and its result."""

import importlib
import pkgutil
import warnings

import dask
import numpy as np
import xarray as xr

from . import functions
from .document import checked
from .errors import ZarrscopeError
from .functions.weights import area_weights
from .select import select
from .sources import open_source
from .steps import Steps


def travel_by_value(package):
    """Workers of a Gateway have xarray, and need no zarrscope: what is defined here goes to them as code.

    distributed tries pickle first, which writes the name of a module; what claims to be in `__main__` it leaves to cloudpickle.
    """
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(found.name)).values():
            if getattr(value, "__module__", None) == found.name:
                value.__module__ = "__main__"


travel_by_value(functions)


def run(document, client=None):
    """The result of an analysis document: a Dataset with its labels, computed.

    `client` is a `distributed.Client`, or whatever has `get_client()`, such as a cluster of Dask Gateway; without one, threads of
    this process compute.
    """
    document = checked(document)
    lazy = quiet(lambda: built(document))
    return whole(computed(lazy, client), document)


def computed(lazy, client):
    if client is None:
        with dask.config.set(scheduler="threads"):
            return quiet(lazy.compute)
    if not hasattr(client, "compute") and hasattr(client, "get_client"):
        # The cluster is somebody else's; the client is ours to close.
        with client.get_client() as made:
            return made.compute(lazy, sync=True)
    return client.compute(lazy, sync=True)


def whole(found, document):
    """Positions are integers, unless one is missing."""
    if document["steps"] and document["steps"][-1]["op"] in ("argmin", "argmax"):
        there = [name for name, da in found.data_vars.items() if da.notnull().all()]
        return found.assign({name: found[name].astype("int64") for name in there})
    return found


def expression(document):
    """The same, not yet computed: a Dataset of Dask arrays."""
    return quiet(lambda: built(checked(document)))


def quiet(function):
    """Missing values are no news: numpy need not warn of means of nothing."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        # flox and bottleneck sum otherwise than the rest of xarray.
        with xr.set_options(use_flox=False, use_bottleneck=False, keep_attrs=True):
            return function()


def built(document):
    several = document["several"]
    dims = set()
    parts = {}
    for path in document["variables"]:
        parts[path] = array(document, path, dims)
    missing = [dim for dim in document["select"] if dim not in dims]
    if missing:
        raise ZarrscopeError("invalid_selection", f"no dimension {missing[0]!r}; there is {', '.join(map(str, dims))}")
    if not several:
        (path, part), *_ = parts.items()
        return part if isinstance(part, xr.Dataset) else part.to_dataset(name=path)
    try:
        return xr.merge([renamed(path, part) for path, part in parts.items()], join="exact", compat="equals")
    except ValueError as error:
        message = "the variables' results have different labels along one dimension: run each by itself"
        raise ZarrscopeError("unsupported", message) from error


def renamed(path, part):
    """Results of several variables side by side: those of a trend are named after both."""
    if isinstance(part, xr.DataArray):
        return part.to_dataset(name=path)
    return part if path in part.data_vars else part.rename({name: f"{path}_{name}" for name in part.data_vars})


def array(document, path, dims=None):
    """One variable through the steps; a Dataset where there is more than one result, or a coordinate of another dimension."""
    ds, name = open_source(document, path)
    if dims is not None:
        dims.update(ds[name].dims)
    scalars = {*ds[name].dims, *(c for c in ds[name].coords if ds[name].coords[c].ndim == 0)}
    if any(step.get("weights") == "area" for step in document["steps"]):
        try:
            ds = ds.assign(cell_area=area_weights(ds, name))
        except LookupError as error:
            raise ZarrscopeError("invalid_selection", str(error)) from error
    ds = select(ds[wanted(ds, name, document["steps"])], name, document["select"])
    steps = Steps(ds, name, lambda other: array(other, other["variables"][0]))
    found = steps.take(ds[name], document["steps"])
    return tidy(found, path, steps.edges, scalars)


def wanted(ds, name, steps):
    """What of a dataset the steps name, beside the coordinates."""
    names = [name, "cell_area", *(ds[c].attrs.get("bounds", ds[c].encoding.get("bounds")) for c in ds[name].coords)]
    for step in steps:
        other = step.get("with")
        other = other.get("variable") if isinstance(other, dict) and step["op"] == "histogram" else other
        named = [step.get("weights"), step.get("by"), other]
        names += [path.strip("/").split("/")[-1] for path in named if isinstance(path, str)]
    return [n for n in dict.fromkeys(names) if isinstance(n, str) and n in ds.variables]


def tidy(found, path, edges, scalars):
    """Only labels of dimensions, scalars that a selection left, and edges of bins: what a result has in the browser, too."""
    kept = {*found.dims, *(f"{dim}_centers" for dim in found.dims), *(c for c in scalars if c in found.coords and not found[c].dims)}
    found = found.drop_vars([c for c in found.coords if c not in kept])
    if isinstance(found, xr.DataArray) and edges:
        return found.to_dataset(name=path).assign_coords(edges)
    return found
