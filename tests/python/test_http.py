"""Stores over HTTP that want a signature and a header, list nothing, or are ZIP files: `run`, and the text."""

import contextlib
import io
import shutil

import numpy as np
import pytest
import zarrscope
from answers import ROOT, by_node
from serving import Guarded, Open, serving, serving_ranges

STORES = ROOT / "tests/fixtures/analysis/stores"
STEPS = [{"op": "mean", "dims": ["time", "lat"], "weights": "area"}]


def by_text(document, facts):
    """What the text gives, in a space of its own."""
    (found,) = by_node("python-text.mjs", [{"document": document, "facts": facts}])
    assert "SECRET" not in found["python"]
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(found["python"], "text", "exec"), space)
    return space["result"]


def same(got, wanted):
    assert got.dims == wanted.dims
    np.testing.assert_allclose(got.values, wanted.values, rtol=1e-12)


@pytest.fixture(scope="module")
def wanted():
    return zarrscope.run({"source": str(STORES / "grid.zarr"), "variable": "t", "steps": STEPS})["t"]


def test_signed_and_unlisted(monkeypatch, wanted):
    monkeypatch.setenv("ZARR_QUERY", "sig=SECRET")
    monkeypatch.setenv("ZARR_HEADER_X_KEY", "SECRET")
    with serving(Guarded, STORES) as url:
        document = {"version": 1, "source": f"{url}/grid.zarr", "variable": "t", "steps": STEPS}
        signed = {**document, "storage": {"query": "sig=SECRET", "headers": {"X-Key": "SECRET"}}}
        same(zarrscope.run(signed)["t"], wanted)
        same(by_text(signed, {"listed": False}), wanted)
        with pytest.raises(zarrscope.ZarrscopeError) as error:
            zarrscope.run(document)
        assert error.value.code == "forbidden"


def test_unlisted(wanted):
    with serving(Open, STORES) as url:
        document = {"version": 1, "source": f"{url}/grid.zarr", "variable": "t", "steps": STEPS}
        same(zarrscope.run(document)["t"], wanted)
        same(by_text(document, {"listed": False}), wanted)


def test_zip_files(tmp_path, wanted):
    shutil.make_archive(str(tmp_path / "grid"), "zip", STORES, "grid.zarr")
    with serving_ranges(tmp_path) as url:
        document = {"version": 1, "source": f"{url}/grid.zip", "variable": "t", "steps": STEPS}
        same(zarrscope.run(document)["t"], wanted)
        same(by_text(document, {}), wanted)


def test_references():
    with serving_ranges(ROOT / "tests/fixtures/references") as url:
        for source in ("filters.json", "filters.parq"):
            document = {"version": 1, "source": f"{url}/{source}", "variable": "zlib", "steps": [{"op": "mean"}]}
            (result,) = by_node("results.mjs", [document])
            assert float(zarrscope.run(document)["zlib"]) == pytest.approx(result["data"][0], rel=1e-12)
            assert float(by_text(document, {"listed": False})) == pytest.approx(result["data"][0], rel=1e-12)


def test_a_server_without_ranges_is_named():
    with serving(Open, ROOT / "tests/fixtures/references") as url:
        with pytest.raises(Exception) as raised:
            zarrscope.run({"version": 1, "source": f"{url}/filters.json", "variable": "zlib", "steps": [{"op": "mean"}]})
        assert "gives no ranges" in str(raised.value.__cause__)
