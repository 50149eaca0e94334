"""The small stores that the cases read, written array by array with zarr-python.

Every array is made of numbers of our own (a fixed seed), a few kB each. Chunks are ragged on purpose, and lie across the
groups, windows and bins that the cases make.
"""

import numpy as np
import zarr
from zarr.codecs import ZstdCodec

NAN = float("nan")
STANDARD = "proleptic_gregorian"


class Store:
    """One group, Zarr v2 or v3, and its arrays with CF attributes."""

    def __init__(self, folder, name, version):
        self.root, self.version = folder / f"{name}.zarr", version
        zarr.create_group(self.root, zarr_format=version, attributes={"title": f"made by tests/generate/analysis: {name}"})

    def add(self, name, dims, data, chunks=None, missing=None, **attrs):
        """`missing` is the stored number that stands for no value: in v2 the fill value, in v3 an attribute."""
        data = np.asarray(data)
        fill = NAN if data.dtype.kind == "f" else "" if data.dtype.kind in "SU" else 0
        if missing is not None:
            fill = missing
            if self.version == 3:
                attrs["_FillValue"] = missing
        kw = {"compressors": None}
        if data.nbytes > 300 and self.version == 3:
            kw["compressors"] = [ZstdCodec(level=5)]
        if self.version == 2:
            attrs["_ARRAY_DIMENSIONS"] = list(dims)
            if missing is None and data.dtype.kind in "iub":
                fill = None  # else xarray takes it for _FillValue
        else:
            kw["dimension_names"] = list(dims)
        array = zarr.create_array(self.root, name=name, shape=data.shape, dtype=data.dtype, fill_value=fill,
                                  chunks=chunks or data.shape, zarr_format=self.version, attributes=attrs, **kw)
        array[...] = data

    def time(self, values, units, calendar, name="time", **kw):
        self.add(name, [name], values, units=units, calendar=calendar, standard_name="time", **kw)

    def lat(self, values, **kw):
        self.add("lat", ["lat"], values, units="degrees_north", standard_name="latitude", **kw)

    def lon(self, values, **kw):
        self.add("lon", ["lon"], values, units="degrees_east", standard_name="longitude", **kw)


def field(rng, shape, level=280.0, spread=9.0, dtype="f4"):
    """A wave along the first dimension, a slope along the last, and noise."""
    along = np.sin(np.arange(shape[0]) / 5.0).reshape([-1] + [1] * (len(shape) - 1))
    slope = np.linspace(-1, 1, shape[-1]) if len(shape) > 1 else 0.0
    return (level + spread * (along + 0.4 * slope + 0.5 * rng.standard_normal(shape))).astype(dtype)


def bounds(centres):
    """Cells whose edges lie half-way between neighbours, and as far beyond the ends."""
    c = np.asarray(centres, "f8")
    edges = np.concatenate([[c[0] - (c[1] - c[0]) / 2], (c[1:] + c[:-1]) / 2, [c[-1] + (c[-1] - c[-2]) / 2]])
    return np.stack([edges[:-1], edges[1:]], axis=1)


def make_grid(folder):
    """40 days, descending latitude, every kind of value: the store of most cases."""
    rng = np.random.default_rng(1)
    s = Store(folder, "grid", 3)
    lat, lon = np.array([50, 42.5, 35, 27.5, 20, 12.5, 5]), np.arange(11) * 7.5 + 200
    shape, chunks, dims = (40, 7, 11), (23, 4, 6), ["time", "lat", "lon"]
    s.time(np.arange(40), "days since 2001-01-10", STANDARD)
    s.lat(lat, bounds="lat_bnds")
    s.lon(lon, bounds="lon_bnds")
    edges = np.array([53, 47.5, 38, 32, 23, 17, 8, 2.0])  # not half-way, else cosines would do as well
    s.add("lat_bnds", ["lat", "bnds"], np.stack([edges[:-1], edges[1:]], axis=1))
    s.add("lon_bnds", ["lon", "bnds"], bounds(lon))
    t = field(rng, shape)
    t[rng.random(shape) < 0.06] = NAN
    t[:, 2, 3] = NAN  # a column that is never there
    t[:, 5, 10] = NAN
    t[11, 5, 10] = 281.5  # one value in a column
    t[[3, 30], 6, 0] = [279.25, 283.5]
    t[[i for i in range(40) if i not in (3, 30)], 6, 0] = NAN  # two values in a column
    t[8] = NAN  # a day without values
    s.add("t", dims, t, (17, 3, 4), units="K", long_name="temperature", coordinates="basin belt")
    s.add("ps", dims, field(rng, shape, 1e5, 40.0, "f8"), chunks, units="Pa")
    q = np.round(field(rng, shape, 0.0, 400.0, "f8")).astype("i2")
    q[rng.random(shape) < 0.1] = -32768
    s.add("q", dims, q, chunks, missing=-32768, scale_factor=0.01, add_offset=5.0, units="g kg-1")
    s.add("n", dims, rng.integers(-50, 50, shape).astype("i4"), chunks, units="1")
    s.add("u", dims, rng.integers(0, 250, shape).astype("u1"), chunks, units="1")
    s.add("nothing", dims, np.full(shape, NAN, "f4"), chunks, units="K")
    s.add("cold", dims, field(rng, shape, 250.0), chunks, units="K", cell_measures="area: area")
    s.add("area", ["lat", "lon"], rng.uniform(1e10, 9e10, shape[1:]), (4, 4), units="m2")
    w = rng.uniform(0.0, 2.0, shape[1:])
    w[0, 0], w[3, 3] = NAN, 0.0  # a weight that is missing counts as 0
    s.add("w", ["lat", "lon"], w, (3, 6), units="1")
    s.add("days", ["time"], rng.integers(1, 4, 40).astype("f4"), (9,), units="1")
    s.add("height", ["lon"], rng.uniform(0, 3000, 11), units="m")
    s.add("basin", ["lon"], np.array([3, 1, 1, 2, 3, 3, 2, 1, 1, 3, 2], "i2"), long_name="basin code")
    s.add("belt", ["lat"], np.array([0.5, NAN, 0.5, -1.25, 0.5, -1.25, 7.0]), long_name="belt")


