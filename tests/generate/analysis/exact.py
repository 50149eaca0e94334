"""Sums, moments and regressions in exact rational arithmetic, rounded once.

A float64 is a whole number times a power of two, so sums of values, squares and products are sums of Python integers: what
comes out is the float64 nearest to the true value. xarray's own numbers (numpy's pairwise sums) are only compared with these.
"""

import math
from fractions import Fraction

import mpmath
import numpy as np

NAN = float("nan")
mpmath.mp.dps = 50


def whole(values):
    """Integers and the power of two that they all share: values == integers * 2**exponent."""
    parts = [math.frexp(float(v)) for v in values]
    low = min((e for m, e in parts if m), default=0) - 53
    return [int(m * 2**53) << (e - 53 - low) if m else 0 for m, e in parts], low


def two(power):
    return Fraction(2) ** power


def rounded(fraction):
    return float(fraction) + 0.0


def root(fraction):
    """The square root of a fraction, rounded once."""
    return float(mpmath.sqrt(mpmath.mpf(fraction.numerator) / fraction.denominator))


def valid(values, skipna):
    """The values that are there; None where one that is missing decides."""
    missing = np.isnan(values)
    if missing.any() and not skipna:
        return None
    return values[~missing]


def total(values):
    ints, low = whole(values)
    return sum(ints) * two(low)


def squares(values):
    """n, the sum, and the sum of squared deviations from the mean."""
    ints, low = whole(values)
    n, s1, s2 = len(ints), sum(ints), sum(i * i for i in ints)
    return n, s1 * two(low), Fraction(n * s2 - s1 * s1, n) * two(2 * low) if n else Fraction(0)


def of_sum(values, skipna=True, min_count=None, **_):
    there = valid(values, skipna)
    if there is None or there.size < (min_count or 0):
        return NAN
    return rounded(total(there))


def of_mean(values, skipna=True, **_):
    there = valid(values, skipna)
    return NAN if there is None or there.size == 0 else rounded(total(there) / there.size)


def variance(values, skipna, ddof):
    there = valid(values, skipna)
    if there is None or there.size - ddof <= 0:
        return None
    return squares(there)[2] / (there.size - ddof)


def of_var(values, skipna=True, ddof=0, **_):
    v = variance(values, skipna, ddof)
    return NAN if v is None else rounded(v)


def of_std(values, skipna=True, ddof=0, **_):
    v = variance(values, skipna, ddof)
    return NAN if v is None else root(v)


def quantile(values, q):
    """numpy's linear interpolation, operation by operation: what "exact" means for quantiles."""
    there = np.sort(valid(values.astype("f8").ravel(), True))
    if there.size == 0:
        return NAN
    at = (there.size - 1) * q
    i = min(math.floor(at), there.size - 1)
    a, b, t = there[i], there[min(i + 1, there.size - 1)], at - i
    return a + (b - a) * t if t < 0.5 else b - (b - a) * (1 - t)


MOMENTS = {"sum": of_sum, "mean": of_mean, "var": of_var, "std": of_std}


def along(function, **options):
    """The reduction of one list of values as numpy's reductions are called: (array, axis)."""

    def reduce(array, axis=None, **_):
        array = np.asarray(array, dtype="f8")
        axes = range(array.ndim) if axis is None else np.atleast_1d(axis)
        axes = sorted(a % array.ndim for a in axes)
        kept = [a for a in range(array.ndim) if a not in axes]
        moved = array.transpose(kept + axes)
        shape = moved.shape[: len(kept)]
        rows = moved.reshape(math.prod(shape), -1)
        out = np.array([function(row, **options) for row in rows], dtype="f8")
        return out.reshape(shape)

    return reduce


def weighted(values, weights, op, skipna=True):
    """sum, mean, var or std (population) as xarray's `weighted`: a missing weight is 0; missing values have none."""
    values, weights = values.ravel(), np.nan_to_num(weights.ravel(), nan=0.0)
    missing = np.isnan(values)
    if missing.any() and not skipna:
        return NAN
    (x, xe), (w, we) = whole(values[~missing]), whole(weights[~missing])
    w0, w1, w2 = sum(w), sum(map(int.__mul__, w, x)), sum(a * b * b for a, b in zip(w, x))
    if op == "sum":
        return rounded(w1 * two(xe + we))
    if w0 == 0:
        return NAN
    if op == "mean":
        return rounded(Fraction(w1, w0) * two(xe))
    v = Fraction(w0 * w2 - w1 * w1, w0 * w0) * two(2 * xe)
    return rounded(v) if op == "var" else root(v)


def products(x, y):
    """n, means, and sums of squared and multiplied deviations of pairs, all exact."""
    (a, ae), (b, be) = whole(x), whole(y)
    n, sa, sb = len(a), sum(a), sum(b)
    xx = Fraction(n * sum(i * i for i in a) - sa * sa, n) * two(2 * ae)
    yy = Fraction(n * sum(i * i for i in b) - sb * sb, n) * two(2 * be)
    xy = Fraction(n * sum(map(int.__mul__, a, b)) - sa * sb, n) * two(ae + be)
    return n, Fraction(sa, n) * two(ae), Fraction(sb, n) * two(be), xx, yy, xy


def pairs(x, y):
    both = ~(np.isnan(x) | np.isnan(y))
    return x[both], y[both]


def covariance(x, y, ddof=1):
    x, y = pairs(x.ravel(), y.ravel())
    if x.size == 0 or x.size - ddof <= 0:
        return NAN
    return rounded(products(x, y)[5] / (x.size - ddof))


def correlation(x, y):
    x, y = pairs(x.ravel(), y.ravel())
    if x.size == 0:
        return NAN
    _, _, _, xx, yy, xy = products(x, y)
    if xx == 0 or yy == 0:
        return NAN
    value = root(xy * xy / (xx * yy))
    return -value if xy < 0 else value


def regression(x, y):
    """slope, intercept, stderr and pvalue of least squares; four NaN where scipy.stats.linregress raises."""
    x, y = pairs(x, y)
    if x.size == 0 or (x == x[0]).all():
        return [NAN] * 4
    n, mean_x, mean_y, xx, yy, xy = products(x, y)
    slope = xy / xx
    intercept = mean_y - slope * mean_x
    if n == 2:
        return [rounded(slope), rounded(intercept), 0.0, 1.0 if y[0] == y[1] else 0.0]
    if yy == 0:
        return [0.0, rounded(intercept), NAN, NAN]  # r is 0 / 0
    rest = yy - xy * xy / xx  # the sum of squared residuals
    df = n - 2
    share = rest / yy  # 1 − r², which is also df / (df + t²)
    p = mpmath.betainc(mpmath.mpf(df) / 2, mpmath.mpf(1) / 2, 0, mpmath.mpf(share.numerator) / share.denominator,
                       regularized=True)
    return [rounded(slope), rounded(intercept), root(rest / df / xx), float(p)]
