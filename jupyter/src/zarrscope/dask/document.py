"""The analysis document, version 1, as a checked dict. A member that is not known, or not of its form, is refused by name."""

import json
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

from .errors import ZarrscopeError

MEMBERS = ("version", "source", "variable", "variables", "select", "steps", "precision", "decode", "storage")
SELECTORS = ("from", "to", "nearest", "values", "index", "start", "stop", "step")
STORAGE = ("endpoint", "region", "headers", "query", "rewrite")
GROUPINGS = ("groupby", "resample", "coarsen", "rolling")
REDUCTIONS = ("mean", "sum", "min", "max", "std", "var", "count", "median", "quantile", "argmin", "argmax", "histogram")
OVER = ("dims", "skipna")
STEPS = {
    "mean": (*OVER, "weights"),
    "sum": (*OVER, "weights", "minCount"),
    "std": (*OVER, "weights", "ddof"),
    "var": (*OVER, "weights", "ddof"),
    "min": OVER,
    "max": OVER,
    "count": OVER,
    "median": OVER,
    "quantile": (*OVER, "q"),
    "argmin": OVER,
    "argmax": OVER,
    "histogram": (*OVER, "bins", "range", "weights", "density", "with"),
    "groupby": ("by",),
    "resample": ("time",),
    "coarsen": ("windows", "boundary"),
    "rolling": ("windows", "center", "minPeriods"),
    "trend": ("dims",),
    "scale": ("factor", "offset", "units"),
    "anomaly": OVER,
    "cumsum": OVER,
    "correlation": ("with", "dims"),
    "covariance": ("with", "dims", "ddof"),
    "regrid": ("method", "lat", "lon"),
    "add": ("with",),
    "subtract": ("with",),
    "multiply": ("with",),
    "divide": ("with",),
}
REQUIRED = {
    "quantile": ("q",), "groupby": ("by",), "resample": ("time",), "coarsen": ("windows",), "rolling": ("windows",),
    "trend": ("dims",), "correlation": ("with",), "covariance": ("with",), "regrid": ("lat", "lon"),
    "add": ("with",), "subtract": ("with",), "multiply": ("with",), "divide": ("with",),
}  # fmt: skip
MAX_DEPTH = 8


def invalid(message):
    return ZarrscopeError("invalid_document", message)


def checked(document):
    """The document as a dict of its own, from a dict or its JSON."""
    if isinstance(document, (str, bytes)):
        try:
            document = json.loads(document)
        except json.JSONDecodeError as error:
            # The parser's own message quotes the text, which may hold a token.
            raise invalid("the document is no JSON") from error
    return within(document, 0)


def within(document, depth):
    """The same of a document that stands in so many others."""
    if depth > MAX_DEPTH:
        raise ZarrscopeError("too_large", f"documents in documents: at most {MAX_DEPTH}")
    document = known(document, "the document", MEMBERS)
    if document.get("version", 1) != 1:
        raise ZarrscopeError("unsupported", f"version {document['version']} of the analysis document; known is 1")
    if not isinstance(document.get("source"), str):
        raise invalid("`source` must be text")
    several = document.get("variables")
    if several is not None:
        if document.get("variable") is not None:
            raise invalid("both `variable` and `variables`")
        if depth > 0:
            raise invalid("`variables` in `with`: an operand is one variable")
        if not is_list(several) or not several or not all(isinstance(path, str) for path in several):
            raise invalid("`variables` must be a list of paths")
        several = [path.strip("/") for path in several]
        if len(set(several)) < len(several):
            raise invalid("`variables` must be a list of paths, each once")
    elif not isinstance(document.get("variable"), str):
        raise invalid("`variable` must be text")
    if document.get("precision", "exact") != "exact":
        raise ZarrscopeError("unsupported", "an estimate (`precision`): here all chunks are read; leave it out for the exact result")
    steps = document.get("steps", [])
    if not is_list(steps):
        raise invalid("`steps` must be a list")
    select = document.get("select", {})
    if not isinstance(select, Mapping):
        raise invalid("`select` must be an object")
    return {
        "source": document["source"],
        "storage": storage(document.get("storage", {})),
        "variables": several or [document["variable"].strip("/")],
        "several": several is not None,
        "select": {dim: selector(dim, form) for dim, form in select.items()},
        "steps": followed([step(s, depth) for s in steps]),
        "decode": flag(document, "decode", True),
    }


def known(value, what, members):
    """An object without what is null; other members than these are refused."""
    if not isinstance(value, Mapping):
        raise invalid(f"{what} must be an object")
    for key in value:
        if key not in members:
            raise invalid(f"{what} has no member {key!r}; known are {', '.join(members)}")
    return {key: v for key, v in value.items() if v is not None}


