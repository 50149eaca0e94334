"""Documents that group: by parts of a date and by coordinates, into periods, into blocks, into moving windows."""

from cases_moments import E1, OSTIA, SAMPLES, SOME, grid, months

STORES = "tests/fixtures/analysis/stores/"
CALENDARS = ("standard", "proleptic_gregorian", "noleap", "all_leap", "360_day", "julian")
SIMPLE = ("mean", "sum", "min", "max", "std", "var", "count", "median")
CROSSING = {"time": {"start": 60, "stop": 420}, "cell": {"index": 0}}
COLUMNS = {"lat": {"start": 4}, "lon": {"values": [200, 222.5, 275]}}


def daily(calendar, name, chosen, *steps, kind="daily"):
    return (f"{calendar}, {name}", f"{STORES}{kind}-{calendar}", "t", chosen, list(steps))


def by(what, op="mean", **options):
    return [{"op": "groupby", "by": what}, {"op": op, **options}]


def groups():
    one = {"lon": {"index": 0}}
    cases = [daily(c, f"by {part}", CROSSING, *by(f"time.{part}")) for c in CALENDARS for part in ("month", "season",
        "year", "day")]
    cases += [daily(c, "by dayofyear", {"cell": {"index": 1}}, *by("time.dayofyear")) for c in ("standard",
        "proleptic_gregorian", "360_day")]
    cases += [daily(c, "by dayofyear, a part", CROSSING, *by("time.dayofyear", "count")) for c in ("noleap", "all_leap",
        "julian")]
    cases += [daily(c, "by hour", {}, *by("time.hour", "max"), kind="hours") for c in CALENDARS]
    cases += [months(f"{op} by month", one, *by("time.month", op)) for op in SIMPLE]
    cases += [months(f"{op} by season, noleap", one, *by("time.season", op), calendar="noleap") for op in SIMPLE]
    cases += [
        months("seasons of half a year", {**one, "time": {"from": "2003-05", "to": "2003-10"}}, *by("time.season", "count")),
        months("ddof 1", one, *by("time.year", "std", ddof=1)),
        months("missing values decide", {}, *by("time.year", "mean", skipna=False)),
        months("at least 5", one, *by("time.month", "sum", minCount=5)),
        months("map mean too", {}, *by("time.month", "mean", dims=["time", "lat", "lon"])),
        months("zonal too", {}, *by("time.season", "mean", dims=["time", "lon"])),
        months("quantile", one, *by("time.season", "quantile", q=0.9)),
        months("quantiles lead", one, *by("time.season", "quantile", q=[0.1, 0.5, 0.9])),
        grid("integers by month", "n", SOME, *by("time.month", "sum")),
        grid("the largest integers by month", "n", SOME, *by("time.month", "max")),
        grid("packed by month", "q", SOME, *by("time.month", "mean")),
        grid("nothing by month", "nothing", {**COLUMNS}, *by("time.month", "sum")),
        grid("large offset by month", "ps", SOME, *by("time.month", "std")),
        *[grid(f"{op} by basin, a code along lon", "t", {"time": {"start": 6, "stop": 12}, "lat": {"start": 4}},
            *by("basin", op)) for op in SIMPLE],
        grid("by basin over lon and lat", "t", {"time": {"start": 6, "stop": 12}}, *by("basin", "mean", dims=["lon",
            "lat"])),
        grid("by basin over all", "t", {}, *by("basin", "mean", dims=["time", "lat", "lon"])),
        grid("by belt, a number with a hole", "t", {"time": {"start": 6, "stop": 12}}, *by("belt", "mean")),
        grid("by belt, all dimensions", "n", {}, *by("belt", "sum", dims=["lat", "lon", "time"])),
        grid("by a dimension: sorted", "t", {"time": {"start": 6, "stop": 9}}, *by("lat", "max")),
        grid("by a dimension, with others", "t", {}, *by("lat", "mean", dims=["lat", "time", "lon"])),
        grid("by what is not there", "t", SOME, *by("province")),
        grid("by a date that is none", "t", SOME, *by("lat.month")),
        grid("without a reduction", "t", SOME, {"op": "groupby", "by": "time.month"}),
        ("ostia by season", SAMPLES + "ostia.v3.sharded", "surface_temperature", OSTIA, by("time.season")),
        ("ostia by year, median", SAMPLES + "ostia.v3.sharded", "surface_temperature", {**OSTIA, "latitude": {"from": 0,
            "to": 4}}, by("time.year", "median")),
        ("e1 by year", SAMPLES + "e1.v2.zstd", "air_temperature", {**E1, "longitude": {"index": 12}}, by("time.year")),
        ("e1 by month", SAMPLES + "e1.v2.zstd", "air_temperature", E1, by("time.month", "std")),
        ("years before 1", f"{STORES}far-bc", "t", {}, by("time.year")),
        ("years before 1, julian", f"{STORES}far-bc-julian", "t", {}, by("time.year")),
        ("years beyond 9999", f"{STORES}far-future", "t", {}, by("time.year", "max")),
    ]
    yield "groupby", cases


