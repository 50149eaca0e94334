"""The steps of a document, each by the xarray method that it is named after."""

from functools import partial

import dask.array
import numpy as np
import xarray as xr

from .document import GROUPINGS
from .errors import ZarrscopeError
from .functions.axes import axis
from .functions.float64 import float64
from .functions.histogram import edges_of, histogram
from .functions.order import median, position, quantile
from .functions.pairs import correlation, covariance
from .functions.regrid import conservative, grid, interpolate
from .functions.selection import time_of
from .functions.trend import trend
from .functions.windows import float64_labels, padded, unless_missing, weighted_windows

MOMENTS = ("mean", "sum", "std", "var")
PLAIN = ("min", "max", "count")
SIGNS = {"add": "__add__", "subtract": "__sub__", "multiply": "__mul__", "divide": "__truediv__"}


class Steps:
    """A variable of a selected dataset on its way through the steps; `operand` evaluates documents and paths."""

    def __init__(self, ds, name, operand):
        self.ds, self.name, self.operand = ds, name, operand
        self.edges = {}  # of histograms, which are coordinates of another dimension

    def take(self, da, steps):
        """The array after the steps; a Dataset after a trend."""
        steps = list(steps)
        while steps:
            first = steps.pop(0)
            if isinstance(da, xr.Dataset):
                da = da["slope"]  # as in the browser, whose steps go on with the first of several results
            if first["op"] in GROUPINGS:
                da = self.grouped(da, first, steps.pop(0))
            else:
                da = getattr(self, first["op"], self.reduce)(da, first)
        return da

    def weights(self, spec):
        if spec == "area":
            return self.ds["cell_area"].fillna(0.0)
        found = self.variable(spec).astype("float64").fillna(0.0)
        extra = set(found.dims) - set(self.ds[self.name].dims)
        if extra:
            raise ZarrscopeError("invalid_document", f"the weights {spec} have a dimension {extra.pop()} that {self.name} has not")
        return found

    def variable(self, path):
        name = path.split("/")[-1]
        if name not in self.ds.variables:
            raise ZarrscopeError("not_found", f"{path!r} is no array of the source")
        return self.ds[name]

    # reductions

    def check(self, da, dims, op):
        for dim in dims or ():
            if dim not in da.dims:
                raise ZarrscopeError("invalid_document", f"{op} over {dim!r}: there is {', '.join(map(str, da.dims))}")

    def reduce(self, da, step):
        op, dims, skipna = step["op"], step.get("dims"), step.get("skipna", True)
        self.check(da, dims, op)
        if op == "count":
            return da.count(dims)
        if op == "median":
            return median(float64(da), dims, skipna)
        if op == "quantile":
            return quantile(da.astype("float64"), step["q"], dims, skipna)
        if op in ("min", "max"):
            return getattr(da, op)(dims, skipna=skipna)
        if "weights" in step:
            return getattr(float64(da).weighted(self.weights(step["weights"])), op)(dims, skipna=skipna)
        if op in ("std", "var"):
            return spread(float64(da), step, dims, skipna)
        return getattr(float64(da), op)(dims, skipna=skipna, **options(step))

    def argmin(self, da, step):
        dims = step.get("dims")
        self.check(da, dims, step["op"])
        dim = dims[0] if dims else None
        if step.get("skipna", True):
            return position(da, step["op"], dim)
        return position(da.fillna(-np.inf if step["op"] == "argmin" else np.inf), step["op"], dim)

    argmax = argmin

    def histogram(self, da, step):
        dims = step.get("dims")
        self.check(da, dims, "histogram")
        das, specs = [da], [step]
        if "with" in step:
            das.append(self.variable(step["with"]["variable"]))
            specs.append(step["with"])
        edges = [edges_of(d.astype("float64"), s.get("bins", 10), s.get("range")) for d, s in zip(das, specs)]
        weights = self.weights(step["weights"]) if "weights" in step else None
        self.edges = {f"{name}_edges": (f"{name}_edge", e) for name, e in zip(("bin", "bin_2"), edges)}
        return histogram(das, edges, dims, weights, step.get("density", False))

    # groups, periods, blocks, windows

    def grouped(self, da, grouping, step):
        op = step["op"]
        if op in ("histogram", "argmin", "argmax"):
            raise ZarrscopeError("unsupported", f"{op} after {grouping['op']}")
        self.check(da, step.get("dims"), op)
        da = da if op in PLAIN else float64(da)
        return getattr(self, f"of_{grouping['op']}")(da, grouping, step)

    def of_groupby(self, da, grouping, step):
        by = grouping["by"]
        name, _, part = by.partition(".") if by not in self.ds.variables else (by, "", "")
        if name not in da.coords and name in self.ds.variables and self.ds[name].ndim == 1:
            da = da.assign_coords({name: self.ds[name]})
        if name not in da.coords or da[name].ndim != 1:
            raise ZarrscopeError("invalid_document", f"groupby {by!r}: no coordinate {name!r} along a dimension")
        dim = da[name].dims[0]
        if part and not (da[name].dtype.kind == "M" or isinstance(da.indexes.get(name), xr.CFTimeIndex)):
            raise ZarrscopeError("invalid_document", f"groupby {by!r}: {name} holds no times")
        if part not in ("", "month", "season", "dayofyear", "hour", "year", "day"):
            raise ZarrscopeError("invalid_document", f"groupby {by!r}: a time has no {part!r}")
        da = da.assign_coords({name: da[name].compute()})
        if da[name].isnull().all():
            raise ZarrscopeError("unsupported", f"groupby {by!r}: all labels are missing")
        self.covers(step, [dim], "groupby")
        whole, groups = da, da.groupby(by)
        if step["op"] == "anomaly":
            skipna = step.get("skipna", True)
            if step.get("dims"):
                raise ZarrscopeError("invalid_document", "anomaly after groupby takes no `dims`")
            answer = groups - groups.mean(skipna=skipna)
            return answer.drop_vars([c for c in answer.coords if c not in whole.coords]).transpose(*whole.dims)
        return self.of_groups(groups, [dim], step)

    def of_resample(self, da, grouping, step):
        dim, frequency = time_of(da), grouping["time"]
        if dim is None:
            raise ZarrscopeError("invalid_document", "resample needs a dimension whose labels are times")
        self.covers(step, [dim], "resample")
        weeks = frequency.lstrip("0123456789").split("-")[0] == "W"
        if weeks and da[dim].dtype == object:
            raise ZarrscopeError("unsupported", f"weeks in the calendar {da.indexes[dim].calendar}")
        try:
            groups = da.resample({dim: frequency})
        except (ValueError, TypeError) as error:
            raise ZarrscopeError("invalid_document", f"no frequency {frequency!r}: {error}") from error
        return self.of_groups(groups, [dim], step)

    def of_groups(self, groups, grouped, step):
        op, dims, skipna = step["op"], step.get("dims"), step.get("skipna", True)
        over = dims or grouped
        if op == "count":
            return groups.count(dims)
        if op == "median":
            return groups.map(lambda part: median(part, over, skipna))
        if op == "quantile":
            found = groups.map(lambda part: quantile(part, step["q"], over, skipna))
            return found.transpose("quantile", ...) if "quantile" in found.dims else found
        if "weights" in step:
            w = self.weights(step["weights"])
            return groups.map(lambda part: getattr(part.weighted(w), op)(over, skipna=skipna))
        found = getattr(groups, op)(dims, skipna=skipna, **options(step))
        return found.where(groups.count(dims) > step["ddof"]) if step.get("ddof", 0) > 0 else found

    def covers(self, step, grouped, what):
        left = [dim for dim in grouped if step.get("dims") is not None and dim not in step["dims"]]
        if left:
            raise ZarrscopeError("invalid_document", f"{step['op']} after {what} must be over {left[0]!r}")

    def of_coarsen(self, da, grouping, step):
        windows, boundary = grouping["windows"], grouping.get("boundary", "exact")
        self.check(da, windows, "coarsen")
        self.covers(step, windows, "coarsen")
        if boundary == "exact" and any(da.sizes[dim] % n for dim, n in windows.items()):
            raise ZarrscopeError("invalid_document", "coarsen: positions do not fill blocks; say `boundary`")
        da = float64_labels(da, windows)

        def blocks(x):
            return x.coarsen(windows, boundary=boundary)

        if "weights" in step:
            w = self.weights(step["weights"])
            found = weighted_windows(da, w, windows, blocks, step["op"], step.get("skipna", True))
        else:
            found = padded(da, windows, partial(within, step)) if boundary == "pad" else within(step, blocks(da))
        return self.others(found, step, windows)

    def of_rolling(self, da, grouping, step):
        windows = grouping["windows"]
        self.check(da, windows, "rolling")
        self.covers(step, windows, "rolling")
        how = {"center": grouping.get("center", False)}
        least = {"min_periods": grouping["minPeriods"]} if "minPeriods" in grouping else {}

        def moving(x):
            return x.rolling(windows, **how, **least)

        if "weights" in step:
            found = weighted_windows(da, self.weights(step["weights"]), windows, moving, step["op"])
        else:
            found = within({**step, "skipna": True}, moving(da))
        if not step.get("skipna", True) and step["op"] != "count":
            found = unless_missing(da, found, windows, **how)
        return self.others(found, step, windows)

    def others(self, found, step, windows):
        """Dimensions that the reduction names beside the windows'."""
        if set(step.get("dims") or ()) - set(windows):
            raise ZarrscopeError("unsupported", f"{step['op']} of windows over other dimensions, too: take a step more for these")
        return found

    # steps that keep the shape

    def anomaly(self, da, step):
        self.check(da, step.get("dims"), "anomaly")
        da = da.astype("float64")
        return da - da.mean(step.get("dims"), skipna=step.get("skipna", True))

    def scale(self, da, step):
        scaled = da.astype("float64") * float(step.get("factor", 1.0)) + float(step.get("offset", 0.0))
        units = step.get("units", da.attrs.get("units"))
        return scaled.assign_attrs(da.attrs | ({} if units is None else {"units": units}))

    def cumsum(self, da, step):
        self.check(da, step.get("dims"), "cumsum")
        return float64(da).cumsum(step.get("dims"), skipna=step.get("skipna", True))

    def arithmetic(self, da, step):
        other = step["with"]
        if isinstance(other, str):
            other = self.variable(other)
        elif not isinstance(other, float):
            other = self.operand(other)
        return getattr(da.astype("float64"), SIGNS[step["op"]])(other if isinstance(other, float) else other.astype("float64"))

    add = subtract = multiply = divide = arithmetic

    # steps with several answers or two operands

    def trend(self, da, step):
        self.check(da, step["dims"], "trend")
        dim = step["dims"][0]
        if dim in da.coords and da[dim].dtype.kind in "SUT":
            raise ZarrscopeError("unsupported", f"a trend along {dim!r}, whose labels are text")
        return trend(da, dim)

    def pair(self, da, step):
        other = step["with"]
        other = self.variable(other) if isinstance(other, str) else self.operand(other)
        self.check(xr.broadcast(da, other)[0], step.get("dims"), step["op"])
        if step["op"] == "correlation":
            return correlation(da, other, step.get("dims"))
        return covariance(da, other, step.get("dims"), step.get("ddof", 1))

    correlation = covariance = pair

    def regrid(self, da, step):
        method = step.get("method", "bilinear")
        for wanted in ("latitude", "longitude"):
            found = axis(self.ds, self.name, wanted)
            if found is None or found.name not in da.dims:
                raise ZarrscopeError("unsupported", f"regrid without a dimension of {wanted}")
        to = [step[key] for key in ("lat", "lon")]
        to = [t if isinstance(t, list) else grid(t["from"], t["to"], t["step"]) for t in to]
        if method == "conservative":
            return conservative(self.ds, self.name, da, *to)
        return interpolate(self.ds, self.name, da, *to, method)


