"""Golden GRIB2 messages, written and read by eccodes.

Writes ``tests/fixtures/codecs/grib.json``, one case per line, in the form that codecs.py describes, family ``grib``:
the codec is kerchunk's configuration and ``decoded`` what kerchunk's ``GRIBCodec`` makes of the message, its arithmetic
in float64, then the type that the configuration names. Deterministic.

    python -m venv /tmp/venv
    /tmp/venv/bin/pip install -r tests/generate/requirements.txt
    /tmp/venv/bin/python tests/generate/codecs_grib.py
"""

import base64
import json
import struct
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import eccodes
import imagecodecs
import numpy as np

OUT = _HERE.parent / "fixtures" / "codecs" / "grib.json"
CASES = []
RNG = np.random.default_rng(11)
NI, NJ = 23, 17


def decode(message, var, dtype):
    """What kerchunk.codecs.GRIBCodec.decode does."""
    key = {"latitude": "latitudes", "longitude": "longitudes"}.get(var, "values")
    mid = eccodes.codes_new_from_message(message)
    data = eccodes.codes_get_array(mid, key)
    if key == "values":
        data[data == float(eccodes.codes_get_string(mid, "missingValue"))] = np.nan
    eccodes.codes_release(mid)
    return data.astype(dtype, copy=False)


def case(name, message, var="t", dtype="float64"):
    decoded = decode(message, var, dtype)
    CASES.append(
        {
            "id": f"grib-{name}",
            "family": "grib",
            "codec": {"id": "grib", "var": var, "dtype": dtype},
            "dtype": decoded.dtype.str,
            "len_elements": decoded.size,
            "encoded": base64.b64encode(message).decode(),
            "decoded": base64.b64encode(decoded.tobytes()).decode(),
        }
    )


def message(values, packing, ni=NI, nj=NJ, missing=None, keys=None, sample="GRIB2"):
    mid = eccodes.codes_grib_new_from_samples(sample)
    values = np.array(values, dtype="f8").ravel()
    keys = dict(keys or {})
    grid = {
        "numberOfDataPoints": ni * nj,
        "Ni": ni,
        "Nj": nj,
        "latitudeOfFirstGridPointInDegrees": 60,
        "latitudeOfLastGridPointInDegrees": 60 - (nj - 1) * 2.5,
        "longitudeOfFirstGridPointInDegrees": 350,
        "longitudeOfLastGridPointInDegrees": (350 + (ni - 1) * 1.25) % 360,
        "iDirectionIncrementInDegrees": 1.25,
        "jDirectionIncrementInDegrees": 2.5,
    }
    for key in list(grid):
        eccodes.codes_set(mid, key, keys.pop(key, grid[key]))
    late = {k: keys.pop(k) for k in ["orderOfSpatialDifferencing"] if k in keys}
    if missing is not None:
        eccodes.codes_set(mid, "bitmapPresent", 1)
        values = np.where(missing, 9999, values)
    eccodes.codes_set(mid, "packingType", packing)
    for key, value in {**late, **keys}.items():
        eccodes.codes_set(mid, key, value)
    eccodes.codes_set_values(mid, values)
    out = eccodes.codes_get_message(mid)
    eccodes.codes_release(mid)
    return out


