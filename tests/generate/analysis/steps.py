"""The steps of a document, each by the xarray method it is named after.

Moments are computed twice, by xarray and exactly (exact.py); both must agree, and the exact ones are what is written.
"""

from functools import partial

import numpy as np
import xarray as xr
from xarray.core import duck_array_ops

import exact
from binned import histogram
from paired import correlate, trend
from regrid import regrid
from sources import dataset, variable, weights, wide

EPS = np.finfo("f8").eps
GROUPERS = ("DataArrayGroupBy", "DataArrayResample")
WINDOWS = ("DataArrayCoarsen", "DataArrayRolling")
AFTER = ("mean", "sum", "min", "max", "std", "var", "count", "median")
ARITHMETIC = {"add": "__add__", "subtract": "__sub__", "multiply": "__mul__", "divide": "__truediv__"}


class Refused(Exception):
    """A document that has no answer; the code says why."""


class Run:
    """A result on its way: the array or the groups of one, and what else the answer must say."""

    def __init__(self, document):
        self.document = document
        name = document["variable"]
        self.now = variable(document)
        stored = dataset(document["source"])[name].dtype
        self.single = stored if stored.kind == "f" and stored.itemsize < 8 else None  # kept by min, max and selection
        self.units = None
        self.absolute = 0.0  # the error that float64 must be allowed where large numbers cancel
        self.scalars = {}  # further coordinates, which are no labels of a dimension

    def steps(self):
        for step in self.document["steps"]:
            op = step["op"]
            before = self.now
            kind = type(before).__name__
            if kind in GROUPERS + WINDOWS and op not in AFTER + (("quantile", "anomaly") if kind in GROUPERS else ()):
                raise Refused("invalid_document")
            self.now = getattr(self, f"do_{op}", self.reduce)(before, dict(step))
            if op not in ("min", "max", "groupby", "resample", "coarsen", "rolling"):
                self.single = None
        if type(self.now).__name__ in GROUPERS + WINDOWS:
            raise Refused("invalid_document")
        return self.now

    # steps that prepare others

    def do_groupby(self, da, step):
        try:
            return da.groupby(step["by"])
        except (KeyError, AttributeError, TypeError) as error:
            raise Refused("invalid_document") from error

    def do_resample(self, da, step):
        try:
            return da.resample(time=step["time"])
        except ValueError as error:  # weeks of calendars without weekdays are a wish; other words are a mistake
            raise Refused("unsupported" if step["time"] == "W" else "invalid_document") from error

    def do_coarsen(self, da, step):
        boundary = step.get("boundary", "exact")
        check_windows(da, step)
        if boundary == "exact" and any(da.sizes[d] % n for d, n in step["windows"].items()):
            raise Refused("invalid_document")
        for dim, n in step["windows"].items():
            labels = da.coords.get(dim)
            if boundary == "pad" and labels is not None and labels.dtype == object and da.sizes[dim] % n:
                # xarray cannot pad cftime labels: the mean of those that are there, as for datetime64
                firsts = range(0, da.sizes[dim], n)
                self.scalars[dim] = [mean_time(labels.values[i:i + n]) for i in firsts]
                da = da.drop_vars(dim)
        return da.coarsen(step["windows"], boundary=boundary)

    def do_rolling(self, da, step):
        check_windows(da, step)
        return da.rolling(step["windows"], center=step.get("center", False), min_periods=step.get("minPeriods"))

    # reductions

    def reduce(self, obj, step):
        if isinstance(obj, xr.DataArray) and not set(step.get("dims") or []) <= set(obj.dims):
            raise Refused("invalid_document")
        op, skipna = step.pop("op"), step.get("skipna", True)
        dims = step.get("dims")
        kind = type(obj).__name__
        if "weights" in step:
            return self.weighted(obj, op, dims, step)
        options = {"skipna": skipna} if op != "count" else {}
        if op in ("std", "var"):
            options["ddof"] = step.get("ddof", 0)
        if op == "sum" and "minCount" in step:
            options["min_count"] = step["minCount"]
        if kind in WINDOWS:
            where = {}
            if kind == "DataArrayRolling":
                options.pop("skipna", None)
        else:
            where = {"dim": dims}
        with np.errstate(all="ignore"):
            if kind == "DataArrayCoarsen":  # its methods refuse skipna, and give ddof to the labels' mean, too
                native = obj.reduce(partial(getattr(duck_array_ops, op), **options))
            else:
                native = getattr(obj, op)(**where, **options)
            if op not in exact.MOMENTS:
                return native
            reduce = exact.along(exact.MOMENTS[op], **{"skipna": True, **options})
            other = obj.reduce(reduce, **where, keep_attrs=True).transpose(*native.dims)
        agree(native, other, op)
        return native if native.dtype.kind in "iu" else native.copy(data=other.values.astype("f8"))

    def weighted(self, obj, op, dims, step):
        if op not in exact.MOMENTS:
            raise Refused("invalid_document")
        w = weights(self.document, step["weights"])
        if type(obj).__name__ in GROUPERS:
            return obj.map(lambda part: one_weighted(part, w, op, dims, step.get("skipna", True)))
        return one_weighted(obj, w, op, dims, step.get("skipna", True))

    def do_quantile(self, obj, step):
        q = step["q"]
        if "weights" in step or not all(0 <= x <= 1 for x in np.atleast_1d(q)):
            raise Refused("invalid_document")
        answer = obj.quantile(q, dim=step.get("dims"), skipna=step.get("skipna", True))
        if isinstance(obj, xr.DataArray) and "dims" in step and step.get("skipna", True) and not isinstance(q, list):
            core = step["dims"]
            plain = xr.apply_ufunc(exact.quantile, wide(obj), input_core_dims=[core], vectorize=True, kwargs={"q": q})
            np.testing.assert_array_equal(answer.values, plain.transpose(*answer.dims).values)
        return answer.transpose("quantile", ...) if isinstance(q, list) else answer.drop_vars("quantile")

    def position(self, da, step):
        op, dims, skipna = step["op"], step.get("dims"), step.get("skipna", True)
        if dims is not None and len(dims) != 1:
            raise Refused("invalid_document")
        dim = dims[0] if dims else None
        if not skipna or da.dtype.kind in "iu":
            return getattr(da, op)(dim, skipna=skipna)
        empty = da.isnull().all(dim)
        found = getattr(da.where(~empty, 0.0), op)(dim)
        return found.where(~empty)  # xarray raises where nothing is there

    do_argmin = do_argmax = position

    def do_histogram(self, da, step):
        answer, self.scalars = histogram(self.document, da, step)
        return answer

    # steps that keep the shape

    def do_anomaly(self, obj, step):
        dims, skipna = step.get("dims"), step.get("skipna", True)
        if type(obj).__name__ in GROUPERS:
            whole = obj._obj if hasattr(obj, "_obj") else obj._original_obj
            mean = self.reduce(obj, {"op": "mean", "skipna": skipna})
            answer = (obj - mean).transpose(*whole.dims)
            answer = answer.drop_vars([c for c in answer.coords if c not in whole.coords])
        else:
            whole = obj
            answer = whole - self.reduce(whole, {"op": "mean", "dims": dims, "skipna": skipna})
        self.absolute = max(self.absolute, allowed(whole))
        return answer.transpose(*whole.dims)

    def do_scale(self, da, step):
        self.units = step.get("units")
        product = da.astype("f8") * float(step.get("factor", 1.0))
        self.absolute = max(self.absolute * abs(step.get("factor", 1.0)), allowed(product))
        return product + float(step.get("offset", 0.0))

    def do_cumsum(self, da, step):
        dims = step.get("dims")
        skipna = step.get("skipna", True)
        native = da.cumsum(dims, skipna=skipna)
        if da.dtype.kind in "iu":
            return native
        values = da.values
        self.absolute *= values.size
        for dim in dims or da.dims:
            at = da.get_axis_num(dim)
            values = np.apply_along_axis(lambda row: [exact.of_sum(row[: i + 1], skipna) for i in range(row.size)], at,
                                         values)
        agree(native, native.copy(data=values), "cumsum")
        return native.copy(data=values)

    def arithmetic(self, da, step):
        other = step["with"]
        if isinstance(other, dict):
            run = Run(other)
            other = run.steps()
        elif isinstance(other, str):
            other = self.second(other)
        da = da.astype("f8")
        other = other if isinstance(other, (int, float)) else other.astype("f8")
        if step["op"] in ("add", "subtract"):
            self.absolute = max(self.absolute, allowed(da), allowed(other))
        with np.errstate(all="ignore"):
            return getattr(da, ARITHMETIC[step["op"]])(other)

    do_add = do_subtract = do_multiply = do_divide = arithmetic

    # steps with several answers or two operands

    def second(self, name):
        if name not in dataset(self.document["source"]).variables:
            raise Refused("not_found")
        return variable(self.document, name)

    def do_trend(self, da, step):
        if len(step["dims"]) != 1:
            raise Refused("invalid_document")
        return trend(da, step["dims"][0])

    def do_correlation(self, da, step):
        other = self.second(step["with"])
        return correlate(da.astype("f8"), other.astype("f8"), step)

    do_covariance = do_correlation

    def do_regrid(self, da, step):
        answer = regrid(dataset(self.document["source"]), da, step)
        if answer is None:
            raise Refused("unsupported")
        return answer


