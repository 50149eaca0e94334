"""Documents with several answers or two operands: trends, histograms, correlations, arithmetic, regridding, long chains."""

from cases_moments import CORNER, E1, GRID, HSWM, MONTHS, NEMO, OSTIA, SAMPLES, SOME, grid, months

OTHER = "tests/fixtures/analysis/stores/other"
STORES = "tests/fixtures/analysis/stores/"
COLUMNS = {"lat": {"start": 4}, "lon": {"values": [200, 222.5, 275]}}
FEW = {"time": {"start": 6, "stop": 12}, **COLUMNS}


def trends():
    over = {"op": "trend", "dims": ["time"]}
    yield "trend", [
        grid("columns: none, one, two, many values", "t", {"lat": {"start": 2}, "lon": {"values": [200, 222.5, 275]}}, over),
        grid("large offset", "ps", {"lat": {"start": 4}, "lon": {"start": 8}}, over),
        grid("packed", "q", COLUMNS, over),
        grid("integers", "n", COLUMNS, over),
        grid("nothing", "nothing", {"lat": {"index": 0}, "lon": {"stop": 2}}, over),
        grid("from the first selected day", "t", {"time": {"from": "2001-01-20", "to": "2001-02-10"},
            "lat": {"start": 5}}, over),
        grid("every third day", "t", {"time": {"step": 3}, "lat": {"start": 5}}, over),
        grid("one day", "ps", {"time": {"start": 3, "stop": 4}, "lat": {"start": 5}, "lon": {"stop": 2}}, over),
        grid("two days", "ps", {"time": {"start": 3, "stop": 5}, "lat": {"start": 5}, "lon": {"stop": 2}}, over),
        grid("a constant", "ps", {"time": {"stop": 9}, "lat": {"start": 5}, "lon": {"stop": 2}}, {"op": "scale",
            "factor": 0.0, "offset": 7.5}, over),
        grid("along descending latitude, per degree", "t", {"time": {"start": 5, "stop": 12}}, {"op": "trend",
            "dims": ["lat"]}),
        grid("along longitude of the time mean", "t", {}, {"op": "mean", "dims": ["time"]}, {"op": "trend",
            "dims": ["lon"]}),
        grid("of the weighted map mean", "t", {}, {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}, over),
        grid("of weeks", "t", COLUMNS, {"op": "coarsen", "windows": {"time": 7}, "boundary": "trim"}, {"op": "mean"}, over),
        grid("of periods", "ps", COLUMNS, {"op": "resample", "time": "7D"}, {"op": "mean"}, over),
        grid("two dimensions", "t", COLUMNS, {"op": "trend", "dims": ["lat", "lon"]}),
        months("months", {"lat": {"start": 1, "stop": 3}}, over),
        months("months, noleap", {"lat": {"start": 1, "stop": 3}}, over, calendar="noleap"),
        months("of anomalies from the month", {"lat": {"start": 2}}, {"op": "groupby", "by": "time.month"},
            {"op": "anomaly"}, over),
        months("of years' means", {"lat": {"start": 2}}, {"op": "groupby", "by": "time.year"}, {"op": "mean"},
            {"op": "trend", "dims": ["year"]}),
        *[(f"days, {c}", f"{STORES}daily-{c}", "t", {}, [over]) for c in ("standard", "proleptic_gregorian", "all_leap",
            "360_day", "julian")],
        ("irregular days", STORES + "gaps-proleptic_gregorian", "t", {}, [over]),
        ("irregular days, noleap", STORES + "gaps-noleap", "t", {}, [over]),
        ("years before 1", STORES + "far-bc", "t", {}, [over]),
        ("years beyond 9999", STORES + "far-future", "t", {}, [over]),
        ("ostia", SAMPLES + "ostia.v3.sharded", "surface_temperature", OSTIA, [over]),
        ("e1", SAMPLES + "e1.v2.zstd", "air_temperature", {**E1, "time": {"from": "1950", "to": "2009"}}, [over]),
        ("nemo, along x, which has no labels", SAMPLES + "nemo.v3.packed", "tos", {"y": {"start": 150, "stop": 154},
            "x": {"start": 100, "stop": 140}, "time_counter": {"index": 1}}, [{"op": "trend", "dims": ["x"]}]),
        ("hswm", SAMPLES + "hswm.v2.noleap", "thickness", {"grid_cells": {"start": 40, "stop": 44}}, [over]),
    ]


