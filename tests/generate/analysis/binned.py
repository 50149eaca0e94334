"""Histograms of one and two variables: xhistogram's counts, and numpy's edges and densities."""

import numpy as np
import xarray as xr
from xhistogram.xarray import histogram as xhistogram

import exact
from sources import variable, weights


def edges_of(da, bins, span):
    """numpy's edges over the finite values of the whole selection; 0 to 1 if there are none."""
    finite = da.values[np.isfinite(da.values)]
    return np.histogram_bin_edges(finite, bins=bins if bins is not None else 10, range=span).astype("f8")


def place(values, edges):
    """The bin of each value, −1 for none: closed on the left, the last one on both sides."""
    at = np.searchsorted(edges, values, side="right") - 1
    at[values == edges[-1]] = len(edges) - 2
    at[np.isnan(values) | (values < edges[0]) | (values > edges[-1])] = -1
    return at


def histogram(document, da, step):
    dims = step.get("dims") or list(da.dims)
    operands, edges = [da], [edges_of(da, step.get("bins"), step.get("range"))]
    if "with" in step:
        second = step["with"]
        other = variable(document, second["variable"])
        operands.append(other)
        edges.append(edges_of(other, second.get("bins"), second.get("range")))
    w = weights(document, step["weights"]) if "weights" in step else None
    arrays = xr.broadcast(*operands, *([w] if w is not None else []))
    kept = [d for d in da.dims if d not in dims]
    rows = [a.transpose(*kept, *dims).values.reshape(int(np.prod([da.sizes[d] for d in kept])), -1) for a in arrays]
    shape = tuple(len(e) - 1 for e in edges)
    counts = np.array([tally([r[i] for r in rows], edges, shape, w is not None) for i in range(len(rows[0]))])
    by_rows(operands, edges, dims, arrays[-1] if w is not None else None, counts)
    if step.get("density"):
        size = np.outer(*map(np.diff, edges)) if len(edges) == 2 else np.diff(edges[0])
        with np.errstate(all="ignore"):
            counts = np.array([c / size / exact.of_sum(c.ravel()) for c in counts])
    elif w is None:
        counts = counts.astype("i8")
    out = ["bin", "bin_2"][: len(edges)]
    coords = {d: da[d] for d in kept if d in da.coords}
    answer = xr.DataArray(counts.reshape([da.sizes[d] for d in kept] + list(shape)), dims=kept + out, coords=coords)
    extra = {}
    for name, e in zip(out, edges):
        extra[f"{name}_edges"], extra[f"{name}_centers"] = e.tolist(), ((e[1:] + e[:-1]) / 2).tolist()
    return answer, extra


def tally(row, edges, shape, weighing):
    """Counts of one histogram; exact sums of the weights, where there are any."""
    at = [place(values, e) for values, e in zip(row, edges)]
    inside = np.all([a >= 0 for a in at], axis=0)
    flat = np.ravel_multi_index([a[inside] for a in at], shape)
    if not weighing:
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype("f8")
    w = row[-1][inside]
    return np.array([exact.of_sum(w[flat == i]) for i in range(int(np.prod(shape)))]).reshape(shape)


def by_rows(operands, edges, dims, w, counts):
    """xhistogram agrees, to the rounding of its sums."""
    named = [a.rename(f"v{i}") for i, a in enumerate(xr.broadcast(*operands))]
    theirs = xhistogram(*named, bins=list(edges), dim=list(dims), weights=w)
    np.testing.assert_allclose(theirs.values.reshape(counts.shape), counts, rtol=1e-11)
