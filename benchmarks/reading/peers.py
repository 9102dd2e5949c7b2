#!/usr/bin/env python3
"""Wall time of reading two variables of an ensemble: netCDF4-python with two processes, and smt-mpi with two ranks, in
turn, medians of three. With --rd also MB of uncompressed data in a CPU second of a loop in C (its source; it is compiled
with mpicc) and of benchmark-reading on some of the files.

  smt-mpi synthesize ensemble --rows 192 --columns 288 --months 132
  benchmarks/reading/peers.py ensemble [--members REF,EXP_01..EXP_85] [--variables GPP,SM] [--rounds 3] [--rd rd.c]
"""

import argparse
import glob
import json
import multiprocessing
import os
import statistics
import subprocess
import tempfile
import time

BUILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.build/release")


def read_whole(job):
    import netCDF4

    path, variable = job
    with netCDF4.Dataset(path) as file:
        file[variable].set_auto_mask(False)
        return float(file[variable][:][-1].sum())


def python_seconds(files, variables):
    """Seconds of two processes, one variable after the other."""
    start = time.perf_counter()
    for variable in variables:
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(read_whole, [(path, variable) for path in files], chunksize=1)
    return time.perf_counter() - start


def program_seconds(folder, members, variables, scratch):
    """Seconds of the whole program, and of its phases that read."""
    command = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", f"{BUILD}/smt-mpi", "threshold"]
    command += ["--members", members, "--model", "quadratic", "--progress", "0", "--overwrite"]
    command += ["--response", f"{folder}/{{member}}.nc:{variables[0]}"]
    command += ["--moisture", f"{folder}/{{member}}.nc:{variables[1]}"]
    command += ["--output", f"{scratch}/smt.nc", "--report", f"{scratch}/run.json"]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.perf_counter() - start
    with open(f"{scratch}/run.json") as report:
        phases = {phase["name"]: phase["maximum"] for phase in json.load(report)["phases"]}
    return whole, sum(phases[name] for name in ("catalogue", "cells", "read"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--members", default="REF,EXP_01..EXP_85")
    parser.add_argument("--variables", default="GPP,SM")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rd")
    options = parser.parse_args()
    variables = options.variables.split(",")
    others = {f"{options.folder}/{name}.nc" for name in ("truth", "season")}
    files = sorted(path for path in glob.glob(f"{options.folder}/*.nc") if path not in others)
    with tempfile.TemporaryDirectory() as scratch:
        if options.rd:
            flags = subprocess.run(["pkg-config", "--cflags", "--libs", "hdf5-openmpi"], capture_output=True, text=True)
            libraries = flags.stdout.split() + ["-lz", "-ldeflate"]
            subprocess.run(["mpicc", "-O2", "-w", options.rd, "-o", f"{scratch}/rd"] + libraries, check=True)
            for _ in range(options.rounds):
                loop = subprocess.run([f"{scratch}/rd", variables[0]] + files[:8], capture_output=True, text=True)
                print(loop.stdout, end="")
                command = [f"{BUILD}/benchmark-reading", "--variable", variables[0], "--files"] + files[:8]
                print(subprocess.run(command, capture_output=True, text=True).stdout, flush=True)
        read_whole((files[0], variables[0]))
        peer, whole, reading = [], [], []
        for _ in range(options.rounds):
            peer.append(python_seconds(files, variables))
            seconds = program_seconds(options.folder, options.members, variables, scratch)
            whole.append(seconds[0])
            reading.append(seconds[1])
            print(f"netCDF4 {peer[-1]:.2f} s, smt-mpi {whole[-1]:.2f} s, of it {reading[-1]:.2f} s reading", flush=True)
    peer, whole, reading = (statistics.median(seconds) for seconds in (peer, whole, reading))
    print(f"\n| {len(files)} files, {len(variables)} variables | s | netCDF4 ÷ this |")
    print("| --- | --- | --- |")
    print(f"| netCDF4-python, 2 processes | {peer:.2f} | 1 |")
    print(f"| smt-mpi, 2 ranks: headers, scan for valid cells and reading | {reading:.2f} | {peer / reading:.2f} |")
    print(f"| smt-mpi, 2 ranks: the whole program from mpirun to exit | {whole:.2f} | {peer / whole:.2f} |")


if __name__ == "__main__":
    main()
