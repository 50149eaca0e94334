"""More codec golden fixtures: what numcodecs, imagecodecs and zarr 3 write besides the codecs of codecs.py.

Writes ``tests/fixtures/codecs/more.json``, in the form of cases.json. A case holds ``codec`` (a Zarr v2 configuration)
or ``codecs`` (the whole chain of a Zarr v3 array, as zarr wrote it into zarr.json). Every case is decoded again by the
library that wrote it; ``decoded`` is what it gives, little-endian for ``codecs``.

Run as codecs.py is run, with imagecodecs besides.
"""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import base64
import importlib.metadata
import json
import lzma
import warnings

# numcodecs reads zfpy's version as three integers, which "1.0.1.post0" is not.
_version = importlib.metadata.version
importlib.metadata.version = lambda name: _version(name).split(".post")[0]

import imagecodecs
import imagecodecs.numcodecs
import numcodecs
import numpy as np
import zarr
from zarr.storage import MemoryStore

imagecodecs.numcodecs.register_codecs(verbose=False)
warnings.simplefilter("ignore")
OUT = _HERE.parent / "fixtures" / "codecs" / "more.json"
CASES = []
RNG = np.random.default_rng(7)


def b64(x):
    return base64.b64encode(x.tobytes() if isinstance(x, np.ndarray) else bytes(x)).decode()


def record(id, dtype, encoded, decoded, **codec):
    assert id not in {c["id"] for c in CASES}, id
    size = np.dtype(dtype).itemsize
    raw = np.ascontiguousarray(decoded).tobytes() if isinstance(decoded, np.ndarray) else bytes(decoded)
    assert len(raw) % size == 0, id
    CASES.append({"id": id, **codec, "dtype": dtype, "len_elements": len(raw) // size,
                  "encoded": b64(encoded), "decoded": b64(raw)})


def v2(name, config, arr):
    codec = numcodecs.get_codec(dict(config))
    encoded = codec.encode(arr)
    encoded = encoded.tobytes() if isinstance(encoded, np.ndarray) else bytes(encoded)
    try:
        decoded = np.asarray(codec.decode(encoded))
    except NotImplementedError:  # needs to be told the size
        decoded = np.empty(arr.nbytes, "u1")
        codec.decode(encoded, out=decoded)
    record(f"{config['id']}-{name}", arr.dtype.str, encoded, decoded, codec=config)


