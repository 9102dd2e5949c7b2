"""Writes a full-length record in GLDAS-Noah layout for timing `smt-mpi attribute`: 924 monthly files, 1948-2024, 150 x 360,
four layers of soil moisture, one deflated chunk per field, 15,159 land cells.

    pip install numpy netCDF4
    record.py FOLDER [FIRST_YEAR LAST_YEAR]
"""
import sys
from pathlib import Path

import netCDF4
import numpy as np

folder = Path(sys.argv[1])
first, last = (int(v) for v in sys.argv[2:4]) if len(sys.argv) > 3 else (1948, 2024)
folder.mkdir(parents=True, exist_ok=True)
names = ["SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst", "SoilMoi40_100cm_inst", "SoilMoi100_200cm_inst"]
random = np.random.default_rng(1)
frequency = np.hypot(np.fft.fftfreq(150)[:, None], np.fft.fftfreq(360)[None])


def smooth(power):
    field = np.fft.ifft2(np.fft.fft2(random.standard_normal((150, 360))) / (0.003 + frequency**2) ** power).real
    return (field - field.mean()) / field.std()


land = smooth(1.0)
land = land > np.sort(land.ravel())[-15160]
wetness, phase, drift = smooth(1.0), smooth(1.0), smooth(1.0)
slow = np.zeros((4, 150, 360))
memory = np.array([0.5, 0.7, 0.9, 0.97])[:, None, None]
scale = np.array([20, 60, 120, 200])[:, None, None]
day = (np.datetime64(f"{first}-01-01") - np.datetime64("2000-01-01")).astype(int)
for year in range(first, last + 1):
    for month in range(1, 13):
        slow = memory * slow + np.sqrt(1 - memory**2) * 0.12 * random.standard_normal((4, 150, 360))
        season = 0.3 * np.cos(2 * np.pi * (month / 12 - 0.2 * phase)) / (1 + np.arange(4))[:, None, None]
        value = scale * np.clip(1 + 0.25 * wetness + season + slow + 0.001 * drift * (year - first), 0.05, 1.9)
        length = int((np.datetime64(f"{year + month // 12}-{month % 12 + 1:02d}-01")
                      - np.datetime64(f"{year}-{month:02d}-01")).astype(int))
        with netCDF4.Dataset(folder / f"GLDAS_NOAH10_M.A{year}{month:02d}.nc4", "w") as file:
            for name, size in (("time", None), ("lat", 150), ("lon", 360), ("bnds", 2)):
                file.createDimension(name, size)
            for name, values, units in (("lat", np.arange(-59.5, 90), "degrees_north"),
                                        ("lon", np.arange(-179.5, 180), "degrees_east")):
                variable = file.createVariable(name, "f4", (name,))
                variable.units = units
                variable[:] = values
            time = file.createVariable("time", "f8", ("time",))
            time.units, time.calendar, time.bounds = "days since 2000-01-01 00:00:00", "standard", "time_bnds"
            time[:] = day
            file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = [[day, day + length]]
            for name, field in zip(names, value):
                variable = file.createVariable(name, "f4", ("time", "lat", "lon"), zlib=True, complevel=4,
                                               chunksizes=(1, 150, 360), fill_value=np.float32(-9999))
                variable.units = "kg m-2"
                variable[0] = np.where(land, field, -9999)
        day += length
print(f"{12 * (last - first + 1)} files, {land.sum()} land cells, in {folder}")
