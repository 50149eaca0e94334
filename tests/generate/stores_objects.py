"""Tiny Zarr stores of elements that are no numbers: text, byte strings, objects, records, raw bytes, categories.

Writes ``tests/fixtures/stores-objects/`` (the folder is replaced as a whole):

    v2.zarr, v3.zarr    groups with one array per feature, written by zarr-python
    expected.json       {"<store>/<path>": {shape, dtype, values}}

values: flat, C order, as results hold them: text as text; byte strings as text where they are UTF-8 and lists of bytes
elsewhere; raw bytes as lists; records as objects by field; objects as they are. All are read back with zarr-python.

Run (versions pinned in requirements.txt; output is deterministic):

    python tests/generate/stores_objects.py
"""

import sys
from pathlib import Path

# keep this folder off the module search path (it holds a codecs.py)
_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import base64
import json
import shutil
import warnings

import numcodecs
import numpy as np
import zarr
from zarr.codecs import BytesCodec, ShardingCodec, TransposeCodec, VLenBytesCodec, VLenUTF8Codec, ZstdCodec

warnings.filterwarnings("ignore")
OUT = _HERE.parent / "fixtures" / "stores-objects"
EXPECTED = {}

WORDS = ["", "ocean", "Ægir", "海洋", "🌊 wave", "z" * 40, "tab\there", 'quote " back \\ slash']
BLOBS = [b"", b"ocean", b"\xff\x01", "Ægir".encode(), b"\x00\x00", bytes(range(200, 220))]
THINGS = [{"a": 1}, [1, 2, [3]], "text", 7, -2.5, None, True, 2**40]


def words(shape, values=WORDS):
    out = np.empty(shape, dtype=object)
    flat = out.reshape(-1)
    for i in range(flat.size):
        flat[i] = values[(i * 5) % len(values)]
    return out


def plain(v):
    """One element as results hold it."""
    if isinstance(v, np.void) and v.dtype.names:
        return {name: plain(v[name]) for name in v.dtype.names}
    if isinstance(v, np.ndarray):
        return [plain(x) for x in v]
    if isinstance(v, np.void):
        return list(v.tobytes())
    if isinstance(v, bytes):
        try:
            return v.decode()
        except UnicodeDecodeError:
            return list(v)
    if isinstance(v, np.datetime64):
        return None if np.isnat(v) else int(v.astype("i8"))
    if isinstance(v, np.generic):
        return plain(v.item())
    if isinstance(v, float) and np.isnan(v):
        return None
    if isinstance(v, complex):
        return [v.real, v.imag]
    return v


def expect(store, path, dtype, values=None):
    if values is None:
        values = zarr.open_array(OUT / store / path, mode="r")[...]
    values = np.asarray(values)
    EXPECTED[f"{store}/{path}"] = {
        "shape": list(values.shape), "dtype": dtype, "values": [plain(v) for v in values.reshape(-1)],
    }


