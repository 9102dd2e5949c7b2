#!/usr/bin/env python3
"""Prints trend-expected.txt: what pymannkendall and scipy find in 1,200 random series.

Usage: trend_expected.py > trend-expected.txt      (needs numpy, scipy, pymannkendall)

The series are those of randomTrendSeries in TrendReferenceTests.swift, bit for bit: exact arithmetic on Philox's words.
"""

import math
import warnings

import numpy as np
import pymannkendall as mk
import scipy
from scipy import stats

SERIES = 1200
MASK = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(second >> 32) ^ c[1] ^ k[0], second & MASK, (first >> 32) ^ c[3] ^ k[1], first & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


class RandomSequence:
    """The program's RandomSequence with seed 2026 and purpose resampling."""

    def __init__(self, cell):
        self.counter, self.cell, self.words = 0, cell, []

    def next(self):
        if not self.words:
            self.words = philox([self.counter, 1 << 30, self.cell, 0], [2026, 0])
            self.counter += 1
        return self.words.pop(0)

    def unit(self):
        return ((self.next() >> 9) + 0.5) * 2.0**-23

    def index(self, below):
        return (self.next() * below) >> 32


def series(cell):
    random = RandomSequence(cell)
    n, kind, with_gaps = 2 + random.index(99), random.index(4), random.index(3) == 0
    y, previous = [], 0.0
    for k in range(n):
        u = random.unit()
        if kind == 0:
            value = u
        elif kind == 1:
            value = float(int(u * 6))
        elif kind == 2:
            value = u + 0.01 * k
        else:
            previous = 0.7 * previous + (u - 0.5)
            value = previous + 0.02 * k
        y.append(math.nan if with_gaps and random.index(8) == 0 else value)
    return np.array(y)


def prewhitened(x):
    """Yue and Wang (2002), whitening only where the lag-1 autocorrelation is significant."""
    slope = mk.sens_slope(x).slope
    y = x - np.arange(1, len(x) + 1) * slope
    y = y - y.mean()
    square = np.sum(y * y)
    significant = square > 0 and abs(np.sum(y[1:] * y[:-1]) / square) > stats.norm.ppf(0.975) / math.sqrt(len(x))
    return mk.trend_free_pre_whitening_modification_test(x) if significant else mk.original_test(x)


warnings.simplefilter("ignore")
np.seterr(all="ignore")
print(f"# numpy {np.__version__}, scipy {scipy.__version__}, pymannkendall 1.4.3; see trend_expected.py")
print("# n S varS Z p | theilslopes: slope low high | linregress: slope p | Hamed-Rao: varS Z p | pre-whitened: S Z p")
for cell in range(SERIES):
    x = series(cell)
    t = 1948.0 + np.arange(len(x))
    valid = np.isfinite(x)
    n = int(valid.sum())
    if n < 2:
        print(n)
        continue
    test = mk.original_test(x)
    sen = stats.theilslopes(x[valid], t[valid], 0.95)
    row = [n, int(test.s)] + [f"{v:.12g}" for v in (test.var_s, test.z, test.p)]
    row += [repr(float(v)) for v in (sen.slope, sen.low_slope, sen.high_slope)]
    varies = n >= 3 and len(set(x[valid])) > 1
    line = stats.linregress(t[valid], x[valid]) if varies else None
    row += [f"{v:.12g}" for v in ((line.slope, line.pvalue) if line else (math.nan, math.nan))]
    if n == len(x) and varies:
        rao, white = mk.hamed_rao_modification_test(x), prewhitened(x)
        row += [f"{v:.12g}" for v in (rao.var_s, rao.z, rao.p)] + [int(white.s)]
        row += [f"{v:.12g}" for v in (white.z, white.p)]
    print(*row)
