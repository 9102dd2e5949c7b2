#!/usr/bin/env python3
"""What smt-mpi threshold finds in a real record: with the months of the response permuted within each cell, where
nothing is to be found, and as it is, with two seeds.

  pip install numpy netCDF4
  benchmarks/threshold/real.py FOLDER [--cells 400] [--permutations 2101,2102,2103] [--seeds 2101,2102]
                               [--options '--networks 10'] [--program .build/release/smt-mpi] [--json FILE]

FOLDER holds monthly files of GLDAS-Noah 2.1 at 1 degree: soilmoisture_4layer/*.nc4 with moisture, energy_fluxes/*.nc4
with the fluxes of latent and sensible heat. The response is the evaporative fraction Qle / (Qle + Qh) of months with
both fluxes positive and at least 20 W m-2 together, the moisture that of the uppermost 40 cm. --cells are drawn, with
each permutation seed anew, of those that have moisture in every month and a response in at least 100.

The first table has the share of permuted cells with a threshold and its upper 95 % confidence limit (Clopper and
Pearson, one-sided) for the default, --derivative raw and every --model; the second compares runs with --seeds, two by
two, on cells as they are, drawn with the first of the seeds. An empty list leaves a table out; --options are given to
every run. The method's constants were chosen with cells of seeds 5 and 7. Exit status: 0; 1 where the program failed.
"""

import argparse
import glob
import itertools
import json
import math
import os
import shlex
import subprocess
import sys
import tempfile

import netCDF4
import numpy as np

WAYS = [("default", [])] + [("raw derivative", ["--derivative", "raw"])] + [
    (f"model {name}", ["--model", name]) for name in ("logistic", "exponential", "quadratic", "plateau", "spline")]


def numbers(text):
    return [int(word) for word in text.split(",") if word]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--cells", type=int, default=400)
    parser.add_argument("--permutations", type=numbers, default=[2101, 2102, 2103])
    parser.add_argument("--seeds", type=numbers, default=[2101, 2102])
    parser.add_argument("--options", type=shlex.split, default=[])
    parser.add_argument("--program", default=".build/release/smt-mpi")
    parser.add_argument("--json")
    return parser.parse_args()


def read(file, *names):
    return [np.ma.filled(file[name][0].astype(float), np.nan) for name in names]


def record(folder):
    """Moisture and evaporative fraction by month and cell, of the cells that have enough of both."""
    moisture, fraction = [], []
    for path in sorted(glob.glob(f"{folder}/soilmoisture_4layer/*.nc4")):
        with netCDF4.Dataset(path) as file:
            moisture.append(sum(read(file, "SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst")))
    for path in sorted(glob.glob(f"{folder}/energy_fluxes/*.nc4")):
        with netCDF4.Dataset(path) as file:
            latent, sensible = read(file, "Qle_tavg", "Qh_tavg")
        counts = (latent >= 0) & (sensible >= 0) & (latent + sensible >= 20)
        fraction.append(np.divide(latent, latent + sensible, out=np.full(latent.shape, np.nan), where=counts))
    if not moisture or len(moisture) != len(fraction):
        sys.exit(f"real.py: {folder}: expected as many files in soilmoisture_4layer as in energy_fluxes, at least one")
    moisture, fraction = np.array(moisture), np.array(fraction)
    chosen = np.isfinite(moisture).all(0) & (np.isfinite(fraction).sum(0) >= 100)
    return moisture[:, chosen], fraction[:, chosen]


def permuted(fraction, random):
    """The finite values of each cell in another order; missing months stay where they are."""
    result = fraction.copy()
    for cell in range(result.shape[1]):
        known = np.flatnonzero(np.isfinite(result[:, cell]))
        result[known, cell] = result[random.permutation(known), cell]
    return result


def write(path, moisture, fraction):
    """A record of one row of cells, one after the other along the equator."""
    months, cells = moisture.shape
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("time", None), ("lat", 1), ("lon", cells), ("bnds", 2)):
            file.createDimension(name, size)
        for name, units, values in (("lat", "degrees_north", [0.0]),
                                    ("lon", "degrees_east", 360 * np.arange(cells) / cells)):
            variable = file.createVariable(name, "f8", (name,))
            variable.units, variable[:] = units, values
        lengths = np.resize([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], months)
        ends = np.cumsum(lengths)
        time = file.createVariable("time", "f8", ("time",))
        time.units, time.calendar, time.bounds = "days since 2012-01-01", "noleap", "time_bnds"
        time[:] = ends - lengths
        file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = np.stack([ends - lengths, ends], 1)
        for name, units, values in (("SM", "kg m-2", moisture), ("EF", "1", fraction)):
            variable = file.createVariable(name, "f8", ("time", "lat", "lon"), fill_value=-9999.0)
            variable.units = units
            variable[:] = np.ma.masked_invalid(values)[:, None]