def v3():
    store = "v3.zarr"
    root = zarr.create_group(OUT / store, zarr_format=3)

    def text(path, data, write=..., **kw):
        z = root.create_array(path, shape=data.shape, dtype=str, fill_value=kw.pop("fill", ""), **kw)
        z[write] = data[write]
        expect(store, path, "string")

    text("string", words((7,)), chunks=(4,))
    text("string_2d", words((5, 6)), chunks=(2, 4), compressors=[ZstdCodec()])
    text("string_fill", words((8,)), (slice(0, 3),), chunks=(3,), fill="ни́чего")
    text("string_sharded", words((8, 6)), chunks=(2, 3), shards=(4, 6), compressors=[ZstdCodec()])
    text("string_sharded_sparse", words((8, 6)), (slice(0, 2), slice(0, 3)), chunks=(2, 3), shards=(4, 6), fill="?")
    text("string_nested", words((8, 8)), chunks=(8, 8), compressors=None,
         serializer=ShardingCodec(chunk_shape=(4, 8), codecs=[ShardingCodec(chunk_shape=(2, 4), codecs=[VLenUTF8Codec()])]))
    text("string_transposed", words((3, 4)), chunks=(2, 4), filters=[TransposeCodec(order=(1, 0))])
    text("string_scalar", np.array("single", dtype=object), chunks=())

    data = words((9,), BLOBS)
    z = root.create_array("bytes", shape=data.shape, dtype="variable_length_bytes", chunks=(4,), fill_value=b"")
    z[...] = data
    expect(store, "bytes", "bytes")
    z = root.create_array("bytes_fill", shape=(5,), dtype="variable_length_bytes", chunks=(2,), fill_value=b"\xff\x00")
    z[:2] = data[:2]
    expect(store, "bytes_fill", "bytes")

    raw = np.frombuffer(bytes(range(60)), "V3").reshape(4, 5)
    z = root.create_array("raw", shape=raw.shape, dtype=raw.dtype, chunks=(2, 3), fill_value=np.void(b"\x01\x02\x03"))
    z[:2] = raw[:2]
    expect(store, "raw", "V3")
    # zarr-python cannot write shards of records: their fill value is not hashable.
    for path, endian in (("record", "little"), ("record_big", "big")):
        data = records("<")
        z = root.create_array(path, shape=data.shape, dtype=data.dtype, chunks=(4,), serializer=BytesCodec(endian=endian),
                              compressors=[ZstdCodec()], fill_value=data[0])
        z[:4] = data[:4]
        expect(store, path, record_name(data.dtype))
    fixed = words((6,)).astype("U9")
    z = root.create_array("fixed_utf32", shape=(6,), dtype="U9", chunks=(4,), fill_value="x")
    z[:4] = fixed[:4]
    expect(store, "fixed_utf32", "<U9")
    z = root.create_array("null_terminated", shape=(6,), dtype="S5", chunks=(4,), fill_value=b"x")
    z[...] = words((6,), BLOBS).astype("S5")
    expect(store, "null_terminated", "S5")


def records(order):
    inner = np.dtype([("x", order + "f8"), ("n", "S3")])
    dtype = np.dtype([("i", order + "i4"), ("flag", "?"), ("where", inner), ("when", order + "M8[s]"), ("c", order + "c8")])
    data = np.zeros(6, dtype)
    for k in range(6):
        data[k] = (k * 1000 - 3, k % 2 == 0, (k / 3, BLOBS[k][:3]), np.datetime64(k * 86400, "s"), complex(k, -k))
    return data


def descr(dtype):
    """numpy's list of fields, lists in lists, as Zarr v2 writes it."""
    return [[name, descr(field) if field.names else field.str] for name, (field, _) in dtype.fields.items()]


def record_name(dtype):
    """As numpy writes it, little-endian."""
    return str(dtype.newbyteorder("<").descr).replace("'<i1'", "'|i1'")