def make_other(folder):
    """The neighbour of `grid`: later days, ascending latitudes of which some are shared, fewer longitudes."""
    rng = np.random.default_rng(2)
    s = Store(folder, "other", 2)
    s.time(np.arange(30, dtype="i8"), "days since 2001-01-25", STANDARD)
    s.lat(np.array([0, 5, 12.5, 20, 23, 27.5, 35.0]))
    s.lon(np.arange(7) * 7.5 + 215)
    t = field(rng, (30, 7, 7), 275.0)
    t[rng.random(t.shape) < 0.05] = NAN
    s.add("t", ["time", "lat", "lon"], t, (8, 4, 5), units="K")
    s.add("clim", ["lat"], np.linspace(290, 270, 7), units="K")
    s.add("depth", ["depth"], np.array([5.0, 10.0, 20.0]), units="m", positive="down")
    s.add("profile", ["depth"], np.array([0.5, 0.0, -0.25]), units="K")


def make_months(folder):
    """Five years of months without cell bounds; one month is missing everywhere, one cell always."""
    rng = np.random.default_rng(3)
    for calendar, version in ((STANDARD, 2), ("noleap", 3)):
        s = Store(folder, f"months-{calendar}", version)
        lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 5
        days = np.concatenate([[0], np.cumsum(lengths)[:-1]]) + 14.5
        if calendar == STANDARD:
            days[26:] += 1  # 2004-02-29
        s.time(days, "days since 2002-01-01", calendar, chunks=(25,))
        s.lat(np.array([-60, -20, 20, 60.0], "f4"))
        s.lon(np.array([0, 90, 180, 270.0], "f4"))
        season = -8 * np.cos(2 * np.pi * np.arange(60) / 12)[:, None, None]
        t = (field(rng, (60, 4, 4), 285.0, 2.0, "f8") + season + np.arange(60)[:, None, None] * 0.01).astype("f4")
        t[rng.random(t.shape) < 0.04] = NAN
        t[30], t[:, 1, 2] = NAN, NAN
        s.add("t", ["time", "lat", "lon"], t, (13, 4, 3), units="K")
        s.add("length", ["time"], np.array(lengths, "i2"), units="days")


CALENDARS = {  # (units, first number): days across what is odd about each
    "standard": ("days since 1582-01-01", -60), "proleptic_gregorian": ("days since 1999-12-01", 0),
    "noleap": ("days since 1999-12-01", 0), "all_leap": ("days since 1898-12-01", 0),
    "360_day": ("days since 1999-12-01", -15), "julian": ("days since 1899-12-01", 0),
}


def make_calendars(folder):
    """Two cells a day for 800 days in each calendar, and 6-hourly for 12 days with a hole of three."""
    rng = np.random.default_rng(4)
    for number, (calendar, (units, first)) in enumerate(CALENDARS.items()):
        s = Store(folder, f"daily-{calendar}", 2 + number % 2)
        s.time(np.arange(first, first + 800, dtype="i4"), units, calendar, chunks=(400,))
        s.add("cell", ["cell"], np.array([1, 2], "i2"))
        t = field(rng, (800, 2), 15.0, 6.0)
        t[rng.random(t.shape) < 0.05] = NAN
        s.add("t", ["time", "cell"], t, (300, 1), units="degC")
        s = Store(folder, f"hours-{calendar}", 3 - number % 2)
        hours = np.concatenate([np.arange(3, 5 * 24, 6.0), np.arange(8 * 24 + 3, 12 * 24, 6.0)])
        s.time(hours, units.replace("days", "hours").replace("12-01", "02-25").replace("01-01", "10-01"), calendar)
        t = field(rng, (hours.size, 2), 15.0, 6.0)
        t[rng.random(t.shape) < 0.05] = NAN
        s.add("t", ["time", "cell"], t, (15, 1), units="degC")


