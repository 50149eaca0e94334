"""Golden cases of the heavy, rare codecs, encoded and decoded by their reference libraries.

Writes ``tests/fixtures/codecs/heavy.json``, one case per line, in the form that codecs.py describes.

    family    zfpy | pcodec | imagecodecs_aec | imagecodecs_szip

Encoders and decoders: zfpy, pcodec and imagecodecs (libaec), through numcodecs where it has the codec. ``decoded``
is what the reference decodes to. Deterministic.

    python -m venv /tmp/venv
    /tmp/venv/bin/pip install -r tests/generate/requirements.txt
    /tmp/venv/bin/python tests/generate/codecs_heavy.py
"""

import base64
import json
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != _HERE]

import imagecodecs as _imagecodecs
import imagecodecs.numcodecs as imagecodecs
import numcodecs
import numpy as np
import zfpy
from numcodecs.pcodec import PCodec
from numcodecs.zfpy import ZFPY

OUT = _HERE.parent / "fixtures" / "codecs" / "heavy.json"
CASES = []
RNG = np.random.default_rng(7)


def case(name, family, codec, dtype, encoded, decoded):
    decoded = np.ascontiguousarray(decoded)
    raw = decoded.astype(decoded.dtype.newbyteorder("<")).tobytes()
    CASES.append(
        {
            "id": f"{family}-{name}",
            "family": family,
            "codec": codec,
            "dtype": dtype,
            "len_elements": decoded.size,
            "encoded": base64.b64encode(bytes(encoded)).decode(),
            "decoded": base64.b64encode(raw).decode(),
        }
    )


def smooth(shape, dtype):
    axes = np.meshgrid(*[np.linspace(0, 3, n) for n in shape], indexing="ij")
    field = sum(np.sin((i + 1) * a + i) for i, a in enumerate(axes)) * 1000
    field = field + RNG.normal(0, 1, shape)
    return field.astype(dtype)


ZFP_MODES = {
    "rate": {"mode": zfpy.mode_fixed_rate, "rate": 7.5},
    "low-rate": {"mode": zfpy.mode_fixed_rate, "rate": 3},
    "precision": {"mode": zfpy.mode_fixed_precision, "precision": 13},
    "accuracy": {"mode": zfpy.mode_fixed_accuracy, "tolerance": 0.5},
    "reversible": {"mode": zfpy.mode_fixed_accuracy, "tolerance": -1},
}
ZFP_SHAPES = [(1,), (37,), (5, 9), (4, 8), (3, 6, 7), (2, 3, 5, 6), (4, 4, 4, 4)]


def zfp():
    for mode, config in ZFP_MODES.items():
        codec = ZFPY(**config)
        for shape in ZFP_SHAPES:
            for dtype in ["<i4", "<i8", "<f4", "<f8"]:
                if dtype[1] == "i" and mode == "accuracy":
                    continue  # zfpy refuses
                values = smooth(shape, dtype)
                encoded = codec.encode(values)
                name = f"{mode}-{'x'.join(map(str, shape))}-{dtype[1:]}"
                case(name, "zfpy", codec.get_config(), dtype, encoded, codec.decode(encoded))
    special = {
        "zeros": np.zeros((5, 6)),
        "tiny": np.array([5e-324, -1e-310, 2.3e-308, 0, 1e-300, -0.0, 4e-320]),
        "huge": np.array([1.7e308, -1.7e308, 1e300, 3]),
        "nan": np.array([[np.nan, 1, np.inf], [-np.inf, -0.0, 7e-320]]),
        "noise": RNG.integers(0, 2**64, (6, 7), dtype="u8").view("f8"),
        "mixed": np.where(np.arange(64).reshape(8, 8) < 32, 0, smooth((8, 8), "f8")),
    }
    for what, values in special.items():
        for mode, config in ZFP_MODES.items():
            if what in ("nan", "noise") and mode != "reversible":
                continue
            for dtype in ["<f8", "<f4"]:
                with np.errstate(all="ignore"):
                    data = np.ascontiguousarray(values.astype(dtype))
                if dtype == "<f4" and what in ("tiny", "huge"):
                    data = (np.array([1e-45, -1e-40, 3e-38, 0]) if what == "tiny" else np.array([3e38, -3e38, 1, 2])).astype("f4")
                codec = ZFPY(**config)
                encoded = codec.encode(data)
                case(f"{mode}-{what}-{dtype[1:]}", "zfpy", codec.get_config(), dtype, encoded, codec.decode(encoded))
    integers = RNG.integers(-(2**31), 2**31, (9, 5), dtype="i8")
    for dtype in ["<i4", "<i8"]:
        for mode in ["reversible", "rate", "precision"]:
            codec = ZFPY(**ZFP_MODES[mode])
            data = np.ascontiguousarray((integers * (2**32 if dtype == "<i8" else 1)).astype(dtype))
            encoded = codec.encode(data)
            case(f"{mode}-full-range-{dtype[1:]}", "zfpy", codec.get_config(), dtype, encoded, codec.decode(encoded))