def thresholds(program, path, output, *more):
    """The map of smt-mpi threshold, NaN where a cell has none."""
    command = [program, "threshold", "--response", f"{path}:EF", "--moisture", f"{path}:SM",
               "--output", output, "--overwrite", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"real.py: {' '.join(command)}\n{done.stderr}")
    with netCDF4.Dataset(output) as file:
        return np.ma.filled(file["smt"][:].astype(float), np.nan).ravel()


def upper_limit(seen, count):
    """The share, percent, of which so few or fewer are seen with a probability of 5 %."""
    low, high = seen / count, 1.0
    for _ in range(60):
        share = (low + high) / 2
        tail = sum(math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(seen + 1))
        low, high = (share, high) if tail > 0.05 else (low, share)
    return 100 * high


def table(title, rows):
    print(f"\n{title}\n")
    print("| " + " | ".join(rows[0]) + " |")
    print("| " + " | ".join("---" if isinstance(value, str) else "---:" for value in rows[0].values()) + " |")
    for row in rows:
        texts = (f"{value:.1f}" if isinstance(value, float) else str(value) for value in row.values())
        print("| " + " | ".join(texts) + " |", flush=True)


def permutations(options, moisture, fraction, folder):
    """Cells with a threshold where the months of the response are permuted, a row for each way."""
    path, output = os.path.join(folder, "record.nc"), os.path.join(folder, "smt.nc")
    found = {name: [] for name, _ in WAYS}
    for seed in options.permutations:
        random = np.random.default_rng(seed)
        cells = random.permutation(moisture.shape[1])[: options.cells]
        write(path, moisture[:, cells], permuted(fraction[:, cells], random))
        for name, more in WAYS:
            smt = thresholds(options.program, path, output, "--seed", str(seed), *more, *options.options)
            found[name].append((int(np.isfinite(smt).sum()), len(cells)))
    for name, counts in found.items():
        seen, count = (sum(column) for column in zip(*counts))
        shares = {f"seed {seed}, %": 100 * k / n for seed, (k, n) in zip(options.permutations, counts)}
        yield {"way": name, "cells": count, **shares, "all, %": 100 * seen / count,
               "upper 95 % limit": upper_limit(seen, count)}


def repetitions(options, moisture, fraction, folder):
    """How maps of two seeds agree, a row for each two."""
    path, output = os.path.join(folder, "record.nc"), os.path.join(folder, "smt.nc")
    cells = np.random.default_rng(options.seeds[0]).permutation(moisture.shape[1])[: options.cells]
    write(path, moisture[:, cells], fraction[:, cells])
    maps = {seed: thresholds(options.program, path, output, "--seed", str(seed), *options.options)
            for seed in options.seeds}
    for a, b in itertools.combinations(options.seeds, 2):
        either = np.isfinite(maps[a]) | np.isfinite(maps[b])
        both = np.isfinite(maps[a]) & np.isfinite(maps[b])
        near = np.abs(maps[a] - maps[b])[both] <= 5
        yield {"seeds": f"{a} and {b}", "cells": len(cells), "either": int(either.sum()), "both": int(both.sum()),
               "both of either, %": 100 * float(both.sum() / max(either.sum(), 1)),
               "within 5 % of normal, % of both": 100 * float(near.sum() / max(both.sum(), 1))}


def main():
    options = arguments()
    moisture, fraction = record(options.folder)
    tables = {}
    with tempfile.TemporaryDirectory() as folder:
        if options.permutations:
            tables["permuted"] = list(permutations(options, moisture, fraction, folder))
            table("Permuted months: cells with a threshold", tables["permuted"])
        if len(options.seeds) > 1:
            tables["seeds"] = list(repetitions(options, moisture, fraction, folder))
            table("As it is, two seeds of the networks", tables["seeds"])
    if options.json:
        with open(options.json, "w") as file:
            json.dump(tables, file, indent=2)


main()
