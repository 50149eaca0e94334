"""10 000 stored times and the dates that cftime makes of them, to the microsecond.

Rows whose product of value and unit cftime rounds otherwise than exact arithmetic does (to the nearest microsecond, halves to
the even one) are drawn again: its 80-bit products lose microseconds some thousand years away.
"""

import gzip
import json
import warnings
from fractions import Fraction

import cftime
import numpy as np

from answers import iso

CALENDARS = ["standard", "gregorian", "proleptic_gregorian", "noleap", "365_day", "all_leap", "366_day", "360_day", "julian"]
UNITS = {  # microseconds, and spellings
    "days": (86_400_000_000, ["days", "day", "d", "Days"]), "hours": (3_600_000_000, ["hours", "hour", "hr", "hrs", "h"]),
    "minutes": (60_000_000, ["minutes", "minute", "min", "mins"]), "seconds": (1_000_000, ["seconds", "second", "sec",
        "secs", "s"]),
    "milliseconds": (1000, ["milliseconds", "millisecond", "msec", "msecs", "ms"]),
    "microseconds": (1, ["microseconds", "microsecond"]),
}
PAIRS, VALUES = 1000, 10
OFFSETS = ["", "", "", "", "", "Z", " UTC", " +02:00", " -06:00", "+05:30", " -0330", " +14:00"]


def pick(rng, items):
    return items[int(rng.integers(len(items)))]


def a_year(rng, calendar):
    kind = rng.random()
    low, high = ((1800, 2100) if kind < 0.35 else (1, 1582) if kind < 0.6 else (1581, 1584) if kind < 0.68
                 else (-5000, 0) if kind < 0.82 else (9990, 20000) if kind < 0.92 else (-1, 2))
    return int(rng.integers(low, high))


def a_reference(rng, calendar):
    year = a_year(rng, calendar)
    month, day = int(rng.integers(1, 13)), int(rng.integers(1, 31))
    if rng.random() < 0.4:
        month, day = 1, 1
    sign = "-" if year < 0 else ""
    short = rng.random() < 0.15
    text = f"{sign}{abs(year)}-{month}-{day}" if short else f"{sign}{abs(year):04d}-{month:02d}-{day:02d}"
    clock = rng.random()
    if clock < 0.35:
        return text
    h, m, s = (int(rng.integers(n)) for n in (24, 60, 60))
    if clock < 0.6:
        return text + pick(rng, [" ", "T"]) + "00:00:00" + pick(rng, OFFSETS)
    text += pick(rng, [" ", "T"]) + f"{h:02d}:{m:02d}"
    if clock < 0.7:
        return text
    text += f":{s:02d}"
    if clock < 0.8:
        text += f".{int(rng.integers(1, 1000)):03d}"
    return text + pick(rng, OFFSETS)


def a_value(rng, factor):
    """Milliseconds to 27 000 years away; whole, with a few decimals, or any float64."""
    away = float(rng.choice([-1.0, 1.0])) * 10 ** rng.uniform(-3 - 5, 7) * 86_400_000_000 / factor
    kind = rng.random()
    if kind < 0.45 or factor == 1:
        return int(away)
    return float(np.round(away, int(rng.integers(1, 5)))) if kind < 0.75 else away


def date(value, units, calendar):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cftime.num2date(value, units, calendar, only_use_cftime_datetimes=True)


def a_pair(rng):
    """Units, a calendar, and microseconds per unit; drawn until cftime takes them."""
    while True:
        calendar = pick(rng, CALENDARS)
        special = {"360_day": ("months", 30), "noleap": ("common_years", 365), "365_day": ("common_years",
            365)}.get(calendar)
        if special and rng.random() < 0.08:
            name, factor = special[0], special[1] * 86_400_000_000
        else:
            factor, names = UNITS[pick(rng, list(UNITS))]
            name = names[0] if rng.random() < 0.7 else pick(rng, names)
        units = f"{name} since {a_reference(rng, calendar)}"
        try:
            date(0, units, calendar)
        except ValueError:
            continue
        return units, calendar, factor


def rows():
    rng, again = np.random.default_rng(1582), 0
    out = []
    for _ in range(PAIRS):
        units, calendar, factor = a_pair(rng)
        values, dates = [], []
        since = units.split(" since ")[1]
        while len(values) < VALUES:
            value = a_value(rng, factor)
            micros = round(Fraction(value) * factor)
            if abs(micros) > 9e18:
                continue
            found = date(value, units, calendar)
            if found != date(micros, f"microseconds since {since}", calendar):
                again += 1
                continue
            values.append(value)
            dates.append(iso(found))
        out.append({"units": units, "calendar": calendar, "values": values, "dates": dates})
    return out, again


REFUSED = [  # CF leaves them undefined, and cftime raises
    ("months since 2000-01-01", "standard"), ("months since 2000-01-01", "noleap"), ("years since 2000-01-01", "360_day"),
    ("common_years since 2000-01-01", "standard"), ("common_years since 2000-01-01", "360_day"),
    ("days since 0000-01-01", "standard"), ("hours since 0000-01-01 00:00:00", "julian"), ("days since 2001-02-29",
        "noleap"),
    ("days since 2001-02-29", "standard"), ("days since 1582-10-10", "standard"), ("days since 2000-02-31", "360_day"),
    ("days since 2000-13-01", "all_leap"), ("fortnights since 2000-01-01", "standard"), ("days since 2000-01-01", "martian"),
    ("days since 1970-01-01 24:00:00", "standard"),
]


def write(path):
    for units, calendar in REFUSED:
        try:
            date(1, units, calendar)
        except ValueError:
            continue
        raise AssertionError((units, calendar))
    made, again = rows()
    lines = ",\n".join(json.dumps(r) for r in made)
    refused = json.dumps([{"units": u, "calendar": c} for u, c in REFUSED])
    text = f'{{"generator": {{"cftime": "{cftime.__version__}"}},\n"refused": {refused},\n"rows": [\n{lines}\n]}}\n'
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"calendar: {PAIRS * VALUES} dates, {again} drawn again, {path.stat().st_size} bytes")
