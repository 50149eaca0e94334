"""Opening a store as a document says: the variable, its selection, and the weights that belong to it."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import xarray as xr

ROOT = Path(__file__).resolve().parents[3]


@lru_cache(maxsize=None)
def dataset(source):
    """Loaded and decoded as xarray does; COADS counts from a year 0 that its calendar does not have: not decoded."""
    times = "coads" not in source
    return xr.open_zarr(ROOT / source, chunks=None, consolidated=False, decode_times=times).load()


def wide(da):
    """Floats in float64, whatever they are stored in; integers as they are, for their sums are exact."""
    return da.astype("f8") if da.dtype.kind == "f" else da


def select(da, selection):
    """The contract's forms, each by the method of xarray that it is named after."""
    for dim, form in selection.items():
        if dim not in da.dims:
            continue
        if "from" in form or "to" in form:
            low, high = form.get("from"), form.get("to")
            index = da.indexes[dim]
            falls = len(index) > 1 and index[0] > index[-1]
            numbers = isinstance(low, (int, float)) and isinstance(high, (int, float))
            if numbers and (low > high) != falls:
                low, high = high, low
            da = da.sel({dim: slice(low, high)})
        elif "nearest" in form:
            da = da.sel({dim: form["nearest"]}, method="nearest")
        elif "values" in form:
            da = da.sel({dim: form["values"]})
        elif "index" in form:
            da = da.isel({dim: form["index"]})
        else:
            da = da.isel({dim: slice(form.get("start"), form.get("stop"), form.get("step"))})
    return da


def with_wide_labels(da):
    """Labels in float64, too; after the selection, which compares them as they are stored."""
    return da.assign_coords({c: wide(v) for c, v in da.coords.items() if v.dtype == "f4"})


def variable(document, name=None):
    ds = dataset(document["source"])
    da = select(wide(ds[name or document["variable"]]), document.get("select", {}))
    return with_wide_labels(da)


def role(da):
    units, standard = str(da.attrs.get("units", "")), da.attrs.get("standard_name")
    if standard in ("latitude", "longitude"):
        return standard
    if units.startswith("degrees_n") or units == "degrees_north":
        return "latitude"
    if units.startswith("degrees_e"):
        return "longitude"
    return None


def axis(ds, da, wanted):
    """The 1-D coordinate of a role along a dimension of a variable, or None."""
    return next((ds[d] for d in da.dims if d in ds.variables and role(ds[d]) == wanted), None)


def latitude(ds, da):
    along = axis(ds, da, "latitude")
    if along is not None:
        return along
    for name in list(da.coords) + list(ds.variables):
        other = ds[name]
        if other.dims and set(other.dims) <= set(da.dims) and role(other) == "latitude":
            return other
    return next(v for n, v in ds.variables.items() if "lat" in n and str(v.attrs.get("units", "")).startswith("rad"))


def cells(ds, coordinate):
    """The n × 2 bounds that a 1-D coordinate names and the store has, or None."""
    name = coordinate.attrs.get("bounds") if coordinate is not None else None
    found = ds.get(name) if name else None
    return found if found is not None and found.ndim == 2 and found.shape[1] == 2 else None


def area(document, name):
    """Weights "area": the cell areas that `cell_measures` names; else from bounds; else the cosine of latitude.

    With bounds of latitude alone, cells are taken to be equally wide. Angles are in float64, also of a float32 latitude.
    """
    ds = dataset(document["source"])
    da = ds[name]
    words = str(da.attrs.get("cell_measures", "")).split()
    measured = dict(zip(words[::2], words[1::2])).get("area:")
    if measured in ds.variables:
        return wide(ds[measured])
    lat, lon = axis(ds, da, "latitude"), axis(ds, da, "longitude")
    rows, columns = cells(ds, lat), cells(ds, lon)
    if rows is not None:
        edges = np.sin(np.deg2rad(rows.astype("f8").values))
        weights = xr.DataArray(np.abs(edges[:, 1] - edges[:, 0]), dims=lat.dims, coords={lat.name: lat})
        if columns is not None:
            wide_east = columns.astype("f8").values
            weights = weights * xr.DataArray(np.abs(wide_east[:, 1] - wide_east[:, 0]), dims=lon.dims,
                                             coords={lon.name: lon})
        return weights
    angle = latitude(ds, da)
    values = angle.astype("f8").values
    values = np.cos(values if str(angle.attrs.get("units", "")).startswith("rad") else np.deg2rad(values))
    return xr.DataArray(values, dims=angle.dims, coords={d: ds[d] for d in angle.dims if d in ds.variables})


def weights(document, spec):
    """Weights as selected; a missing one is 0."""
    found = area(document, document["variable"]) if spec == "area" else wide(dataset(document["source"])[spec])
    found = select(found, document.get("select", {})).fillna(0.0).drop_attrs()
    return with_wide_labels(found.drop_vars([c for c in found.coords if c not in found.dims]))
