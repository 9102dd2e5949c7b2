#!/usr/bin/env python3
"""Milliseconds per series of climate_indices' SPEI and of numpy with scipy over all series at once, beside benchmark-drought.

Usage: peers.py [--series 200] [--months 1296] [--scale 12] [--program .build/release/benchmark-drought] [--smoke] [--json FILE]

Runs benchmark-drought first (smaller with --smoke; with --json the figures of both go there), then times whichever of the
Python packages is installed on series of the same kind, in one thread. Exit status: 0, also where a package is missing; 1
program failed.
"""

import argparse
import json
import logging
import subprocess
import sys
import time
import warnings

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--series", type=int, default=200)
parser.add_argument("--months", type=int, default=1296)
parser.add_argument("--scale", type=int, default=12)
parser.add_argument("--program", default=".build/release/benchmark-drought")
parser.add_argument("--smoke", action="store_true")
parser.add_argument("--json")
options = parser.parse_args()

command = [options.program, "--months", str(options.months), "--scale", str(options.scale)]
command += (["--smoke"] if options.smoke else []) + (["--json", options.json] if options.json else [])
print(f"$ {' '.join(command)}", flush=True)
try:
    if subprocess.run(command).returncode != 0:
        sys.exit(1)
except OSError as error:
    sys.exit(f"peers.py: {options.program} does not start ({error}); swift build -c release --product benchmark-drought")

try:
    import numpy
    import scipy.special
except ImportError:
    print("peers.py: numpy or scipy is not installed, so there is nothing to compare with")
    sys.exit(0)

count = 20 if options.smoke else options.series
balance = 40 * numpy.random.default_rng(1).random((4, options.months, count)).sum(0) - 80
rows = []


def report(name, count, function):
    start = time.perf_counter()
    result = function()
    milliseconds = 1e3 * (time.perf_counter() - start) / count
    rows.append({"level": name, "ms per series": milliseconds})
    print(f"| {name} | {milliseconds:.4g} |", flush=True)
    return result


def vectorised():
    """The formulas over all series; no values are missing."""
    total = numpy.cumsum(balance, 0)
    sums = total.copy()
    sums[options.scale :] -= total[: -options.scale]
    sums[: options.scale - 1] = numpy.nan
    scores = numpy.full_like(sums, numpy.nan)
    for month in range(12):
        own = numpy.arange(month, options.months, 12)
        own = own[own >= options.scale - 1]
        ordered = numpy.sort(sums[own], 0)
        n, rank = len(own), numpy.arange(len(own))[:, None]
        b0 = ordered.mean(0)
        b1 = (ordered * rank).sum(0) / (n * (n - 1))
        b2 = (ordered * rank * (rank - 1)).sum(0) / (n * (n - 1) * (n - 2))
        scale = 2 * b1 - b0
        k = -(6 * b2 - 6 * b1 + b0) / scale
        g = k * numpy.pi / numpy.sin(k * numpy.pi)
        alpha = scale / g
        y = -numpy.log(1 - k * (sums[own] - (b0 - alpha * (1 - g) / k)) / alpha) / k
        scores[own] = scipy.special.ndtri(1 / (1 + numpy.exp(-y)))
    return scores


own = report(f"numpy {numpy.__version__} and scipy {scipy.__version__}, all series at once", count, vectorised)
try:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from climate_indices import compute, indices

    def series(number):
        return indices.spei(
            balance[:, number] + 100, numpy.full(options.months, 100.0), options.scale, indices.Distribution.loglogistic,
            compute.Periodicity.monthly, 1901, 1901, 1900 + options.months // 12)

    some = min(count, 50)
    theirs = report("climate_indices, one series at a time", some, lambda: [series(number) for number in range(some)])
    apart = max(numpy.nanmax(abs(theirs[number] - numpy.clip(own[:, number], -3.09, 3.09))) for number in range(some))
    print(f"largest difference between the two: {apart:.1e}")
except ImportError:
    print("peers.py: climate_indices is not installed, skipped")
if options.json:
    with open(options.json) as file:
        document = json.load(file)
    document["peers"] = rows
    with open(options.json, "w") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
