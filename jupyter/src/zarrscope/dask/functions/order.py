"""Medians, quantiles and positions of extremes. The first two need the dimensions that they are over in one chunk."""

import numpy as np
import xarray as xr


def median(da, dims=None, skipna=True):
    """The middle value, or the mean of the two in the middle; also over all dimensions."""
    return ordered(da, np.nanmedian if skipna else np.median, dims)


def quantile(da, q, dims=None, skipna=True):
    """Quantiles by linear interpolation, as numpy's; a list of them is the first dimension."""
    function = np.nanquantile if skipna else np.quantile
    if np.ndim(q) == 0:
        return ordered(da, function, dims, q=q)
    parts = [ordered(da, function, dims, q=one) for one in q]
    return xr.concat(parts, xr.IndexVariable("quantile", list(q)))


def ordered(da, function, dims, **options):
    dims = list(da.dims) if dims is None else [dims] if isinstance(dims, str) else list(dims)
    options["axis"] = tuple(range(-len(dims), 0))
    da = da.chunk(dict.fromkeys(dims, -1))
    return xr.apply_ufunc(
        function, da, input_core_dims=[dims], kwargs=options, dask="parallelized", output_dtypes=["float64"]
    )


def position(da, op, dim=None):
    """Where the least or greatest value is, the first of equals; missing where all are. Without dim: among all, in C order."""
    if dim is None:
        da, dim = da.stack(cell=da.dims, create_index=False), "cell"
    if da.dtype.kind != "f":
        return getattr(da, op)(dim)
    empty = da.isnull().all(dim)
    return getattr(da.where(~empty, 0.0), op)(dim).where(~empty)
