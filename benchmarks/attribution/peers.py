"""Times what users would write instead of `smt-mpi attribute`: xarray to read, numpy to decompose, pymannkendall for the
trends, one process. The decomposition is vectorised over all cells; trends are taken in some cells and extrapolated.

    pip install numpy netCDF4 xarray dask pymannkendall
    peers.py FOLDER [CELLS]
"""
import sys
import time

import numpy as np
import pymannkendall
import xarray

folder = sys.argv[1]
cells = int(sys.argv[2]) if len(sys.argv) > 2 else 100
names = ["SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst", "SoilMoi40_100cm_inst", "SoilMoi100_200cm_inst"]
start = time.perf_counter()
data = xarray.open_mfdataset(f"{folder}/*.nc4", combine="nested", concat_dim="time", decode_times=False)[names]
moisture = np.stack([data[name].values for name in names], 1)
reading = time.perf_counter() - start
start = time.perf_counter()
land = np.isfinite(moisture[0, 0])
months = moisture[:, :, land].astype(float).reshape(-1, 12, 4, land.sum())
order = np.argsort(-months.sum(2), axis=1, kind="stable")[:, :, None]
seasons = np.take_along_axis(months, order, 1).reshape(-1, 4, 3, 4, land.sum()).mean(2)
total = seasons.sum((1, 2)) / 4
years = np.arange(len(total)) - (len(total) - 1) / 2


def line(series):
    return np.tensordot(years, series, (0, 0)) / (years**2).sum() * years.reshape(-1, *[1] * (series.ndim - 1))


trend, whole = line(seasons), line(total)
rest = seasons - seasons.mean(0) - trend
remainder = total - total.mean(0) - whole
scale = 4 * total.var(0) * len(total)
contributions = np.stack([(whole[:, None, None] * trend).sum(0), (remainder[:, None, None] * rest).sum(0)]) / scale
deciding = time.perf_counter() - start
start = time.perf_counter()
for cell in range(cells):
    for series in [total[:, cell], *seasons[:, :, :, cell].mean(1).T, *seasons[:, :, :, cell].sum(2).T]:
        pymannkendall.original_test(series)
testing = (time.perf_counter() - start) / cells * land.sum()
print(f"sum of contributions: {contributions.sum((0, 1, 2)).min():.6f} to {contributions.sum((0, 1, 2)).max():.6f}")
print(f"reading {reading:.1f} s, decomposition {deciding:.1f} s, Mann-Kendall and Sen of 9 series in {land.sum()} cells "
      f"{testing:.0f} s (extrapolated from {cells}), together {reading + deciding + testing:.0f} s")
