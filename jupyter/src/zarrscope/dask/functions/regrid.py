"""Other grids of latitudes and longitudes."""

import numpy as np
import xarray as xr

from .axes import axis, bounds_of


def grid(start, stop, step):
    """Labels from start by step, up to stop."""
    return start + np.arange(int(np.floor((stop - start) / step + 1e-9)) + 1) * float(step)


def is_periodic(labels):
    """Whether the hole between the last longitude and the first one of the next turn is no wider than the widest step."""
    labels = np.sort(labels)
    return labels.size > 1 and 0 < labels[0] + 360 - labels[-1] <= np.diff(labels).max() * 1.001


def neighbours(da, dim, targets, method):
    """Along one axis: the values on both sides of each target and their shares; targets beyond the ends have none."""
    labels = da[dim].values
    inside = (labels[0] <= targets) & (targets <= labels[-1])
    if method == "nearest":
        at = np.searchsorted((labels[1:] + labels[:-1]) / 2, targets, side="left")
        parts = [(at, np.ones(targets.size))]
    else:
        high = np.clip(np.searchsorted(labels, targets, side="left"), 1, labels.size - 1)
        share = (targets - labels[high - 1]) / (labels[high] - labels[high - 1])
        parts = [(high - 1, 1 - share), (high, share)]
    return [(at, xr.DataArray(np.where(inside, share, np.nan), dims=dim)) for at, share in parts]


def interpolate(ds, name, da, lat, lon, method):
    """Bilinear or nearest. Missing if any corner is, even one of no weight; around the globe where the longitudes go round."""
    north, east = axis(ds, name, "latitude").name, axis(ds, name, "longitude").name
    lat, lon = np.asarray(lat, "float64"), np.asarray(lon, "float64")
    da = da.astype("float64")
    da = da.assign_coords({d: da[d].astype("float64") for d in (north, east)}).sortby([north, east])
    turned = lon
    if is_periodic(da[east].values):
        first, last = da.isel({east: [0]}), da.isel({east: [-1]})
        turned = lon - 360 * np.floor((lon - float(first[east][0])) / 360)
        last, first = last.assign_coords({east: last[east] - 360}), first.assign_coords({east: first[east] + 360})
        da = xr.concat([last, da, first], east)
    parts = []
    plain = da.drop_vars([north, east])
    for row, tall in neighbours(da, north, lat, method):
        for column, broad in neighbours(da, east, turned, method):
            parts.append(plain.isel({north: row, east: column}) * (tall * broad))
    return sum(parts[1:], parts[0]).assign_coords({north: lat, east: lon})


def half_way(centres, limit=None):
    """n × 2 edges half-way between neighbours, as far beyond the ends, within ±limit."""
    half = np.diff(centres) / 2
    edges = np.concatenate([[centres[0] - half[0]], centres[:-1] + half, [centres[-1] + half[-1]]])
    edges = edges if limit is None else np.clip(edges, -limit, limit)
    return np.sort(np.stack([edges[:-1], edges[1:]], axis=1), axis=1)


def overlap(to, source):
    """How much each cell of one axis shares with each of another."""
    shared = np.minimum(to[:, None, 1], source[None, :, 1]) - np.maximum(to[:, None, 0], source[None, :, 0])
    return np.maximum(shared, 0.0)


def conservative(ds, name, da, lat, lon):
    """Means of the cells that lie under each target cell, weighted by the area they share; missing ones drop out."""
    rows, columns = axis(ds, name, "latitude"), axis(ds, name, "longitude")
    north, east = rows.name, columns.name
    lat, lon = np.asarray(lat, "float64"), np.asarray(lon, "float64")
    bounds = bounds_of(ds, rows), bounds_of(ds, columns)
    same = da[north].equals(rows) and da[east].equals(columns)
    if same and bounds[0] is not None and bounds[1] is not None:
        own = [np.sort(b.values.astype("float64"), axis=1) for b in bounds]
    else:
        own = half_way(da[north].values.astype("float64"), 90.0), half_way(da[east].values.astype("float64"))
    tall = overlap(np.sin(np.deg2rad(half_way(lat, 90.0))), np.sin(np.deg2rad(own[0])))
    turns = range(-2, 3) if is_periodic(da[east].values.astype("float64")) else [0]
    broad = sum(overlap(half_way(lon) + 360 * turn, own[1]) for turn in turns)
    tall, broad = xr.DataArray(tall, dims=["to_" + north, north]), xr.DataArray(broad, dims=["to_" + east, east])
    plain = da.astype("float64").drop_vars([c for c in da.coords if north in da[c].dims or east in da[c].dims])
    there = plain.notnull().astype("float64")
    above, below = (xr.dot(xr.dot(x, tall, dim=north), broad, dim=east) for x in (plain.fillna(0.0), there))
    result = (above / below.where(below > 0)).rename({"to_" + north: north, "to_" + east: east})
    return result.transpose(*da.dims).assign_coords({north: lat, east: lon})
