"""Results against the answers of tests/fixtures/analysis."""

import json
import math
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
