"""Documents of the first kind: reductions, order statistics, positions, scales, sums along, anomalies, weights."""

from nist import CERTIFIED

GRID = "tests/fixtures/analysis/stores/grid"
MONTHS = "tests/fixtures/analysis/stores/months-"
SAMPLES = "www/samples/"
SOME = {"time": {"start": 5, "stop": 29}, "lat": {"from": 45, "to": 5}, "lon": {"start": 2, "stop": 11, "step": 3}}
CORNER = {"time": {"from": "2001-01-12", "to": "2001-02-03"}, "lat": {"start": 4}, "lon": {"values": [200, 222.5, 275]}}
ONE = {"lat": {"index": 3}, "lon": {"nearest": 243.0}}
OSTIA = {"latitude": {"from": -3, "to": 4}, "longitude": {"from": 40, "to": 48}}
E1 = {"time": {"from": "1990", "to": "2009"}, "latitude": {"from": 40, "to": 45}, "longitude": {"start": 10, "stop": 14}}
NEMO = {"y": {"start": 150, "stop": 190, "step": 5}, "x": {"start": 100, "stop": 112, "step": 3}}
COADS = {"TIME": {"start": 0, "stop": 12}, "COADSY": {"from": -12, "to": 12}, "COADSX": {"from": 150, "to": 170}}
HSWM = {"grid_cells": {"start": 40, "stop": 56}}

STORES = [  # (label, store, variable, select)
    ("float32", GRID, "t", SOME), ("offset", GRID, "ps", SOME), ("packed", GRID, "q", CORNER), ("nothing", GRID,
        "nothing", CORNER),
    ("integer", GRID, "n", SOME), ("unsigned", GRID, "u", CORNER), ("edges", GRID, "t", {"lat": {"start": 4},
        "lon": {"values": [200, 275]}}),
]
REAL = [
    ("ostia", SAMPLES + "ostia.v3.sharded", "surface_temperature", OSTIA, "time", "latitude"),
    ("e1", SAMPLES + "e1.v2.zstd", "air_temperature", E1, "time", "latitude"),
    ("nemo", SAMPLES + "nemo.v3.packed", "tos", NEMO, "time_counter", "x"),
    ("coads", SAMPLES + "coads.v2.be-fortran", "SST", COADS, "TIME", "COADSX"),
    ("hswm", SAMPLES + "hswm.v2.noleap", "thickness", HSWM, "time", "grid_cells"),
]


def everywhere(op, more=(), **options):
    """Over one dimension, two, and all, of every kind of store."""
    cases = []
    for label, store, variable, chosen in STORES:
        cases.append((f"{label}, over time", store, variable, chosen, [{"op": op, "dims": ["time"], **options}]))
        if label in ("float32", "packed", "integer"):
            cases.append((f"{label}, over lat and lon", store, variable, chosen, [{"op": op, "dims": ["lat", "lon"],
                **options}]))
        cases.append((f"{label}, over all", store, variable, chosen, [{"op": op, **options}]))
    for label, store, variable, chosen, first, second in REAL:
        cases.append((f"{label}, over {first}", store, variable, chosen, [{"op": op, "dims": [first], **options}]))
        cases.append((f"{label}, over {second}", store, variable, {**chosen, first: {"index": 1}}, [{"op": op,
            "dims": [second], **options}]))
    return cases + list(more)


def grid(name, variable, chosen, *steps):
    return (name, GRID, variable, chosen, list(steps))


def months(name, chosen, *steps, calendar="proleptic_gregorian"):
    return (name, MONTHS + calendar, "t", chosen, list(steps))


KEEP = {"op": "mean", "dims": ["time"], "skipna": False}


