"""A store that a recipe of Pangeo Forge writes here and now: by path and served, the means of the files that it was made from."""

import json
import subprocess

import pytest
import xarray as xr
import zarrscope
from answers import ROOT, by_node, close_to
from serving import serving_ranges

PYTHON = ROOT / ".tools/pangeo/bin/python"
DOCUMENTS = {
    "mean": {"steps": [{"op": "mean"}]},
    "map": {"steps": [{"op": "mean", "dims": ["time"]}]},
    "months": {"steps": [{"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time", "lat", "lon"]}]},
    "by area": {"steps": [{"op": "mean", "dims": ["lat", "lon"], "weights": "area"}]},
    "of a part": {
        "select": {"time": {"from": "2001-09", "to": "2003-02"}, "lat": {"from": 50, "to": -20}},
        "steps": [{"op": "mean", "dims": ["lat", "lon"]}],
    },
    "count": {"steps": [{"op": "count"}]},
}


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """Its folder, and the means of the files."""
    assert PYTHON.exists(), "node scripts/setup.mjs --tests makes .tools/pangeo"
    folder = tmp_path_factory.mktemp("pangeo")
    call = [str(PYTHON), "tests/python/pangeo_recipe.py", str(folder)]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def same_means(source, wanted):
    documents = [{"version": 1, "source": source, "variable": "t2m", **document} for document in DOCUMENTS.values()]
    for name, document, result in zip(DOCUMENTS, documents, by_node("results.mjs", documents), strict=True):
        answer = xr.DataArray(wanted[name])
        close_to(result, answer)
        close_to(zarrscope.run(document)["t2m"], answer)


def test_as_recipes_write(recipe):
    """Zarr 2 with its metadata in one place, and chunks that are not those of the files."""
    folder, _ = recipe
    metadata = json.loads((folder / "t2m.zarr/.zmetadata").read_text())["metadata"]
    assert metadata["t2m/.zarray"]["chunks"] == [10, 6, 8]
    assert metadata["t2m/.zarray"]["shape"] == [36, 6, 8]


def test_by_path(recipe):
    folder, wanted = recipe
    same_means(str(folder / "t2m.zarr"), wanted)


def test_served(recipe):
    folder, wanted = recipe
    with serving_ranges(folder) as url:
        same_means(f"{url}/t2m.zarr", wanted)