def v2_all():
    ramp = (273.15 + 0.125 * np.arange(100)).astype("<f4")
    noise = RNG.integers(0, 256, 200, dtype="u1")
    zeros = np.zeros(400, "<i2")
    for name, arr in (("ramp", ramp), ("noise", noise), ("zeros", zeros)):
        v2(name, {"id": "bz2", "level": 1}, arr)
        v2(name, {"id": "base64"}, arr)
        for config in ({"format": 1, "check": -1, "preset": 9, "filters": None},
                       {"format": 1, "check": lzma.CHECK_CRC32, "preset": 1, "filters": None},
                       {"format": 1, "check": lzma.CHECK_SHA256, "preset": 0, "filters": None},
                       {"format": 1, "check": lzma.CHECK_NONE, "preset": None, "filters": None},
                       {"format": 2, "check": -1, "preset": 6, "filters": None},
                       {"format": 3, "check": -1, "preset": None, "filters": [{"id": lzma.FILTER_LZMA2, "preset": 1}]},
                       {"format": 3, "check": -1, "preset": None, "filters": [
                           {"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 9}]},
                       {"format": 3, "check": -1, "preset": None, "filters": [
                           {"id": lzma.FILTER_DELTA, "dist": 2},
                           {"id": lzma.FILTER_LZMA1, "preset": 3, "lc": 2, "lp": 1, "pb": 1}]}):
            check = config["check"] if config["check"] >= 0 else ""
            filters = "+".join(format(f['id'], '02x')[-2:] for f in config['filters'] or [])
            v2(f"{config['format']}-{check}-{config['preset']}-{filters}-{name}", {"id": "lzma", **config}, arr)
        for id in ("crc32", "adler32", "crc32c"):
            for location in ("start", "end"):
                v2(f"{location}-{name}", {"id": id, "location": location}, arr)
        for odd in (arr, arr.view("u1")[:-1]):
            v2(f"{odd.nbytes}-{name}", {"id": "fletcher32"}, odd)
        v2(name, {"id": "jenkins_lookup3"}, arr)
        v2(f"seed-{name}", {"id": "jenkins_lookup3", "initval": 12345}, arr)
        for id in ("lzw", "packbits", "zlib", "zstd", "deflate", "lzma", "bz2", "blosc"):
            v2(name, {"id": f"imagecodecs_{id}"}, arr)
        v2(f"raw-{name}", {"id": "imagecodecs_deflate", "raw": True}, arr)
        v2(f"header-{name}", {"id": "imagecodecs_lz4", "header": True}, arr)
        bare = imagecodecs.lz4_encode(arr.tobytes())
        record(f"imagecodecs_lz4-{name}", arr.dtype.str, bare, arr, codec={"id": "imagecodecs_lz4"})
    for n in range(13):
        v2(f"n{n}", {"id": "jenkins_lookup3"}, noise[:n])
    for n in (1, 7, 8, 9, 64, 65):
        v2(f"n{n}", {"id": "packbits"}, RNG.integers(0, 2, n).astype(bool))
    v2("f4", {"id": "bitround", "keepbits": 5}, ramp)
    for dtype, astype in (("<f8", "<f4"), ("<f8", ">f4"), (">f8", "<f2"), ("<f4", "<f4")):
        v2(f"{dtype}-{astype}", {"id": "quantize", "digits": 2, "dtype": dtype, "astype": astype}, ramp.astype(dtype))
    for dtype, astype in (("<i8", "<i2"), (">i4", "<u2"), ("<f8", "<i4"), ("<f4", ">i2"), ("|u1", "<f8"), ("|b1", "|u1"),
                          ("<i2", "|b1"), ("<f4", "<i8"), ("<f2", "|i1"), ("<u8", "<f4")):
        arr = np.arange(90).astype(dtype)
        v2(f"{dtype}-{astype}", {"id": "astype", "encode_dtype": astype, "decode_dtype": dtype}, arr)
    for dtype in ("|u1", "<u2", ">u2", "<i4", ">i4", "<u8", "<f4", ">f8"):
        arr = RNG.integers(0, 100, 2 * 4 * 6).astype(dtype).reshape(2, 4, 6)
        config = {"id": "imagecodecs_delta", "dist": 1, "shape": [2, 4, 6], "dtype": dtype}
        for axis in (-1, -2, 0):
            v2(f"{dtype}-{axis}", {**config, "axis": axis}, arr)
    for dtype in ("<f2", "<f4", ">f4", "<f8", ">f8"):
        arr = (0.1 * RNG.integers(0, 100, 2 * 4 * 6)).astype(dtype).reshape(2, 4, 6)
        for axis, dist in ((-1, 1), (-2, 1), (-2, 2)):
            config = {"shape": [2, 4, 6], "dtype": dtype, "axis": axis, "dist": dist}
            v2(f"{dtype}-{axis}-{dist}", {"id": "imagecodecs_floatpred", **config}, arr)
            for delta in (False, True):
                for reorder in (False, True):
                    flags = {"delta": delta, "reorder": reorder}
                    v2(f"{dtype}-{axis}-{dist}-{delta}-{reorder}", {"id": "imagecodecs_byteshuffle", **config, **flags}, arr)
    for item, n, block in ((1, 40, 0), (2, 43, 0), (4, 40, 16), (8, 37, 8), (4, 2100, 0), (3, 50, 0), (16, 300, 0)):
        arr = RNG.integers(0, 40, item * n).astype("u1")
        v2(f"{item}-{n}-{block}", {"id": "imagecodecs_bitshuffle", "itemsize": item, "blocksize": block}, arr)


def v3(name, arr, codecs, array_to_array=()):
    """The chain and the only chunk of an array that zarr writes."""
    store = MemoryStore()
    array = zarr.create_array(store, shape=arr.shape, chunks=arr.shape, dtype=arr.dtype, zarr_format=3,
                              filters=list(array_to_array), compressors=list(codecs))
    array[:] = arr
    chain = json.loads(store._store_dict["zarr.json"].to_bytes())["codecs"]
    chunk = store._store_dict["c/0"].to_bytes()
    values = zarr.open_array(store, mode="r")[:]
    record(f"v3-{name}", arr.dtype.str, chunk, values, codecs=chain)


def v3_all():
    from zarr.codecs import numcodecs as nc

    ramp = (273.0 + 0.125 * np.arange(200)).astype("<f4")
    whole = np.cumsum(RNG.integers(-50, 50, 200)).astype("<i4")
    v3("plain", ramp, [zarr.codecs.GzipCodec()])
    for id, codec in (("bz2", nc.BZ2()), ("lzma", nc.LZMA(preset=1)), ("zlib", nc.Zlib()), ("lz4", nc.LZ4()),
                      ("zstd", nc.Zstd()), ("gzip", nc.GZip()), ("blosc", nc.Blosc(cname="lz4")), ("crc32", nc.CRC32()),
                      ("crc32-end", nc.CRC32(location="end")), ("adler32", nc.Adler32()), ("crc32c", nc.CRC32C()),
                      ("fletcher32", nc.Fletcher32()), ("jenkins", nc.JenkinsLookup3())):
        v3(id, ramp, [codec])
    v3("shuffle", ramp, [nc.Shuffle(), nc.Zlib()])
    v3("delta", whole, [nc.LZ4()], [nc.Delta(dtype="<i4", astype="<i2")])
    v3("delta-names", whole, [nc.LZ4()], [nc.Delta(dtype="int32")])
    v3("fixedscaleoffset", ramp, [nc.Zlib()], [nc.FixedScaleOffset(offset=273, scale=8, astype="<u2")])
    v3("bitround", ramp, [nc.Zlib()], [nc.BitRound(keepbits=8)])
    v3("quantize", ramp, [nc.Zlib()], [nc.Quantize(digits=1)])
    v3("astype", ramp.astype("<f8"), [nc.Zlib()], [nc.AsType(encode_dtype="float32", decode_dtype="float64")])
    # A filter behind big-endian bytes is left out: zarr 3.1.6 reads its own chunk as if it were little-endian.


def main():
    v2_all()
    v3_all()
    OUT.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")
    print(f"{OUT}: {len(CASES)} cases, {OUT.stat().st_size} bytes; numcodecs {numcodecs.__version__}, "
          f"imagecodecs {imagecodecs.__version__}, zarr {zarr.__version__}, numpy {np.__version__}")


if __name__ == "__main__":
    main()
