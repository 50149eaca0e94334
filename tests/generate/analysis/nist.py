"""NIST's Statistical Reference Datasets, univariate: nine sets with certified mean, standard deviation and autocorrelation.

NumAcc1 to 4 are defined by formulas and PiDigits by pi; Lottery, Lew, Mavro and Michelso are read from the crate statrs 0.16.0
(MIT, `data/nist`) if its folder is given by STATRS, else from the file written before. Debian's
golang-github-montanaflynn-stats-dev 0.6.4 (Expat) has the same numbers. Certified values stand here as NIST prints them, and
must be those of the data in exact arithmetic.
"""

import json
import os
from fractions import Fraction
from pathlib import Path

import mpmath

mpmath.mp.dps = 60

CERTIFIED = {  # mean, standard deviation (ddof 1), lag-1 autocorrelation
    "PiDigits": ("4.53480000000000", "2.86733906028871", "-0.00355099287237972"),
    "Lottery": ("518.958715596330", "291.699727470969", "-0.120948622967393"),
    "Lew": ("-177.435000000000", "277.332168044316", "-0.307304800605679"),
    "Mavro": ("2.00185600000000", "0.000429123454003053", "0.937989183438248"),
    "Michelso": ("299.852400000000", "0.0790105478190518", "0.535199668621283"),
    "NumAcc1": ("10000002", "1", "-0.5"),
    "NumAcc2": ("1.2", "0.1", "-0.999"),
    "NumAcc3": ("1000000.2", "0.1", "-0.999"),
    "NumAcc4": ("10000000.2", "0.1", "-0.999"),
}
FILES = {"Lottery": "lottery", "Lew": "lew", "Mavro": "mavro", "Michelso": "michaelso"}


def alternating(middle, low, high):
    return [middle] + [low, high] * 500


def read(name, path):
    folder = os.environ.get("STATRS")
    if folder:
        return (Path(folder) / "data" / "nist" / f"{FILES[name]}.txt").read_text().split()
    return next(s["values"] for s in json.loads(path.read_text())["sets"] if s["name"] == name)


def data(name, path):
    """The decimals, as text."""
    if name == "PiDigits":
        with mpmath.workdps(5050):
            digits = list(mpmath.nstr(mpmath.pi, 5010).replace(".", "")[:5000])
        digits[956] = "3"  # an 8 in truth: NIST certified the set with this one slip
        return digits
    return {"NumAcc1": lambda: ["10000001", "10000003", "10000002"],
            "NumAcc2": lambda: alternating("1.2", "1.1", "1.3"),
            "NumAcc3": lambda: alternating("1000000.2", "1000000.1", "1000000.3"),
            "NumAcc4": lambda: alternating("10000000.2", "10000000.1", "10000000.3")}.get(name, lambda: read(name, path))()


def number(fraction):
    return mpmath.mpf(fraction.numerator) / fraction.denominator


def root(fraction):
    return mpmath.sqrt(number(fraction))


def moments(values):
    """Mean, standard deviation and lag-1 autocorrelation with 60 digits."""
    n = len(values)
    mean = sum(values) / n
    off = [v - mean for v in values]
    around = sum(d * d for d in off)
    lag = sum(a * b for a, b in zip(off, off[1:])) / around
    return number(mean), root(around / (n - 1)), number(lag)


def sets(path):
    return {name: data(name, path) for name in CERTIFIED}


def write(path):
    lines = []
    for name, texts in sets(path).items():
        certified = CERTIFIED[name]
        exact = moments([Fraction(t) for t in texts])
        for value, text in zip(exact, certified):
            last = mpmath.mpf(10) ** -len(text.partition(".")[2])  # the last place that is printed
            assert abs(value - mpmath.mpf(text)) <= last * mpmath.mpf("0.5000001"), (name, text, value)
        doubles = moments([Fraction(float(t)) for t in texts])
        keys = ("mean", "standardDeviation", "autocorrelation")
        lines.append(json.dumps({
            "name": name, "n": len(texts), "certified": dict(zip(keys, certified)),
            "float64": {k: float(v) for k, v in zip(keys, doubles)}, "values": texts}))
    note = ("values: decimals as text. certified: as NIST prints them (ddof 1), verified in exact arithmetic. float64: exact "
            "results for the values as float64 has them, rounded once; NumAcc3 and 4 lose digits on the way in.")
    path.write_text(f'{{"note": {json.dumps(note)},\n"sets": [\n' + ",\n".join(lines) + "\n]}\n")
    print(f"nist: {len(lines)} sets, {path.stat().st_size} bytes")
