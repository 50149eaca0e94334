"""Zarr that xpublish serves, which makes it as it is asked for."""

import json
import subprocess
import sys

import numpy as np
import pytest
import zarrscope
from answers import ROOT, by_node, close_to
from xpublish_server import dataset


@pytest.fixture(scope="module")
def served():
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests/python/xpublish_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()
        server.wait(20)


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
        close_to(zarrscope.run(document)[document["variable"]], answer)


def test_xpublish_on_the_command_line(served):
    call = ["node", "js/bin/zarrscope.mjs", "mean", served, "sst", "--dims", "time", "--json", "--quiet"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stdout
    close_to(json.loads(done.stdout), dataset()["sst"].astype("f8").mean("time").compute())