def moments():
    yield "mean", everywhere("mean", [grid("missing values decide", "t", SOME, KEEP),
                                      grid("missing values decide, integers", "n", SOME, KEEP),
                                      grid("no such dimension", "t", SOME, {"op": "mean", "dims": ["level"]})])
    yield "sum", everywhere("sum", [
        grid(f"at least {n}", "t", {"lat": {"start": 4}, "lon": {"values": [200, 275]}}, {"op": "sum", "dims": ["time"],
            "minCount": n})
        for n in (0, 1, 2, 3)] + [grid("missing values decide", "t", SOME, {"op": "sum", "dims": ["time"],
            "skipna": False})])
    for op in ("std", "var"):
        yield op, everywhere(op, [
            grid(f"ddof {n}", "t", {"lat": {"start": 4}, "lon": {"values": [200, 275]}}, {"op": op, "dims": ["time"],
                "ddof": n})
            for n in (1, 2)] + [grid("missing values decide", "t", SOME, {"op": op, "dims": ["time"], "skipna": False})])
    for op in ("min", "max"):
        yield op, everywhere(op, [grid("missing values decide", "t", SOME, {"op": op, "dims": ["time"], "skipna": False})])
    yield "count", everywhere("count")


def order():
    yield "median", everywhere("median", [
        grid("missing values decide", "t", SOME, {"op": "median", "dims": ["time"], "skipna": False}),
        grid("of even and odd numbers", "ps", {"time": {"start": 0, "stop": 8}, "lat": {"index": -1}}, {"op": "median",
            "dims": ["lon"]})])
    yield "quantile", everywhere("quantile", [
        grid("a list leads", "t", CORNER, {"op": "quantile", "q": [0.0, 0.05, 0.5, 0.95, 1.0], "dims": ["time"]}),
        grid("a list over all", "q", CORNER, {"op": "quantile", "q": [0.25, 0.75]}),
        grid("a list of one", "t", CORNER, {"op": "quantile", "q": [0.3], "dims": ["time", "lat"]}),
        grid("unsorted list", "ps", CORNER, {"op": "quantile", "q": [0.9, 0.1, 0.9], "dims": ["lat"]}),
        grid("missing values decide", "t", SOME, {"op": "quantile", "q": 0.5, "dims": ["time"], "skipna": False}),
        grid("a third", "ps", {"time": {"start": 0, "stop": 10}, **ONE}, {"op": "quantile", "q": 0.3333333333333333}),
        grid("one value and two", "t", {"lat": {"start": 5}, "lon": {"values": [200, 275]}}, {"op": "quantile", "q": [0.1,
            0.7], "dims": ["time"]}),
        grid("beyond 1", "t", SOME, {"op": "quantile", "q": 1.5, "dims": ["time"]}),
        grid("not weighted", "t", SOME, {"op": "quantile", "q": 0.5, "weights": "area"}),
    ], q=0.9)
    for op in ("argmin", "argmax"):
        yield op, [
            *[(f"{label}, along time", store, v, c, [{"op": op, "dims": ["time"]}]) for label, store, v, c in STORES],
            *[(f"{label}, flat", store, v, c, [{"op": op}]) for label, store, v, c in STORES],
            *[(f"{label}, along {d}", store, v, c, [{"op": op, "dims": [d]}]) for label, store, v, c, d, _ in REAL],
            grid("ties: the first", "n", {"time": {"start": 0, "stop": 12}}, {"op": "scale", "factor": 0.0}, {"op": op,
                "dims": ["lat"]}),
            grid("along lon of descending rows", "t", CORNER, {"op": op, "dims": ["lon"]}),
            grid("of a mean", "t", {}, {"op": "mean", "dims": ["time"]}, {"op": op, "dims": ["lat"]}),
            grid("two dimensions", "t", SOME, {"op": op, "dims": ["lat", "lon"]}),
            grid("missing values are found first", "t", CORNER, {"op": op, "dims": ["time"], "skipna": False}),
        ]