def hist(**options):
    return {"op": "histogram", **options}


def histograms():
    cold = {"variable": "cold", "bins": 4, "range": [235, 265]}
    yield "histogram", [
        grid("ten bins over its own range", "t", {}, hist()),
        grid("seven bins", "ps", SOME, hist(bins=7)),
        grid("range", "t", {}, hist(bins=8, range=[270, 290])),
        grid("edges", "t", {}, hist(bins=[260, 275, 280, 280.5, 290, 310])),
        grid("integers on the edges", "n", {}, hist(bins=[-50, -20, 0, 10, 49])),
        grid("integers, equal bins", "n", {}, hist(bins=11, range=[-50, 49])),
        grid("unsigned", "u", CORNER, hist(bins=5)),
        grid("packed", "q", {}, hist(bins=6, range=[-5, 15])),
        grid("nothing", "nothing", CORNER, hist(bins=3)),
        grid("one value", "t", {"time": {"index": 11}, "lat": {"index": 5}, "lon": {"index": 10}}, hist(bins=4)),
        grid("over time", "t", COLUMNS, hist(bins=5, range=[265, 300], dims=["time"])),
        grid("over lat and lon", "t", {"time": {"start": 5, "stop": 12}}, hist(bins=5, dims=["lat", "lon"])),
        grid("over the middle dimension", "t", {"time": {"start": 5, "stop": 8}, "lon": {"start": 8}}, hist(bins=4,
            dims=["lat"])),
        grid("density", "t", {}, hist(bins=6, density=True)),
        grid("density over time, uneven bins", "t", COLUMNS, hist(bins=[260, 280, 285, 310], dims=["time"], density=True)),
        grid("density of nothing", "nothing", CORNER, hist(bins=3, dims=["time"], density=True)),
        grid("area weights", "t", {}, hist(bins=6, weights="area")),
        grid("cell areas", "cold", {}, hist(bins=6, weights="area")),
        grid("area weights, density", "t", {"time": {"start": 5, "stop": 12}}, hist(bins=6, dims=["lat", "lon"],
            weights="area", density=True)),
        grid("weights with a hole", "t", {}, hist(bins=6, weights="w")),
        grid("weights along time", "n", COLUMNS, hist(bins=4, dims=["time"], weights="days")),
        grid("two variables", "t", {}, hist(bins=5, range=[260, 310], **{"with": cold})),
        grid("two variables, their own ranges", "t", SOME, hist(bins=3, **{"with": {"variable": "q", "bins": 4}})),
        grid("two variables, defaults", "ps", CORNER, hist(**{"with": {"variable": "n"}})),
        grid("two variables over time", "t", COLUMNS, hist(bins=3, dims=["time"], **{"with": {**cold, "bins": 2}})),
        grid("two variables, edges and density", "t", {}, hist(bins=[260, 280, 310], density=True,
            **{"with": {"variable": "cold", "bins": [230, 245, 250, 275]}})),
        grid("two variables, area weights", "t", {}, hist(bins=4, weights="area", **{"with": cold})),
        grid("with a variable of one dimension", "t", {}, hist(bins=4, range=[260, 310], **{"with": {"variable": "height",
            "bins": 3}})),
        grid("of a mean", "t", {}, {"op": "mean", "dims": ["time"]}, hist(bins=5)),
        ("ostia", SAMPLES + "ostia.v3.sharded", "surface_temperature", {"time": {"stop": 4}}, [hist(bins=12)]),
        ("ostia over time", SAMPLES + "ostia.v3.sharded", "surface_temperature", OSTIA, [hist(bins=4, range=[299, 305],
            dims=["time"])]),
        ("coads, two variables", SAMPLES + "coads.v2.be-fortran", "SST", {"TIME": {"index": 0}}, [hist(bins=8,
            **{"with": {"variable": "AIRT", "bins": 8}})]),
        ("hswm, two variables", SAMPLES + "hswm.v2.noleap", "thickness", HSWM, [hist(bins=4, dims=["grid_cells"],
            **{"with": {"variable": "relative", "bins": 3}})]),
    ]


