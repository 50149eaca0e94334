"""Results against the answers of tests/fixtures/analysis."""

import json
import math
import os
import subprocess
from pathlib import Path

import cftime
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/fixtures/analysis/cases"


def cases():
    """(file, case) of every document that xarray answered."""
    for file in sorted(CASES.glob("*.json")):
        for case in json.loads(file.read_text())["cases"]:
            yield file.stem, case


def iso(t):
    """As results write times: a fraction only where there is one, to the microsecond."""
    if isinstance(t, (np.datetime64, pd.Timestamp)):
        t = pd.Timestamp(t).round("us")
    text = f"{'-' if t.year < 0 else ''}{abs(t.year):04d}-{t.month:02d}-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:{t.second:02d}"
    return text + (f".{t.microsecond:06d}" if t.microsecond else "")


def number(value):
    if value is None:
        return math.nan
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def label(value):
    if isinstance(value, (np.datetime64, cftime.datetime, pd.Timestamp)):
        return iso(value)
    return str(value) if isinstance(value, (str, np.str_)) else float(value)


def same_labels(got, expected):
    got = [label(v) for v in np.asarray(got).reshape(-1)]
    expected = expected if isinstance(expected, list) else [expected]
    expected = [v if isinstance(v, str) else number(v) for v in expected]
    if len(got) != len(expected):
        return False
    return all(
        a == b if isinstance(a, str) or isinstance(b, str) else a == b or abs(a - b) <= 1e-12 * abs(b) or a != a and b != b
        for a, b in zip(got, expected)
    )


def difference(ds, name, case, dtypes=True):
    """What is wrong with a Dataset; None if nothing is."""
    expected = case["expected"]
    parts = expected.get("variables") or {name: expected}
    for part, wanted in parts.items():
        if part not in ds.data_vars:
            return f"no variable {part} among {list(ds.data_vars)}"
        da = ds[part]
        if list(da.dims) != expected["dims"] or list(da.shape) != expected["shape"]:
            return f"{da.dims} {da.shape} instead of {expected['dims']} {expected['shape']}"
        if dtypes and "variables" not in expected and expected["dtype"] != da.dtype.name:
            # A position where nothing is is missing, for which integers have no value.
            if not (da.dtype == "float64" and da.isnull().any()):
                return f"dtype {da.dtype} instead of {expected['dtype']}"
        values = da.values.astype("float64").reshape(-1)
        tolerance = wanted.get("tolerance", case.get("tolerance"))
        relative = 0.0 if tolerance == "exact" else tolerance
        wanted_values = np.array([number(v) for v in wanted["data"]])
        same = (values == wanted_values) | (np.isnan(values) & np.isnan(wanted_values))
        with np.errstate(all="ignore"):
            off = np.abs(values - wanted_values)
            close = same | (off <= relative * np.abs(wanted_values) + case.get("absolute", 0.0))
        if not close.all():
            i = int(np.flatnonzero(~close)[0])
            return f"{part}: value {i} is {values[i]!r} instead of {wanted_values[i]!r} ({(~close).sum()} of {close.size})"
    for name, labels in expected["coords"].items():
        if name not in ds.variables:
            return f"no coordinate {name}"
        if not same_labels(ds[name].values, labels):
            return f"{name} is {ds[name].values.reshape(-1)[:5]} instead of {labels[:5]}"
    if "units" in expected and next(iter(ds.data_vars.values())).attrs.get("units") != expected["units"]:
        return "units"
    return None


# Numbers of numbers: what xarray's float64 sums leave in the last digit, these make larger than 1e-12.
CONDITIONED = {
    ("nist", "NumAcc4, std"): 1e-10,  # the spread is 1e-8 of the values
    ("trend", "of periods"): 1e-11,  # a slope of means, whose differences are 1e-3 of them
}


def chosen(offset=0, most=6):
    """At most so many of each file's cases, spread over it; all of them for `most=None`, or if ZARRSCOPE_ALL is set."""
    by_file = {}
    for file, case in cases():
        by_file.setdefault(file, []).append(case)
    for file, all_of_it in by_file.items():
        step = 1 if most is None or os.environ.get("ZARRSCOPE_ALL") else max(1, -(-len(all_of_it) // most))
        for case in all_of_it[offset % step :: step]:
            tolerance = CONDITIONED.get((file, case["name"]))
            yield file, loosened(case, tolerance) if tolerance else case


def loosened(case, tolerance):
    expected = dict(case["expected"])
    if "variables" in expected:
        expected["variables"] = {k: {**v, "tolerance": max(tolerance, v["tolerance"])} for k, v in expected["variables"].items()}
    return {**case, "expected": expected, "tolerance": max(tolerance, case["tolerance"])}


def by_node(script, value):
    """What a script of Node gives for a value, both in JSON."""
    done = subprocess.run(
        ["node", str(ROOT / "tests/python" / script)], input=json.dumps(value), capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def close_to(got, wanted):
    """A result of the library, or a DataArray, has the values of a DataArray."""
    if isinstance(got, dict):
        got = np.array([np.nan if v is None else v for v in got["data"]], "f8").reshape(got["shape"])
    np.testing.assert_allclose(np.asarray(got), wanted.values, rtol=1e-12)