def v2():
    store = "v2.zarr"
    zlib = numcodecs.Zlib(6)
    zarr.create_group(OUT / store, zarr_format=2)

    def write(path, data, chunks, filters, dtype="|O", compressor=zlib, order="C", fill=None, skip=(), kind="object"):
        """Chunks encoded by numcodecs itself: zarr-python 3 writes few of these codecs for Zarr v2."""
        folder = OUT / store / path
        folder.mkdir(parents=True)
        meta = {"zarr_format": 2, "shape": list(data.shape), "chunks": list(chunks), "dtype": dtype, "order": order,
                "filters": [f.get_config() for f in filters] or None,
                "compressor": compressor.get_config() if compressor else None, "fill_value": fill}
        (folder / ".zarray").write_text(json.dumps(meta, indent=1))
        whole = data.copy()
        for at in np.ndindex(*[-(-n // c) for n, c in zip(data.shape, chunks)]):
            region = tuple(slice(i * c, (i + 1) * c) for i, c in zip(at, chunks))
            if at in skip:
                whole[region] = ""
                continue
            chunk = np.empty(chunks, data.dtype)
            if data.dtype == object:
                chunk[...] = b"" if kind == "bytes" else ""
            part = data[region]
            chunk[tuple(slice(0, n) for n in part.shape)] = part
            encoded = np.asarray(chunk, order=order)
            for f in filters:
                encoded = f.encode(encoded)
            if compressor:
                encoded = compressor.encode(encoded)
            (folder / ".".join(map(str, at or (0,)))).write_bytes(bytes(encoded))
        expect(store, path, kind, whole)

    flat, grid = words((7,)), words((5, 6))
    write("vlen_utf8", flat, (4,), [numcodecs.VLenUTF8()], kind="string", fill="")
    write("vlen_utf8_fortran", grid, (2, 4), [numcodecs.VLenUTF8()], kind="string", order="F", fill="")
    write("vlen_utf8_missing", flat, (4,), [numcodecs.VLenUTF8()], kind="string", fill=0, skip=[(1,)])
    write("vlen_utf8_crc", flat, (4,), [numcodecs.VLenUTF8(), numcodecs.CRC32()], kind="string", compressor=None)
    write("vlen_bytes", words((9,), BLOBS), (4,), [numcodecs.VLenBytes()], kind="bytes", fill="")
    lists = np.empty(5, object)
    for i in range(5):
        lists[i] = np.arange(i, dtype="<i2") - 2
    write("vlen_array", lists, (5,), [numcodecs.VLenArray("<i2")])
    write("json2", words((8,), THINGS), (3,), [numcodecs.JSON()])
    write("json2_2d", words((4, 3), ["a", "b", "ç"]), (2, 3), [numcodecs.JSON()])
    write("msgpack2", words((8,), THINGS), (3,), [numcodecs.MsgPack()])
    write("msgpack2_2d", words((4, 3), ["a", "b", "ç"]), (2, 3), [numcodecs.MsgPack()])
    labels = ["north", "south", "öst"]
    some = words((8,), labels + [""])
    categorize = numcodecs.Categorize(labels, dtype="object", astype="u1")
    write("categorize", some, (3,), [categorize], kind="string", fill="")
    fixed = some.astype("U5")
    write("categorize_fixed", fixed, (3,), [numcodecs.Categorize(labels, dtype="<U5", astype="<i2")], dtype="<U5", kind="<U5")

    def raw_records(path, data, chunk):
        """zarr-python 3 reads no records in records, and v2's are the bytes of numpy's own."""
        folder = OUT / store / path
        folder.mkdir()
        fill = base64.b64encode(data[1].tobytes()).decode()
        meta = {"zarr_format": 2, "shape": list(data.shape), "chunks": [chunk], "dtype": descr(data.dtype), "order": "C",
                "filters": None, "compressor": zlib.get_config(), "fill_value": fill}
        (folder / ".zarray").write_text(json.dumps(meta, indent=1))
        (folder / "0").write_bytes(zlib.encode(data[:chunk].tobytes()))
        whole = data.copy()
        whole[chunk:] = data[1]
        expect(store, path, record_name(data.dtype), whole)

    raw_records("record", records("<"), 4)
    raw_records("record_big", records(">"), 4)
    sub = np.zeros(3, np.dtype([("v", "<f4", (2, 3)), ("k", ">u2", (2,))]))
    sub["v"] = np.arange(18).reshape(3, 2, 3)
    sub["k"] = np.arange(6).reshape(3, 2) * 300
    folder = OUT / store / "record_subarray"
    folder.mkdir()
    meta = {"zarr_format": 2, "shape": [3], "chunks": [3], "dtype": [["v", "<f4", [2, 3]], ["k", ">u2", [2]]],
            "order": "C", "filters": None, "compressor": None,
            "fill_value": base64.b64encode(bytes(sub.dtype.itemsize)).decode()}
    (folder / ".zarray").write_text(json.dumps(meta, indent=1))
    (folder / "0").write_bytes(sub.tobytes())
    expect(store, "record_subarray", "[('v', '<f4', (2, 3)), ('k', '<u2', (2,))]", sub)
    raw = np.frombuffer(bytes(range(60)), "V3").reshape(4, 5)
    z = zarr.create_array(OUT / store, name="raw", shape=raw.shape, dtype=raw.dtype, zarr_format=2, chunks=(2, 3),
                          compressors=zlib, fill_value=np.void(b"\0\0\0"))
    z[...] = raw
    expect(store, "raw", "V3")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    v3()
    v2()
    lines = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'), allow_nan=False, ensure_ascii=False)}"
             for k, v in EXPECTED.items()]
    (OUT / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(len(EXPECTED), "arrays; zarr", zarr.__version__, "numcodecs", numcodecs.__version__)


if __name__ == "__main__":
    main()
