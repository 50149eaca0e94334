"""Codec golden fixtures, encoded by the reference implementations.

Writes ``tests/fixtures/codecs/cases.json``: a JSON list, one case per line:

    id            unique name
    family        blosc | gzip | zlib | zstd | lz4 | shuffle | delta |
                  fixedscaleoffset | crc32c
    codec         numcodecs configuration (``numcodecs.get_codec(codec)``)
    dtype         numpy type string of the DECODED data ("|V3" = raw 3-byte items)
    len_elements  number of decoded elements of that dtype
    encoded       base64 of what the codec produced (input of the decoder under test)
    decoded       base64 of the expected bytes after decoding (C order)

Encoders: numcodecs (blosc, zlib, gzip, zstd, lz4, filters, crc32c); the
python ``zstandard`` package for frames without content size. Every case is
decoded again with numcodecs and compared before the file is written.
For lossy filters (fixedscaleoffset, delta with a narrow astype) "decoded" is
what the reference decodes to, not the original input.

Run (versions pinned in requirements.txt; output is deterministic):

    python -m venv /tmp/venv
    /tmp/venv/bin/pip install -r tests/generate/requirements.txt
    /tmp/venv/bin/python tests/generate/codecs.py
"""

import sys
from pathlib import Path

# This file is called codecs.py: keep its folder off the module search path, or
# it would shadow the standard library's "codecs" for everything imported below.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import base64
import gzip
import json
import os
import struct
from itertools import product
from types import SimpleNamespace

import numcodecs
import numpy as np
import zstandard
from numcodecs import blosc

gzip.time = SimpleNamespace(time=lambda: 0)  # no time stamp in the gzip headers

OUT = _HERE.parent / "fixtures" / "codecs" / "cases.json"
LENGTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 100, 127, 255, 257, 600]
KINDS = ["ramp", "zeros", "random", "text"]
TEXT = b"the quick brown fox jumps over the lazy dog; "
CASES, IDS = [], set()


def as_bytes(x):
    return x.tobytes() if isinstance(x, np.ndarray) else bytes(x)


def dtype_for(typesize):
    return {1: "|u1", 2: "<i2", 3: "|V3", 4: "<f4", 8: "<f8", 12: "|V12"}[typesize]