def is_list(value):
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def is_whole(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def flag(value, key, default):
    found = value.get(key, default)
    if not isinstance(found, bool):
        raise invalid(f"`{key}` must be true or false, not {found!r}")
    return found


def storage(value):
    """The value may hold secrets: messages must not."""
    wrong = "`storage` may hold `endpoint`, `region` and `query`, all text, and `headers` and `rewrite`, text by text"
    if not isinstance(value, Mapping) or set(value) - set(STORAGE):
        raise invalid(wrong)
    for key, v in value.items():
        texts = v.values() if isinstance(v, Mapping) and key in ("headers", "rewrite") else [v]
        if v is not None and not all(isinstance(text, str) for text in texts):
            raise invalid(wrong)
    return {key: v for key, v in value.items() if v is not None}


def selector(dim, form):
    """One form; positions are integers, labels numbers or text."""
    form = known(form, f"`select.{dim}`", SELECTORS)
    by_slice = set(form) & {"start", "stop", "step"}
    forms = [bool(set(form) & {"from", "to"}), "nearest" in form, "values" in form, "index" in form, bool(by_slice)]
    if sum(forms) != 1:
        raise invalid(f"`select.{dim}` takes exactly one form: from/to, nearest, values, index, or start/stop/step")
    for key, value in form.items():
        for one in value if key in ("nearest", "values", "index") and is_list(value) else [value]:
            if key in ("from", "to", "nearest", "values"):
                if not is_number(one) and not isinstance(one, str):
                    raise invalid(f"`select.{dim}`: no label: {one!r}")
            elif not is_whole(one):
                raise invalid(f"`select.{dim}`: positions are integers: {one!r}")
    if form.get("step", 1) < 1:
        raise invalid(f"`select.{dim}`: `step` must be positive")
    return form


def followed(steps):
    """A grouping is nothing without what is done to each group."""
    for i, grouping in enumerate(steps):
        if grouping["op"] in GROUPINGS:
            after = steps[i + 1]["op"] if i + 1 < len(steps) else None
            if after not in REDUCTIONS and not (after == "anomaly" and grouping["op"] == "groupby"):
                raise invalid(f'after "{grouping["op"]}" must come what to do with each group')
    return steps


def step(value, depth):
    if not isinstance(value, Mapping) or not isinstance(value.get("op"), str):
        raise invalid("a step without `op`")
    op = value["op"]
    if op not in STEPS:
        raise invalid(f"no operation is called {op!r}")
    found = known(value, f"the step {op!r}", ("op", *STEPS[op]))
    for key in REQUIRED.get(op, ()):
        if key not in found:
            raise invalid(f"`{key}` of {op!r} is missing")
    if isinstance(found.get("dims"), str):
        found["dims"] = [found["dims"]]
    for key, one in found.items():
        CHECKS.get(key, lambda *_: None)(op, key, one)
    if "with" in found:
        found["with"] = operand(op, found["with"], depth)
    if op in ("argmin", "argmax") and len(found.get("dims", ["one"])) != 1:
        raise invalid(f"{op!r} takes one dimension, or none for the position among all")
    if op == "trend" and len(found["dims"]) != 1:
        raise invalid('`dims` of "trend" must be one dimension')
    return found


def operand(op, value, depth):
    if op == "histogram":
        second = known(value, "`with` of 'histogram'", ("variable", "bins", "range"))
        if not isinstance(second.get("variable"), str):
            raise invalid("`variable` in `with` of 'histogram' must be text")
        for key in ("bins", "range"):
            if key in second:
                CHECKS[key](op, key, second[key])
        return second
    if isinstance(value, str):
        return value.strip("/")
    if is_number(value) and op not in ("correlation", "covariance"):
        return float(value)
    if isinstance(value, Mapping):
        return within(value, depth + 1)
    raise invalid(f"`with` of {op!r} must be a number, a path, or a document")


def check(test, wish):
    def refuse_unless(op, key, value):
        if not test(value):
            raise invalid(f"`{key}` of {op!r} must be {wish}, not {value!r}")

    return refuse_unless


def ascends(values):
    return all(is_number(v) for v in values) and all(a < b for a, b in zip(values, values[1:]))


def are_windows(value):
    return isinstance(value, Mapping) and bool(value) and all(is_whole(n) and n > 0 for n in value.values())


def is_axis(value):
    if is_list(value):
        return bool(value) and all(map(is_number, value))
    if not isinstance(value, Mapping) or set(value) != {"from", "to", "step"} or not all(map(is_number, value.values())):
        return False
    return value["step"] != 0 and (value["to"] - value["from"]) / value["step"] >= 0


CHECKS = {
    "dims": check(lambda v: is_list(v) and all(isinstance(d, str) for d in v), "names of dimensions"),
    "skipna": check(lambda v: isinstance(v, bool), "true or false"),
    "density": check(lambda v: isinstance(v, bool), "true or false"),
    "center": check(lambda v: isinstance(v, bool), "true or false"),
    "weights": check(lambda v: isinstance(v, str), 'text: "area" or a path'),
    "by": check(lambda v: isinstance(v, str), "text"),
    "time": check(lambda v: isinstance(v, str), "text"),
    "units": check(lambda v: isinstance(v, str), "text"),
    "ddof": check(is_number, "a number"),
    "factor": check(is_number, "a number"),
    "offset": check(is_number, "a number"),
    "minCount": check(lambda v: is_whole(v) and v >= 0, "a whole number from 0 on"),
    "minPeriods": check(lambda v: is_whole(v) and v >= 0, "a whole number from 0 on"),
    "q": check(lambda v: all(is_number(q) and 0 <= q <= 1 for q in (v if is_list(v) else [v])), "from 0 to 1"),
    "bins": check(lambda v: (is_list(v) and len(v) > 1 and ascends(v)) or (is_whole(v) and v > 0), "a count, or ascending edges"),
    "range": check(lambda v: is_list(v) and len(v) == 2 and ascends(v), "[low, high]"),
    "windows": check(are_windows, "a whole number from 1 on for each of some dimensions"),
    "boundary": check(lambda v: v in ("exact", "trim", "pad"), '"exact", "trim" or "pad"'),
    "method": check(lambda v: v in ("bilinear", "nearest", "conservative"), '"bilinear", "nearest" or "conservative"'),
    "lat": check(is_axis, "a list of numbers, or {from, to, step}"),
    "lon": check(is_axis, "a list of numbers, or {from, to, step}"),
}
