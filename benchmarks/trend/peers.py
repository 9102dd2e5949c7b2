#!/usr/bin/env python3
"""Series per second of pymannkendall.original_test and scipy.stats.theilslopes, beside those of benchmark-trend.

Usage: peers.py [--series 500] [--years 77] [--program .build/release/benchmark-trend] [--smoke] [--json FILE]

Runs benchmark-trend first (smaller with --smoke; with --json the figures of both go there), then times whichever of the two Python packages is installed on series
of the same kind, one after the other in one thread. Exit status: 0, also where a package is missing; 1 program failed.
"""

import argparse
import json
import random
import subprocess
import sys
import time

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--series", type=int, default=500)
parser.add_argument("--years", type=int, default=77)
parser.add_argument("--program", default=".build/release/benchmark-trend")
parser.add_argument("--smoke", action="store_true")
parser.add_argument("--json")
options = parser.parse_args()

command = [options.program, "--years", str(options.years)] + (["--smoke"] if options.smoke else [])
command += ["--json", options.json] if options.json else []
print(f"$ {' '.join(command)}", flush=True)
try:
    if subprocess.run(command).returncode != 0:
        sys.exit(1)
except OSError as error:
    sys.exit(f"peers.py: {options.program} does not start ({error}); swift build -c release --product benchmark-trend")

try:
    import numpy
except ImportError:
    print("peers.py: numpy is not installed, so there is nothing to compare with")
    sys.exit(0)

generator = random.Random(1)
count = 50 if options.smoke else options.series
years = numpy.arange(1948.0, 1948.0 + options.years)
series = [
    numpy.array([500 + 20 * sum(generator.random() for _ in range(4)) + 0.1 * year for year in range(options.years)])
    for _ in range(count)
]


rows = []


def report(name, function):
    start = time.perf_counter()
    for values in series:
        function(values)
    seconds = time.perf_counter() - start
    rows.append({"level": name, "values": "all different", "series/s": count / seconds})
    print(f"| {name} | all different | {count / seconds:.0f} | {1e6 * seconds / count:.0f} | |", flush=True)


try:
    import pymannkendall

    report("pymannkendall.original_test", pymannkendall.original_test)
except ImportError:
    print("peers.py: pymannkendall is not installed, skipped")
try:
    import scipy
    from scipy import stats

    report(f"scipy {scipy.__version__} theilslopes", lambda values: stats.theilslopes(values, years))
except ImportError:
    print("peers.py: scipy is not installed, skipped")
if options.json:
    with open(options.json) as file:
        document = json.load(file)
    document["peers"] = rows
    with open(options.json, "w") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
