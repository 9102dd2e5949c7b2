#!/usr/bin/env python3
"""Wall time of blending snapshots of soil moisture into an hourly run: `smt-mpi blend` with one and two ranks, and the same in
xarray with dask on two threads, in turn, medians. Whole programs, from start to exit. All must find the truth of the run.

  pip install numpy scipy netCDF4 xarray dask
  smt-mpi synthesize run --snapshots --rows 48 --columns 72 --months 2 --ocean-share 0.3
  benchmarks/blend/peers.py run [--rounds 3] [--write all|copies]
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.build/release")
BOTTOM = 1.0


def with_xarray(folder, what, output):
    """What a user would write: the model's files with the variable replaced and, of `all`, the model's moisture, the blend
    and the error in one file, compressed."""
    import dask
    import numpy as np
    import xarray as xr

    dask.config.set(scheduler="threads", num_workers=2)
    model = xr.open_mfdataset(f"{folder}/model.*.nc", data_vars="minimal", coords="minimal", compat="override")
    soil = xr.open_dataset(f"{folder}/soil.nc")
    pixels = xr.open_dataset(f"{folder}/profiles.nc")[["a", "b", "c"]]
    # Cells are three pixels wide; those beyond the poles are none.
    blocks = pixels.pad(lat=1, constant_values=np.nan).coarsen(lat=3, lon=3, coord_func=lambda x, axis: x.mean(axis=axis))
    inside = xr.ones_like(pixels.c).pad(lat=1, constant_values=np.nan).coarsen(
        lat=3, lon=3, coord_func=lambda x, axis: x.mean(axis=axis)).count()
    profile = blocks.mean().where(blocks.count().c >= 0.5 * inside)
    profile = profile.assign_coords(lat=model.lat.values, lon=model.lon.values)
    edges = model.depth_bnds.isel(time=0) if "time" in model.depth_bnds.dims else model.depth_bnds
    top, bottom = edges[:, 0].load(), np.minimum(edges[:, 1], BOTTOM).load()
    observed = (profile.a * (top**2 + top * bottom + bottom**2) / 3 + profile.b * (top + bottom) / 2 + profile.c)
    observed = observed.where(top < BOTTOM).transpose("time", "depth", "lat", "lon")
    moisture = model.SOIL_WATER
    error = moisture.sel(time=observed.time).load() - observed
    # Snapshots that a cell does not have are on the line between those that it has.
    error = error.interpolate_na("time").interpolate_na("time", method="nearest", fill_value="extrapolate")
    ends = {"bounds_error": False, "fill_value": (error.values[0], error.values[-1])}
    error = error.interp(time=moisture.time, kwargs=ends).chunk(
        dict(zip(moisture.dims, moisture.chunks))).transpose(*moisture.dims)
    blended = (moisture - error).clip(soil.residual, soil.saturation)
    blended = xr.where(error.notnull(), blended, moisture).transpose(*moisture.dims)
    if what == "all":
        packed = {"zlib": True, "complevel": 4, "shuffle": True, "dtype": "float32"}
        both = xr.Dataset({"native": moisture, "blended": blended, "error": error})
        for name in both.data_vars:
            both[name].encoding = {}
        both.to_netcdf(f"{output}/blended.nc", encoding={name: packed for name in both.data_vars})
    for path in sorted(os.listdir(folder)):
        if path.startswith("model."):
            with xr.open_dataset(f"{folder}/{path}", chunks={}) as own:
                encoding = {"SOIL_WATER": {**own.SOIL_WATER.encoding, "zlib": True, "complevel": 1}}
                for key in ("source", "original_shape", "preferred_chunks", "szip", "zstd", "bzip2", "blosc"):
                    encoding["SOIL_WATER"].pop(key, None)
                replaced = own.assign(SOIL_WATER=blended.sel(time=own.time).assign_attrs(own.SOIL_WATER.attrs))
                replaced.to_netcdf(f"{output}/{path}", encoding=encoding)


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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", default=f"{BUILD}/smt-mpi")
    parser.add_argument("--write", choices=["all", "copies"], default="all",
                        help="what xarray writes: all that smt-mpi does, or the copies of the model's files alone")
    parser.add_argument("--xarray", metavar="OUTPUT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder
    if arguments.xarray:
        return with_xarray(folder, arguments.write, arguments.xarray)

    import numpy as np
    import xarray as xr

    with tempfile.TemporaryDirectory() as scratch:
        program = [arguments.program, "blend", "--model", f"{folder}/model.*.nc:SOIL_WATER"]
        program += ["--profile", f"{folder}/profiles.nc:a,b,c", "--residual", f"{folder}/soil.nc:residual"]
        program += ["--saturation", f"{folder}/soil.nc:saturation", "--progress", "0"]
        program += ["--output", f"{scratch}/own", "--overwrite"]
        peer = [sys.executable, __file__, folder, "--write", arguments.write, "--xarray", f"{scratch}/peer"]
        launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2"]
        times = []
        for _ in range(arguments.rounds):
            shutil.rmtree(f"{scratch}/peer", ignore_errors=True)
            os.mkdir(f"{scratch}/peer")
            times.append((*seconds(program), *seconds(launcher + program), *seconds(peer)))
        one, one_cpu, two, two_cpu, other, other_cpu = (statistics.median(column) for column in zip(*times))
        print(f"smt-mpi, 1 rank: {one:.2f} s, CPU {one_cpu:.2f} s; 2 ranks: {two:.2f} s, CPU {two_cpu:.2f} s; "
              f"xarray {xr.__version__}, 2 threads, {arguments.write}: {other:.2f} s, CPU {other_cpu:.2f} s; ratio "
              f"{other / one:.1f} and {other / two:.1f}, of CPU {other_cpu / one_cpu:.1f} and {other_cpu / two_cpu:.1f}")
        truth = xr.open_dataset(f"{folder}/truth.nc").blended
        for name in ["own", "peer"]:
            found = xr.open_mfdataset(f"{scratch}/{name}/model.*.nc", data_vars="minimal", coords="minimal",
                                      compat="override").SOIL_WATER
            error = np.abs(found.values - truth.values)
            assert (np.isfinite(found.values) == np.isfinite(truth.values)).all()
            print(f"{name}: {np.isfinite(error).sum()} values, largest error {np.nanmax(error):.1e}")


if __name__ == "__main__":
    main()
