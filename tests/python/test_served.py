"""Zarr that others serve and write: xpublish, which makes it as it is asked for, and a recipe of Pangeo Forge."""

import json
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr
import zarrscope
from answers import ROOT, by_node
from xpublish_server import dataset

PANGEO = "tests/fixtures/pangeo"


@pytest.fixture(scope="module")
def served():
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests/python/xpublish_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()
        server.wait(20)


def close_to(result, wanted):
    got = np.array([np.nan if v is None else v for v in result["data"]], "f8").reshape(result["shape"])
    np.testing.assert_allclose(got, wanted.values, rtol=1e-12)


def test_xpublish(served):
    ds = dataset().compute()
    sst = ds["sst"].astype("f8")
    weighted = sst.weighted(np.cos(np.deg2rad(ds["lat"])))
    wanted = [
        ([{"op": "mean"}], sst.mean()),
        ([{"op": "mean", "dims": ["lat", "lon"], "weights": "area"}], weighted.mean(["lat", "lon"])),
        ([{"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time"]}], sst.groupby("time.month").mean()),
    ]
    documents = [{"version": 1, "source": served, "variable": "sst", "steps": steps} for steps, _ in wanted]
    band = {"lat": {"from": 20, "to": -20}, "time": {"from": "2002-03", "to": "2002-11"}}
    documents.append({"version": 1, "source": served, "variable": "n", "select": band, "steps": [{"op": "sum"}]})
    wanted.append((None, ds["n"].sel(lat=slice(-20, 20), time=slice("2002-03", "2002-11")).sum()))
    for document, (_, answer), result in zip(documents, wanted, by_node("results.mjs", documents)):
        close_to(result, answer)
        got = zarrscope.run(document)[document["variable"]]
        np.testing.assert_allclose(got.values, answer.values, rtol=1e-12)


def test_xpublish_on_the_command_line(served):
    call = ["node", "js/bin/zarrscope.mjs", "mean", served, "sst", "--dims", "time", "--json", "--quiet"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stdout
    close_to(json.loads(done.stdout), dataset()["sst"].astype("f8").mean("time").compute())


def test_pangeo_forge():
    expected = json.loads((ROOT / PANGEO / "expected.json").read_text())
    common = {"version": 1, "source": f"{PANGEO}/t2m.zarr", "variable": "t2m"}
    months = [{"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time", "lat", "lon"]}]
    documents = [{**common, "steps": steps} for steps in ([{"op": "mean"}], months, [{"op": "count"}])]
    wanted = [expected["mean"], expected["months"], expected["count"]]
    for document, answer, result in zip(documents, wanted, by_node("results.mjs", documents)):
        close_to(result, xr.DataArray(answer))
        np.testing.assert_allclose(zarrscope.run(document)["t2m"].values, answer, rtol=1e-12)