def pairs():
    for op, options in (("correlation", {}), ("covariance", {})):
        def both(second, dims=None, op=op, options=options, **more):
            return {"op": op, "with": second, **({"dims": dims} if dims else {}), **options, **more}

        cases = [
            grid("over time, pairs of what is there", "t", {"lat": {"start": 2}}, both("cold", ["time"])),
            grid("over lat and lon", "t", {}, both("cold", ["lat", "lon"])),
            grid("over all", "t", {}, both("cold")),
            grid("packed", "q", COLUMNS, both("t", ["time"])),
            grid("integers", "n", COLUMNS, both("u", ["time"])),
            grid("large offset", "ps", COLUMNS, both("cold", ["time"])),
            grid("with itself", "t", COLUMNS, both("t", ["time"])),
            grid("with nothing", "t", COLUMNS, both("nothing", ["time"])),
            grid("with a variable along lon", "t", {"time": {"start": 5, "stop": 12}}, both("height", ["lon"])),
            grid("with a variable along time", "t", COLUMNS, both("days", ["time"])),
            grid("of days before a mean", "t", COLUMNS, both("cold", ["time"]), {"op": "max", "dims": ["lon"]}),
            ("coads", SAMPLES + "coads.v2.be-fortran", "SST", {"COADSY": {"from": -2, "to": 2}, "COADSX": {"from": 150,
                "to": 170}}, [both("AIRT", ["TIME"])]),
            ("hswm", SAMPLES + "hswm.v2.noleap", "thickness", {}, [both("relative", ["grid_cells"])]),
        ]
        if op == "covariance":
            cases += [grid(f"ddof {n}", "t", COLUMNS, both("cold", ["time"], ddof=n)) for n in (0, 2)]
        yield op, cases


def arithmetic():
    def over(source, variable, select=None, steps=()):
        return {"version": 1, "source": f"{source}.zarr", "variable": variable, **({"select": select} if select else {}),
            "steps": list(steps)}

    mean = {"op": "mean", "dims": ["time"]}
    small = {"time": {"start": 12, "stop": 18}, "lat": {"start": 2}, "lon": {"start": 7}}
    for op in ("add", "subtract", "multiply", "divide"):
        yield op, [
            grid("a number", "t", FEW, {"op": op, "with": 273.15}),
            grid("a number, integers", "n", FEW, {"op": op, "with": 3}),
            grid("zero", "n", FEW, {"op": op, "with": 0}),
            grid("a variable", "t", FEW, {"op": op, "with": "cold"}),
            grid("integers", "n", FEW, {"op": op, "with": "u"}),
            grid("packed by float32", "q", FEW, {"op": op, "with": "t"}),
            grid("a variable along lon", "t", FEW, {"op": op, "with": "height"}),
            grid("a variable along time", "t", FEW, {"op": op, "with": "days"}),
            grid("its own mean", "t", FEW, {"op": op, "with": over(GRID, "t", steps=[mean])}),
            grid("another store: what both have", "t", small, {"op": op, "with": over(OTHER, "t")}),
            ("another store, the other way round", OTHER, "t", {"time": {"start": 2, "stop": 6}}, [{"op": op,
                "with": over(GRID, "t", {"lon": {"start": 7}})}]),
            grid("another store's line of latitudes", "t", small, {"op": op, "with": over(OTHER, "clim")}),
            grid("a dimension more", "t", {**FEW, "time": {"index": 7}}, {"op": op, "with": over(OTHER, "profile")}),
            grid("nothing in common", "t", {**small, "time": {"start": 0, "stop": 4}}, {"op": op, "with": over(OTHER, "t")}),
            grid("one month by all", "t", {**FEW, "time": {"index": 20}}, {"op": op, "with": over(GRID, "cold",
                steps=[{"op": "max", "dims": ["lat"]}])}),
            grid("then a mean", "t", {}, {"op": op, "with": over(OTHER, "t")}, {"op": "mean", "dims": ["time", "lon"]}),
            grid("a mean and a mean", "t", {}, mean, {"op": op, "with": over(OTHER, "t", steps=[mean])}),
            months("the climate of months", {"lat": {"index": 0}, "lon": {"index": 1}}, {"op": "groupby",
                "by": "time.month"}, {"op": "mean"},
                   {"op": op, "with": over(MONTHS + "noleap", "t", {"lat": {"index": 0}}, [{"op": "groupby",
                       "by": "time.month"}, {"op": "mean"}])}),
            grid("what is not there", "t", FEW, {"op": op, "with": "warm"}),
        ]


