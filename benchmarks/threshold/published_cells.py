#!/usr/bin/env python3
"""Curves of the published maps as text, for calibrate-threshold coverage --truth: those that the reconstruction takes, and the rest.

usage: published_cells.py MAPS FOLDER

MAPS holds the authors' maps (SoilMoistureThreshold.npy, HighResistancePhase.npy, LowResistancePhase.npy, Fluxcom_ERA5_SMT.npy).
Writes a file for each group to FOLDER, in each line threshold (percent of normal), slope above and slope below it, and prints the
number of cells. The threshold in percent is 0.9 of that of the observations, 40 to 92, as in the reconstruction.
"""
import sys
from pathlib import Path

import numpy as np

maps, folder = Path(sys.argv[1]), Path(sys.argv[2])
absolute, high, low, observed = (
    np.load(maps / f"{name}.npy").astype(float)
    for name in ("SoilMoistureThreshold", "HighResistancePhase", "LowResistancePhase", "Fluxcom_ERA5_SMT")
)
threshold = np.clip(0.9 * np.where(np.isfinite(observed), observed, 75), 40, 92)
left = np.isfinite(absolute) & np.isfinite(high) & np.isfinite(low)
print(f"published: {left.sum()}")
with np.errstate(invalid="ignore"):
    groups = (
        ("not_falling_above", high <= 0.02),
        ("slower_below", low <= high),
        ("less_than_half_faster_below", low <= 1.5 * high),
        ("collapsed_above", 100 - high * (100 - threshold) <= 15),
        ("steeper_than_20", low >= 20),
        ("reconstruction", np.ones_like(left)),
    )
folder.mkdir(parents=True, exist_ok=True)
for name, belongs in groups:
    cells = left & belongs
    left &= ~belongs
    print(f"{name}: {cells.sum()}")
    np.savetxt(folder / f"{name}.txt", np.column_stack([threshold[cells], high[cells], low[cells]]), fmt="%.10g")