def into(freq, op="mean", **options):
    return [{"op": "resample", "time": freq}, {"op": op, **options}]


def periods():
    cases = [daily(c, f, CROSSING, *into(f)) for c in CALENDARS
             for f in ("10D", "MS", "ME", "QS", "QS-DEC", "QE", "QE-NOV", "YS", "YE", "YS-JUL", "2MS", "2QS")]
    cases += [daily(c, f"whole, {f}", {}, *into(f, "max")) for c in CALENDARS for f in ("2YS", "YE-MAR", "30D")]
    cases += [daily(c, f"{f} of 6-hourly", {}, *into(f), kind="hours") for c in CALENDARS for f in ("1D", "7D", "12h", "ME")]
    cases += [daily(c, f"{f} of 6-hourly", {"time": {"start": 0, "stop": 26}, }, *into(f, "sum"), kind="hours")
              for c in ("proleptic_gregorian", "360_day") for f in ("6h", "3h", "5h", "36h", "90min", "YS", "QE")]
    cases += [daily("proleptic_gregorian", f, CROSSING, *into(f)) for f in ("W", "W-SUN", "W-WED", "2W", "7D", "D")]
    cases += [daily("proleptic_gregorian", "W of 6-hourly", {}, *into("W", "count"), kind="hours")]
    cases += [daily(c, "weeks", CROSSING, *into("W")) for c in ("noleap", "all_leap", "360_day")]
    for c in ("proleptic_gregorian", "noleap"):
        for op in SIMPLE:
            cases += [daily(c, f"{op} with empty {f}", {}, *into(f, op), kind="gaps") for f in ("MS", "QS-DEC")]
        cases += [
            daily(c, "sum of at least 2", {}, *into("MS", "sum", minCount=2), kind="gaps"),
            daily(c, "missing values decide", {}, *into("QS", "mean", skipna=False), kind="gaps"),
            daily(c, "ddof 1", {}, *into("YS", "std", ddof=1), kind="gaps"),
            daily(c, "quantile", {}, *into("QS", "quantile", q=0.25), kind="gaps"),
            daily(c, "quantiles lead", {}, *into("QS", "quantile", q=[0.25, 0.5]), kind="gaps"),
            daily(c, "the other dimension too", {}, *into("QS", "mean", dims=["time", "x"]), kind="gaps"),
        ]
        for op in ("sum", "max", "count"):
            cases += [(f"{c}, {op} of integers with empty bins", f"{STORES}gaps-{c}", "n", {}, into("MS", op)),
                      (f"{c}, {op} of integers without", f"{STORES}gaps-{c}", "n", {}, into("YS", op))]
    cases += [
        months("seasons from December", {"lon": {"index": 0}}, *into("QS-DEC")),
        months("years, std", {"lon": {"index": 0}}, *into("YS", "std"), calendar="noleap"),
        months("half years, quantile", {"lon": {"index": 0}, "lat": {"start": 2}}, *into("6MS", "quantile", q=0.5)),
        months("the time of a year's mean, then months of years", {"lat": {"index": 0}}, *into("YS"), *into("2YS", "max")),
        grid("weeks of a map mean", "t", {}, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}, *into("7D")),
        grid("packed", "q", COLUMNS, *into("10D")),
        grid("large offset", "ps", COLUMNS, *into("MS", "var")),
        grid("not a frequency", "t", SOME, *into("fortnight")),
        ("ostia, years", SAMPLES + "ostia.v3.sharded", "surface_temperature", {**OSTIA, "latitude": {"from": 0, "to": 4}},
            into("YS")),
        ("e1, ten years", SAMPLES + "e1.v2.zstd", "air_temperature", {**E1, "longitude": {"index": 12},
            "time": {"from": "1950", "to": "2009"}}, into("10YS")),
        ("years before 1", f"{STORES}far-bc", "t", {}, into("QS-DEC")),
        ("years before 1, julian", f"{STORES}far-bc-julian", "t", {}, into("YS")),
        ("years beyond 9999", f"{STORES}far-future", "t", {}, into("QE", "count")),
    ]
    yield "resample", cases


def blocks(op, boundary=None, options=None, **windows):
    step = {"op": "coarsen", "windows": windows}
    if boundary:
        step["boundary"] = boundary
    return [step, {"op": op, **(options or {})}]


