"""Trends, correlations and covariances: scipy's and xarray's, held to exact arithmetic."""

import math
from datetime import timedelta

import numpy as np
import xarray as xr
from scipy.stats import linregress

import exact

YEAR = 365.2425 * 86400e6  # microseconds
TREND = ("slope", "intercept", "stderr", "pvalue")


def abscissa(da, dim):
    """Years since the first label of a time; else the label, or the position, less the first."""
    if dim not in da.coords:
        return np.arange(float(da.sizes[dim]))
    labels = da[dim].values
    if labels.dtype.kind == "M":
        micros = (labels - labels[0]) / np.timedelta64(1, "us")
    elif labels.dtype == object:
        micros = np.array([(t - labels[0]) // timedelta(microseconds=1) for t in labels], dtype="f8")
    else:
        labels = labels.astype("f8")
        return labels - labels[0]
    return micros.astype("f8") / YEAR


def by_scipy(x, y):
    x, y = exact.pairs(x, y)
    try:
        r = linregress(x, y)
    except ValueError:
        return [math.nan] * 4
    return [r.slope, r.intercept, r.stderr, r.pvalue]


def trend(da, dim):
    """A Dataset of slope, intercept, stderr and pvalue over the other dimensions."""
    da, x = da.astype("f8"), abscissa(da, dim)
    rest = [d for d in da.dims if d != dim]
    rows = da.transpose(*rest, dim).values.reshape(-1, x.size)
    cells = np.array([exact.regression(x, y) for y in rows])
    theirs = np.array([by_scipy(x, y) for y in rows])
    np.testing.assert_allclose(theirs, cells, rtol=1e-8, atol=1e-8 * np.nanmax(np.abs(cells[:, :3]), initial=1.0))
    np.testing.assert_allclose(theirs[:, 3], cells[:, 3], rtol=1e-7)
    template = da.isel({dim: 0}, drop=True)
    return xr.Dataset({name: template.copy(data=cells[:, i].reshape(template.shape)) for i, name in enumerate(TREND)})


def correlate(da, other, step):
    dims = step.get("dims")
    if step["op"] == "correlation":
        native, function, options = xr.corr(da, other, dims), exact.correlation, {}
    else:
        options = {"ddof": step.get("ddof", 1)}
        native, function = xr.cov(da, other, dims, **options), exact.covariance
    a, b = xr.broadcast(*xr.align(da, other, join="inner"))
    core = list(dims or a.dims)
    found = xr.apply_ufunc(function, a, b, input_core_dims=[core, core], vectorize=True, kwargs=options,
                           output_dtypes=["f8"]).transpose(*native.dims)
    # where no more pairs are there than ddof, xr.cov divides by zero or less; missing here, as a variance is
    counted = (a.notnull() & b.notnull()).sum(core).transpose(*native.dims) > options.get("ddof", 0)
    np.testing.assert_allclose(native.where(counted).values, found.values, rtol=1e-10, atol=1e-11)
    return native.copy(data=found.values)
