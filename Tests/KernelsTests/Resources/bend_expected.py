#!/usr/bin/env python3
"""Prints bend-expected.txt: how much better broken lines fit some series than smooth curves do, by brute force.

Usage: bend_expected.py > bend-expected.txt      (needs numpy and scipy)

A line of the file is a series: its name, AICc of line, parabola, exponential, power, one break and two breaks, then
x1 y1 x2 y2 … as they are. Every family is fitted by numpy's lstsq for every value of what it is not linear in, on a
fine grid, and at the best of them refined by scipy's bounded search.
"""

import math

import numpy as np
import scipy
from scipy.optimize import minimize_scalar


def rss(columns, y):
    matrix = np.column_stack(columns)
    matrix = matrix / np.linalg.norm(matrix, axis=0)
    coefficients, _, _, _ = np.linalg.lstsq(matrix, y, rcond=1e-13)
    return float(np.sum((y - matrix @ coefficients) ** 2))


def aicc(least, n, parameters):
    k = parameters + 1
    return n * math.log(least / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def least(loss, grid):
    """The least of a function over a grid, refined about the three best of its local minima."""
    values = np.array([loss(v) for v in grid])
    inner = [i for i in range(len(grid)) if values[i] == values[max(i - 1, 0) : i + 2].min()]
    best = values.min()
    for i in sorted(inner, key=lambda i: values[i])[:3]:
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        best = min(best, minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).fun)
    return best


def families(x, y):
    n, one, centred = len(x), np.ones(len(x)), x - x.mean()
    start, span = x[0], x[-1] - x[0]

    def exponential(log_rate):
        return rss([one, -np.expm1(-math.exp(log_rate) * (x - start) / span)], y)

    def power(p):
        scaled = np.log(x / x[-1])
        return rss([one, scaled if p == 0 else np.expm1(p * scaled) / p], y)

    def broken(at):
        return rss([one, x, np.maximum(x - at, 0)], y)

    line = rss([one, x], y)
    one_break = broken(x[1])
    for a, b in zip(x[1:-2], x[2:-1]):
        if b > a:
            one_break = min(one_break, least(broken, np.linspace(a, b, 9)))
    # Breaks at two pairs, of some thirty that are equally far apart.
    places = [x[i] for i in range(2, n - 2, max(1, n // 30))]
    two_breaks = min(
        rss([one, x, np.maximum(x - a, 0), np.maximum(x - b, 0)], y) for a in places for b in places if b > a
    )
    return [
        aicc(line, n, 2),
        aicc(rss([one, centred, centred**2], y), n, 3),
        # A rate of zero is the line.
        aicc(min(line, least(exponential, np.linspace(math.log(1e-6), math.log(200), 300))), n, 3),
        aicc(least(power, np.linspace(-4, 4, 161)), n, 3),
        aicc(one_break, n, 4),
        aicc(two_breaks, n, 6),
    ]


SHAPES = {
    "exponential": lambda x: 100 * -np.expm1(-0.04 * (x - 5)),
    "logarithm": lambda x: 100 + 40 * np.log(x / 100),
    "parabola": lambda x: 100 - 0.008 * (110 - x) ** 2,
    "root": lambda x: 10 * np.sqrt(x),
    "line": lambda x: 40 + 0.6 * x,
    "steepening": lambda x: 0.01 * x**2,
    "two-slope": lambda x: 100 - 0.5 * (100 - np.maximum(x, 62)) - 2 * np.maximum(62 - x, 0),
    "collapsing": lambda x: np.maximum(100 - 0.3 * (100 - np.maximum(x, 70)) - 3 * np.maximum(70 - x, 0), 4),
}

random = np.random.Generator(np.random.PCG64(20240611))
print(f"# numpy {np.__version__}, scipy {scipy.__version__}; see bend_expected.py")
print("# name, AICc of line, parabola, exponential, power, one break, two breaks, then x and y of each pair")
for name, shape in SHAPES.items():
    for n, noise, kind in [(43, 1.0, "regular"), (86, 3.0, "random"), (86, 0.2, "regular"), (130, 1.0, "random")]:
        x = np.linspace(15, 100, n) if kind == "regular" else np.sort(random.uniform(15, 100, n))
        x = np.round(x, 3)
        y = np.round(shape(x) + noise * random.standard_normal(n), 3)
        numbers = families(x, y) + [v for pair in zip(x, y) for v in pair]
        print(f"{name}-{n}-{noise}", *[f"{v:.10g}" for v in numbers])
