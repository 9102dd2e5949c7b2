#!/usr/bin/env python3
"""Compares `smt-mpi sink` with scipy and statsmodels in every cell of a GLDAS-Noah record.

Usage: sink.py FOLDER MAPS TABLE      (needs numpy, netCDF4, scipy, statsmodels)

FOLDER holds the monthly files of whole years; maps and table are those of
  smt-mpi sink --production 'FOLDER/*.nc4:Qle_tavg' --respiration 'FOLDER/*.nc4:Qh_tavg' --output MAPS --table TABLE
Counts of the table are compared exactly, maps to 2e-6 of their size (they are in single precision). The sums that it prints
are those of the tests, which look at every cell in double precision. Exit status: 0 where all agree, else 1.
"""

import calendar
import csv
import glob
import sys

import netCDF4
import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

SOURCES = {"production": "Qle_tavg", "respiration": "Qh_tavg"}


def annual_means(folder):
    """Years, and by variable their means weighted by the length of the months."""
    totals, weights = {}, {}
    for path in sorted(glob.glob(f"{folder}/*.nc4")):
        with netCDF4.Dataset(path) as file:
            date = netCDF4.num2date(file["time"][0], file["time"].units)
            days = calendar.monthrange(date.year, date.month)[1]
            for name in SOURCES.values():
                field = np.ma.filled(file[name][0].astype(float), np.nan)
                totals[name, date.year] = totals.get((name, date.year), 0) + days * field
            latitudes = np.asarray(file["lat"][:], float)
        weights[date.year] = weights.get(date.year, 0) + days
    years = sorted(weights)
    means = {name: np.array([totals[name, year] / weights[year] for year in years]) for name in SOURCES.values()}
    return np.array(years, float), means, latitudes


folder, maps, table = sys.argv[1:]
years, means, latitudes = annual_means(folder)
rows = means["Qle_tavg"].shape[1]
isThere = np.all([np.isfinite(field).all(0) for field in means.values()], axis=0)
failures, found = 0, {}
with netCDF4.Dataset(maps) as file:
    for name, variable in SOURCES.items():
        series = means[variable][:, isThere]
        lines = [stats.linregress(years, values) for values in series.T]
        slope, p = np.array([line.slope for line in lines]), np.array([line.pvalue for line in lines])
        q, z = multipletests(p, method="fdr_bh")[1], slope / series.std(0, ddof=1)
        found[name] = slope, p, q, z
        for key, wanted in (("mean", series.mean(0)), ("trend", slope), ("trend_p", p), ("trend_q", q), ("z_trend", z)):
            own = np.ma.filled(file[f"{name}_{key}"][:].astype(float), np.nan)
            difference = (abs(own[isThere] - wanted) / np.maximum(1e-3, abs(wanted))).max()
            isSame = difference < 2e-6 and np.isnan(own[~isThere]).all()
            failures += not isSame
            print(f"{name}_{key}: largest difference {difference:.2g}")
        print(f"{name}: {len(p)} cells, sums of |slope| {abs(slope).sum()!r}, p {p.sum()!r}, |z-slope| {abs(z).sum()!r}, "
              f"q {q.sum()!r}; p < 0.1 in {(p < 0.1).sum()}, q < 0.1 in {(q < 0.1).sum()}")

latitude = np.broadcast_to(latitudes[:, None], isThere.shape)[isThere]
(s1, p1, q1, z1), (s2, p2, q2, z2) = found["production"], found["respiration"]
shares = {"production_faster": z1 > z2, "respiration_faster": z2 > z1}
for name, (s, p, q, _) in found.items():
    for key, isWanted in (("", True), ("significant_", p < 0.1), ("adjusted_", q < 0.1)):
        shares[f"{name}_{key}increasing"] = (s > 0) & isWanted
        shares[f"{name}_{key}decreasing"] = (s < 0) & isWanted
for up, one in (("up", s1 > 0), ("down", s1 < 0)):
    for down, other in (("up", s2 > 0), ("down", s2 < 0)):
        shares[f"production_{up}_respiration_{down}"] = one & other
with open(table) as file:
    for row in csv.DictReader(file):
        low, high = (-90, 90) if row["class"] == "globe" else map(float, row["class"].split(":"))
        isIn = (latitude >= low) & (latitude <= high)
        weights = np.cos(np.radians(latitude[isIn]))
        count = int(row["n"])
        failures += count != isIn.sum()
        for name, holds in shares.items():
            wanted = holds[isIn].sum()
            area = (weights * holds[isIn]).sum() / weights.sum()
            isSame = round(float(row[f"{name}_cells"]) * count, 6) == wanted and abs(float(row[f"{name}_area"]) - area) < 1e-9
            failures += not isSame
            if not isSame:
                print(f"{row['class']} {name}: {float(row[f'{name}_cells']) * count} cells, {row[f'{name}_area']} of the area; "
                      f"expected {wanted}, {area}")
        for name, variable in SOURCES.items():
            series = (means[variable][:, isThere][:, isIn] * weights).sum(1) / weights.sum()
            line = stats.linregress(years, series)
            for key, wanted in (("trend", line.slope), ("trend_p", line.pvalue), ("z_trend", line.slope / series.std(ddof=1))):
                difference = abs(float(row[f"{name}_{key}"]) - wanted)
                failures += difference >= 1e-10
                print(f"{row['class']} {name}_{key}: {row[f'{name}_{key}']}, difference {difference:.2g}")
sys.exit(1 if failures else 0)
