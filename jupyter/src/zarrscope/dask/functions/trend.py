"""Least squares along a dimension."""

from datetime import timedelta

import numpy as np
import xarray as xr
from scipy.special import betainc


def abscissa(da, dim):
    """Years of 365.2425 days since the first label of a time; else the label, or the position, less the first."""
    if dim not in da.coords:
        x = np.arange(float(da.sizes[dim]))
    elif da[dim].dtype.kind == "M":
        x = (da[dim].values - da[dim].values[0]) / np.timedelta64(1, "us") / (365.2425 * 86400e6)
    elif da[dim].dtype == object:
        micros = [(t - da[dim].values[0]) // timedelta(microseconds=1) for t in da[dim].values]
        x = np.array(micros, dtype="float64") / (365.2425 * 86400e6)
    else:
        x = da[dim].values.astype("float64") - float(da[dim].values[0])
    return xr.DataArray(x, dims=dim)


def trend(da, dim):
    """slope, intercept (at the first label), stderr and pvalue (two-sided, Student's t), of the values that are there."""
    y = da.astype("float64")
    x = abscissa(y, dim).where(y.notnull())
    n = y.count(dim)
    x_mean, y_mean = x.mean(dim), y.mean(dim)
    flat_x, flat = x.max(dim) == x.min(dim), y.max(dim) == y.min(dim)
    dx, dy = x - x_mean, y - y_mean
    xx = (dx * dx).sum(dim)
    slope = ((dx * dy).sum(dim) / xx).where(~flat, 0.0)
    rest = ((dy - slope * dx) ** 2).sum(dim)
    there = (n > 1) & ~flat_x
    df = n - 2
    stderr = xr.where(df == 0, 0.0, np.sqrt(rest / df.where(df > 0) / xx))
    share = (rest / (dy * dy).sum(dim)).clip(0, 1)
    pvalue = xr.apply_ufunc(betainc, df.where(df > 0) / 2, 0.5, share, dask="parallelized", output_dtypes=["float64"])
    pvalue = xr.where(df == 0, xr.where(flat, 1.0, 0.0), pvalue)
    result = xr.Dataset({
        "slope": slope.where(there),
        "intercept": (y_mean - slope * x_mean).where(there),
        "stderr": stderr.where(there & ((df == 0) | ~flat)),
        "pvalue": pvalue.where(there & ((df == 0) | ~flat)),
    })
    return result.transpose(*(d for d in da.dims if d != dim))