def one_of(da, dims):
    """One of the values that each cell is made of. Differences from it keep the digits that an offset takes."""
    one = da.isel(dict.fromkeys(dims, 0), drop=True)
    return one.where(np.isfinite(one), 0.0)


def spread(da, step, dims, skipna):
    """std or var."""
    over = list(da.dims if dims is None else dims)
    found = getattr(da - one_of(da, over), step["op"])(over, skipna=skipna, **options(step))
    # Dask divides by nothing or less than that where numpy has no answer.
    return found.where(da.count(over) > step["ddof"]) if step.get("ddof", 0) > 0 else found


def options(step):
    """What moments take beside `skipna`, in xarray's names."""
    found = {"ddof": step["ddof"]} if "ddof" in step else {}
    return found | ({"min_count": step["minCount"]} if step.get("minCount") else {})


def within(step, windows):
    """A reduction of blocks or moving windows."""
    op, skipna = step["op"], step.get("skipna", True)
    if op == "count" or (op in ("mean", "min", "max", "sum", "std", "var") and skipna and not options(step)):
        return getattr(windows, op)()
    if op == "quantile":
        qs = step["q"] if isinstance(step["q"], list) else [step["q"]]
        function = dask.array.nanquantile if skipna else dask.array.quantile
        parts = [windows.reduce(partial(function, q=q)) for q in qs]
        return xr.concat(parts, xr.IndexVariable("quantile", qs)) if isinstance(step["q"], list) else parts[0]
    ddof = {"ddof": step.get("ddof", 0)} if op in ("std", "var") else {}
    found = windows.reduce(partial(getattr(dask.array, f"nan{op}" if skipna else op), **ddof))
    return found.where(windows.count() >= step["minCount"]) if step.get("minCount") else found