def as_png(simple):
    """A simple-packed message with its numbers as a PNG instead: eccodes reads such, but writes few of them."""
    sections, at = [simple[:16]], 16
    while simple[at : at + 4] != b"7777":
        n = struct.unpack(">I", simple[at : at + 4])[0]
        sections.append(simple[at : at + n])
        at += n
    bits = sections[-3][19]
    data = np.frombuffer(sections[-1][5:], "u1").reshape(-1, bits // 8)
    shape = (NJ, NI) if len(data) == NI * NJ else (1, len(data))
    pixels = data.reshape(*shape, bits // 8) if bits != 16 else data.copy().view(">u2").astype("u2").reshape(shape)
    png = imagecodecs.png_encode(np.squeeze(pixels, axis=2) if bits == 8 else pixels)
    sections[-3] = sections[-3][:9] + struct.pack(">H", 41) + sections[-3][11:]
    sections[-1] = struct.pack(">IB", len(png) + 5, 7) + png
    body = b"".join(sections[1:]) + b"7777"
    return sections[0][:8] + struct.pack(">Q", 16 + len(body)) + body


def main():
    y, x = np.mgrid[0:NJ, 0:NI]
    field = 280 + 10 * np.sin(x / 4) + 7 * np.cos(y / 3) + RNG.normal(0, 0.3, (NJ, NI))
    coarse = np.round(field / 5)
    hole = (np.hypot(x - 10, y - 8) < 4).ravel()
    packings = {
        "simple": ("grid_simple", {}),
        "complex": ("grid_complex", {}),
        "difference-1": ("grid_complex_spatial_differencing", {"orderOfSpatialDifferencing": 1}),
        "difference-2": ("grid_complex_spatial_differencing", {"orderOfSpatialDifferencing": 2}),
        "ieee": ("grid_ieee", {}),
        "ccsds": ("grid_ccsds", {}),
        "jpeg": ("grid_jpeg", {}),
    }
    for what, (packing, keys) in packings.items():
        for bits in [1, 7, 8, 12, 16, 17, 24, 32]:
            if what == "ieee" and bits != 32 or what == "jpeg" and bits > 17:
                continue
            for kind, values, missing in [
                ("field", field, None),
                ("hole", field, hole),
                ("coarse", coarse, None),
                ("constant", np.full((NJ, NI), 3.25), None),
                ("negative", -field * 1e5, None),
            ]:
                if kind in ("constant", "coarse", "negative") and bits not in (12, 16, 32):
                    continue
                every = {} if what == "ieee" else {"bitsPerValue": bits}
                try:
                    made = message(values, packing, missing=missing, keys={**every, **keys})
                except eccodes.CodesInternalError:
                    print("eccodes does not write", what, bits, kind)
                    continue
                case(f"{what}-{bits}-{kind}", made)
        keys = keys if what == "ieee" else {"bitsPerValue": 16, **keys}
        if what != "ieee":
            case(f"{what}-decimal", message(field, packing, keys={"decimalPrecision": 2, **keys}))
        case(f"{what}-float32", message(field, packing, keys=keys), dtype="float32")
        case(f"{what}-9999", message(np.where(x == 3, 9999, 9990 + x % 8), packing, keys=keys))
    for bits in [8, 16, 24, 32]:
        for kind, missing in [("field", None), ("hole", hole)]:
            made = message(field, "grid_simple", missing=missing, keys={"bitsPerValue": bits})
            case(f"png-{bits}-{kind}", as_png(made))
    double = message(field, "grid_ieee", keys={"precision": 2})
    case("ieee-double", double)
    everywhere = np.ones(NI * NJ, dtype=bool)
    case("all-missing", message(field, "grid_simple", missing=everywhere))
    for scan in [
        {},
        {"iScansNegatively": 1, "longitudeOfFirstGridPointInDegrees": 17.5, "longitudeOfLastGridPointInDegrees": 350},
        {"jScansPositively": 1, "latitudeOfFirstGridPointInDegrees": 20, "latitudeOfLastGridPointInDegrees": 60},
        {"jPointsAreConsecutive": 1},
        {"longitudeOfFirstGridPointInDegrees": -20, "longitudeOfLastGridPointInDegrees": 7.5},
        {"longitudeOfFirstGridPointInDegrees": 0, "longitudeOfLastGridPointInDegrees": 27.5},
    ]:
        made = message(field, "grid_simple", keys=scan)
        name = "-".join(f"{k[:14]}{v}" for k, v in scan.items()) or "plain"
        case(f"values-{name}", made)
        case(f"latitude-{name}", made, "latitude")
        case(f"longitude-{name}", made, "longitude")
    ids = [c["id"] for c in CASES]
    assert len(set(ids)) == len(ids)
    OUT.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")
    print(len(CASES), "cases,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