def make_far(folder):
    """Years that datetime64[ns] does not hold: before year 1, and beyond 9999."""
    rng = np.random.default_rng(5)
    for name, units, calendar in (("bc", "days since -0002-11-15", "noleap"), ("future", "days since 9999-11-15", STANDARD),
                                  ("bc-julian", "days since -0002-11-15", "julian")):
        s = Store(folder, f"far-{name}", 3)
        s.time(np.arange(0, 1100, 10.0), units, calendar)
        s.add("t", ["time"], field(rng, (110,), 5.0, 3.0), (40,), units="degC")


def make_gaps(folder):
    """Irregular days with whole months missing, for bins without values."""
    rng = np.random.default_rng(6)
    days = np.array([0, 1, 5, 6, 20, 27, 120, 121, 122, 150, 151.5, 152, 153, 300, 301, 390, 391])
    for calendar in (STANDARD, "noleap"):
        s = Store(folder, f"gaps-{calendar}", 3)
        s.time(days, "days since 2010-01-28", calendar)
        t = field(rng, (days.size, 3), 10.0, 3.0)
        t[4], t[13:15], t[2, 1] = NAN, NAN, NAN
        s.add("t", ["time", "x"], t, (5, 2), units="K")
        s.add("n", ["time", "x"], rng.integers(0, 9, t.shape).astype("i4"), (5, 2), units="1")


def make_globe(folder):
    """A coarse globe for regridding: with land, longitudes 0 to 345 and −180 to 150, latitudes up and down."""
    rng = np.random.default_rng(7)
    for name, lat, lon in (("globe", np.arange(-85, 86, 10.0), np.arange(0, 360, 15.0)),
                           ("globe180", np.arange(75, -76, -30.0), np.arange(-180, 180, 30.0))):
        s = Store(folder, name, 3)
        s.lat(lat)
        s.lon(lon)
        x, y = np.meshgrid(np.deg2rad(lon), np.deg2rad(lat))
        t = 15 + 20 * np.cos(y) + 5 * np.cos(2 * x) * np.cos(y) + rng.standard_normal(x.shape)
        land = rng.random(x.shape) < 0.12
        s.add("t", ["lat", "lon"], np.where(land, NAN, t), (7, 10), units="degC")
        s.add("full", ["lat", "lon"], t, (7, 10), units="degC")
    s = Store(folder, "rows", 2)  # bounds of latitude alone, north first
    s.lat(np.array([60, 30, 0.0]), bounds="lat_bnds")
    s.lon(np.array([0, 120, 240.0]))
    s.add("lat_bnds", ["lat", "bnds"], np.array([[90, 50], [50, 20], [20, -20.0]]))
    s.add("t", ["lat", "lon"], np.array([[1, 2, NAN], [4, 5.5, 7], [8, NAN, 11]]), units="K")
    s = Store(folder, "region", 3)
    lat, lon = np.array([10, 12, 15, 19, 24.0]), np.array([340, 344, 350, 356, 359.0])
    s.lat(lat, bounds="lat_bnds")
    s.lon(lon, bounds="lon_bnds")
    s.add("lat_bnds", ["lat", "bnds"], np.array([[9, 11], [11, 13.5], [13.5, 17], [17, 21], [21, 27.0]]))
    s.add("lon_bnds", ["lon", "bnds"], np.array([[338, 342], [342, 347], [347, 353], [353, 358], [358, 360.0]]))
    t = field(rng, (5, 5), 15.0, 6.0, "f8")
    t[1, 1], t[4, 4] = NAN, NAN
    s.add("t", ["lat", "lon"], t, (2, 3), units="degC")
    s.add("layers", ["time", "lat", "lon"], field(rng, (3, 5, 5), 15.0, 6.0), (2, 2, 3), units="degC")
    s.time(np.arange(3.0), "days since 2001-01-01", STANDARD)


def make_nist(folder, sets):
    """NIST's univariate sets, each along a dimension of its own; nothing of ours."""
    s = Store(folder, "nist", 3)
    for name, values in sets.items():
        s.add(name, [f"{name}_n"], np.array(values, "f8"), (max(2, len(values) // 3),))


def make_all(folder):
    zarr.config.set({"async.concurrency": 1, "threading.max_workers": 1})
    for make in (make_grid, make_other, make_months, make_calendars, make_far, make_gaps, make_globe):
        make(folder)
