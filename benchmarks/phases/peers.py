#!/usr/bin/env python3
"""Wall time of the differences of temperature, vapour pressure deficit and water uptake below and above the threshold in an
ensemble: `smt-mpi phases` with two ranks, and the same in xarray with dask on two threads, in turn, medians. Whole programs,
from start to exit. Both must find the same, and the truth of the ensemble.

  pip install numpy netCDF4 xarray dask
  smt-mpi synthesize ensemble --rows 48 --columns 72 --months 24 --levsoi --climate
  benchmarks/phases/peers.py ensemble [--members 85] [--rounds 3] [--chunks fields|files]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.build/release")
THICKNESS = [.02, .04, .06, .08, .12, .16, .20, .24, .28, .32, .36, .40, .44, .54, .64, .74, .84, .94, 1.04, 1.14]
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
WATER = [6.11213476, 0.444007856, 0.143064234e-1, 0.264461437e-3, 0.305903558e-5, 0.196237241e-7, 0.892344772e-10,
         -0.373208410e-12, 0.209339997e-15]
ICE = [6.11123516, 0.503109514, 0.188369801e-1, 0.420547422e-3, 0.614396778e-5, 0.602780717e-7, 0.387940929e-9,
       0.149436277e-11, 0.262655803e-14]


def names(members):
    width = max(2, len(str(members)))
    return ["REF"] + [f"EXP_{number:0{width}d}" for number in range(1, members + 1)]


def with_xarray(folder, members, chunks, output):
    """What a user would write."""
    import dask
    import numpy as np
    import xarray as xr

    dask.config.set(scheduler="threads", num_workers=2)
    paths = [f"{folder}/{name}.nc" for name in names(members)]
    chunks = {"time": -1, "levsoi": -1} if chunks == "files" else {}
    data = xr.open_mfdataset(
        paths, combine="nested", concat_dim="member", decode_times=False, coords="minimal", compat="override",
        data_vars=["H2OSOI", "TSA", "RH2M", "QROOTSINK"], chunks=chunks)
    season = xr.open_dataset(f"{folder}/season.nc")
    truth = xr.open_dataset(f"{folder}/truth.nc")
    month = np.arange(data.sizes["time"]) % 12
    days = xr.DataArray(np.array(DAYS, float)[month], dims="time")
    number = xr.DataArray(month + 1, dims="time")
    first, last = season.start_month, season.end_month
    inside = xr.where(
        first <= last, (number >= first) & (number <= last), (number >= first) | (number <= last))
    weights = inside * days

    def season_mean(values):
        return (values.astype(float) * weights).sum("time", skipna=False) / weights.sum("time")

    thickness = np.array(THICKNESS)
    within = np.clip(3 - (np.cumsum(thickness) - thickness), 0, thickness)
    moisture = season_mean((data.H2OSOI * xr.DataArray(within / 3, dims="levsoi")).sum("levsoi", skipna=False))
    uptake = (data.QROOTSINK * xr.DataArray(within / thickness, dims="levsoi")).sum("levsoi", skipna=False)
    celsius = data.TSA.astype(float) - 273.15
    pressure = 100 * xr.where(
        celsius >= 0, sum(a * celsius**power for power, a in enumerate(WATER)),
        sum(a * celsius**power for power, a in enumerate(ICE)))
    x = 100 * moisture / moisture.isel(member=0)
    result = {}
    for name, values in [
        ("T", data.TSA), ("VPD", pressure * (1 - data.RH2M.clip(0, 100) / 100)), ("UPTAKE", uptake * 86400 * days)
    ]:
        mean = season_mean(values)
        result[f"difference_{name}"] = mean.where(x < truth.smt).mean("member") - mean.where(x > truth.smt).mean("member")
    xr.Dataset(result).compute().to_netcdf(output)


def seconds(command):
    """Wall time, and CPU time of all processes."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    start, before = time.perf_counter(), used()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, used() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--members", type=int, default=85)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chunks", choices=["fields", "files"], default="fields",
                        help="dask's chunks: fields, those of the files, as open_mfdataset takes them, or whole files")
    parser.add_argument("--xarray", metavar="OUTPUT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder, members = arguments.folder, names(arguments.members)
    if arguments.xarray:
        return with_xarray(folder, arguments.members, arguments.chunks, arguments.xarray)

    import numpy as np
    import xarray as xr

    with tempfile.TemporaryDirectory() as scratch:
        files = f"{folder}/{{member}}.nc"
        program = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", f"{BUILD}/smt-mpi", "phases"]
        program += ["--threshold", f"{folder}/truth.nc:smt", "--members", f"REF,{members[1]}..{members[-1]}"]
        program += ["--moisture", f"{files}:H2OSOI", "--depth", "0-3"]
        program += ["--season", f"{folder}/season.nc:start_month,end_month"]
        program += ["--quantity", f"T={files}:TSA", "--quantity", f"VPD=vpd({files}:TSA; {files}:RH2M)"]
        program += ["--quantity", f"UPTAKE={files}:QROOTSINK", "--output", f"{scratch}/phases.nc", "--overwrite"]
        program += ["--report", f"{scratch}/run.json", "--progress", "0"]
        peer = [sys.executable, __file__, folder, "--members", str(arguments.members), "--chunks", arguments.chunks]
        peer += ["--xarray", f"{scratch}/xarray.nc"]
        times = [(*seconds(program), *seconds(peer)) for _ in range(arguments.rounds)]
        own, own_cpu, other, other_cpu = (statistics.median(column) for column in zip(*times))
        print(f"smt-mpi, 2 ranks: {own:.2f} s, CPU {own_cpu:.2f} s; xarray {xr.__version__}, 2 threads, chunks of "
              f"{arguments.chunks}: {other:.2f} s, CPU {other_cpu:.2f} s; ratio {other / own:.1f}, of CPU "
              f"{other_cpu / own_cpu:.1f}")
        with open(f"{scratch}/run.json") as report:
            report = json.load(report)
        print({key: value for key, value in report.items() if "emory" in key})
        with (xr.open_dataset(f"{scratch}/phases.nc") as found, xr.open_dataset(f"{scratch}/xarray.nc") as expected,
              xr.open_dataset(f"{folder}/truth.nc") as truth):
            for name, variable in [("T", "TSA"), ("VPD", "VPD"), ("UPTAKE", "QROOTSINK")]:
                maps = [found[f"difference_{name}"], expected[f"difference_{name}"], truth[f"difference_{variable}"]]
                values, peers, right = (field.values.astype(float) for field in maps)
                land = np.isfinite(right)
                assert (np.isfinite(values) == land).all()
                error, peers_error = (np.abs(field[land] / right[land] - 1).max() for field in (values, peers))
                print(f"{name}: {land.sum()} cells, largest relative error {error:.1e}, of xarray {peers_error:.1e}")


if __name__ == "__main__":
    main()
