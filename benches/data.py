"""The benchmark's data, made once and without chance: data.py OUT --mib 1024 --stores blosc-lz4-4 sharded-4 point …

A field like the sea's surface temperature: a zonal profile, a seasonal cycle, and eddies with a power-law spectrum that drift and
decorrelate, NaN over land, values kept to 0.001 K, so that it compresses as real products do. Answers stand beside the stores, of
the values as stored, in float64.
"""

import argparse
import json
import math
import shutil
from pathlib import Path

import numpy as np
import zarr
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

NY, NX, SLAB, STEP, LAND = 720, 1440, 8, 0.001, 0.32
SCALE, OFFSET, MISSING = 0.001, 15.0, -32768
CHUNKS = {"1": (1, 360, 720), "4": (4, 360, 720), "32": (8, 720, 1440)}  # float32, about so many MiB
SHARD = (32, 720, 1440)  # about 128 MiB
LZ4 = BloscCodec(cname="lz4", clevel=5, shuffle="shuffle")
CODECS = {
    "blosc-lz4": LZ4,
    "blosc-zstd": BloscCodec(cname="zstd", clevel=3, shuffle="shuffle"),
    "zstd": ZstdCodec(level=3),
    "gzip": GzipCodec(level=5),
    "raw": None,
    "packed": LZ4,
    "sharded": LZ4,
}
POINT_SHAPE, POINT_CHUNK, POINT_SHARD = (10_000, 32, 64), (1, 32, 64), (1000, 32, 64)
LAT = (np.arange(NY) + 0.5) * 180 / NY - 90
LON = (np.arange(NX) + 0.5) * 360 / NX


def noise(rng, slope):
    """A periodic random field of unit variance whose amplitude falls as wave number ** -slope."""
    k = np.hypot(np.fft.fftfreq(NY)[:, None] * NY, np.fft.rfftfreq(NX)[None, :] * NX / 2)
    spectrum = np.fft.rfft2(rng.standard_normal((NY, NX))) * np.maximum(k, 1) ** -slope
    field = np.fft.irfft2(spectrum, s=(NY, NX))
    return (field - field.mean()) / field.std()


def make_field(path, nt):
    """The field as one file of float32, slab by slab."""
    rng = np.random.default_rng(5)
    height = noise(rng, 2.2)
    land = height > np.quantile(height, 1 - LAND)
    profile = (30.0 * np.cos(np.deg2rad(LAT)) ** 1.5 - 0.5)[:, None] + 1.5 * noise(rng, 2.5)
    season = -5.5 * np.sin(2 * np.deg2rad(LAT))[:, None] * (1 + 0.15 * noise(rng, 2.5))
    eddies, memory = noise(rng, 1.7), 0.9
    out = np.lib.format.open_memmap(path, "w+", "f4", (nt, NY, NX))
    for t in range(nt):
        eddies = memory * np.roll(eddies, 1, axis=1) + math.sqrt(1 - memory**2) * noise(rng, 1.7)
        field = np.maximum(profile + season * math.cos(2 * math.pi * (5 * t - 45) / 365) + 0.9 * eddies, -1.8)
        out[t] = np.where(land, np.nan, np.round(field / STEP) * STEP)
    out.flush()


def create(path, name, shape, dtype, chunk, shard, codec, time_step, attributes, fill_value, lat, lon):
    """A store with its coordinates, and an array without chunks."""
    shutil.rmtree(path, ignore_errors=True)
    root = zarr.create_group(path, zarr_format=3, attributes={"title": "a made sea surface temperature", "Conventions": "CF-1.10"})
    time = np.arange(shape[0]) * time_step
    for dim, values, units in (("time", time, "days since 2000-01-01"), ("lat", lat, "degrees_north"), ("lon", lon, "degrees_east")):
        more = {"calendar": "standard"} if dim == "time" else {"standard_name": {"lat": "latitude", "lon": "longitude"}[dim]}
        axis = root.create_array(dim, shape=values.shape, chunks=values.shape, dtype="f8", compressors=None, dimension_names=[dim], attributes={"units": units, **more})
        axis[:] = values
    array = root.create_array(
        name, shape=shape, chunks=chunk, shards=shard, dtype=dtype, compressors=codec, fill_value=fill_value,
        dimension_names=["time", "lat", "lon"], attributes={"units": "degC", "standard_name": "sea_surface_temperature", **attributes},
        config={"write_empty_chunks": True},
    )  # fmt: skip
    zarr.consolidate_metadata(path)
    return array


def write(path, name, data, chunk, shard, *more):
    array = create(path, name, data.shape, data.dtype, chunk, shard, *more)
    step = max((shard or chunk)[0], 32)  # whole chunks, and many at a time
    for t in range(0, data.shape[0], step):
        array[t : t + step] = data[t : t + step]


def link(path, base, along, times):
    """Puts the chunks of another store into one so many times as long: the same files, by other names."""
    (path / "sst/c").mkdir()
    for t in range(along * times):
        (path / f"sst/c/{t}").symlink_to(base.resolve() / f"sst/c/{t % along}", target_is_directory=True)


def packed(values):
    whole = np.rint((np.asarray(values, "f8") - OFFSET) / SCALE)
    return np.where(np.isnan(whole), MISSING, whole).astype("i2")


def unpacked(values):
    return np.where(values == MISSING, np.nan, values * SCALE + OFFSET)


