"""Tiny Zarr stores made with zarr-python, and the values to expect from them.

Writes ``tests/fixtures/stores-made/`` (the folder is replaced as a whole):

    v2.zarr, v3.zarr        groups with one array per feature
    v2-root.zarr, v3-root.zarr, v2-scalar.zarr, v3-scalar.zarr
                            the array is the root of the store
    expected.json           {"<store>/<path of the array>": {shape, dtype, values}}
                            (just "<store>" for an array at the root)

values: flat, C order. Floats are numbers, non-finite ones the strings "NaN",
"Infinity", "-Infinity"; integers beyond +-2^53 are digit strings; booleans are
true/false; byte strings ("|S3") are text without trailing NULs. dtype is the
numpy type string ("<f4", ">i2", "|b1"); in v3 it carries the byte order of the
"bytes" codec. Optional "bits": hex of the item bits, where a NaN payload matters.

All values are read back with zarr-python; lossless arrays are also compared with
what was written.

Run (versions pinned in requirements.txt; output is deterministic):

    python -m venv /tmp/venv
    /tmp/venv/bin/pip install -r tests/generate/requirements.txt
    /tmp/venv/bin/python tests/generate/stores.py
"""

import sys
from pathlib import Path

# keep this folder off the module search path (it holds a codecs.py)
_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import gzip
import json
import shutil
from types import SimpleNamespace

import numcodecs
import numpy as np
import zarr
from zarr.codecs import (
    BloscCodec,
    BytesCodec,
    Crc32cCodec,
    GzipCodec,
    ShardingCodec,
    TransposeCodec,
    ZstdCodec,
)

gzip.time = SimpleNamespace(time=lambda: 0)  # no time stamp in the gzip headers

OUT = _HERE.parent / "fixtures" / "stores-made"
EXPECTED = {}
WRITTEN = []  # (store, path, endian, data or None if lossy)


def create(store, path, data, *, write=..., lossy=False, endian="<", **kw):
    """An array filled with data in the regions `write` (default: all of it)."""
    root, version = OUT / store, 2 if store.startswith("v2") else 3
    kw.setdefault("compressors", None)
    z = zarr.create_array(root, name=path or None, shape=data.shape, dtype=data.dtype,
                          zarr_format=version, overwrite=False, **kw)
    want = np.full(data.shape, z.fill_value if z.fill_value is not None else 0, data.dtype)
    for region in write if isinstance(write, list) else [write]:
        if region is not None:
            z[region] = data[region]
            want[region] = data[region]
    WRITTEN.append((store, path, endian, None if lossy else want))


def plain(v):
    if isinstance(v, np.bool_):
        return bool(v)
    if isinstance(v, np.integer):
        return int(v) if abs(int(v)) <= 2**53 else str(int(v))
    if isinstance(v, np.floating):
        f = float(v)
        return "NaN" if np.isnan(f) else f if np.isfinite(f) else "Infinity" if f > 0 else "-Infinity"
    if isinstance(v, bytes):
        return v.decode("ascii")
    raise TypeError(type(v))


def expect():
    for store, path, endian, want in WRITTEN:
        z = zarr.open_array(OUT / store, path=path or None, mode="r")
        got = np.asarray(z[...])
        if want is not None:
            np.testing.assert_array_equal(got, want, err_msg=f"{store}/{path}")
        assert got.size <= 400, path
        dtype = got.dtype.str
        if store.startswith("v3") and dtype[0] in "<>":
            dtype = endian + dtype[1:]
        entry = {"shape": list(got.shape), "dtype": dtype,
                 "values": [plain(v) for v in got.reshape(-1, order="C")]}
        if "payload" in path:
            entry["bits"] = [f"0x{v:08x}" for v in got.reshape(-1).view("u4").tolist()]
        EXPECTED[f"{store}/{path}" if path else store] = entry


def ramp(shape, dtype="f4", step=0.5, start=1):
    return (start + step * np.arange(np.prod(shape))).reshape(shape).astype(dtype)


def sharding(chunks, codecs, **kw):
    return ShardingCodec(chunk_shape=chunks, codecs=codecs, **kw)


def edit(path, change):
    meta = json.loads(path.read_text())
    change(meta)
    path.write_text(json.dumps(meta, indent=2) + "\n")


NAN, INF = float("nan"), float("inf")
BIG_I = np.array([2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 0, -1], "i8")
BIG_U = np.array([2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 0, 1], "u8")
HALF = np.array([0, -0.0, 1, -2.5, 65504, 2.0**-24, 6e-5, INF, -INF, NAN, 0.1, 1 / 3], "f2")


