#!/usr/bin/env python3
"""Time of regridding a field of 3600 x 7200 cells to 1 degree: smt-mpi on one rank against CDO, whole processes in turn.

Usage: python3 benchmarks/regridding/compare.py [--program .build/release/smt-mpi] [--rounds 5] [--folder DIR]
Needs numpy, netCDF4 and cdo. Prints the medians of wall time, and of the ratio round by round, for a file
without compression and for one of compressed chunks, and by how much the results differ.
"""
import argparse, shutil, statistics, subprocess, sys, tempfile, time

import netCDF4
import numpy

METHODS = {"nearest": "remapnn", "bilinear": "remapbil", "mean": "remapcon", "majority": "remaplaf"}


def write(path, values, **storage):
    rows, columns = values.shape
    with netCDF4.Dataset(path, "w") as file:
        for name, axis, units in [
            ("lat", 90 - 180 * (numpy.arange(rows) + 0.5) / rows, "degrees_north"),
            ("lon", -180 + 360 * (numpy.arange(columns) + 0.5) / columns, "degrees_east"),
        ]:
            file.createDimension(name, len(axis))
            variable = file.createVariable(name, "f8", (name,))
            variable.units = units
            variable[:] = axis
        variable = file.createVariable("v", values.dtype, ("lat", "lon"), fill_value=-9, **storage)
        variable[:] = values


def timed(command):
    """Wall seconds of a process."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return time.perf_counter() - start


def read(path):
    with netCDF4.Dataset(path) as file:
        return numpy.ma.filled(file["v"][:].astype("f8"), numpy.nan)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=".build/release/smt-mpi")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(dir=options.folder)
    try:
        random = numpy.random.default_rng(1)
        rows, columns = 3600, 7200
        field = (10 + random.random((rows, columns))).astype("f4")
        classes = numpy.repeat(numpy.repeat(random.integers(1, 18, (rows // 4, columns // 4)), 4, 0), 4, 1).astype("i1")
        # A third of the globe is land.
        sea = numpy.repeat(numpy.repeat(random.random((36, 72)) < 0.66, 100, 0), 100, 1)
        for kind, storage in {"plain": {}, "compressed": {"zlib": True, "complevel": 4}}.items():
            write(f"{folder}/field-{kind}.nc", numpy.where(sea, numpy.float32(-9), field), **storage)
            write(f"{folder}/classes-{kind}.nc", numpy.where(sea, numpy.int8(-9), classes), **storage)
        print("| method | file | smt-mpi, s | CDO, s | CDO / smt-mpi | largest relative difference |")
        print("| --- | --- | ---: | ---: | ---: | ---: |")
        for method, operator in METHODS.items():
            for kind in ["plain", "compressed"]:
                source = f"{folder}/{'classes' if method == 'majority' else 'field'}-{kind}.nc"
                own, other = [], []
                for _ in range(options.rounds + 1):
                    own.append(
                        timed(
                            [options.program, "regrid", f"{source}:v", "--grid", "r360x180", "--method", method, "--overwrite"]
                            + ["--progress", "0", "--output", f"{folder}/own.nc"]))
                    other.append(timed(["cdo", "-s", f"{operator},r360x180", source, f"{folder}/other.nc"]))
                # The first round brings files and programs into memory.
                own, other = own[1:], other[1:]
                ratio = statistics.median(b / a for a, b in zip(own, other))
                a, b = read(f"{folder}/own.nc"), read(f"{folder}/other.nc")
                both = numpy.isfinite(a) & numpy.isfinite(b)
                difference = numpy.max(abs(a - b)[both] / abs(b)[both])
                seconds = [statistics.median(times) for times in (own, other)]
                print(
                    f"| {method} | {kind} | {seconds[0]:.2f} | {seconds[1]:.2f} | {ratio:.1f} "
                    f"| {difference:.1e} |", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
