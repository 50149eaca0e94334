"""Selections by label that xarray's `sel` leaves to its caller."""

import numpy as np
import xarray as xr


def between(ds, dim, low=None, high=None):
    """Labels from low to high, both included, whichever way the axis runs; a partial date is the whole period."""
    index = ds.indexes[dim]

    def places(label):
        if index.dtype.kind == "M" or isinstance(index, xr.CFTimeIndex):
            label = str(label)
        elif index.dtype == "float32":
            label = np.float32(label)
        return index.slice_locs(label, label)

    first = (0, 0) if low is None else places(low)
    last = (0, len(index)) if high is None else places(high)
    if last[1] <= first[0]:
        first, last = last, first
    return ds.isel({dim: slice(first[0], last[1])})


def dates(ds, dim, texts):
    """ISO dates as the axis holds them: datetime64, or cftime in the axis's own calendar."""
    index = ds.indexes[dim]
    if isinstance(index, xr.CFTimeIndex):
        found = [xr.date_range(text, periods=1, calendar=index.calendar, use_cftime=True)[0] for text in np.atleast_1d(texts)]
    else:
        found = np.atleast_1d(np.asarray(texts, dtype=index.dtype))
    return found[0] if isinstance(texts, str) else found


def time_of(da):
    """The dimension whose labels are times."""
    indexes = ((dim, da.indexes.get(dim)) for dim in da.dims)
    return next((d for d, i in indexes if i is not None and (i.dtype.kind == "M" or isinstance(i, xr.CFTimeIndex))), None)
