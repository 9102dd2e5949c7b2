#!/usr/bin/env python3
"""Wall time of the zone means of an ensemble's monthly fields and their regression: `smt-mpi sensitivity` with two ranks, and
the zone means alone in xarray with dask on two threads, in turn, medians. Whole programs, from start to exit. Both must find the
same means.

  pip install numpy netCDF4 xarray dask
  smt-mpi synthesize ensemble --rows 96 --columns 144 --members 17 --months 60 --sensitivity
  benchmarks/sensitivity/peers.py ensemble [--members 17] [--rounds 3] [--chunks fields|files]
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
BANDS = {"tropics": (-30, 30), "north": (30, 90), "south": (-90, -30)}
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
    import xarray as xr

    dask.config.set(scheduler="threads", num_workers=2)
    data = xr.open_mfdataset(
        [f"{folder}/{name}.nc" for name in names(members)], combine="nested", concat_dim="member", decode_times=False,
        coords="minimal", compat="override", data_vars=["GPP", "SM", "TSA", "RH2M", "FSDS"],
        chunks={"time": -1} if chunks == "files" else {})
    celsius = data.TSA.astype(float) - 273.15
    pressure = 100 * xr.where(
        celsius >= 0, sum(a * celsius**power for power, a in enumerate(WATER)),
        sum(a * celsius**power for power, a in enumerate(ICE)))
    fields = {
        "response": data.GPP, "SM": data.SM, "VPD": pressure * (1 - data.RH2M.astype(float).clip(0, 100) / 100), "T": data.TSA,
        "RAD": data.FSDS,
    }
    weights = (data.area.astype(float) * data.landfrac).fillna(0)
    means = []
    for low, high in BANDS.values():
        own = weights.where((data.lat >= low) & (data.lat < high + (high == 90)), 0).astype(float)
        means.append(xr.Dataset(
            {name: field.astype(float).weighted(own).mean(("lat", "lon")) for name, field in fields.items()}))
    xr.concat(means, "zone").compute().to_netcdf(output)


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
    parser.add_argument("--members", type=int, default=17)
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
        bands = ",".join(f"{name}={low}:{high}" for name, (low, high) in BANDS.items())
        program = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", f"{BUILD}/smt-mpi", "sensitivity"]
        program += ["--members", f"REF,{members[1]}..{members[-1]}", "--response", f"{files}:GPP", "--predictor"]
        program += [f"SM={files}:SM", f"VPD=vpd({files}:TSA; {files}:RH2M)", f"T={files}:TSA", f"RAD={files}:FSDS"]
        program += [f"--bands={bands}", "--output", f"{scratch}/beta.nc", "--overwrite"]
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
        print({key: value for key, value in report.items() if "emory" in key or key == "bytesRead"},
              {phase["name"]: round(phase["maximum"], 2) for phase in report["phases"]})
        with xr.open_dataset(f"{scratch}/beta.nc", decode_times=False) as found, \
                xr.open_dataset(f"{scratch}/xarray.nc") as expected:
            for name in ["response", "SM", "VPD", "T", "RAD"]:
                values = found[f"mean_{name}"].transpose("zone", "member", "time").values
                peers = expected[name].transpose("zone", "member", "time").values
                print(f"{name}: largest relative difference {np.abs(values / peers - 1).max():.1e}")


if __name__ == "__main__":
    main()
