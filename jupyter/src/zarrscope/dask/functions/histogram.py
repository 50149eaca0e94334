"""Counts in bins, chunk by chunk."""

import math

import dask.array
import numpy as np
import xarray as xr


def edges_of(da, bins, span=None):
    """numpy's edges of equal bins over the finite values, which takes a pass; 0 to 1 if there are none."""
    if span is None and np.ndim(bins) == 0:
        finite = da.where(np.isfinite(da))
        low, high = (float(end) for end in dask.compute(finite.min(), finite.max()))
        span = (0.0, 1.0) if math.isnan(low) else (low, high)
    return np.histogram_bin_edges(np.empty(0), bins=bins, range=span).astype("float64")


def count_block(*values, edges, reduced, weighing):
    """Counts of one block: the reduced axes, which are the last ones, become single cells; bins come after them."""
    kept, rest = values[0].shape[: values[0].ndim - reduced], math.prod(values[0].shape[values[0].ndim - reduced :])
    shape = [len(e) - 1 for e in edges]
    place, inside = 0, True
    for x, e in zip(values, edges):
        at = np.searchsorted(e, x, side="right") - 1
        at = np.where(x == e[-1], len(e) - 2, at)
        inside = inside & (x >= e[0]) & (x <= e[-1])
        place = place * (len(e) - 1) + at
    cells = np.arange(math.prod(kept)).reshape(kept + (1,) * reduced) * math.prod(shape)
    place, inside = (place + cells).reshape(math.prod(kept), rest), inside.reshape(math.prod(kept), rest)
    weights = values[-1].reshape(math.prod(kept), rest)[inside] if weighing else None
    counts = np.bincount(place[inside], weights=weights, minlength=math.prod(kept) * math.prod(shape))
    return counts.reshape(*kept, *(1,) * reduced, *shape)


def histogram(das, edges, dims=None, weights=None, density=False):
    """A histogram of one or two arrays over dimensions; the last bin is closed on the right. Missing values are in none."""
    names = ["bin", "bin_2"][: len(das)]
    first = das[0]
    dims = list(first.dims) if dims is None else [dims] if isinstance(dims, str) else list(dims)
    kept = [d for d in first.dims if d not in dims]
    arrays = xr.broadcast(*(da.astype("float64") for da in das), *([] if weights is None else [weights]))
    arrays = [a.transpose(*kept, *dims) for a in xr.unify_chunks(*(a.chunk() for a in arrays))]
    chunks = (*arrays[0].chunks[: len(kept)], *((1,) * n for n in arrays[0].data.numblocks[len(kept) :]))
    shape = tuple(len(e) - 1 for e in edges)
    counts = dask.array.map_blocks(
        count_block,
        *(a.data for a in arrays),
        edges=edges,
        reduced=len(dims),
        weighing=weights is not None,
        chunks=(*chunks, *((n,) for n in shape)),
        new_axis=list(range(arrays[0].ndim, arrays[0].ndim + len(shape))),
        dtype="int64" if weights is None else "float64",
        meta=np.empty((0,) * (arrays[0].ndim + len(shape)), "int64" if weights is None else "float64"),
    ).sum(axis=tuple(range(len(kept), arrays[0].ndim)))
    result = xr.DataArray(counts, dims=[*kept, *names], coords={d: first[d] for d in kept if d in first.coords})
    if density:
        widths = [xr.DataArray(np.diff(e), dims=name) for name, e in zip(names, edges)]
        result = result / math.prod(widths) / result.sum(names)
    for name, e in zip(names, edges):
        result = result.assign_coords({f"{name}_centers": (name, (e[1:] + e[:-1]) / 2)})
    return result
