"""Correlation and covariance of pairs of values that are both there."""

import numpy as np
import xarray as xr


def products(a, b, dims=None):
    """Number of pairs, and the sums of squared and multiplied deviations; exactly 0 where all values are equal."""
    a, b = xr.broadcast(*xr.align(a.astype("float64"), b.astype("float64"), join="inner"))
    both = a.notnull() & b.notnull()
    a, b = a.where(both), b.where(both)
    da, db = a - a.mean(dims), b - b.mean(dims)
    vary_a, vary_b = a.max(dims) != a.min(dims), b.max(dims) != b.min(dims)
    aa, bb = (da * da).sum(dims).where(vary_a, 0.0), (db * db).sum(dims).where(vary_b, 0.0)
    return both.sum(dims), aa, bb, (da * db).sum(dims).where(vary_a & vary_b, 0.0)


def correlation(a, b, dims=None):
    """Pearson's correlation; missing where one of both does not vary."""
    _, aa, bb, ab = products(a, b, dims)
    return ab / np.sqrt(aa.where(aa > 0)) / np.sqrt(bb.where(bb > 0))


def covariance(a, b, dims=None, ddof=1):
    """Covariance; missing where there are no more pairs than ddof."""
    n, _, _, ab = products(a, b, dims)
    return (ab / (n - ddof)).where((n > ddof) & (n > 0))
