"""tests/fixtures/pangeo: a store that a Pangeo Forge recipe writes from NetCDF files, and the means of those files.

pangeo-forge-recipes needs Zarr 2 and Apache Beam, 730 MB in all, whose installation alone takes minutes: too much for every
test run. The recipe is run here, on Beam's direct runner, and what it writes is kept. Run, from anywhere, with Python 3.11:

    python -m venv /tmp/pangeo
    /tmp/pangeo/bin/pip install -r tests/generate/requirements-pangeo.txt
    /tmp/pangeo/bin/python tests/generate/pangeo.py
"""

import json
import shutil
import tempfile
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

OUT = Path(__file__).resolve().parents[1] / "fixtures/pangeo"
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


def run_recipe(folder):
    pattern = FilePattern(lambda time: str(folder / f"{time}.nc"), ConcatDim("time", keys=list(YEARS), nitems_per_file=12))
    shutil.rmtree(OUT / "t2m.zarr", ignore_errors=True)
    OUT.mkdir(parents=True, exist_ok=True)
    with beam.Pipeline(runner="DirectRunner") as pipeline:
        (
            pipeline
            | beam.Create(pattern.items())
            | OpenURLWithFSSpec()
            | OpenWithXarray(file_type=pattern.file_type)
            | StoreToZarr(
                target_root=str(OUT), store_name="t2m.zarr", combine_dims=pattern.combine_dim_keys, target_chunks={"time": 10}
            )
            | ConsolidateDimensionCoordinates()
            | ConsolidateMetadata()
        )


def means(folder):
    """Of the files themselves, which the store must give again."""
    t2m = xr.open_mfdataset(sorted(folder.glob("*.nc")), combine="by_coords").load()["t2m"].astype("f8")
    return {
        "mean": float(t2m.mean()),
        "months": t2m.groupby("time.month").mean(["time", "lat", "lon"]).values.tolist(),
        "count": int(t2m.count()),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        write_files(Path(made))
        run_recipe(Path(made))
        (OUT / "expected.json").write_text(json.dumps(means(Path(made)), indent=1) + "\n")
