"""Times that their calendars have, beside others that they have not."""

import xarray as xr


def dated(ds):
    """Times decoded where their units and calendars have them, one by one; others stay numbers."""
    for name in ds.variables:
        if " since " in str(ds[name].attrs.get("units", "")):
            try:
                ds = ds.assign({name: xr.decode_cf(ds[[name]])[name]})
            except (ValueError, OverflowError):
                continue
    return ds
