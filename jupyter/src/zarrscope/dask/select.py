"""A document's selection, on all variables of a dataset at once: weights and operands have it, too."""

import numpy as np

from .errors import ZarrscopeError
from .functions.selection import between, dates


def select(ds, name, selection):
    """Dimensions that a variable has not are passed over."""
    for dim, form in selection.items():
        if dim not in ds[name].dims:
            continue
        ds = one(ds, dim, form)
        if ds.sizes.get(dim) == 0:
            raise ZarrscopeError("invalid_selection", f"the selection of {dim} is empty: {form}")
    return ds


def one(ds, dim, form):
    if "index" in form:
        size = ds.sizes[dim]
        for i in np.atleast_1d(form["index"]):
            if not -size <= i < size:
                raise ZarrscopeError("invalid_selection", f"{dim} has no position {i}; it has {size} positions")
        return ds.isel({dim: form["index"]})
    if set(form) & {"start", "stop", "step"}:
        return ds.isel({dim: slice(form.get("start"), form.get("stop"), form.get("step"))})
    if dim not in ds.indexes:
        message = f"{dim} has no coordinate; select by position with index or start/stop/step"
        raise ZarrscopeError("invalid_selection", message)
    try:
        if set(form) & {"from", "to"}:
            return between(ds, dim, *(as_label(ds, dim, form.get(end)) for end in ("from", "to")))
        (kind, labels), *_ = form.items()
        labels = as_label(ds, dim, labels if kind == "nearest" or isinstance(labels, list) else [labels])
        if is_time(ds, dim):
            labels = dates(ds, dim, labels)
        elif kind == "values" and np.asarray(labels).dtype.kind != "U":
            labels = np.asarray(labels, dtype=ds[dim].dtype)
        return ds.sel({dim: labels}, **({"method": "nearest"} if kind == "nearest" else {}))
    except (KeyError, ValueError, TypeError) as error:
        raise ZarrscopeError("invalid_selection", f"{dim}: {form}: {error}") from error


def is_time(ds, dim):
    return ds[dim].dtype.kind == "M" or type(ds.indexes[dim]).__name__ == "CFTimeIndex"


def as_label(ds, dim, label):
    """Years may be written as numbers, and numbers as text."""
    if isinstance(label, list):
        return [as_label(ds, dim, one) for one in label]
    if label is None:
        return None
    if is_time(ds, dim):
        return str(label)
    return float(label) if isinstance(label, str) and ds[dim].dtype.kind in "iuf" else label
