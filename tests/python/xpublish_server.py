"""A real xpublish server over an xarray dataset; prints its address when it listens, and ends with its standard input."""

import socket
import sys
import threading

import numpy as np
import pandas as pd
import uvicorn
import xarray as xr
import xpublish


def dataset():
    """Two years of days with holes, whole-number counts, and latitudes with gaps in their values."""
    rng = np.random.default_rng(5)
    time = pd.date_range("2001-01-01", "2002-12-31", freq="D")
    lat, lon = np.linspace(-60, 60, 9), np.arange(12) * 30.0
    sst = (288 + 9 * rng.standard_normal((time.size, lat.size, lon.size))).astype("float32")
    sst[rng.random(sst.shape) < 0.1] = np.nan
    ds = xr.Dataset(
        {
            "sst": (("time", "lat", "lon"), sst, {"units": "K", "long_name": "sea surface temperature"}),
            "n": (("time", "lat"), rng.integers(-50, 50, (time.size, lat.size), dtype="int16")),
        },
        coords={
            "time": ("time", time, {"standard_name": "time"}),
            "lat": ("lat", lat, {"units": "degrees_north", "standard_name": "latitude"}),
            "lon": ("lon", lon, {"units": "degrees_east", "standard_name": "longitude"}),
        },
        attrs={"title": "made for a test"},
    )
    return ds.chunk({"time": 100, "lat": 4, "lon": 12})


def main():
    rest = xpublish.Rest({"made": dataset()})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(rest.app, log_level="warning"))
    threading.Thread(target=lambda: (sys.stdin.read(), setattr(server, "should_exit", True)), daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/datasets/made/zarr", flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