def told(values):
    """Numbers to compare: all, or of many how many are missing, the others' sum, and 64 from all over."""
    flat = np.asarray(values, "f8").ravel()
    if flat.size > 512:
        samples = flat[[i * flat.size // 64 for i in range(64)]]
        flat = np.concatenate([[np.isnan(flat).sum(), np.nansum(flat)], samples])
    return [None if math.isnan(x) else float(x) for x in flat]


def answers(slabs, nt, ask):
    """Every task's answer, from slabs of float64."""
    edges = np.linspace(*ask["range"], ask["bins"] + 1)
    weight = np.cos(np.deg2rad(LAT))[:, None]
    month = (np.datetime64("2000-01-01") + 5 * np.arange(nt)).astype("datetime64[M]").astype(int) % 12
    sums, series, counts = np.zeros((12, NY, NX)), [], np.zeros(ask["bins"], "i8")
    steps = np.zeros(12, "i8")
    values, totals = [], []
    for t, field in enumerate(slabs):
        sea = ~np.isnan(field)
        there = field[sea]
        values.append(np.rint(there / STEP).astype("i4"))
        totals.append(there.sum())
        counts += np.histogram(there, edges)[0]
        series.append(np.nansum(field * weight) / (weight * sea).sum())
        sums[month[t]] += field
        steps[month[t]] += 1
    number = sum(map(len, values))
    mean = math.fsum(totals) / number
    # Values are multiples of the step: ranks are found by counting them.
    low = min(v.min() for v in values)
    occurs = sum(np.bincount(v - low, minlength=60_000) for v in values)
    kinds = (np.arange(occurs.size) + low) * STEP
    spread = math.fsum(occurs * (kinds - mean) ** 2) / number
    below = np.cumsum(occurs)
    rank = [q * (number - 1) for q in ask["q"]]
    at = lambda r: kinds[np.searchsorted(below, r, side="right")]
    quantiles = [at(math.floor(r)) + (r - math.floor(r)) * (at(math.ceil(r)) - at(math.floor(r))) for r in rank]
    present = sorted(set(month))
    return {
        "mean": told([mean]),
        "map": told(sums.sum(0) / nt),
        "area": [float(x) for x in series],
        "std": told([math.sqrt(spread)]),
        "histogram": [int(n) for n in counts],
        "quantiles": told(quantiles),
        "climatology": told([sums[m] / steps[m] for m in present]),
        "count": number,
    }


def point_data():
    rng = np.random.default_rng(6)
    nt, ny, nx = POINT_SHAPE
    field, out = rng.standard_normal((ny, nx)), np.empty(POINT_SHAPE, "f4")
    for t in range(nt):
        field = 0.95 * np.roll(field, 1, axis=1) + 0.3 * rng.standard_normal((ny, nx))
        out[t] = np.round((15 + 8 * math.cos(2 * math.pi * t / 365) + field) / STEP) * STEP
    return out


def make_point(out, stores, ask):
    wanted = [name for name in stores if name.startswith("point") and not (out / f"{name}.zarr/.done").exists()]
    if not wanted:
        return
    data = point_data()
    lat, lon = np.linspace(-77.5, 77.5, POINT_SHAPE[1]), np.arange(POINT_SHAPE[2]) * 360 / POINT_SHAPE[2]
    for name in wanted:
        shard = POINT_SHARD if name == "point-sharded" else None
        print(f"data: {name}", flush=True)
        write(out / f"{name}.zarr", "sst", data, POINT_CHUNK, shard, LZ4, 1.0, {}, np.float32("nan"), lat, lon)
        (out / f"{name}.zarr/.done").touch()
    series = data[:, ask["point"]["lat"], ask["point"]["lon"]]
    (out / "answers-point.json").write_text(json.dumps({"point": told(series)}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--mib", type=int, required=True)
    parser.add_argument("--stores", nargs="+", required=True)
    parser.add_argument("--ask", type=json.loads, required=True, help="what is asked: bins, range, q, point")
    o = parser.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    make_point(o.out, o.stores, o.ask)
    fields = [name for name in o.stores if not name.startswith("point")]
    # Longer ones are made of others, which come first.
    fields = list(dict.fromkeys([*(name.partition("x")[0] for name in fields), *fields]))
    missing = [name for name in fields if not (o.out / f"{name}.zarr/.done").exists()]
    if not missing:
        return
    nt = max(SLAB, round(o.mib * 2**20 / (4 * NY * NX * SLAB)) * SLAB)
    source = o.out / "field.npy"
    if not source.exists():
        print(f"data: a field of {nt} × {NY} × {NX}", flush=True)
        make_field(o.out / "field.part", nt)
        (o.out / "field.part").rename(source)
    field = np.load(source, mmap_mode="r")
    for name in missing:
        base, _, times = name.partition("x")
        layout, chunk = base.rsplit("-", 1)
        print(f"data: {name}", flush=True)
        shard = SHARD if layout == "sharded" else None
        attributes = {"scale_factor": SCALE, "add_offset": OFFSET, "_FillValue": MISSING} if layout == "packed" else {}
        data, fill = (packed(field), MISSING) if layout == "packed" else (field, np.float32("nan"))
        path, more = o.out / f"{name}.zarr", (CHUNKS[chunk], shard, CODECS[layout], 5.0, attributes, fill, LAT, LON)
        if times:
            along, rest = divmod(nt, (shard or CHUNKS[chunk])[0])
            if rest:
                raise SystemExit(f"{name}: {nt} steps are no whole number of chunks")
            create(path, "sst", (nt * int(times), NY, NX), data.dtype, *more)
            link(path, o.out / f"{base}.zarr", along, int(times))
        else:
            write(path, "sst", data, *more)
        kind = "packed" if layout == "packed" else "float"
        known = o.out / f"answers-{kind}.json"
        if not known.exists():
            slabs = (unpacked(packed(x)) if kind == "packed" else np.asarray(x, "f8") for x in field)
            known.write_text(json.dumps(answers(slabs, nt, o.ask)))
        (o.out / f"{name}.zarr/.done").touch()


main()