def make_v3():
    s = "v3.zarr"
    zarr.create_group(OUT / s, zarr_format=3, attributes={"title": "made by stores.py"})
    crc = [BytesCodec(), Crc32cCodec()]
    zstd = [BytesCodec(), ZstdCodec(level=3)]
    # sharding
    create(s, "shard_start", ramp((10, 18)), chunks=(4, 10), fill_value=0, filters=None,
           serializer=sharding((2, 5), zstd, index_location="start"))
    create(s, "shard_end", ramp((10, 18)), chunks=(4, 10), fill_value=0,
           serializer=sharding((2, 5), zstd, index_location="end"))
    create(s, "shard_index_no_crc", ramp((12,), "i2", 3), chunks=(8,), fill_value=0,
           serializer=sharding((4,), [BytesCodec()], index_codecs=[BytesCodec()]))
    create(s, "shard_index_big_endian", ramp((12,), "i2", 3), chunks=(8,), fill_value=0, endian=">",
           serializer=sharding((4,), [BytesCodec(endian="big")], index_location="start",
                               index_codecs=[BytesCodec(endian="big"), Crc32cCodec()]))
    create(s, "shard_nested", ramp((16, 16), "i4", 1), chunks=(8, 16), fill_value=-7,
           serializer=sharding((8, 8), [sharding((4, 2), zstd)], index_location="start"))
    create(s, "shard_nested_sparse", ramp((16, 16), "i4", 1), chunks=(8, 16), fill_value=-7,
           write=[(slice(0, 3), slice(0, 2)), (slice(9, 10), slice(12, 14))],
           serializer=sharding((8, 8), [sharding((4, 2), crc)]))
    create(s, "shard_sparse", ramp((12, 20), "f4"), chunks=(4, 10), fill_value=-9.5,
           write=[(slice(0, 2), slice(0, 5)), (slice(8, 12), slice(15, 20))],
           serializer=sharding((2, 5), zstd))
    create(s, "shard_all_missing", ramp((8, 8), "i2", 1), chunks=(4, 4), fill_value=42, write=None,
           serializer=sharding((2, 2), zstd))
    create(s, "shard_inner_zstd_crc", ramp((6, 12), "f8", 0.25), chunks=(4, 12), fill_value=0,
           serializer=sharding((2, 6), [*zstd, Crc32cCodec()]))
    create(s, "shard_transpose_inner", ramp((6, 8), "u2", 1), chunks=(6, 8), fill_value=0,
           serializer=sharding((3, 4), [TransposeCodec(order=(1, 0)), BytesCodec(), GzipCodec(level=5)]))
    # other codecs
    create(s, "zstd_then_crc", ramp((7, 9), "f4"), chunks=(4, 4), fill_value=0,
           compressors=[ZstdCodec(level=1, checksum=True), Crc32cCodec()])
    create(s, "crc_only", ramp((7,), "i4", 5), chunks=(3,), fill_value=0, compressors=[Crc32cCodec()])
    create(s, "blosc_bit", ramp((5, 40), "f4"), chunks=(5, 25), fill_value=0,
           compressors=[BloscCodec(cname="lz4", clevel=5, shuffle="bitshuffle", typesize=4)])
    create(s, "gzip", ramp((5, 7), "f4"), chunks=(2, 7), fill_value=0, compressors=[GzipCodec(level=6)])
    create(s, "transpose", ramp((3, 4, 5), "i2", 1), chunks=(2, 3, 4), fill_value=0,
           filters=[TransposeCodec(order=(2, 0, 1))], compressors=[ZstdCodec()])
    create(s, "keys_v2_dot", ramp((4, 6), "i2", 1), chunks=(2, 3), fill_value=0,
           chunk_key_encoding={"name": "v2", "separator": "."})
    create(s, "keys_default_dot", ramp((4, 6), "i2", 1), chunks=(2, 3), fill_value=0,
           chunk_key_encoding={"name": "default", "separator": "."})
    # fill values
    part = [(slice(0, 2),)]
    for name, fill in (("nan", NAN), ("inf", INF), ("neg_inf", -INF), ("number", -1.25)):
        for dt in ("f4", "f8"):
            create(s, f"fill_{name}_{dt}", ramp((6,), dt), chunks=(2,), fill_value=fill, write=part)
    create(s, "fill_nan_f2", HALF[:6], chunks=(2,), fill_value=NAN, write=part)
    create(s, "fill_int64_big", BIG_I, chunks=(2,), fill_value=-(2**63) + 1, write=part)
    create(s, "fill_uint64_big", BIG_U, chunks=(2,), fill_value=2**64 - 2, write=part)
    create(s, "fill_true", np.array([False] * 6), chunks=(2,), fill_value=True, write=part)
    # hex fill values are put in by hand (allowed by the specification)
    for name, dt, text in (("payload_nan_hex", "f4", "0x7fc00001"),
                           ("hex_one_and_half_f8", "f8", "0x3ff8000000000000"),
                           ("hex_neg_inf_f2", "f2", "0xfc00")):
        create(s, f"fill_{name}", ramp((6,), dt), chunks=(2,), fill_value=0, write=part, lossy=True)
        edit(OUT / s / f"fill_{name}" / "zarr.json", lambda m: m.update(fill_value=text))
    # data types
    create(s, "float16", HALF, chunks=(5,), fill_value=0)
    create(s, "bool", np.arange(21).reshape(3, 7) % 3 == 0, chunks=(2, 4), fill_value=False,
           compressors=[ZstdCodec()])
    create(s, "int64_big", BIG_I, chunks=(3,), fill_value=0)
    create(s, "uint64_big", BIG_U, chunks=(3,), fill_value=0, compressors=[ZstdCodec()])
    for dt in ("i1", "u1", "i2", "u2", "i4", "u4"):
        info = np.iinfo(dt)
        create(s, f"type_{dt}", np.array([info.min, info.max, 0, 1, 100], dt), chunks=(2,), fill_value=0)
    for dt in ("i2", "u4", "i8", "f2", "f4", "f8"):
        create(s, f"big_endian_{dt}", ramp((5, 3), dt, 1.0, 258), chunks=(2, 2), fill_value=0, endian=">",
               serializer=BytesCodec(endian="big"), compressors=[ZstdCodec()])
    create(s, "scalar_f8", np.array(3.75), chunks=(), fill_value=0)
    create(s, "scalar_missing", np.array(5, "i4"), chunks=(), fill_value=11, write=None)
    create(s, "empty_dim", np.zeros((0, 4), "f4"), chunks=(1, 4), fill_value=0, write=None)
    zarr.create_group(OUT / s, path="nested/deeper", zarr_format=3)
    create(s, "nested/deeper/a", ramp((3, 4, 2), "i4", 1), chunks=(2, 2, 2), fill_value=0,
           dimension_names=["x", None, "z"], attributes={"units": "m"})
    create("v3-root.zarr", "", ramp((4, 5), "f4"), chunks=(2, 5), fill_value=0, compressors=[ZstdCodec()])
    create("v3-scalar.zarr", "", np.array(-2.5, "f4"), chunks=(), fill_value=0)


