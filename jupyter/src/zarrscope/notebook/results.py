"""A result as it comes from the page: labels as JSON, numbers as buffers; here as an xarray Dataset."""

import cftime
import numpy as np
import xarray as xr

# What the page says of coordinates beyond their attributes, and what xarray keeps in the encoding.
NO_ATTRS = {"calendar", "label", "role", "_ARRAY_DIMENSIONS", "_FillValue", "missing_value", "scale_factor", "add_offset"}
# Years that nanoseconds of 64 bits hold.
YEARS = (1678, 2261)
STANDARD = {"standard", "gregorian", "proleptic_gregorian"}


def dataset_of(result, buffers):
    """Variables named as in the document, or as operations name what they give (`slope` …), with coordinates and attributes."""
    parts = result.get("variables")
    if parts is not None:
        several = {name: data_array(part, attrs_of(part, {}), buffers) for name, part in parts.items()}
        return xr.Dataset(several)
    name = result["variable"]
    array = data_array(result, attrs_of(result, result.get("attrs") or {}), buffers)
    ds = array.to_dataset(name=name)
    for key, suffix in (("standardError", "standard_error"), ("interval95", "interval95")):
        if result.get(key) is not None:
            values = unpacked(result[key], "float64", buffers).reshape(array.shape)
            ds[f"{name}_{suffix}"] = (array.dims, values, {k: v for k, v in array.attrs.items() if k == "units"})
    return ds


def data_array(part, attrs, buffers):
    dims = part["dims"]
    values = unpacked(part["data"], part["dtype"], buffers).reshape(part["shape"])
    return xr.DataArray(values, coordinates(part, buffers), dims, attrs=attrs)


def coordinates(part, buffers):
    told = part.get("coordAttrs") or {}
    coords = {}
    for name, packed in part["coords"].items():
        labels = labelled(packed, told.get(name, {}), buffers)
        # Edges are one more than the bins: a coordinate of its own dimension.
        dim = name if name in part["dims"] else dim_of(name, len(labels), part)
        coords[name] = (dim, labels, coord_attrs(told.get(name, {}), labels))
    for name, label in (part.get("scalarCoords") or {}).items():
        value = labelled({"values": [label]}, told.get(name, {}), buffers)
        coords[name] = ((), value[0], coord_attrs(told.get(name, {}), value))
    return coords


def dim_of(name, size, part):
    """`bin_edges` belong to `bin`, of which they are one more; `bin_centers` have its length."""
    of = name.removesuffix("_edges").removesuffix("_centers")
    return of if of in part["dims"] and part["shape"][part["dims"].index(of)] == size else name


def coord_attrs(told, labels):
    # A time's units are in its values.
    hidden = NO_ATTRS | ({"units"} if "calendar" in told and labels.dtype.kind in "MO" else set())
    return {name: value for name, value in told.items() if name not in hidden}


def attrs_of(part, attrs):
    kept = {name: value for name, value in attrs.items() if name not in NO_ATTRS}
    own = {"units": part.get("units"), "long_name": part.get("longName")}
    return kept | {name: value for name, value in own.items() if value is not None}


def unpacked(packed, dtype, buffers):
    """Numbers in the type that the result has; text and lists as they are."""
    if "buffer" in packed:
        values = np.frombuffer(buffers[packed["buffer"]], dtype=np.dtype(packed["as"]).newbyteorder("<"))
        return values.astype(dtype) if np.dtype(dtype).kind in "biufc" else values
    values = packed["values"]
    if dtype.startswith(("datetime64", "<M8", "timedelta64", "<m8")):
        return np.array([value or "NaT" for value in values], dtype=dtype)
    if values and all(isinstance(value, str) for value in values):
        return np.array(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def labelled(packed, told, buffers):
    if "buffer" in packed:
        return np.frombuffer(buffers[packed["buffer"]], dtype="<f8").astype("f8")
    labels = packed["values"]
    if "calendar" in told and any(isinstance(label, str) for label in labels):
        return times(labels, told["calendar"])
    if all(isinstance(label, str) for label in labels):
        return np.array(labels)
    if all(label is None or isinstance(label, (int, float)) for label in labels):
        return np.array([np.nan if label is None else label for label in labels], dtype="f8")
    return np.array(labels, dtype=object)


def times(labels, calendar):
    """ISO 8601 in a calendar: datetime64 where these hold them, as xarray decodes them, else cftime."""
    years = [int(label[: label.index("-", 1)]) for label in labels if label is not None]
    if calendar in STANDARD and all(YEARS[0] <= year <= YEARS[1] for year in years):
        return np.array([(label or "NaT").removesuffix("Z") for label in labels], dtype="datetime64[ns]")
    values = np.empty(len(labels), dtype=object)
    values[:] = [np.nan if label is None else date(label, calendar) for label in labels]
    return values


def date(label, calendar):
    day, _, clock = label.removesuffix("Z").partition("T")
    sign = -1 if day.startswith("-") else 1
    year, month, of_month = (int(part) for part in day.lstrip("+-").split("-"))
    hour, minute, second = (*clock.split(":"), "0", "0", "0")[:3] if clock else ("0", "0", "0")
    whole, _, fraction = second.partition(".")
    micro = int((fraction + "000000")[:6])
    has_year_zero = {"has_year_zero": True} if sign * year <= 0 else {}
    return cftime.datetime(
        sign * year, month, of_month, int(hour or 0), int(minute or 0), int(whole or 0), micro, calendar=calendar, **has_year_zero
    )
