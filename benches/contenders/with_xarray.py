"""xarray, dask (threads) and zarr-python, warm: a question a line on standard input, an answer a line on standard output."""

import json
import math
import sys
import time

import dask
import numpy as np
import obstore.store
import xarray as xr
import zarr
from dask.array import histogram
from zarr.storage import ObjectStore

import flox.xarray  # noqa: F401  what xarray groups with where it is installed: loaded before it is timed


def told(values):
    """As in data.py."""
    flat = np.asarray(values, "f8").ravel()
    if flat.size > 512:
        samples = flat[[i * flat.size // 64 for i in range(64)]]
        flat = np.concatenate([[np.isnan(flat).sum(), np.nansum(flat)], samples])
    return [None if math.isnan(x) else float(x) for x in flat]


TASKS = {
    "mean": lambda a, ask: a.mean(),
    "map": lambda a, ask: a.mean("time"),
    "area": lambda a, ask: a.weighted(np.cos(np.deg2rad(a.lat))).mean(["lat", "lon"]),
    "std": lambda a, ask: a.std(),
    "histogram": lambda a, ask: histogram(a.data, bins=ask["bins"], range=ask["range"])[0],
    # Of an array in many chunks dask has no exact quantile: it is loaded first, by all threads.
    "quantiles": lambda a, ask: a.load().quantile(ask["q"]),
    "climatology": lambda a, ask: a.groupby("time.month").mean(),
    "point": lambda a, ask: a.isel(ask["point"]),
}


STORES = {}


def open_array(question):
    # A client is made once: its connections are kept, as a browser's are.
    url = question["url"]
    if url not in STORES:
        STORES[url] = obstore.store.HTTPStore.from_url(url, client_options={"allow_http": True})
    store = STORES[url]
    # A point of very many chunks is read by zarr-python at once: dask would make a task of each.
    chunks = None if question["task"] == "point" else question["daskChunks"]
    return xr.open_zarr(ObjectStore(store, read_only=True), chunks=chunks)[question["array"]]


def answer(question):
    asked = time.perf_counter()
    array = open_array(question)
    opened = time.perf_counter()
    result = TASKS[question["task"]](array, question["ask"]).compute()
    done = time.perf_counter()
    return {"open": opened - asked, "compute": done - opened, "answer": told(result)}


def main():
    settings = json.loads(sys.argv[1])
    dask.config.set(scheduler="threads", num_workers=settings["threads"])
    zarr.config.set({"async.concurrency": settings["requests"], "threading.max_workers": settings["threads"]})
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # whatever a contender fails with is what is reported of it
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