def regrids():
    def to(method, lat, lon):
        return {"op": "regrid", "method": method, "lat": lat, "lon": lon}

    def span(start, stop, step):
        return {"from": start, "to": stop, "step": step}

    cases = []
    for m in ("bilinear", "nearest", "conservative"):
        for name, v in (("globe", "full"), ("globe", "t"), ("globe180", "full"), ("globe180", "t")):
            s = f"{STORES}{name}"
            cases += [
                (f"{m}, {name} {v}, a coarser grid", s, v, {}, [to(m, span(-75, 75, 30), span(0, 330, 30))]),
                (f"{m}, {name} {v}, across the seam", s, v, {}, [to(m, span(-20, 20, 8), span(140, 220, 7))]),
                (f"{m}, {name} {v}, across the other seam", s, v, {}, [to(m, [30, 33.5, 40], span(-30, 30, 6))]),
                (f"{m}, {name} {v}, a full turn away, downwards", s, v, {}, [to(m, span(88, 60, -7), [361.5, 372.25, 500,
                    719])]),
                (f"{m}, {name} {v}, onto itself", s, v, {"lat": {"start": 1, "stop": 6}}, [to(m, [-45, -35, -15, 15, 45],
                    [-180, -30, 0, 15, 150, 300, 345])]),
            ]
        cases += [
            (f"{m}, a region", f"{STORES}region", "t", {}, [to(m, span(9, 26, 2.5), span(338, 361, 3))]),
            (f"{m}, a region by days", f"{STORES}region", "layers", {}, [to(m, [11, 16, 23], [341, 348, 357])]),
            (f"{m}, a region is not turned", f"{STORES}region", "layers", {"time": {"index": 0}}, [to(m, [11, 16, 23],
                [-18, -10, -3])]),
            grid(f"{m}, descending, with days", "t", {"time": {"start": 7, "stop": 10}}, to(m, span(10, 45, 5), span(205,
                270, 13))),
            grid(f"{m}, after a mean", "t", {}, {"op": "mean", "dims": ["time"]}, to(m, span(10, 45, 5), span(205, 270,
                13))),
            ("coads, " + m, SAMPLES + "coads.v2.be-fortran", "SST", {"TIME": {"index": 0}}, [to(m, span(-30, 30, 12),
                span(0, 350, 25))]),
            ("ostia, " + m, SAMPLES + "ostia.v3.sharded", "surface_temperature", {"time": {"index": 0}}, [to(m, [-4, -1,
                0.5, 3], span(-20, 340, 18))]),
            ("curvilinear, " + m, SAMPLES + "nemo.v3.packed", "tos", {"time_counter": {"index": 0}}, [to(m, [0, 10], [0,
                10])]),
        ]
    yield "regrid", cases


