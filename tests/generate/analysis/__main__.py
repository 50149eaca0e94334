"""Cases of labelled analysis and the answers that xarray gives: what judges every operation of a document.

Writes ``tests/fixtures/analysis/`` (see its README.md): stores, one file of cases per operation, dates by cftime, and
NIST's univariate sets. The output is deterministic. Run, from anywhere:

    python -m venv /tmp/venv
    /tmp/venv/bin/pip install -r tests/generate/requirements-analysis.txt
    /tmp/venv/bin/python tests/generate/analysis [stores] [cases] [calendar] [nist]

Without words, all four are made. flox and bottleneck must not be installed: they change xarray's sums.
"""

import importlib.metadata
import importlib.util
import json
import shutil
import sys
from pathlib import Path

import answers
import cases_groups
import cases_moments
import cases_pairs
import dates
import nist
import stores

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "tests" / "fixtures" / "analysis"
PACKAGES = ("xarray", "numpy", "pandas", "cftime", "scipy", "xhistogram", "zarr", "mpmath")
MOST_BYTES = 300_000


def dumps(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_cases():
    folder = OUT / "cases"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    versions = {p: importlib.metadata.version(p) for p in PACKAGES}
    for part in (cases_moments, cases_groups, cases_pairs):
        for op, cases in part.all_cases():
            lines, seen = [], set()
            for name, store, variable, select, steps in cases:
                assert name not in seen, (op, name)
                seen.add(name)
                document = {"version": 1, "source": f"{store}.zarr", "variable": variable, "select": select, "steps": steps}
                if not select:
                    del document["select"]
                try:
                    found = answers.expected(document)
                except Exception as error:
                    raise RuntimeError(f"{op}: {name}: {dumps(document)}") from error
                lines.append(dumps({"name": name, "document": document, **found}))
            text = f'{{"generator": {dumps(versions)},\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"
            (folder / f"{op}.json").write_text(text)
            print(f"{op}: {len(lines)} cases, {len(text)} bytes")
            assert len(text) < MOST_BYTES, op


def main(words):
    for package in ("flox", "bottleneck"):
        assert importlib.util.find_spec(package) is None, f"{package} is installed"
    words = words or ["stores", "cases", "calendar", "nist"]
    if "stores" in words:
        shutil.rmtree(OUT / "stores", ignore_errors=True)
        (OUT / "stores").mkdir(parents=True)
        stores.make_all(OUT / "stores")
        stores.make_nist(OUT / "stores", nist.sets(OUT / "nist.json"))
    if "cases" in words:
        write_cases()
    if "calendar" in words:
        dates.write(OUT / "calendar.json.gz")
    if "nist" in words:
        nist.write(OUT / "nist.json")


main(sys.argv[1:])
