"""A recipe of Pangeo Forge on Beam's direct runner: a store from NetCDF files, and the means of those files by xarray.

    .tools/pangeo/bin/python tests/python/pangeo_recipe.py FOLDER

writes FOLDER/files/*.nc and FOLDER/t2m.zarr, and prints the means as JSON. It runs in an environment of its own, which has the
Zarr 2 that recipes need.
"""

import json
import sys
from pathlib import Path

import apache_beam as beam
import numpy as np
import pandas as pd
import xarray as xr
from pangeo_forge_recipes.patterns import ConcatDim, FilePattern
from pangeo_forge_recipes.transforms import (
    ConsolidateDimensionCoordinates,
    ConsolidateMetadata,
    OpenURLWithFSSpec,
    OpenWithXarray,
    StoreToZarr,
)

YEARS = (2001, 2002, 2003)


def write_files(folder):
    """A file a year of months, packed in 16 bits, with holes."""
    rng = np.random.default_rng(7)
    for year in YEARS:
        time = pd.date_range(f"{year}-01-01", f"{year}-12-01", freq="MS")
        t2m = 280 + 9 * rng.standard_normal((12, 6, 8))
        t2m[rng.random(t2m.shape) < 0.1] = np.nan
        lat = ("lat", np.linspace(75, -75, 6), {"units": "degrees_north", "standard_name": "latitude"})
        lon = ("lon", np.arange(8) * 45.0, {"units": "degrees_east", "standard_name": "longitude"})
        ds = xr.Dataset({"t2m": (("time", "lat", "lon"), t2m, {"units": "K"})}, coords={"time": time, "lat": lat, "lon": lon})
        packed = {"dtype": "int16", "scale_factor": 0.01, "add_offset": 280.0, "_FillValue": np.int16(-32768)}
        dates = {"units": "days since 2000-01-01", "calendar": "standard"}
        ds.to_netcdf(folder / f"{year}.nc", encoding={"t2m": packed, "time": dates}, unlimited_dims=["time"])


def run_recipe(files, out):
    """Chunks of ten months, which are cut across the files."""
    pattern = FilePattern(lambda time: str(files / f"{time}.nc"), ConcatDim("time", keys=list(YEARS), nitems_per_file=12))
    with beam.Pipeline(runner="DirectRunner") as pipeline:
        (
            pipeline
            | beam.Create(pattern.items())
            | OpenURLWithFSSpec()
            | OpenWithXarray(file_type=pattern.file_type)
            | StoreToZarr(
                target_root=str(out), store_name="t2m.zarr", combine_dims=pattern.combine_dim_keys, target_chunks={"time": 10}
            )
            | ConsolidateDimensionCoordinates()
            | ConsolidateMetadata()
        )


def means(files):
    """Of the files themselves, which the store must give again."""
    t2m = xr.open_mfdataset(sorted(files.glob("*.nc")), combine="by_coords").load()["t2m"].astype("f8")
    found = {
        "mean": t2m.mean(),
        "map": t2m.mean("time"),
        "months": t2m.groupby("time.month").mean(["time", "lat", "lon"]),
        "by area": t2m.weighted(np.cos(np.deg2rad(t2m["lat"]))).mean(["lat", "lon"]),
        "of a part": t2m.sel(time=slice("2001-09", "2003-02"), lat=slice(50, -20)).mean(["lat", "lon"]),
        "count": t2m.count(),
    }
    return {name: da.values.tolist() for name, da in found.items()}


if __name__ == "__main__":
    out = Path(sys.argv[1])
    files = out / "files"
    files.mkdir()
    write_files(files)
    run_recipe(files, out)
    json.dump(means(files), sys.stdout)
