"""Arrays by their paths, where neither consolidated metadata nor a listing tells what there is."""

import dask.array
import xarray as xr
import zarr


def open_arrays(store, names, group="", **decoding):
    """A dataset of these arrays of a group and of the coordinates that belong to them, none of which is listed."""
    found, wanted = {}, list(names)
    for name in wanted:
        if name in found:
            continue
        try:
            array = zarr.open_array(store, path=f"{group}/{name}".strip("/"), mode="r")
        except (FileNotFoundError, KeyError):
            continue
        attrs = dict(array.attrs)
        named = attrs.pop("_ARRAY_DIMENSIONS", None) or getattr(array.metadata, "dimension_names", None)
        dims = [dim or f"dim_{i}" for i, dim in enumerate(named or [None] * array.ndim)]
        if array.metadata.zarr_format == 2 and named and array.fill_value is not None:
            attrs["_FillValue"] = array.fill_value
        found[name] = xr.Variable(dims, dask.array.from_zarr(array), attrs)
        words = " ".join(str(attrs.get(key, "")) for key in ("coordinates", "bounds", "cell_measures"))
        wanted += [*dims, *(word for word in words.split() if not word.endswith(":"))]
    return xr.decode_cf(xr.Dataset(found), **decoding)
