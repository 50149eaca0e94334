"""Areas of cells."""

import numpy as np

from .axes import axis, bounds_of, role


def area_weights(ds, name):
    """The variable that `cell_measures` names; else areas from bounds; else the cosine of latitude."""
    da = ds[name]
    words = str(da.attrs.get("cell_measures") or da.encoding.get("cell_measures") or "").split()
    measured = dict(zip(words[::2], words[1::2])).get("area:")
    if measured in ds.variables:
        return ds[measured].astype("float64")
    lat, lon = axis(ds, name, "latitude"), axis(ds, name, "longitude")
    rows, columns = bounds_of(ds, lat), bounds_of(ds, lon)
    if rows is not None:
        sines = np.sin(np.deg2rad(rows.astype("float64")))
        weights = abs(sines.isel({rows.dims[1]: 1}) - sines.isel({rows.dims[1]: 0}))
        if columns is not None:
            columns = columns.astype("float64")
            weights = weights * abs(columns.isel({columns.dims[1]: 1}) - columns.isel({columns.dims[1]: 0}))
        return weights
    if lat is None:
        others = [ds[other] for other in [*da.coords, *ds.variables] if other != name]
        others = [other for other in others if other.dims and set(other.dims) <= set(da.dims)]
        lat = next((other for other in others if role(other) == "latitude"), None)
        if lat is None:
            angles = [o for o in others if "lat" in o.name.lower() and str(o.attrs.get("units", "")).startswith("rad")]
            lat = angles[0] if angles else None
    if lat is None:
        raise LookupError('weights "area" need a latitude: no coordinate has units degrees_north or the standard name')
    angle = lat.astype("float64")
    radians = str(lat.attrs.get("units", "")).lower().startswith("rad")
    return np.cos(angle if radians else np.deg2rad(angle))