def data(kind, dtype, n, seed=0):
    """n elements of dtype."""
    dt = np.dtype(dtype)
    nb = n * dt.itemsize
    if kind == "zeros":
        raw = bytes(nb)
    elif kind == "random":
        raw = np.random.default_rng(1000 + seed + nb).integers(0, 256, nb, dtype="u1").tobytes()
    elif kind == "text":
        raw = (TEXT * (nb // len(TEXT) + 1))[:nb]
    elif kind == "ramp":
        i = np.arange(n)
        if dt.kind == "f":
            raw = (273.15 + 0.125 * i + seed).astype(dt).tobytes()
        elif dt.kind == "V":  # 3 bytes: one counter; 12 bytes: three floats
            if dt.itemsize == 3:
                raw = b"".join(struct.pack("<I", 1000 + 3 * int(k))[:3] for k in i)
            else:
                raw = b"".join(struct.pack("<fff", k, 0.5 * k, 280 - k) for k in i.tolist())
        else:
            raw = ((7 * i) // 3 + seed).astype(dt).tobytes()
    else:
        raise ValueError(kind)
    assert len(raw) == nb
    return np.frombuffer(raw, dtype=dt)


def add(id, family, codec, dtype, encoded, expect=None, lossy=False):
    """Decode with the reference, compare, record."""
    encoded = as_bytes(encoded)
    ref = as_bytes(numcodecs.get_codec(dict(codec)).decode(encoded))
    if not lossy:
        assert ref == as_bytes(expect), f"{id}: reference does not round-trip"
    size = np.dtype(dtype).itemsize
    assert len(ref) % size == 0, id
    assert id not in IDS, id
    IDS.add(id)
    CASES.append({
        "id": id, "family": family, "codec": codec, "dtype": dtype,
        "len_elements": len(ref) // size,
        "encoded": base64.b64encode(encoded).decode(),
        "decoded": base64.b64encode(ref).decode(),
    })


def add_blosc(id, cname, shuffle, arr, clevel=5, blocksize=0, typesize=None,
              split="FORWARD_COMPAT"):
    config = {"id": "blosc", "cname": cname, "clevel": clevel, "shuffle": shuffle,
              "blocksize": blocksize}
    src = arr
    if typesize is not None:  # raw bytes, typesize by configuration only
        config["typesize"] = typesize
        src = as_bytes(arr)
    os.environ["BLOSC_SPLITMODE"] = split  # read by c-blosc at each call
    enc = as_bytes(numcodecs.get_codec(dict(config)).encode(src))
    if not enc[2] & 2 and split != "FORWARD_COMPAT":
        assert bool(enc[2] & 16) == (split == "NEVER"), "split flag in the header"
    assert enc[3] == (typesize or arr.dtype.itemsize), "typesize in the header"
    add(id, "blosc", config, arr.dtype.str, enc, arr)


def make_blosc():
    cnames = [c for c in ("blosclz", "lz4", "lz4hc", "zlib", "zstd", "snappy")
              if c in blosc.list_compressors()]
    # 1. every length 1..80 (numcodecs encodes 0 elements but refuses to decode
    #    that buffer) with bitshuffle; more for 2-byte items, whose buffers below
    #    128 bytes are always stored
    for k, typesize in enumerate((2, 4, 8)):
        lengths = [*range(1, 81)] + ([*range(88, 97), 120, 127, 128, 129] if typesize == 2 else [])
        for n in lengths:
            cname = cnames[(n // 8 + k) % len(cnames)]
            arr = data("ramp", dtype_for(typesize), n)
            add_blosc(f"blosc-bitlen-ts{typesize}-n{n}-{cname}", cname, 2, arr)
    # 2. every cname x shuffle x typesize
    k = 0
    for cname, shuffle, typesize in product(cnames, (0, 1, 2), (1, 2, 3, 4, 8, 12)):
        # lengths and data kinds rotate
        n = LENGTHS[(k * 7 + k // 18) % len(LENGTHS)]
        kind = KINDS[(k + k // 4) % 4]
        if n * typesize > (300 if kind == "random" else 610):
            n = LENGTHS[k % 12]  # 1..63
        add_blosc(f"blosc-{cname}-s{shuffle}-ts{typesize}-n{n}-{kind}", cname,
                  shuffle, data(kind, dtype_for(typesize), n), clevel=(1, 5, 9)[k % 3])
        k += 1
        if shuffle == 0 and typesize not in (1, 4):
            continue
        # compressible, hence never stored verbatim
        n = {1: 257, 2: 130, 3: 88, 4: 72, 8: 48, 12: 32}[typesize]
        kind = ("ramp", "text")[shuffle == 0]
        add_blosc(f"blosc-{cname}-s{shuffle}-ts{typesize}-n{n}-{kind}-packed", cname, shuffle,
                  data(kind, dtype_for(typesize), n), clevel=9)
    # 3. each length of the list, two kinds each
    for i, n in enumerate(LENGTHS):
        for kind in ([KINDS[i % 4]] if i % 4 != 1 and n < 128 else []) + ["zeros"]:
            k += 1
            cname, shuffle = cnames[k % len(cnames)], (2, 1, 0)[k // 2 % 3]
            add_blosc(f"blosc-len-n{n}-{kind}-{cname}-s{shuffle}", cname, shuffle,
                      data(kind, "<f4", n))
    # 4. clevel 0 = stored
    for shuffle in (0, 1, 2):
        add_blosc(f"blosc-clevel0-s{shuffle}", "lz4", shuffle, data("ramp", "<f4", 65), clevel=0)
    # 5. several blocks, short last block; streams split or not in every cname
    #    (by itself c-blosc 1.21 splits all but zstd, once a block holds 128 items;
    #    a split block has at least 64 KiB, so the split ones here are one block)
    ramp = data("ramp", "<f4", 387)
    for (i, cname), split in product(enumerate(cnames), ("ALWAYS", "NEVER")):
        shuffle = (1, 2)[(i + (split == "NEVER")) % 2]
        add_blosc(f"blosc-blocks-{cname}-s{shuffle}-f4-split-{split.lower()}", cname, shuffle,
                  ramp, blocksize=512, split=split)
    for i, cname in enumerate(cnames):
        add_blosc(f"blosc-blocks-{cname}-s0-i2", cname, 0,
                  data("text", "<i2", 429), blocksize=256, split="NEVER")
        add_blosc(f"blosc-blocks-{cname}-s2-i2-bs128", cname, 2,
                  data("ramp", "<i2", 253), blocksize=128)
        # compressible and incompressible streams within one chunk
        mixed = np.concatenate([data("zeros", "<f4", 128), data("random", "<f4", 128),
                                data("ramp", "<f4", 70)])
        shuffle = 1 + i % 2
        add_blosc(f"blosc-mixed-{cname}-s{shuffle}", cname, shuffle, mixed, blocksize=512, split="NEVER")
    add_blosc("blosc-blocks-lz4-s2-f8-split", "lz4", 2, np.repeat(data("ramp", "<f8", 80), 4)[:299], blocksize=1024)
    # 6. about 17000 elements: a split chunk of two blocks (c-blosc makes no split
    #    block smaller than 64 KiB), the short last block being one stream
    rows = np.arange(65_536 // 4 + 133)
    field = (280 + 0.5 * (rows % 160 // 16) - 0.25 * (rows // 1600)).astype("<f4")
    add_blosc("blosc-big-lz4-s1-f4", "lz4", 1, field, blocksize=65_536)


    # 7. buffer length not a multiple of the typesize (raw bytes, typesize given)
    for typesize, shuffle in product((3, 4, 8, 12), (1, 2)):
        for n in (131, 301):
            cname = cnames[(n + typesize + shuffle) % len(cnames)]
            add_blosc(f"blosc-ragged-ts{typesize}-{n}bytes-{cname}-s{shuffle}", cname, shuffle,
                      data("text", "|u1", n), typesize=typesize)
    for n in (1027, 1300):
        add_blosc(f"blosc-ragged-blocks-ts4-{n}bytes", "lz4", 2, data("text", "|u1", n),
                  typesize=4, blocksize=512)


def make_streams():
    arrs = [(f"{kind}-n{n}", data(kind, dt, n)) for kind, dt, n in (
        ("ramp", "<f4", 100), ("zeros", "<f8", 65), ("random", "|u1", 100),
        ("text", "|u1", 300), ("ramp", "<i2", 1), ("ramp", "<i2", 200))]
    empty = ("empty", np.zeros(0, "<f4"))
    a, b = data("ramp", "<f4", 100), data("text", "<f4", 120)
    both = a.tobytes() + b.tobytes()

    for family in ("gzip", "zlib"):
        for level, (name, arr) in product((1, 9), arrs + [empty]):
            config = {"id": family, "level": level}
            add(f"{family}-l{level}-{name}", family, config, arr.dtype.str,
                numcodecs.get_codec(dict(config)).encode(arr), arr)
    gz = numcodecs.GZip(9)
    add("gzip-two-members", "gzip", {"id": "gzip", "level": 9}, "<f4",
        bytes(gz.encode(a)) + bytes(gz.encode(b)), both)
    add("gzip-level0", "gzip", {"id": "gzip", "level": 0}, "<f4",
        numcodecs.GZip(0).encode(a), a)
    add("zlib-level0", "zlib", {"id": "zlib", "level": 0}, "<f4",
        numcodecs.Zlib(0).encode(a), a)

    for level, checksum, (name, arr) in product((1, 19), (False, True), arrs):
        config = {"id": "zstd", "level": level, "checksum": checksum}
        if checksum and arr.dtype == "<i2":
            continue
        enc = numcodecs.get_codec(dict(config)).encode(arr)
        assert bool(enc[4] & 4) == checksum
        add(f"zstd-l{level}{'-checksum' if checksum else ''}-{name}", "zstd", config,
            arr.dtype.str, enc, arr)
    zcfg = {"id": "zstd", "level": 3, "checksum": False}
    for checksum, (name, arr) in product((False, True), arrs):
        obj = zstandard.ZstdCompressor(level=3, write_content_size=False,
                                       write_checksum=checksum).compressobj()
        raw = arr.tobytes()
        half = len(raw) // 2
        enc = (obj.compress(raw[:half]) + obj.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
               + obj.compress(raw[half:]) + obj.flush())
        assert zstandard.frame_content_size(enc) == -1
        add(f"zstd-stream{'-checksum' if checksum else ''}-{name}", "zstd",
            zcfg | {"checksum": checksum}, arr.dtype.str, enc, arr)
    z = numcodecs.Zstd(3)
    add("zstd-two-frames", "zstd", zcfg, "<f4", bytes(z.encode(a)) + bytes(z.encode(b)), both)

    for accel, (name, arr) in product((1, 10), arrs):
        config = {"id": "lz4", "acceleration": accel}
        enc = bytes(numcodecs.get_codec(dict(config)).encode(arr))
        assert struct.unpack("<I", enc[:4])[0] == arr.nbytes
        add(f"lz4-a{accel}-{name}", "lz4", config, arr.dtype.str, enc, arr)

    for name, arr in arrs + [empty]:
        config = {"id": "crc32c"}
        enc = bytes(numcodecs.get_codec(dict(config)).encode(arr))
        assert enc[:-4] == arr.tobytes()
        add(f"crc32c-{name}", "crc32c", config, arr.dtype.str, enc, arr)
    config = {"id": "crc32c", "location": "start"}
    enc = numcodecs.get_codec(dict(config)).encode(a)
    add("crc32c-start", "crc32c", config, "<f4", enc, a)


def make_filters():
    # numcodecs refuses lengths that are not a multiple of the element size
    for size, n in product((2, 4, 8), (0, 1, 3, 8, 17, 100)):
        config = {"id": "shuffle", "elementsize": size}
        dt = {2: "<i2", 4: "<f4", 8: "<f8"}[size]
        arr = data("ramp", dt, n)
        add(f"shuffle-{size}-n{n}", "shuffle", config, dt,
            numcodecs.get_codec(dict(config)).encode(arr), arr)
    arr = data("ramp", "<f4", 40)  # element size other than that of the dtype
    for size in (1, 2, 5, 8, 16):
        config = {"id": "shuffle", "elementsize": size}
        add(f"shuffle-{size}-on-f4", "shuffle", config, "<f4",
            numcodecs.get_codec(dict(config)).encode(arr), arr)

    rng = np.random.default_rng(5)
    def delta(name, arr, astype=None, lossy=False):
        config = {"id": "delta", "dtype": arr.dtype.str,
                  "astype": astype or arr.dtype.str}
        add(f"delta-{name}", "delta", config, arr.dtype.str,
            numcodecs.get_codec(dict(config)).encode(arr), arr, lossy=lossy)

    walk = np.cumsum(rng.integers(-60, 60, 50))
    for dt in ("<i2", "<i4", "<i8", ">i4", ">i2", ">i8", ">f4", ">f8"):
        delta(f"{dt}-n50", walk.astype(dt))
        delta(f"{dt}-n1", walk[:1].astype(dt))
    delta("<u4-n50", (walk - walk.min() + 3_000_000_000).astype("<u4"))
    delta("<u2-wrap", np.array([0, 65535, 1, 65534, 32768, 0], "<u2"))
    delta("|u1-wrap", np.array([250, 3, 255, 0, 128, 127], "|u1"))
    delta("|i1-wrap", np.array([127, -128, 0, -1, 100, -100], "|i1"))
    delta("<i2-wrap", np.array([32767, -32768, 0, -32768, 32767], "<i2"))
    delta("<i8-wrap", np.array([2**63 - 1, -(2**63), 5, -(2**63), 2**53 + 1], "<i8"))
    delta("<u8-big", np.array([2**64 - 1, 0, 2**63, 2**53 + 1, 7], "<u8"))
    # floats: sums of multiples of 1/8 are exact; the "rounding" ones are not
    for dt in ("<f4", "<f8"):
        delta(f"{dt}-exact", (walk * 0.125).astype(dt))
        delta(f"{dt}-rounding", (280 + rng.standard_normal(100)).astype(dt), lossy=True)
        delta(f"{dt}-nan-inf", np.array([1.5, np.nan, 2, 3], dt), lossy=True)
    small = (np.cumsum(rng.integers(-50, 50, 50)) % 400)
    step = np.concatenate([[100], 100 + np.cumsum(rng.integers(-120, 120, 49))])
    delta("<i4-as-i1", step.astype("<i4"), "|i1")
    delta("<i2-as-i1", step.astype("<i2"), "|i1")
    delta("<i4-as-i2", (step * 200).astype("<i4"), "<i2")
    delta("<i8-as-i2", (step * 200).astype("<i8"), "<i2")
    delta(">i4-as->i2", (step * 200).astype(">i4"), ">i2")
    delta(">i4-as-<i2", (step * 200).astype(">i4"), "<i2")
    delta("<f8-as-f4", (small * 0.25).astype("<f8"), "<f4")
    delta("<f4-as-i2", (step * 1.0).astype("<f4"), "<i2")
    # u1 differences without sign: accumulated in 64 bit, then narrowed
    delta("<u4-as-u1", np.cumsum(rng.integers(0, 255, 60)).astype("<u4"), "|u1")

    t = 250 + 50 * rng.random(25)
    def fso(name, arr, offset, scale, astype=None):
        config = {"id": "fixedscaleoffset", "offset": offset, "scale": scale,
                  "dtype": arr.dtype.str, "astype": astype or arr.dtype.str}
        enc = numcodecs.get_codec(dict(config)).encode(arr)
        add(f"fixedscaleoffset-{name}", "fixedscaleoffset", config, arr.dtype.str, enc,
            lossy=True)

    for dt, ast in product(("<f4", "<f8", ">f4", ">f8"), ("|u1", "<u2", "<i2", "<i4", ">i2", "<f4", "<f8")):
        scale = 4 if ast == "|u1" else 100
        fso(f"{dt}-as-{ast}", t.astype(dt), 250, scale, ast)
    fso("<f4-float-params-as-u2", t.astype("<f4"), 249.95, 123.456, "<u2")
    fso("<f8-float-params-as-i2", t.astype("<f8"), 273.15, 0.37, "<i2")
    fso("<f4-float-params-as-f4", t.astype("<f4"), 273.15, 10.3, "<f4")
    fso("<f8-float-params-as-f4", t.astype("<f8"), 273.15, 10.3, "<f4")
    fso("<f8-negative-scale-as-i2", t.astype("<f8"), 300, -10, "<i2")
    fso("<f8-same", t.astype("<f8"), 1000, 10)
    fso("<f4-same", t.astype("<f4"), 0, 1000)
    fso("<i2-as-u1", np.arange(100, 200).astype("<i2"), 100, 1, "|u1")
    fso("<i4-as-i2", (np.arange(100) * 10 + 70000).astype("<i4"), 70000, 0.1, "<i2")
    fso("<f8-n0-as-u1", np.zeros(0, "<f8"), 0, 1, "|u1")


def main():
    blosc.set_nthreads(1)  # threads would vary the order of the blocks
    make_blosc()
    make_streams()
    make_filters()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES)
                   + "\n]\n")
    families = {}
    for c in CASES:
        f = families.setdefault(c["family"], [0, 0])
        f[0] += 1
        f[1] += len(json.dumps(c))
    print(f"{OUT}: {len(CASES)} cases, {OUT.stat().st_size} bytes")
    for name, (n, size) in families.items():
        print(f"  {name:18} {n:4} cases {size:7} bytes")
    flags = {}
    for c in CASES:
        if c["family"] == "blosc":
            h = base64.b64decode(c["encoded"])
            multi = struct.unpack("<I", h[4:8])[0] > struct.unpack("<I", h[8:12])[0]
            key = (("stored " if h[2] & 2 else "packed ") + ("multi-block " if multi else "")
                   + ("" if h[2] & 2 else "unsplit" if h[2] & 16 else "split-flag"),
                   {0: "none", 1: "byte", 4: "bit", 5: "byte+bit"}[h[2] & 5])
            flags[key] = flags.get(key, 0) + 1
    for key, n in sorted(flags.items()):
        print("   blosc", key, n)
    print("blosc", blosc.VERSION_STRING, blosc.list_compressors(),
          "numcodecs", numcodecs.__version__, "numpy", np.__version__,
          "zstandard", zstandard.__version__)


if __name__ == "__main__":
    main()
