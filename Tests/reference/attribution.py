#!/usr/bin/env python3
"""Compares `smt-mpi attribute` with the same calculation in numpy, in every cell of a GLDAS-Noah record.

Usage: attribution.py FOLDER MAPS      (needs numpy, netCDF4)

FOLDER holds the monthly files of whole years; MAPS is the output of
  smt-mpi attribute --moisture 'FOLDER/*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst' \\
    --maximum 99.9,299.9,599.9,999 --output MAPS
in one period. Written from the definitions, without a look at the program. Exit status: 0 where contributions, omega and
trends agree to 1e-6 of their size and status maps are the same, else 1.
"""

import glob
import sys

import netCDF4
import numpy as np

LAYERS = {"SoilMoi0_10cm_inst": 99.9, "SoilMoi10_40cm_inst": 299.9, "SoilMoi40_100cm_inst": 599.9,
          "SoilMoi100_200cm_inst": 999.0}


def record(folder):
    """Months, layers, latitude, longitude; NaN where missing or implausible."""
    months = []
    for path in sorted(glob.glob(f"{folder}/*.nc4")):
        with netCDF4.Dataset(path) as file:
            months.append([np.ma.filled(file[name][0].astype(float), np.nan) for name in LAYERS])
    months = np.array(months)
    for layer, largest in enumerate(LAYERS.values()):
        months[:, layer][months[:, layer] > largest] = np.nan
    return months


def line(series, time):
    """The line of least squares along the first axis."""
    slope = np.tensordot(time, series - series.mean(0), (0, 0)) / (time**2).sum()
    return series.mean(0) + time.reshape(-1, *[1] * (series.ndim - 1)) * slope, slope


def covariance(a, b):
    return ((a - a.mean(0)) * (b - b.mean(0))).mean(0)


def decompose(moisture):
    """Contributions (component, season, layer), omega (season, layer) and trend of cells with all years."""
    order = np.argsort(-moisture.sum(2), axis=1, kind="stable")[:, :, None]
    seasons = np.take_along_axis(moisture, order, 1).reshape(len(moisture), 4, 3, 4, -1).mean(2)
    total = seasons.sum((1, 2)) / 4
    time = np.arange(len(total)) - (len(total) - 1) / 2
    (whole, slope), (parts, _) = line(total, time), line(seasons, time)
    variance = total.var(0)
    contributions = np.stack([
        covariance(whole[:, None, None], parts),
        covariance((total - whole)[:, None, None], seasons - parts)]) / (4 * variance)
    share = seasons.mean(0) / (4 * total.mean(0))
    return contributions, contributions.sum(0) / share, share, slope, variance > 1e-12 * total.mean(0) ** 2


folder, maps = sys.argv[1:3]
moisture = record(folder)
moisture = moisture.reshape(-1, 12, *moisture.shape[1:])
complete = np.isfinite(moisture).all((1, 2))
years = complete.sum(0)
with netCDF4.Dataset(maps) as file:
    found = {name: np.ma.filled(file[name][:].astype(float), np.nan)
             for name in ("relative_contribution", "omega", "trend", "status")}
    latitude = file["lat"][:]
worst, computed = {}, np.zeros(years.shape, bool)
contributions = np.full((2, 4, 4, *years.shape), np.nan)
share = np.full((4, 4, *years.shape), np.nan)
# Cells of the same complete years together.
patterns = {pattern.tobytes(): pattern for pattern in complete.reshape(len(complete), -1).T}
for pattern in patterns.values():
    if pattern.sum() < 10:
        continue
    cells = (complete == pattern[:, None, None]).all(0)
    if not pattern.all():
        sys.exit("attribution.py: years are missing in some cells that have 10 of them; not made for this")
    terms, omega, part, slope, varies = decompose(moisture[pattern][:, :, :, cells])
    computed[cells] = varies
    contributions[:, :, :, cells] = np.where(varies, terms, np.nan)
    share[:, :, cells] = np.where(varies, part, np.nan)
    for name, wanted in (("relative_contribution", terms), ("omega", omega), ("trend", slope)):
        difference = np.abs(found[name][..., cells] - wanted) / np.maximum(1, np.abs(wanted))
        worst[name] = max(worst.get(name, 0), np.nanmax(difference[..., varies]))
area = np.cos(np.deg2rad(latitude))[:, None] * computed


def mean(values):
    return (np.where(computed, values, 0) * area).sum((-2, -1)) / area.sum()


same = ((found["status"] == 0) == computed).all()
print(f"{computed.sum()} cells, the same as in the maps: {same}")
print("depths %", 100 * mean(contributions.sum((0, 1))), "IAV %", 100 * mean(contributions[1].sum((0, 1))))
print("global omega by season and depth", mean(contributions.sum(0)) / mean(share), sep="\n")
print("largest differences:", {name: float(value) for name, value in worst.items()})
sys.exit(0 if same and max(worst.values()) < 1e-6 else 1)