def make_v2():
    s = "v2.zarr"
    zarr.create_group(OUT / s, zarr_format=2, attributes={"title": "made by stores.py"})
    zlib = numcodecs.Zlib(level=6)
    temps = (280 + 10 * np.sin(np.arange(60) / 7)).reshape(6, 10)
    fso = numcodecs.FixedScaleOffset(offset=280, scale=100, dtype="<f8", astype="<i4")
    # filters are applied in the order listed when encoding
    create(s, "filters_fso_delta_shuffle_zlib", temps, chunks=(4, 5), fill_value=0, lossy=True,
           filters=[fso, numcodecs.Delta("<i4"), numcodecs.Shuffle(4)], compressors=zlib)
    create(s, "filters_fso_delta_astype_zlib", temps, chunks=(4, 5), fill_value=280, lossy=True,
           filters=[fso, numcodecs.Delta("<i4", astype="<i2")], compressors=zlib)
    create(s, "filters_delta_fso_zlib", np.round(temps * 4) / 4, chunks=(4, 5), fill_value=0, lossy=True,
           filters=[numcodecs.Delta("<f8"),
                    numcodecs.FixedScaleOffset(offset=0, scale=4, dtype="<f8", astype="<i4")],
           compressors=zlib)
    create(s, "filters_delta_shuffle_zlib", ramp((30,), "<i4", 7), chunks=(12,), fill_value=0,
           filters=[numcodecs.Delta("<i4"), numcodecs.Shuffle(4)], compressors=zlib)
    create(s, "filters_delta_big_endian", ramp((30,), ">i4", 7), chunks=(12,), fill_value=0,
           filters=[numcodecs.Delta(">i4")], compressors=zlib)
    create(s, "filter_fso_only", temps.astype("<f4"), chunks=(3, 10), fill_value=0, lossy=True,
           filters=[numcodecs.FixedScaleOffset(offset=250, scale=500, dtype="<f4", astype="<u2")])
    create(s, "filter_crc32c_zstd", ramp((9,), "<f4"), chunks=(4,), fill_value=0,
           filters=[numcodecs.CRC32C()], compressors=numcodecs.Zstd(level=3))
    for name, c in (("zlib", zlib), ("gzip", numcodecs.GZip(5)), ("zstd", numcodecs.Zstd(3)),
                    ("lz4", numcodecs.LZ4()), ("none", None),
                    ("blosc_lz4", numcodecs.Blosc("lz4", 5, numcodecs.Blosc.SHUFFLE)),
                    ("blosc_zstd_bit", numcodecs.Blosc("zstd", 3, numcodecs.Blosc.BITSHUFFLE)),
                    ("blosc_blosclz_auto", numcodecs.Blosc("blosclz", 5, numcodecs.Blosc.AUTOSHUFFLE))):
        create(s, f"codec_{name}", ramp((7, 11), "<f4"), chunks=(4, 6), fill_value=0, compressors=c)
    create(s, "order_f", ramp((5, 7), "<i2", 1), chunks=(3, 4), fill_value=0, order="F", compressors=zlib)
    part = [(slice(0, 2),)]
    for name, fill in (("nan", NAN), ("inf", INF), ("neg_inf", -INF), ("number", -1.25)):
        for dt in ("<f4", ">f8"):
            create(s, f"fill_{name}_{dt[1:]}", ramp((6,), dt), chunks=(2,), fill_value=fill, write=part)
    create(s, "fill_int64_big", BIG_I, chunks=(2,), fill_value=-(2**63) + 1, write=part)
    create(s, "fill_uint64_big", BIG_U, chunks=(2,), fill_value=2**64 - 2, write=part)
    create(s, "fill_true", np.array([False] * 6), chunks=(2,), fill_value=True, write=part)
    # fixed-length strings: fill value in base64 ("YWJj" = abc)
    create(s, "fill_base64_S3", np.array([b"x", b"yz", b"", b"q", b"r", b"s"], "S3"), chunks=(2,),
           fill_value=b"abc", write=part)
    # fill_value null: missing chunks are undefined, zarr-python gives zeros
    create(s, "fill_null", ramp((6,), "<f4"), chunks=(2,), fill_value=0, write=part)
    edit(OUT / s / "fill_null" / ".zarray", lambda m: m.update(fill_value=None))
    create(s, "float16", HALF.astype("<f2"), chunks=(5,), fill_value=0)
    create(s, "bool", np.arange(21).reshape(3, 7) % 3 == 0, chunks=(2, 4), fill_value=False, compressors=zlib)
    create(s, "int64_big", BIG_I, chunks=(3,), fill_value=0)
    create(s, "uint64_big", BIG_U, chunks=(3,), fill_value=0, compressors=zlib)
    for dt in ("|i1", "|u1", "<i2", "<u2", "<i4", "<u4"):
        info = np.iinfo(dt)
        create(s, f"type_{dt[1:]}", np.array([info.min, info.max, 0, 1, 100], dt), chunks=(2,), fill_value=0)
    for dt in (">i2", ">u4", ">i8", ">f2", ">f4", ">f8"):
        create(s, f"big_endian_{dt[1:]}", ramp((5, 3), dt, 1.0, 258), chunks=(2, 2), fill_value=0,
               compressors=numcodecs.Blosc("lz4", 5, 1))
    create(s, "scalar_f8", np.array(3.75), chunks=(), fill_value=0)
    create(s, "scalar_missing", np.array(5, "i4"), chunks=(), fill_value=11, write=None)
    zarr.create_group(OUT / s, path="nested/deeper", zarr_format=2)
    create(s, "nested/deeper/slash", ramp((3, 4, 2), "<i4", 1), chunks=(2, 2, 2), fill_value=-1,
           write=[(slice(0, 2),)], compressors=zlib,
           chunk_key_encoding={"name": "v2", "separator": "/"})
    create("v2-root.zarr", "", ramp((4, 5), "<f4"), chunks=(2, 5), fill_value=0, compressors=zlib)
    create("v2-scalar.zarr", "", np.array(-2.5, "<f4"), chunks=(), fill_value=0)


def main():
    numcodecs.blosc.set_nthreads(1)
    zarr.config.set({"async.concurrency": 1, "threading.max_workers": 1})
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    make_v3()
    make_v2()
    expect()
    lines = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'), allow_nan=False)}"
             for k, v in EXPECTED.items()]
    (OUT / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    files = [f for f in OUT.rglob("*") if f.is_file()]
    print(f"{len(EXPECTED)} arrays, {len(files)} files, {sum(f.stat().st_size for f in files)} bytes;",
          "zarr", zarr.__version__, "numcodecs", numcodecs.__version__)


if __name__ == "__main__":
    main()
