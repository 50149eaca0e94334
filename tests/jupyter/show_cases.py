"""What show tells of xarray objects, and what it refuses. Called with the address of the sample store."""

import sys
import warnings

import numpy as np
import xarray as xr

import zarrscope
from zarrscope.notebook.results import dataset_of
from zarrscope.notebook.shown import MIME_TYPE

warnings.simplefilter("ignore")
SOURCE = sys.argv[1]
STORE = f"{SOURCE}/e1.v2.zstd.zarr"


def selected(array, **options):
    document = zarrscope.show(array, **options).document
    assert document["source"] == STORE and document["variable"] == "air_temperature", document
    return document["select"]


def refused(part, *given, **options):
    try:
        shown = zarrscope.show(*given, **options)
    except zarrscope.ZarrscopeError as error:
        assert part in str(error), error
        return
    raise AssertionError(f"not refused: {shown}")


for chunks in ({}, None):  # of Dask, and lazily indexed

    def air(chunks=chunks):
        return xr.open_zarr(STORE, chunks=chunks).air_temperature

    assert selected(air()) == {}
    assert selected(air().isel(time=3).sel(latitude=slice(20, 30))) == {
        "time": {"index": 3},
        "latitude": {"start": 4, "stop": 13},
    }
    assert selected(air().isel(time=slice(1, None, 60), longitude=[4, 2]).transpose()) == {
        "time": {"start": 1, "stop": 182, "step": 60},
        "longitude": {"index": [4, 2]},
    }
    assert selected(air().isel(time=-1).load(), source=STORE) == {"time": {"index": 239}}
    dropped = air().isel(time=5, drop=True)
    refused("nothing tells which position of 'time'", dropped)
    assert selected(dropped, select={"time": {"index": 5}}) == {"time": {"index": 5}}
    refused("was computed", air() * 2)
    refused("was computed", air().mean("time"))
    for moved in (air().shift(time=1), air().roll(time=1)):
        refused("computed" if chunks == {} else "not the store's", moved, source=STORE)
    refused("labels that the store has not", air().pipe(lambda a: a.assign_coords(longitude=a.longitude - 360)))
    zeros = air().load()
    zeros[:] = 0
    refused("not the store's", zeros, source=STORE)
    refused("nothing tells where it was opened from", air().load())

several = zarrscope.show(xr.open_zarr(STORE)[["air_temperature"]].isel(time=0), steps=[{"op": "mean"}])
assert several.document["steps"] == [{"op": "mean"}] and several.document["select"] == {"time": {"index": 0}}
bundle, metadata = several._repr_mimebundle_()
assert bundle[MIME_TYPE] == several.document and "mean of air_temperature" in bundle["text/plain"]
_, metadata = zarrscope.show(STORE, "air_temperature", colormap="thermal", range=(np.float32(1), 2))._repr_mimebundle_()
assert metadata == {MIME_TYPE: {"colormap": "thermal", "range": [1.0, 2.0]}}

refused("a browser cannot read", "some/folder.zarr", "air_temperature")
refused("what may be secret (sig)", f"{STORE}?sig=abc", "air_temperature")
refused("storage.query", STORE, "air_temperature", storage={"query": "token=abc"})
refused("user name", "https://me:word@example.org/a.zarr", "air")
refused("no operation", STORE, "air_temperature", steps=[{"op": "guess"}])
assert "abc" not in str(zarrscope.show(STORE, "air_temperature"))

# What the page sends: wide integers, complex numbers, estimates, times of three kinds, text.
buffers = [np.array([2**62 + 1, -1]).tobytes(), np.array([0.5, 1.5]).tobytes(), np.array([1.0, 2, 3, 4]).tobytes()]
plain = {"dims": ["time"], "shape": [2], "scalarCoords": {}, "stats": {}}
times = {"values": ["2000-01-01T00:00:00", "1999-12-31T06:30:00.5"]}
wide = dataset_of(
    {
        **plain,
        "variable": "n",
        "dtype": "int64",
        "data": {"buffer": 0, "as": "int64"},
        "coords": {"time": times},
        "coordAttrs": {"time": {"calendar": "standard", "units": "days since 2000-01-01", "long_name": "when"}},
        "attrs": {"source": "made"},
        "units": "1",
        "standardError": {"buffer": 1, "as": "float64"},
    },
    buffers,
)
assert wide.n.dtype == "int64" and wide.n.values[0] == 2**62 + 1 and wide.n.attrs == {"source": "made", "units": "1"}
assert wide.time.dtype == "datetime64[ns]" and wide.time.attrs == {"long_name": "when"}
assert wide.time.values[1] == np.datetime64("1999-12-31T06:30:00.5")
assert list(wide.n_standard_error.values) == [0.5, 1.5]
for calendar, labels in (("360_day", ["2000-02-30", None]), ("standard", ["-0044-03-15T12:00:00", "0033-04-03"])):
    odd = dataset_of(
        {
            **plain,
            "variable": "z",
            "dtype": "complex128",
            "data": {"buffer": 2, "as": "complex128"},
            "coords": {"time": {"values": labels}},
            "coordAttrs": {"time": {"calendar": calendar}},
        },
        buffers,
    )
    assert list(odd.z.values) == [1 + 2j, 3 + 4j]
    first = odd.time.values[0]
    assert first.calendar == calendar and str(first)[:11].strip() == labels[0][:11].split("T")[0], str(first)
print("passed")
