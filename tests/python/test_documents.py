"""Documents on xarray and Dask: the answers of the fixtures, and the library's own where those have none."""

import json
import os

import numpy as np
import pytest
import zarrscope
from answers import by_node, chosen, difference, same_labels
from asking import outcome, problem_with

S = "tests/fixtures/analysis/stores/"


# Every document of the fixtures takes two minutes, which CI has.
CHOSEN = list(chosen(most=None if os.environ.get("CI") else 6))


@pytest.mark.parametrize("file", sorted({file for file, _ in CHOSEN}))
def test_answers(file):
    wrong = [problem_with(case) for name, case in CHOSEN if name == file]
    assert not any(wrong), "\n".join(filter(None, wrong))


def case_of(result):
    """A result as an answer to compare with."""
    parts = result.get("variables", {})
    first = next(iter(parts.values()), result)
    whole = {"dims": first["dims"], "shape": first["shape"], "dtype": first["dtype"], "coords": dict(first.get("coords", result.get("coords", {})))}
    whole["coords"] |= first.get("scalarCoords", {})
    if parts:
        whole["variables"] = {name: {"data": part["data"]} for name, part in parts.items()}
    else:
        whole["data"] = result["data"]
    return {"expected": whole, "tolerance": 1e-12}


MEAN = [{"op": "mean"}]
FURTHER = [
    {"source": S + "grid.zarr", "variables": ["t", "n"], "steps": [{"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time", "lat", "lon"]}]},
    {"source": S + "grid.zarr", "variables": ["t", "q"], "select": {"lat": {"from": 0, "to": 20}}, "steps": [{"op": "max", "dims": ["time"]}]},
    {"source": S + "grid.zarr", "variable": "q", "decode": False, "steps": [{"op": "mean", "dims": ["time"]}]},
    {"source": "www/samples/e1.v2.zstd.zarr", "variable": "air_temperature", "decode": False, "select": {"time": {"index": -1}}, "steps": [{"op": "max"}]},
    {"source": "www/samples/e1.v2.zstd.zarr", "variable": "air_temperature", "select": {"time": {"nearest": "1863-01"}, "latitude": {"index": [0, 3]}}},
    {"source": "www/samples/hswm.v2.noleap.zarr", "variable": "SALT", "select": {"time": {"index": 0}}, "steps": [{"op": "min"}]},
    {"source": "tests/fixtures/references/classic.json", "variable": "a", "steps": MEAN},
    {"source": "tests/fixtures/references/classic.parq", "variable": "a", "steps": MEAN},
    {"source": "tests/fixtures/references/filters.json", "variable": "zlib", "steps": MEAN},
    {"source": "tests/fixtures/references/filters.parq", "variable": "group/inner", "steps": MEAN},
    {"source": "tests/fixtures/stores-made/v2.zarr", "variable": "codec_lz4", "steps": MEAN},
    {"source": "tests/fixtures/stores-made/v2-root.zarr", "variable": "", "steps": MEAN},
    {"source": "tests/fixtures/stores-made/v3.zarr", "variable": "float16", "steps": [{"op": "count"}]},
    {"source": S + "grid.zarr", "variable": "nothing here", "steps": MEAN},
    {"source": S + "grid.zarr", "variable": "t", "select": {"height": {"index": 0}}, "steps": MEAN},
    {"source": S + "grid.zarr", "variable": "t", "select": {"lat": {"from": 500}}, "steps": MEAN},
    {"source": S + "grid.zarr", "variable": "t", "steps": [{"op": "mean", "over": "time"}]},
    {"source": S + "nowhere.zarr", "variable": "t", "steps": MEAN},
]


def test_as_the_library():
    documents = [{"version": 1, **document} for document in FURTHER]
    for document, result in zip(documents, by_node("results.mjs", documents)):
        got = outcome(document)
        if "error" in result or isinstance(got, str):
            assert got == result.get("error"), document
            continue
        path = document.get("variable")
        assert difference(got, path, case_of(result), dtypes=False) is None, document
        names = set(result.get("scalarCoords", {})) | set(case_of(result)["expected"]["coords"])
        assert names == set(got.coords), document


def test_json_and_dict():
    document = {"version": 1, "source": S + "grid.zarr", "variable": "t", "steps": MEAN}
    assert zarrscope.run(json.dumps(document)).identical(zarrscope.run(document))


def test_lazy_until_run():
    lazy = zarrscope.expression({"version": 1, "source": S + "grid.zarr", "variable": "t", "steps": MEAN})
    assert lazy["t"].chunks is not None
    assert float(lazy["t"].compute()) == float(zarrscope.run({"source": S + "grid.zarr", "variable": "t", "steps": MEAN})["t"])


def test_secrets_stay_out_of_messages():
    for wrong in ({"query": "sig=SECRET", "oops": "SECRET"}, {"headers": ["SECRET"]}):
        with pytest.raises(zarrscope.ZarrscopeError) as error:
            zarrscope.run({"source": "https://x.example/s?sig=SECRET", "variable": "v", "storage": wrong})
        assert "SECRET" not in str(error.value)
    with pytest.raises(zarrscope.ZarrscopeError) as error:
        zarrscope.run({"source": "http://127.0.0.1:9/s?sig=SECRET", "variable": "v"})
    assert error.value.code == "offline" and "SECRET" not in str(error.value)


def test_estimates_are_refused_by_name():
    with pytest.raises(zarrscope.ZarrscopeError, match="precision"):
        zarrscope.run({"source": S + "grid.zarr", "variable": "t", "steps": MEAN, "precision": {"maxBytes": 1000}})


def test_icechunk(tmp_path):
    icechunk = pytest.importorskip("icechunk")
    import xarray as xr

    repository = icechunk.Repository.create(icechunk.local_filesystem_storage(str(tmp_path)))
    session = repository.writable_session("main")
    values = np.arange(24.0).reshape(4, 6)
    xr.Dataset({"t": (("y", "x"), values)}).to_zarr(session.store, consolidated=False)
    session.commit("first")
    repository.create_tag("one", snapshot_id=repository.lookup_branch("main"))
    for revision in ("", "#branch=main", "#tag=one"):
        document = {"version": 1, "source": f"icechunk+{tmp_path}{revision}", "variable": "t", "steps": [{"op": "mean", "dims": ["x"]}]}
        assert same_labels(zarrscope.run(document)["t"], values.mean(1).tolist())
    with pytest.raises(zarrscope.ZarrscopeError, match="s3://"):
        zarrscope.run({"source": "icechunk+https://x.example/repo", "variable": "t"})


def test_zip(tmp_path):
    import shutil

    whole = shutil.make_archive(str(tmp_path / "grid"), "zip", S, "grid.zarr")
    top = shutil.make_archive(str(tmp_path / "top"), "zip", os.path.join(S, "grid.zarr"))
    wanted = zarrscope.run({"source": S + "grid.zarr", "variable": "t", "steps": MEAN})
    for source in (whole, top):
        assert zarrscope.run({"source": source, "variable": "t", "steps": MEAN}).equals(wanted)
