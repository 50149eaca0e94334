"""Sources by address, as lazy datasets."""

import warnings

import xarray as xr

from .errors import ZarrscopeError


def open_source(document, path):
    """The dataset of the group in which an array is, and the array's name in it."""
    group, _, name = path.rpartition("/")
    ds = opened(document["source"], group, document["decode"])
    if name not in ds.variables:
        raise ZarrscopeError("not_found", f"{path!r} is no array of the source")
    return ds.reset_coords([c for c in [name] if c in ds.coords and c not in ds.dims]), name


def opened(source, group, decode):
    options = {"group": group or None, "chunks": {}, "consolidated": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not decode:
            return xr.open_zarr(source, decode_cf=False, **options)
        try:
            return xr.open_zarr(source, **options)
        except ValueError:
            return dated(xr.open_zarr(source, decode_times=False, **options))


def dated(ds):
    """Times decoded where their units and calendars have them, one by one: others stay numbers."""
    for name in ds.variables:
        if " since " in str(ds[name].attrs.get("units", "")):
            try:
                ds = ds.assign({name: xr.decode_cf(ds[[name]])[name]})
            except (ValueError, OverflowError):
                continue
    return ds