def shape_kept():
    few = {"time": {"start": 6, "stop": 13}, "lat": {"start": 4}, "lon": {"values": [200, 222.5, 275]}}
    yield "scale", [
        grid("degrees", "t", few, {"op": "scale", "factor": 1.8, "offset": -459.67, "units": "degF"}),
        grid("offset alone", "ps", few, {"op": "scale", "offset": -101325.0}),
        grid("factor alone, integers", "n", few, {"op": "scale", "factor": 0.5, "units": "m"}),
        grid("packed", "q", few, {"op": "scale", "factor": 0.001, "units": "kg kg-1"}),
        grid("then the mean", "t", few, {"op": "scale", "offset": -273.15, "units": "degC"}, {"op": "mean",
            "dims": ["time"]}),
        grid("after the mean", "t", few, {"op": "mean", "dims": ["time"]}, {"op": "scale", "offset": -273.15,
            "units": "degC"}),
    ]
    yield "cumsum", [
        grid("along time", "t", few, {"op": "cumsum", "dims": ["time"]}),
        grid("along lat", "t", few, {"op": "cumsum", "dims": ["lat"]}),
        grid("along all", "t", few, {"op": "cumsum"}),
        grid("along two", "ps", few, {"op": "cumsum", "dims": ["time", "lon"]}),
        grid("missing values stay missing from there", "t", few, {"op": "cumsum", "dims": ["time"], "skipna": False}),
        grid("integers", "n", few, {"op": "cumsum", "dims": ["time"]}),
        grid("unsigned", "u", few, {"op": "cumsum", "dims": ["lon"]}),
        grid("packed", "q", few, {"op": "cumsum", "dims": ["time"]}),
        grid("nothing", "nothing", few, {"op": "cumsum", "dims": ["time"]}),
        months("of a monthly mean", {"lon": {"index": 0}}, {"op": "groupby", "by": "time.month"}, {"op": "mean"},
            {"op": "cumsum", "dims": ["month"]}),
    ]
    wide = {"lat": {"start": 4}, "lon": {"values": [200, 222.5, 275]}}
    yield "anomaly", [
        grid("from the time mean", "t", {**wide, "lon": {"index": 0}}, {"op": "anomaly", "dims": ["time"]}),
        grid("from the mean over the map", "t", few, {"op": "anomaly", "dims": ["lat", "lon"]}),
        grid("from the mean of all", "q", few, {"op": "anomaly"}),
        grid("large offset", "ps", few, {"op": "anomaly", "dims": ["time"]}),
        grid("integers", "n", few, {"op": "anomaly", "dims": ["time"]}),
        grid("missing values decide", "t", few, {"op": "anomaly", "dims": ["time"], "skipna": False}),
        grid("then its spread", "t", wide, {"op": "anomaly", "dims": ["time"]}, {"op": "std", "dims": ["time"]}),
        grid("of the zonal mean", "t", few, {"op": "mean", "dims": ["lon"]}, {"op": "anomaly", "dims": ["lat"]}),
        months("from the month", {"lon": {"index": 0}}, {"op": "groupby", "by": "time.month"}, {"op": "anomaly"}),
        months("from the season, noleap", {"lat": {"index": 1}}, {"op": "groupby", "by": "time.season"},
            {"op": "anomaly"}, calendar="noleap"),
        months("from the year, then the spread of all", {}, {"op": "groupby", "by": "time.year"}, {"op": "anomaly"},
            {"op": "std", "dims": ["time"]}),
        months("from the month, then by season", {"lat": {"index": 1}}, {"op": "groupby", "by": "time.month"},
            {"op": "anomaly"},
               {"op": "groupby", "by": "time.season"}, {"op": "var"}),
        grid("from the basin", "t", {"time": {"start": 0, "stop": 4}}, {"op": "groupby", "by": "basin"}, {"op": "anomaly"}),
        grid("from the belt: rows without one are gone", "t", {"time": {"start": 0, "stop": 4}}, {"op": "groupby",
            "by": "belt"}, {"op": "anomaly"}),
    ]