def pco():
    n = 350
    ramp = np.arange(n)
    data = {
        "ramp": ramp,
        "noise": RNG.integers(0, 60000, n),
        "multiples": RNG.integers(0, 500, n) * 100 + 7,
        "repeats": np.tile(RNG.integers(0, 60000, 25), 14),
        "walk": np.abs(np.cumsum(RNG.integers(-30, 31, n))),
        "one": np.array([42]),
        "constant": np.full(n, 5),
    }
    for what, values in data.items():
        for dtype in ["<u2", "<u4", "<u8", "<i2", "<i4", "<i8"]:
            add("pcodec", what, PCodec(), values.astype(dtype))
        for dtype in ["<f2", "<f4", "<f8"]:
            add("pcodec", what, PCodec(), (values / 100).astype(dtype))
    add("pcodec", "quantised", PCodec(), RNG.normal(0, 1, n).astype("f4").astype("f8"))
    add("pcodec", "special", PCodec(), np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.5] * 20))
    for what in ["noise", "repeats", "walk"]:
        for config in [
            {"delta_spec": "none"},
            {"delta_spec": "try_consecutive", "delta_encoding_order": 2},
            {"delta_spec": "try_lookback"},
            {"mode_spec": "classic", "level": 0},
            {"equal_pages_up_to": 100},
            {"level": 12},
        ]:
            add("pcodec", f"{what}-{json.dumps(config)}", PCodec(**config), data[what].astype("<i4"))
            add("pcodec", f"{what}-{json.dumps(config)}", PCodec(**config), (data[what] * 0.01).astype("<f8"))
    add("pcodec", "long", PCodec(), (np.arange(6000) % 1000).astype("<u2"))


def aec():
    noisy = np.abs(np.cumsum(RNG.integers(-9, 10, 250))) + 50
    rough = RNG.integers(0, 2**31, 100)
    flat = np.repeat(RNG.integers(0, 9, 3), 600)
    sparse = np.where(RNG.random(500) < 0.1, 1, 0)
    signed = np.cumsum(RNG.integers(-9, 10, 300))
    kinds = {"walk": noisy, "rough": rough, "flat": flat, "sparse": sparse, "signed": signed}
    for what, values in kinds.items():
        for bits, dtype in [(1, "u1"), (5, "u1"), (8, "u1"), (12, "u2"), (16, "u2"), (20, "u4"), (32, "u4")]:
            for flags in [8, 0, 12, 9, 8 | 32, 2 | 8, 1 | 4 | 8, 4 | 2 | 8]:
                if flags & 2 and bits != 20:
                    continue
                if flags & 1 and what != "signed" or bits == 5 and flags != 8 or bits == 1 and flags not in (0, 8):
                    continue
                block, rsi = [(8, 2), (16, 128), (32, 4), (64, 7)][(bits + flags) % 4]
                mask = values & ((1 << bits) - 1)
                data = mask.astype((">" if flags & 4 else "<") + dtype).tobytes()
                if flags & 2:
                    data = np.frombuffer(data, "u1").reshape(-1, 4)
                    data = (data[:, 1:] if flags & 4 else data[:, :3]).tobytes()
                codec = imagecodecs.Aec(bitspersample=bits, flags=flags, blocksize=block, rsi=rsi)
                encoded = bytes(codec.encode(data))
                decoded = _imagecodecs.aec_decode(
                    encoded, bitspersample=bits, flags=flags, blocksize=block, rsi=rsi, out=2 * len(data) + 4096
                )
                decoded = np.frombuffer(decoded, "u1")[: len(data)]
                # Out of less than whole bytes, negative samples come back with their sign carried on.
                assert decoded.tobytes() == data or (flags & 1 and bits % 8), (what, bits, flags)
                config = {"id": "imagecodecs_aec", "bitspersample": bits, "flags": flags, "blocksize": block, "rsi": rsi}
                name = f"{what}-{bits}-{flags}-{block}-{rsi}"
                case(name, "imagecodecs_aec", config, "|u1", encoded, decoded)
    data = noisy.astype("u1").tobytes()
    encoded = bytes(imagecodecs.Aec().encode(data))
    case("defaults", "imagecodecs_aec", imagecodecs.Aec().get_config(), "|u1", encoded, np.frombuffer(data, "u1"))


def szip():
    values = np.cumsum(RNG.integers(-9, 10, 200)) + 300
    for dtype in ["u1", "<u2", ">u2", "<i4", ">i4", "<f8"]:
        for options in [4, 32]:
            for block, line in [(8, 100), (16, 16), (32, 256), (10, 37)]:
                data = (values * 0.1 if dtype == "<f8" else values).astype(dtype)
                mask = options | (16 if dtype[0] == ">" else 8)
                config = {
                    "options_mask": mask,
                    "pixels_per_block": block,
                    "bits_per_pixel": data.itemsize * 8,
                    "pixels_per_scanline": line,
                    "header": line != 16,
                }
                codec = imagecodecs.Szip(**config)
                encoded = bytes(codec.encode(data.tobytes()))
                decoded = codec.decode(encoded, out=np.empty(data.nbytes, "u1"))
                assert bytes(decoded) == data.tobytes()
                case(f"{data.dtype.str}-{options}-{block}-{line}", "imagecodecs_szip", codec.get_config(), "|u1", encoded, np.frombuffer(data.tobytes(), "u1"))


def add(family, name, codec, values):
    encoded = bytes(codec.encode(values))
    decoded = np.frombuffer(codec.decode(encoded), dtype=values.dtype)
    assert decoded.tobytes() == values.tobytes(), name
    case(f"{name}-{values.dtype.str[1:]}", family, codec.get_config(), values.dtype.str, encoded, decoded)


def main():
    zfp()
    pco()
    aec()
    szip()
    ids = [c["id"] for c in CASES]
    assert len(set(ids)) == len(ids)
    OUT.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")
    print(len(CASES), "cases,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