def allowed(values):
    """What a few roundings of numbers as large as these amount to: the error of their differences."""
    values = np.abs(np.asarray(values, "f8"))
    return 4 * EPS * float(np.max(values, initial=0.0, where=np.isfinite(values)))


def check_windows(da, step):
    if not set(step["windows"]) <= set(da.dims) or min(step["windows"].values()) < 1:
        raise Refused("invalid_document")


def one_weighted(da, w, op, dims, skipna):
    dims = list(dims or da.dims)
    with np.errstate(all="ignore"):
        native = getattr(da.weighted(w), op)(dims, skipna=skipna)
    da, w = xr.broadcast(da, w)
    other = xr.apply_ufunc(exact.weighted, da, w, input_core_dims=[dims, dims], vectorize=True,
                           kwargs={"op": op, "skipna": skipna}, output_dtypes=["f8"])
    other = other.transpose(*native.dims)
    agree(native, other, op)
    return native.copy(data=other.values)


def mean_time(times):
    """The mean of instants of one calendar, counted from the first."""
    first = times[0]
    return first + sum((t - first for t in times[1:]), times[0] - first) / len(times)


def agree(native, other, op):
    """xarray's numbers are the exact ones but for its own rounding."""
    assert native.dims == other.dims and native.shape == other.shape, (op, native.dims, other.dims)
    a, b = native.values.astype("f8"), other.values.astype("f8")
    largest = np.nanmax(np.abs(b)) if np.isfinite(b).any() else 1.0
    np.testing.assert_allclose(a, b, rtol=1e-7 if op in ("std", "var") else 1e-11, atol=largest * 1e-11, err_msg=op)



