#!/usr/bin/env python3
"""How smt-mpi threshold recovers the known thresholds of an ensemble, with several seeds.

  pip install numpy netCDF4
  benchmarks/threshold/reconstruction.py FOLDER [--seeds 2101,2102,2103] [--uncertainty] [--options '--preset paper']
                                         [--ranks 2] [--program .build/release/smt-mpi] [--json FILE]

FOLDER holds REF.nc and EXP_01.nc to EXP_85.nc with GPP and SM, season.nc with start_month and end_month, and truth.nc
with smt, as `smt-mpi synthesize` writes them. RMSE and bias are those of `smt-mpi compare` over the cells that have a
threshold, shares are of all cells of truth.nc. --uncertainty adds the coverage of the 90 % interval and the rank
correlation of smt_stddev with the error, at five times the cost. --ranks runs the program under mpirun. Exit status: 0;
1 where the program failed.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

import netCDF4
import numpy as np


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--seeds", default="2101,2102,2103")
    parser.add_argument("--uncertainty", action="store_true")
    parser.add_argument("--options", default="")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--program", default=".build/release/smt-mpi")
    parser.add_argument("--json")
    return parser.parse_args()


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"reconstruction.py: {shlex.join(command)}\n{done.stderr}")
    return done.stdout


def field(path, name):
    with netCDF4.Dataset(path) as file:
        return np.ma.filled(file[name][:].astype(float), np.nan)


def ranks(values):
    """Ranks from 1, ties sharing their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def measure(options, seed, output):
    folder = options.folder
    launch = ["mpirun", "-n", str(options.ranks)] if options.ranks > 1 else []
    more = ["--uncertainty"] if options.uncertainty else []
    run(launch + [
        options.program, "threshold", "--members", "REF,EXP_01..EXP_85", "--response", f"{folder}/{{member}}.nc:GPP",
        "--moisture", f"{folder}/{{member}}.nc:SM", "--season", f"{folder}/season.nc:start_month,end_month",
        "--seed", str(seed), "--output", output, "--overwrite", *more, *shlex.split(options.options)])
    agreement = json.loads(run([options.program, "compare", f"{output}:smt", f"{folder}/truth.nc:smt", "--json"]))
    smt, truth = field(output, "smt"), field(f"{folder}/truth.nc", "smt")
    known, found = np.isfinite(truth), np.isfinite(truth) & np.isfinite(smt)
    error = np.abs(smt - truth)
    row = {
        "seed": seed, "cells": int(known.sum()), "without": int((known & ~found).sum()),
        "RMSE, %": agreement["cells"]["rmse"], "bias, %": agreement["cells"]["bias"],
        "within 5 %, % of all": 100 * float((error[found] <= 5).sum() / known.sum()),
        "flagged as smooth": int((field(output, "smooth_curve")[found] == 1).sum())}
    if options.uncertainty:
        low, high, deviation = (field(output, name) for name in ("smt_p05", "smt_p95", "smt_stddev"))
        # A threshold without an interval counts as missed.
        row["coverage, %"] = 100 * float(((low <= truth) & (truth <= high))[found].mean())
        both = found & np.isfinite(deviation)
        row["median standard error, %"] = float(np.median(deviation[both]))
        row["rank correlation"] = float(np.corrcoef(ranks(deviation[both]), ranks(error[both]))[0, 1])
    return row


def main():
    options = arguments()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds.split(","):
            rows.append(measure(options, int(seed), os.path.join(folder, "smt.nc")))
            if len(rows) == 1:
                print("| " + " | ".join(rows[0]) + " |")
                print("|" + " ---: |" * len(rows[0]))
            texts = (f"{value:.2f}" if isinstance(value, float) else f"{value}" for value in rows[-1].values())
            print("| " + " | ".join(texts) + " |", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=2)


main()