def coarse():
    part = {"time": {"start": 4, "stop": 27}, "lat": {"start": 2}, "lon": {"start": 5}}
    cases = []
    for b in ("trim", "pad"):
        cases += [grid(f"{op}, {b}", "t", part, *blocks(op, b, time=8, lat=2, lon=4)) for op in SIMPLE]
        cases += [grid(f"integers, {op}, {b}", "n", part, *blocks(op, b, time=8, lat=3)) for op in ("sum", "max", "mean",
            "count")]
        cases += [
            grid(f"time alone, {b}", "t", COLUMNS, *blocks("mean", b, time=7)),
            grid(f"packed, {b}", "q", part, *blocks("std", b, time=10, lat=5, lon=6)),
            grid(f"large offset, {b}", "ps", part, *blocks("std", b, time=10, lat=2, lon=3)),
            grid(f"ddof 1, {b}", "t", COLUMNS, *blocks("std", b, {"ddof": 1}, time=9)),
            grid(f"missing values decide, {b}", "t", COLUMNS, *blocks("mean", b, {"skipna": False}, time=9)),
            grid(f"window beyond the end, {b}", "t", {"time": {"start": 0, "stop": 3}}, *blocks("max", b, lat=7, lon=5)),
            daily("noleap", f"{b}", {"time": {"start": 0, "stop": 29}}, *blocks("mean", b, time=8)),
            daily("standard", f"{b}", {"time": {"start": 330, "stop": 353}}, *blocks("mean", b, time=4)),
            daily("360_day", f"6-hourly, {b}", {}, *blocks("sum", b, time=16), kind="hours"),
            months(f"float32 labels, {b}", {"time": {"start": 28, "stop": 32}}, *blocks("mean", b, lat=3, lon=2)),
            ("ostia, " + b, SAMPLES + "ostia.v3.sharded", "surface_temperature", {**OSTIA, "time": {"start": 0,
                "stop": 2}}, blocks("mean", b, latitude=4, longitude=4)),
            ("nemo, " + b, SAMPLES + "nemo.v3.packed", "tos", {"y": {"start": 150, "stop": 190}, "x": {"start": 100,
                "stop": 130}}, blocks("mean", b, y=12, x=12)),
        ]
    cases += [
        grid("divisible", "t", {"lat": {"start": 3}, "lon": {"stop": 8}}, *blocks("mean", time=10, lat=2, lon=4)),
        grid("not divisible", "t", part, *blocks("mean", lat=4)),
        grid("no such dimension", "t", part, *blocks("mean", "trim", level=4)),
        grid("window of none", "t", part, *blocks("mean", "trim", lat=0)),
        grid("twice", "ps", {"lat": {"start": 3}, "lon": {"stop": 8}}, *blocks("mean", time=5, lat=2), *blocks("max",
            "trim", time=3, lon=4)),
    ]
    yield "coarsen", cases


def moving(op, center=None, least=None, options=None, **windows):
    step = {"op": "rolling", "windows": windows}
    if center is not None:
        step["center"] = center
    if least is not None:
        step["minPeriods"] = least
    return [step, {"op": op, **(options or {})}]


def windows():
    line = {"time": {"start": 5, "stop": 25}, "lat": {"start": 4}, "lon": {"values": [200, 222.5]}}
    plane = {"time": {"start": 7, "stop": 9}, "lon": {"start": 4}}
    cases = []
    for op in SIMPLE:
        cases += [
            grid(f"{op} of 3 days", "t", line, *moving(op, time=3)),
            grid(f"{op} of 5 days in the middle, at least 2", "t", line, *moving(op, True, 2, time=5)),
            grid(f"{op} of 4 days in the middle, at least 1", "t", line, *moving(op, True, 1, time=4)),
            grid(f"{op} of 3 × 2 cells", "t", plane, *moving(op, True, 2, lat=3, lon=2)),
        ]
    cases += [
        grid("all three dimensions", "t", {"time": {"start": 9, "stop": 13}, "lon": {"start": 6}}, *moving("mean", False,
            3, time=2, lat=2, lon=3)),
        grid("two dimensions, all must be there", "t", plane, *moving("mean", False, lat=2, lon=2)),
        grid("two dimensions, all must be there, in the middle", "ps", plane, *moving("max", True, lat=3, lon=3)),
        grid("integers", "n", line, *moving("sum", time=4)),
        grid("integers, in the middle", "n", line, *moving("max", True, 1, time=4)),
        grid("packed", "q", line, *moving("mean", False, 1, time=6)),
        grid("large offset", "ps", line, *moving("std", time=5)),
        grid("ddof 1", "ps", line, *moving("std", options={"ddof": 1}, time=5)),
        grid("nothing", "nothing", line, *moving("sum", False, 1, time=3)),
        grid("window of one", "t", line, *moving("mean", time=1)),
        grid("window as long as the dimension", "ps", line, *moving("mean", time=20)),
        grid("then the largest", "t", line, *moving("mean", False, 2, time=3), {"op": "max", "dims": ["time"]}),
        grid("of a map mean", "t", {}, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}, *moving("mean", True,
            time=5)),
        grid("no such dimension", "t", line, *moving("mean", level=3)),
        grid("window of none", "t", line, *moving("mean", time=0)),
        daily("noleap", "30 days", {"time": {"start": 50, "stop": 110}, "cell": {"index": 0}}, *moving("mean", True, 20,
            time=30)),
        ("ostia", SAMPLES + "ostia.v3.sharded", "surface_temperature", {**OSTIA, "latitude": {"index": 9},
            "longitude": {"start": 40, "stop": 43}}, moving("mean", True, time=12)),
    ]
    yield "rolling", cases


def all_cases():
    for part in (groups, periods, coarse, windows):
        yield from part()
