#!/usr/bin/env python3
"""Compares `smt-mpi trend` with pymannkendall and scipy in every cell of a GLDAS-Noah record.

Usage: trend.py FOLDER PLAIN HAMED_RAO PRE_WHITENED [EXPECTED]      (needs numpy, netCDF4, scipy, pymannkendall)

FOLDER holds the monthly files of whole years; the three maps are the outputs of
  smt-mpi trend --source 'FOLDER/*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst'
with --correction none, hamed-rao and trend-free-pre-whitening. The program whitens only where the lag-1 autocorrelation of
the detrended series is significant at 0.05, as Yue and Wang (2002) do; pymannkendall's test does so always, and is asked
there only. EXPECTED receives what pymannkendall finds in every 30th cell, for the tests. Exit status: 0 where all agree to
2e-6 of their size (maps are in single precision), else 1.
"""

import calendar
import glob
import math
import sys
import warnings

import netCDF4
import numpy as np
import pymannkendall
from scipy import stats

LAYERS = ["SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst", "SoilMoi40_100cm_inst", "SoilMoi100_200cm_inst"]
warnings.simplefilter("ignore")
np.seterr(all="ignore")


def annual_means(folder):
    """Years and the means of the total of all layers, weighted by the length of the months."""
    totals, weights = {}, {}
    for path in sorted(glob.glob(f"{folder}/*.nc4")):
        with netCDF4.Dataset(path) as file:
            date = netCDF4.num2date(file["time"][0], file["time"].units)
            layers = [np.ma.filled(file[name][0].astype(float), np.nan) for name in LAYERS]
        days = calendar.monthrange(date.year, date.month)[1]
        totals[date.year] = totals.get(date.year, 0) + days * sum(layers)
        weights[date.year] = weights.get(date.year, 0) + days
    return np.array(sorted(totals), float), np.array([totals[year] / weights[year] for year in sorted(totals)])


def pre_whitened(values):
    slope = pymannkendall.sens_slope(values).slope
    rest = values - np.arange(1, len(values) + 1) * slope
    rest = rest - rest.mean()
    square = (rest * rest).sum()
    bound = stats.norm.ppf(0.975) / math.sqrt(len(values))
    if square > 0 and abs((rest[1:] * rest[:-1]).sum() / square) > bound:
        return pymannkendall.trend_free_pre_whitening_modification_test(values)
    return pymannkendall.original_test(values)


folder, *paths = sys.argv[1:5]
years, means = annual_means(folder)
maps = []
for path in paths:
    with netCDF4.Dataset(path) as file:
        maps.append({name: np.ma.filled(file[name][:].astype(float), np.nan).ravel()
                     for name in ("mk_s", "mk_z", "mk_p", "sen_slope", "sen_slope_low", "sen_slope_high", "trend",
                                  "trend_p")})
means = means.reshape(len(years), -1)
cells = np.flatnonzero(np.isfinite(means).all(0))
worst, whitened, lines = {}, 0, []
for number, cell in enumerate(cells):
    values = means[:, cell]
    plain, rao, white = (
        pymannkendall.original_test(values), pymannkendall.hamed_rao_modification_test(values), pre_whitened(values))
    whitened += white.s != plain.s or white.z != plain.z
    sen, line = stats.theilslopes(values, years, 0.95), stats.linregress(years, values)
    wanted = [("plain " + name, maps[0][name], value) for name, value in (
        ("mk_s", plain.s), ("mk_z", plain.z), ("mk_p", plain.p), ("sen_slope", sen.slope),
        ("sen_slope_low", sen.low_slope), ("sen_slope_high", sen.high_slope), ("trend", line.slope),
        ("trend_p", line.pvalue))]
    for name, test, found in (("Hamed-Rao ", rao, maps[1]), ("pre-whitened ", white, maps[2])):
        wanted += [(name + key, found[key], value)
                   for key, value in (("mk_s", test.s), ("mk_z", test.z), ("mk_p", test.p))]
    for name, found, value in wanted:
        difference = 0 if np.isnan(found[cell]) and np.isnan(value) else abs(found[cell] - value) / max(1, abs(value))
        worst[name] = max(worst.get(name, 0), difference if difference == difference else math.inf)
    if number % 30 == 0:
        numbers = [plain.z, plain.p, rao.z, rao.p, white.z, white.p]
        lines.append(f"{cell} {int(plain.s)} {int(white.s)} " + " ".join(f"{value:.9g}" for value in numbers))
for name, value in worst.items():
    print(f"{name}: largest difference {value:.2g}")
print(f"{len(cells)} cells, {whitened} of them whitened")
if len(sys.argv) > 5:
    with open(sys.argv[5], "w") as file:
        print("# GLDAS-Noah 2012-2022, annual means of the total of four layers: what pymannkendall 1.4.3 finds; see trend.py",
              file=file)
        print("# cell, S, S pre-whitened; Z and p plain, by Hamed and Rao, pre-whitened", *lines, sep="\n", file=file)
sys.exit(0 if max(worst.values()) < 2e-6 else 1)
