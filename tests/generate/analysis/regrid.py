"""Regridding between latitude-longitude grids: DataArray.interp, and first-order conservative remapping in plain numpy."""

from fractions import Fraction

import numpy as np
import xarray as xr

import exact
from sources import axis, cells

METHODS = {"bilinear": "linear", "nearest": "nearest"}


def targets(spec):
    """A list as it is; from, to, step as from + i × step, `to` included up to a billionth of a step."""
    if isinstance(spec, list):
        return np.array(spec, dtype="f8")
    spec = {k: float(v) for k, v in spec.items()}
    count = int(np.floor((spec["to"] - spec["from"]) / spec["step"] + 1e-9)) + 1
    return spec["from"] + np.arange(count) * spec["step"]


def is_periodic(lon):
    """Whether the hole between the last longitude and the first one of the next turn is no wider than the widest step."""
    lon = np.sort(lon)
    return lon.size > 1 and 0 < lon[0] + 360 - lon[-1] <= np.diff(lon).max() * 1.001


def regrid(ds, da, step):
    lat, lon = axis(ds, da, "latitude"), axis(ds, da, "longitude")
    if lat is None or lon is None:
        return None
    to_lat, to_lon = targets(step["lat"]), targets(step["lon"])
    da = da.astype("f8")
    da = da.drop_vars([c for c in da.coords if c not in da.dims])
    if step["method"] == "conservative":
        answer = conservative(ds, da, lat.name, lon.name, to_lat, to_lon)
    else:
        answer = interpolated(da, lat.name, lon.name, to_lat, to_lon, METHODS[step["method"]])
    return answer.transpose(*da.dims)


def interpolated(da, lat, lon, to_lat, to_lon, method):
    """xarray's interp; around the globe with a column more on either side, and targets turned into it."""
    turned = to_lon
    if is_periodic(da[lon].values):
        da = da.sortby(lon)
        first, last = da.isel({lon: [0]}), da.isel({lon: [-1]})
        start = da[lon].values[0]
        da = xr.concat([last.assign_coords({lon: last[lon] - 360}), da, first.assign_coords({lon: first[lon] + 360})], lon)
        turned = to_lon - 360 * np.floor((to_lon - start) / 360)
    answer = da.interp({lat: to_lat, lon: turned}, method=method).assign_coords({lat: to_lat, lon: to_lon})
    by_hand(da.sortby([lat, lon]).transpose(..., lat, lon), to_lat, turned, method, answer.transpose(..., lat, lon).values)
    return answer


def by_hand(da, to_lat, to_lon, method, answer):
    """The rules in words of their own: targets lie in (low, high], the first label belongs to the first interval.

    bilinear: missing if any corner is, also one of no weight. nearest: half-way goes to the lower label. Nothing outside.
    """
    for i, y in enumerate(to_lat):
        for j, x in enumerate(to_lon):
            corners, shares = da.values, []
            for axis_of, target in ((-2, y), (-1, x)):
                labels = da[da.dims[axis_of]].values
                inside = labels[0] <= target <= labels[-1]
                if method == "nearest":
                    at = [int(np.searchsorted((labels[1:] + labels[:-1]) / 2, target, side="left"))]
                    shares.append([1.0])
                else:
                    high = int(np.clip(np.searchsorted(labels, target, side="left"), 1, labels.size - 1))
                    at = [high - 1, high]
                    share = (target - labels[high - 1]) / (labels[high] - labels[high - 1])
                    shares.append([1 - share, share])
                corners = corners.take(at, axis=axis_of) * (1.0 if inside else np.nan)
            value = np.einsum("...ij,i,j->...", corners, *shares)
            np.testing.assert_allclose(answer[..., i, j], value, rtol=1e-12)


def edges(centres, limit=None):
    """n × 2 cell edges half-way between neighbours, as far beyond the ends, within ±limit."""
    half = np.diff(centres) / 2
    e = np.concatenate([[centres[0] - half[0]], centres[:-1] + half, [centres[-1] + half[-1]]])
    if limit is not None:
        e = np.clip(e, -limit, limit)
    return np.sort(np.stack([e[:-1], e[1:]], axis=1), axis=1)


def overlap(a, b):
    return np.maximum(np.minimum(a[:, None, 1], b[None, :, 1]) - np.maximum(a[:, None, 0], b[None, :, 0]), 0.0)


def conservative(ds, da, lat, lon, to_lat, to_lon):
    """The mean of the source cells that lie under a target cell, weighted by the area they share; missing ones drop out.

    Areas are differences of the sine of latitude times differences of longitude. Cells of the source are its bounds where
    both its axes have them; those of the target, and of a source without bounds, reach half-way to their neighbours.
    """
    rows, columns = cells(ds, ds[lat]), cells(ds, ds[lon])
    if rows is not None and columns is not None:
        from_rows = np.sort(rows.sel({lat: da.indexes[lat]}).values, axis=1)
        from_columns = np.sort(columns.sel({lon: da.indexes[lon]}).values, axis=1)
    else:
        from_rows, from_columns = edges(da[lat].values.astype("f8"), 90.0), edges(da[lon].values.astype("f8"))
    tall = overlap(np.sin(np.deg2rad(edges(to_lat, 90.0))), np.sin(np.deg2rad(from_rows)))
    turns = range(-2, 3) if is_periodic(da[lon].values) else [0]
    broad = sum(overlap(edges(to_lon) + 360 * turn, from_columns) for turn in turns)
    rest = [d for d in da.dims if d not in (lat, lon)]
    layers = da.transpose(*rest, lat, lon).values
    shape = layers.shape[:-2]
    layers = layers.reshape(-1, *layers.shape[-2:])
    out = np.array([[[shared_mean(layer, tall[i], broad[j]) for j in range(to_lon.size)] for i in range(to_lat.size)]
                    for layer in layers])
    coords = {d: da[d] for d in rest if d in da.coords} | {lat: to_lat, lon: to_lon}
    return xr.DataArray(out.reshape(*shape, to_lat.size, to_lon.size), dims=[*rest, lat, lon], coords=coords)


def shared_mean(layer, tall, broad):
    """Exact, of weights that are products of two float64."""
    above, below = Fraction(0), Fraction(0)
    for i in np.flatnonzero(tall):
        for j in np.flatnonzero(broad):
            if not np.isnan(layer[i, j]):
                w = Fraction(float(tall[i])) * Fraction(float(broad[j]))
                above, below = above + w * Fraction(float(layer[i, j])), below + w
    return exact.rounded(above / below) if below else exact.NAN