def weighted():
    yield "weights", [
        *[grid(f"{op}, area from bounds", "t", {"time": {"start": 5, "stop": 15}}, {"op": op, "dims": ["lat", "lon"],
            "weights": "area"})
          for op in ("mean", "sum", "std", "var")],
        *[grid(f"{op}, cell areas", "cold", {"time": {"start": 5, "stop": 15}}, {"op": op, "dims": ["lat", "lon"],
            "weights": "area"})
          for op in ("mean", "sum", "std", "var")],
        *[months(f"{op}, cosine", {"time": {"start": 26, "stop": 34}}, {"op": op, "dims": ["lat", "lon"], "weights": "area"})
          for op in ("mean", "sum", "std", "var")],
        grid("area, over lat alone", "t", {"time": {"start": 7, "stop": 12}}, {"op": "mean", "dims": ["lat"],
            "weights": "area"}),
        grid("area, over lon alone", "t", {"time": {"start": 7, "stop": 9}}, {"op": "mean", "dims": ["lon"],
            "weights": "area"}),
        grid("area, over time alone", "t", {"lat": {"start": 4}}, {"op": "mean", "dims": ["time"], "weights": "area"}),
        grid("area, over all", "t", {}, {"op": "mean", "weights": "area"}),
        grid("area, of one row", "t", {"lat": {"index": 2}}, {"op": "mean", "dims": ["lon"], "weights": "area"}),
        grid("area, of a part", "t", SOME, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}),
        grid("cell areas of a part", "cold", CORNER, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}),
        *[grid(f"{op}, a variable with a missing weight", "t", {"time": {"start": 5, "stop": 12}}, {"op": op,
            "dims": ["lat", "lon"], "weights": "w"})
          for op in ("mean", "sum", "std", "var")],
        grid("weights along time", "t", {"lat": {"start": 4}}, {"op": "mean", "dims": ["time"], "weights": "days"}),
        grid("weights along time, integers", "n", {"lat": {"start": 5}}, {"op": "sum", "dims": ["time"], "weights": "days"}),
        grid("weights along lon", "q", {"time": {"start": 0, "stop": 6}}, {"op": "std", "dims": ["lon"],
            "weights": "height"}),
        grid("missing values decide", "t", {"time": {"start": 9, "stop": 13}}, {"op": "mean", "dims": ["lat"],
            "skipna": False, "weights": "area"}),
        grid("nothing", "nothing", CORNER, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}),
        grid("the sum of nothing is 0", "nothing", CORNER, {"op": "sum", "dims": ["lat", "lon"], "weights": "area"}),
        grid("large offset", "ps", {"time": {"start": 5, "stop": 15}}, {"op": "std", "dims": ["lat", "lon"],
            "weights": "area"}),
        months("months by their lengths, per season", {"lat": {"index": 1}}, {"op": "groupby", "by": "time.season"},
            {"op": "mean", "weights": "length"}),
        months("years by the lengths of months", {"lat": {"index": 0}}, {"op": "resample", "time": "YS"}, {"op": "mean",
            "weights": "length"}, calendar="noleap"),
        months("map means per month", {}, {"op": "groupby", "by": "time.month"}, {"op": "mean", "dims": ["time", "lat",
            "lon"], "weights": "area"}),
        ("nemo, two-dimensional latitude", SAMPLES + "nemo.v3.packed", "tos", {"y": {"step": 3}, "x": {"step": 3}},
            [{"op": "mean", "dims": ["y", "x"], "weights": "area"}]),
        ("e1", SAMPLES + "e1.v2.zstd", "air_temperature", {"time": {"from": "2000", "to": "2009"}}, [{"op": "mean",
            "dims": ["latitude", "longitude"], "weights": "area"}]),
        ("ostia", SAMPLES + "ostia.v3.sharded", "surface_temperature", {"time": {"from": "2008", "to": "2008"}},
            [{"op": "std", "dims": ["latitude", "longitude"], "weights": "area"}]),
        ("coads", SAMPLES + "coads.v2.be-fortran", "SST", {"TIME": {"start": 0, "stop": 3}}, [{"op": "mean",
            "dims": ["COADSX", "COADSY"], "weights": "area"}]),
        ("hswm, radians", SAMPLES + "hswm.v2.noleap", "thickness", {}, [{"op": "mean", "dims": ["grid_cells"],
            "weights": "area"}]),
        *[(f"{op}, bounds of latitude alone", "tests/fixtures/analysis/stores/rows", "t", {}, [{"op": op,
            "weights": "area"}]) for op in ("mean", "sum")],
        grid("median is not weighted", "t", SOME, {"op": "median", "dims": ["lat"], "weights": "area"}),
    ]


def reference():
    yield "nist", [(f"{name}, {op}", "tests/fixtures/analysis/stores/nist", name, {}, [{"op": op,
        **options}]) for name in CERTIFIED
                   for op, options in (("mean", {}), ("std", {"ddof": 1}), ("median", {}))]


def all_cases():
    for part in (moments, order, shape_kept, weighted, reference):
        yield from part()
