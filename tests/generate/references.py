"""Small HDF5, NetCDF3, GRIB2 and TIFF files, and Kerchunk's references to them.

Writes ``tests/fixtures/references/`` (the folder is replaced as a whole):

    targets/            the files
    NAME.json           kerchunk's references to one of them, addresses relative
    NAME.parq/          the same written by fsspec's LazyReferenceMapper
    rows/VARIANT.parq/  one table of 60 references in the ways that Parquet can be written
    expected.json       {"NAME": {"ARRAY": {shape, dtype, sha256}}}: the values as h5py, netCDF4, tifffile and eccodes
                        read them from the files themselves, C order, little-endian; and "rows": the bytes of its array

Run with kerchunk, h5py, netCDF4, scipy, tifffile, imagecodecs, eccodes, cfgrib, fastparquet and pyarrow:

    python tests/generate/references.py
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

# keep this folder off the module search path (it holds a codecs.py)
_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import numpy as np

OUT = _HERE.parent / "fixtures" / "references"
EXPECTED = {}


def expect(name, array, values):
    little = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<")))
    digest = hashlib.sha256(little.tobytes()).hexdigest()
    EXPECTED.setdefault(name, {})[array] = {
        "shape": list(values.shape),
        "dtype": little.dtype.name,
        "sha256": digest,
    }


def write(name, refs, target):
    """References as JSON and as Parquet, addresses relative to the table."""
    refs = refs.get("refs", refs)
    for form, relative in (("json", f"targets/{target}"), ("parq", f"targets/{target}")):
        own = {
            key: [relative, *value[1:]] if isinstance(value, list) else value
            for key, value in refs.items()
        }
        if form == "json":
            text = json.dumps({"version": 1, "refs": own}, indent=0, sort_keys=True)
            (OUT / f"{name}.json").write_text(text)
        elif any("/" in key for key in own):  # fsspec has no records for an array at the root
            from kerchunk.df import refs_to_dataframe

            refs_to_dataframe({"refs": own}, str(OUT / f"{name}.parq"), record_size=16)


def hdf5():
    import h5py
    from kerchunk.hdf import SingleHdf5ToZarr

    path = OUT / "targets" / "filters.h5"
    rng = np.random.default_rng(3)
    field = np.cumsum(rng.integers(-9, 9, (5, 12, 18)), axis=2)
    with h5py.File(path, "w", track_order=True) as file:
        file.create_dataset("plain", data=field.astype("<f4"))
        file.create_dataset("zlib", data=field.astype("<i2"), chunks=(2, 5, 9), compression=6, shuffle=True)
        file.create_dataset("big", data=field.astype(">f8"), chunks=(1, 12, 18), compression=1)
        file.create_dataset("group/inner", data=np.arange(4.0))
        file.create_dataset("small", data=np.arange(3, dtype="<i8"), chunks=(3,))
        file.create_dataset("sparse", (40,), dtype="<i2", chunks=(4,), fillvalue=-5)
        file["sparse"][8:12] = 7
    with h5py.File(path) as file:
        for name in ["plain", "zlib", "big", "group/inner", "small", "sparse"]:
            expect("filters", name, file[name][...])
    refs = SingleHdf5ToZarr(str(path), url="x", inline_threshold=30).translate()
    write("filters", refs, path.name)


def netcdf3():
    import netCDF4
    from kerchunk.netCDF3 import NetCDF3ToZarr

    path = OUT / "targets" / "classic.nc"
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("time", None)
        file.createDimension("x", 7)
        file.createVariable("x", "f4", ("x",))[:] = np.linspace(0, 1, 7)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "days since 2000-01-01"
        time[:] = np.arange(6)
        a = file.createVariable("a", "i2", ("time", "x"))
        a.scale_factor = 0.5
        a.set_auto_maskandscale(False)
        a[:] = np.arange(42).reshape(6, 7)
        file.createVariable("b", "f8", ("time",))[:] = np.arange(6) ** 2
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        for name in ["x", "time", "a", "b"]:
            expect("classic", name, file[name][...])
    write("classic", NetCDF3ToZarr(str(path), inline_threshold=0).translate(), path.name)


def grib2():
    import eccodes
    from kerchunk.grib2 import scan_grib

    path = OUT / "targets" / "message.grib2"
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    for key, value in [
        ("Ni", 16),
        ("Nj", 9),
        ("iDirectionIncrementInDegrees", 22.5),
        ("jDirectionIncrementInDegrees", 22.5),
        ("latitudeOfFirstGridPointInDegrees", 90),
        ("latitudeOfLastGridPointInDegrees", -90),
        ("longitudeOfFirstGridPointInDegrees", 0),
        ("longitudeOfLastGridPointInDegrees", 337.5),
        ("shortName", "2t"),
        ("bitsPerValue", 12),
    ]:
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, 280 + 10 * np.sin(np.arange(144) / 9))
    with open(path, "wb") as file:
        eccodes.codes_write(handle, file)
    values = eccodes.codes_get_values(handle).reshape(9, 16)
    eccodes.codes_release(handle)
    expect("message", "t2m", values)
    write("message", scan_grib(str(path))[0], path.name)


def tiff():
    import tifffile
    from kerchunk.tiff import tiff_to_zarr

    path = OUT / "targets" / "tiled.tif"
    image = (np.add.outer(np.arange(48), 3 * np.arange(64)) % 251).astype("u2")
    tifffile.imwrite(path, image, tile=(16, 16), compression="zlib", predictor=True, metadata=None)
    expect("tiled", "", tifffile.imread(path))
    write("tiled", tiff_to_zarr(str(path)), path.name)


def rows():
    """One table, as pandas writes it through either library."""
    import pandas as pd

    (OUT / "targets" / "bytes.bin").write_bytes(bytes(range(256)))
    (OUT / "targets" / "one.bin").write_bytes(b"\xfe")
    n, record_size = 60, 25
    values, frames = [], []
    for i in range(n):
        row = {"path": "../targets/bytes.bin", "offset": 3 * i, "size": 1, "raw": None}
        value = 3 * i
        if i % 7 == 3:
            row, value = {"path": None, "offset": 0, "size": 0, "raw": bytes([i])}, i
        elif i % 11 == 5:
            row, value = {"path": None, "offset": 0, "size": 0, "raw": None}, 200
        elif i % 13 == 6:
            row, value = {"path": "../targets/one.bin", "offset": 0, "size": 0, "raw": None}, 254
        values.append(value)
        frames.append(row)
    EXPECTED["rows"] = {"a": {"shape": [n], "dtype": "uint8", "values": values}}
    padding = [{"path": None, "offset": 0, "size": 0, "raw": None}] * (-n % record_size)
    frame = pd.DataFrame(frames + padding)
    pages = {"write_statistics": True}
    variants = {
        "pyarrow-snappy": ("pyarrow", {"compression": "snappy"}, False),
        "pyarrow-gzip": ("pyarrow", {"compression": "gzip"}, True),
        "pyarrow-lz4": ("pyarrow", {"compression": "lz4"}, False),
        "pyarrow-brotli": ("pyarrow", {"compression": "brotli"}, False),
        "pyarrow-v2": ("pyarrow", {"compression": "zstd", "data_page_version": "2.0", "data_page_size": 64}, False),
        "pyarrow-plain": ("pyarrow", {"compression": None, "use_dictionary": False, "row_group_size": 10}, False),
        "pyarrow-delta": (
            "pyarrow",
            {"use_dictionary": False, "column_encoding": {"offset": "DELTA_BINARY_PACKED"}},
            False,
        ),
        "fastparquet": ("fastparquet", {"compression": None}, False),
        "fastparquet-category": ("fastparquet", {"compression": "zstd"}, True),
    }
    zarray = {
        "zarr_format": 2,
        "shape": [n],
        "chunks": [1],
        "dtype": "|u1",
        "fill_value": 200,
        "order": "C",
        "filters": None,
        "compressor": None,
    }
    zmetadata = {"metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": zarray}, "record_size": record_size}
    for name, (engine, options, category) in variants.items():
        folder = OUT / "rows" / f"{name}.parq"
        (folder / "a").mkdir(parents=True)
        (folder / ".zmetadata").write_text(json.dumps(zmetadata))
        for k in range(0, len(frame), record_size):
            part = frame.iloc[k : k + record_size].reset_index(drop=True)
            if category:
                part["path"] = part["path"].astype("category")
            more = dict(options)
            if engine == "fastparquet":
                more |= {"object_encoding": {"raw": "bytes", "path": "utf8"}, "has_nulls": ["path", "raw"]}
            else:
                more = pages | more
            part.to_parquet(folder / "a" / f"refs.{k // record_size}.parq", engine=engine, index=False, **more)


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "targets").mkdir(parents=True)
    for make in (hdf5, netcdf3, grib2, tiff, rows):
        make()
    (OUT / "expected.json").write_text(json.dumps(EXPECTED, indent=1) + "\n")
