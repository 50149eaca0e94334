"""A result as JSON, in the contract's form, with what it is judged by."""

import warnings

import cftime
import numpy as np
import pandas as pd
import xarray as xr

from steps import Refused, Run

EXACT = {"median", "quantile", "argmin", "argmax", "min", "max", "count", "scale", "histogram", "add", "subtract",
    "multiply",
         "divide"}
CANCELLING = {"trend", "correlation", "covariance"}
CHOICES = {"select", "groupby", "resample", "coarsen", "rolling"}


def iso(t):
    """Seconds with a fraction only where there is one, to the microsecond; years of four digits at least."""
    if isinstance(t, (np.datetime64, pd.Timestamp)):
        t = pd.Timestamp(t).round("us")
    text = f"{'-' if t.year < 0 else ''}{abs(t.year):04d}-{t.month:02d}-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:{t.second:02d}"
    return text + (f".{t.microsecond:06d}" if t.microsecond else "")


def plain(v):
    if isinstance(v, (np.datetime64, cftime.datetime, pd.Timestamp)):
        return iso(v)
    if isinstance(v, (str, np.str_)):
        return str(v)
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    if isinstance(v, (int, np.integer)):
        return int(v) if abs(int(v)) <= 2**53 else str(int(v))
    f = float(v)
    return None if np.isnan(f) else f if np.isfinite(f) else "Infinity" if f > 0 else "-Infinity"


def flat(values):
    return [plain(v) for v in np.asarray(values).reshape(-1)]


def whole(values):
    """Counts and positions that NaN made float64: integers and null."""
    return [v if v is None else int(v) for v in values]


def described(da, run, op):
    dtype = {"O": "float64"}.get(da.dtype.kind, da.dtype.name)
    data = flat(da.values)
    if run.single is not None and da.dtype.kind == "f":
        dtype = run.single.name
    elif op in ("argmin", "argmax"):
        dtype, data = "int64", whole(data)
    elif op == "count":
        data = whole(data)
    elif op not in ("min", "max", "sum", "cumsum", "histogram", None) and op not in CHOICES:
        dtype = "float64"
    return {"dims": list(da.dims), "shape": list(da.shape), "dtype": dtype,
            "coords": {d: flat(da[d].values) for d in da.dims if d in da.coords}, "data": data}


def expected(document):
    """The answer and its tolerances."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = Run(document)
            now = run.steps()
    except Refused as refused:
        return {"expected": {"error": str(refused)}}
    ops = [s["op"] for s in document["steps"] if s["op"] not in CHOICES]
    last = ops[-1] if ops else None
    if isinstance(now, xr.Dataset):
        answer = described(now["slope"], run, last)
        del answer["data"]
        answer["variables"] = {k: {"data": flat(v.values), "tolerance": 1e-12} for k, v in now.data_vars.items()}
        values = np.concatenate([now[k].values.ravel() for k in ("slope", "stderr")])
    else:
        answer = described(now, run, last)
        values = now.values
    answer["coords"].update({k: flat(v) for k, v in run.scalars.items()})
    if run.units is not None:
        answer["units"] = run.units
    case = {"expected": answer, "tolerance": "exact" if is_exact(document, now) else 1e-12}
    if last == "trend":
        case["tolerance"] = answer["variables"]["pvalue"]["tolerance"] = 1e-9
    if case["tolerance"] != "exact":
        absolute = run.absolute
        if last in CANCELLING and np.isfinite(values).any():
            absolute = max(absolute, 1e-14 * float(np.nanmax(np.abs(values))))
        if absolute:
            case["absolute"] = absolute
    return case


def is_exact(document, now):
    """One rounding per value, or none: nothing that an honest float64 could give otherwise."""
    steps = [s for s in document["steps"] if s["op"] not in CHOICES]
    if steps and steps[-1]["op"] in ("argmin", "argmax", "count"):
        return True
    operands = [s["with"] for s in steps if isinstance(s.get("with"), dict) and "steps" in s["with"]]
    if any("weights" in s or s.get("density") for s in steps) or not all(is_exact(d, now) for d in operands):
        return False
    integers = isinstance(now, xr.DataArray) and now.dtype.kind in "iub"
    return all(s["op"] in EXACT or s.get("method") == "nearest" or (s["op"] in ("sum",
        "cumsum") and integers) for s in steps)
