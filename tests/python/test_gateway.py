"""Documents on a cluster of Dask Gateway, whose workers have no zarrscope: what the command line says of them."""

import importlib.util
import json
import shutil
import subprocess

import pytest
import zarrscope
from answers import ROOT, close_to
from gateway_server import gateway
from serving import Guarded, serving, serving_ranges

STORES = ROOT / "tests/fixtures/analysis/stores"
DOCUMENTS = {
    "mean": [{"op": "mean", "dims": ["lat", "lon"], "weights": "area"}],
    "months": [{"op": "groupby", "by": "time.month"}, {"op": "std", "dims": ["time"]}],
    "histogram": [{"op": "histogram", "bins": 20}],
    "regrid": [{"op": "regrid", "method": "conservative", "lat": [-30, 0, 30], "lon": [90, 180]}, {"op": "max", "dims": ["time"]}],
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with gateway(tmp_path_factory.mktemp("gateway")) as server, server.new_cluster() as made:
        made.scale(2)
        with made.get_client() as client:
            client.wait_for_workers(2, timeout=120)
        yield made


@pytest.fixture(scope="module")
def served():
    with serving_ranges(STORES) as url:
        yield url


def by_command_line(document):
    call = ["node", "js/bin/zarrscope.mjs", "run", "-", "--json", "--quiet"]
    done = subprocess.run(call, input=json.dumps(document), capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("steps", DOCUMENTS.values(), ids=DOCUMENTS)
def test_same_as_the_command_line(cluster, served, steps):
    document = {"version": 1, "source": f"{served}/grid.zarr", "variable": "t", "steps": steps}
    wanted = by_command_line(document)
    with cluster.get_client() as client:
        got = zarrscope.run(document, client)["t"]
    close_to(wanted, got)
    assert zarrscope.run(document, cluster)["t"].identical(got)


MEAN = [{"op": "mean"}]


def test_signed(cluster):
    """Secrets travel with the store."""
    with serving(Guarded, STORES) as url:
        document = {"version": 1, "source": f"{url}/grid.zarr", "variable": "t", "steps": DOCUMENTS["mean"]}
        storage = {"query": "sig=SECRET", "headers": {"X-Key": "SECRET"}}
        got = zarrscope.run({**document, "storage": storage}, cluster)
    close_to(by_command_line({**document, "source": str(STORES / "grid.zarr")}), got["t"])


@pytest.mark.parametrize("source", ["filters.json", "filters.parq"])
def test_references(cluster, source):
    with serving_ranges(ROOT / "tests/fixtures/references") as url:
        document = {"version": 1, "source": f"{url}/{source}", "variable": "zlib", "steps": MEAN}
        close_to(by_command_line(document), zarrscope.run(document, cluster)["zlib"])


def test_zip_files(cluster, tmp_path):
    shutil.make_archive(str(tmp_path / "grid"), "zip", STORES, "grid.zarr")
    with serving_ranges(tmp_path) as url:
        document = {"version": 1, "source": f"{url}/grid.zip", "variable": "t", "steps": MEAN}
        close_to(by_command_line(document), zarrscope.run(document, cluster)["t"])


def test_its_workers_have_no_zarrscope(cluster):
    with cluster.get_client() as client:
        found = client.run(importlib.util.find_spec, "zarrscope")
        assert list(found.values()) == [None, None]
