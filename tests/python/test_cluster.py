"""Documents on a real cluster: two worker processes, one of which is killed while they work."""

import os
import signal
import threading
import time

import numpy as np
import pytest
import xarray as xr
import zarrscope
from answers import chosen
from asking import problem_with
from dask.distributed import Client, LocalCluster


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as made:
        yield made


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Enough chunks that a run takes seconds."""
    path = str(tmp_path_factory.mktemp("store") / "made.zarr")
    rng = np.random.default_rng(3)
    t = (288 + 9 * rng.standard_normal((400, 40, 60))).astype("float32")
    coords = {"lat": ("lat", np.linspace(-60, 60, 40), {"units": "degrees_north"}), "lon": np.arange(60) * 6.0}
    ds = xr.Dataset({"t": (("time", "lat", "lon"), t)}, coords={"time": xr.date_range("2001", periods=400), **coords})
    ds.chunk({"time": 2, "lat": 40, "lon": 60}).to_zarr(path)
    return path


DOCUMENTS = [
    [{"op": "mean", "weights": "area", "dims": ["lat", "lon"]}],
    [{"op": "trend", "dims": ["time"]}],
    [{"op": "histogram", "bins": 20}],
    [{"op": "regrid", "method": "conservative", "lat": [-30, 0, 30], "lon": [90, 180]}, {"op": "max", "dims": ["time"]}],
]


@pytest.mark.parametrize("steps", DOCUMENTS, ids=lambda steps: steps[0]["op"])
def test_same_as_threads(cluster, store, steps):
    document = {"version": 1, "source": store, "variable": "t", "select": {"time": {"start": 0, "stop": 40}}, "steps": steps}
    with Client(cluster) as client:
        xr.testing.assert_allclose(zarrscope.run(document, client), zarrscope.run(document), rtol=1e-12)
    # A cluster of Dask Gateway is such an object, too: it has get_client().
    xr.testing.assert_allclose(zarrscope.run(document, cluster), zarrscope.run(document), rtol=1e-12)


def test_answers(cluster):
    """One of each file: what the fixtures say, to which the command line is held, too."""
    with Client(cluster) as client:
        wrong = [problem_with(case, client) for _, case in chosen(offset=1, most=1)]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_workers_need_no_zarrscope(cluster, store):
    """What travels to them is the functions themselves: none of them has imported the package."""
    document = {"version": 1, "source": store, "variable": "t", "select": {"time": {"stop": 8}}, "steps": DOCUMENTS[2]}

    def imported():
        import sys

        return "zarrscope" in sys.modules

    with Client(cluster) as client:
        assert int(zarrscope.run(document, client)["t"].sum()) == 8 * 40 * 60
        assert not any(client.run(imported).values())


def test_a_worker_is_killed(cluster, store):
    document = {"version": 1, "source": store, "variable": "t", "steps": [{"op": "groupby", "by": "time.month"}, {"op": "std", "dims": ["time"]}]}
    wanted = zarrscope.run(document)
    with Client(cluster) as client:
        before = client.run(os.getpid)
        killed = []

        def kill():
            # Not before tasks are done: what the worker holds is lost with it, and has to be computed again.
            while not any(client.has_what().values()):
                time.sleep(0.01)
            victim = next(address for address, held in client.has_what().items() if held)
            os.kill(before[victim], signal.SIGKILL)
            killed.append(before[victim])

        killer = threading.Thread(target=kill)
        killer.start()
        got = zarrscope.run(document, client)
        killer.join(30)
        assert killed, "the run was over before a worker could be killed"
        client.wait_for_workers(2, timeout=60)
        assert killed[0] not in client.run(os.getpid).values()
    xr.testing.assert_allclose(got, wanted, rtol=1e-12)