def chains():
    area = {"op": "mean", "dims": ["lat", "lon"], "weights": "area"}
    yield "chains", [
        months("map means of the months", {"time": {"from": "2003", "to": "2005"}}, {"op": "groupby", "by": "time.month"},
            {"op": "mean"}, area),
        months("map means, then the months", {}, area, {"op": "groupby", "by": "time.month"}, {"op": "mean"}),
        months("yearly means, anomaly, smoothed", {}, area, {"op": "resample", "time": "YS"}, {"op": "mean"},
            {"op": "anomaly", "dims": ["time"]},
               {"op": "rolling", "windows": {"time": 3}, "center": True, "minPeriods": 1}, {"op": "mean"}),
        months("anomaly from the month, then the spread", {}, {"op": "groupby", "by": "time.month"}, {"op": "anomaly"},
            {"op": "std", "dims": ["time"]}),
        months("warmest month", {}, {"op": "groupby", "by": "time.month"}, {"op": "mean"}, {"op": "argmax",
            "dims": ["month"]}),
        months("the range of seasons", {"lon": {"index": 0}}, {"op": "groupby", "by": "time.season"}, {"op": "mean"},
            {"op": "max", "dims": ["season"]}),
        months("degrees, seasons from December, their quantiles", {"lat": {"index": 3}}, {"op": "scale",
            "offset": -273.15, "units": "degC"},
               {"op": "resample", "time": "QS-DEC"}, {"op": "max"}, {"op": "quantile", "q": [0.1, 0.9], "dims": ["time"]},
                   calendar="noleap"),
        grid("blocks, then anomaly, then the sum along", "ps", {}, {"op": "coarsen", "windows": {"time": 10, "lat": 3,
            "lon": 5}, "boundary": "trim"}, {"op": "mean"},
             {"op": "anomaly", "dims": ["time"]}, {"op": "cumsum", "dims": ["time"]}),
        grid("smoothed, then the weekly largest", "t", COLUMNS, {"op": "rolling", "windows": {"time": 3},
            "minPeriods": 2}, {"op": "mean"},
             {"op": "resample", "time": "7D"}, {"op": "max"}),
        grid("the median of quantiles", "t", {}, {"op": "quantile", "q": [0.25, 0.5, 0.75], "dims": ["time"]},
            {"op": "median", "dims": ["lat", "lon"]}),
        grid("squared, then the mean", "t", COLUMNS, {"op": "anomaly", "dims": ["time"]}, {"op": "multiply", "with": 2},
            {"op": "var", "dims": ["time"]}),
        grid("coarse grid, then its mean", "t", {}, {"op": "mean", "dims": ["time"]}, {"op": "regrid",
            "method": "conservative", "lat": [10, 25, 40], "lon": [210, 230, 250]}, {"op": "max"}),
        grid("by belts, by basins", "t", {}, {"op": "groupby", "by": "belt"}, {"op": "mean"}, {"op": "groupby",
            "by": "basin"}, {"op": "mean"}, {"op": "max", "dims": ["time"]}),
        ("nemo, the spread of blocks", SAMPLES + "nemo.v3.packed", "tos", {"y": {"start": 150, "stop": 190},
            "x": {"start": 100, "stop": 130}},
         [{"op": "coarsen", "windows": {"y": 10, "x": 10}, "boundary": "trim"}, {"op": "mean"}, {"op": "std",
             "dims": ["y", "x"]}]),
        ("nemo, time", SAMPLES + "nemo.v3.packed", "tos", NEMO, [{"op": "mean", "dims": ["time_counter"]},
            {"op": "cumsum", "dims": ["x"]}]),
        ("e1, decades of the map mean, trend", SAMPLES + "e1.v2.zstd", "air_temperature", {"time": {"from": "1980",
            "to": "2039"}},
         [{"op": "mean", "dims": ["latitude", "longitude"], "weights": "area"}, {"op": "resample", "time": "10YS"},
             {"op": "mean"}, {"op": "trend", "dims": ["time"]}]),
        grid("of what a step took away", "t", {}, {"op": "mean", "dims": ["time"]}, {"op": "max", "dims": ["time"]}),
        grid("groups of groups without a reduction", "t", {}, {"op": "groupby", "by": "time.month"}, {"op": "resample",
            "time": "7D"}, {"op": "mean"}),
    ]


def all_cases():
    for part in (trends, histograms, pairs, arithmetic, regrids, chains):
        yield from part()
