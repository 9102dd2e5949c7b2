"""Makes the files that scripts/check-page.sh shows on pages.

Usage: python3 make_page_files.py KIND FILE     a netCDF file

KIND  maps    12 maps of 192 x 288 cells, with a status
      points  places without an order
      mesh    places around the globe that are a mesh
      record  20 years of months
"""

import sys

import netCDF4
import numpy as np


def smooth(random, rows, columns):
    """A field of waves with noise, which compresses as badly as a model's."""
    latitude = np.linspace(-90, 90, rows)[:, None]
    longitude = np.arange(columns)[None] * 360 / columns
    numbers = random.uniform(1, 6, (5, 3)).round()
    waves = sum(np.sin(np.radians(latitude * a + longitude * b + c)) for a, b, c in numbers)
    return waves + random.normal(0, 0.1, (rows, columns))


def maps(path, rows=192, columns=288):
    """Maps in the layout of CLM, of both signs, positive, with seasons and with a status."""
    random = np.random.default_rng(7)
    land = smooth(random, rows, columns) > 0
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("season", 2), ("lat", rows), ("lon", columns)):
            file.createDimension(name, size)
        for name, units, values in (("lat", "degrees_north", np.linspace(-90, 90, rows)),
                                    ("lon", "degrees_east", np.arange(columns) * 360 / columns)):
            variable = file.createVariable(name, "f8", (name,))
            variable.units, variable[:] = units, values
        season = file.createVariable("season", "i1", ("season",))
        season.flag_values, season.flag_meanings, season[:] = np.array([0, 1], "i1"), "wet dry", [0, 1]
        status = np.where(land, np.where(smooth(random, rows, columns) > 1.5, 2, 0), 1)
        variable = file.createVariable("status", "i1", ("lat", "lon"))
        variable.flag_values, variable.flag_meanings = np.array([0, 1, 2], "i1"), "computed not_land no_threshold"
        variable.long_name, variable[:] = "why a cell has no value", status
        for name, units, mean, spread in (("smt", "percent", 90, 10), ("trend", "kg m-2 year-1", 0, 0.01),
                                          ("gpp", "g m-2 d-1", 8, 2), ("level", "m", 1e-8, 1e-9),
                                          ("bias", "percent", 3, 9)):
            variable = file.createVariable(name, "f4", ("season", "lat", "lon"), fill_value=1e20)
            variable.units, variable.long_name = units, f"a quantity with the mean {mean:g}"
            fields = np.stack([mean + spread * smooth(random, rows, columns) for _ in range(2)])
            variable[:] = np.ma.masked_where(np.broadcast_to(status != 0, fields.shape), fields)
        variable = file.createVariable("r2", "f4", ("lat", "lon"), fill_value=1e20)
        variable.units, variable.valid_range = "1", np.array([0, 1], "f4")
        variable[:] = np.ma.masked_where(status != 0, 1 / (1 + np.exp(-smooth(random, rows, columns))))


def points(path, count=300):
    """Stations in a region across the date line."""
    random = np.random.default_rng(9)
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("station", count)
        for name, units, values in (("lat", "degrees_north", random.uniform(-50, 20, count)),
                                    ("lon", "degrees_east", (random.uniform(150, 230, count) + 180) % 360 - 180)):
            variable = file.createVariable(name, "f8", ("station",))
            variable.units, variable[:] = units, values
        for name, values in (("smt", random.normal(90, 20, count)), ("anomaly", random.normal(0, 3, count))):
            variable = file.createVariable(name, "f4", ("station",), fill_value=1e20)
            variable.units, variable.coordinates = "percent", "lat lon"
            variable[:] = np.ma.masked_where(random.random(count) < 0.1, values)


def mesh(path, step=5):
    """A list of places that are a mesh of latitudes and longitudes around the globe, from the date line."""
    random = np.random.default_rng(11)
    latitude, longitude = np.meshgrid(np.arange(-90 + step / 2, 90, step), np.arange(-180 + step / 2, 180, step), indexing="ij")
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("cell", latitude.size)
        for name, units, values in (("lat", "degrees_north", latitude), ("lon", "degrees_east", longitude)):
            variable = file.createVariable(name, "f8", ("cell",))
            variable.units, variable[:] = units, values.ravel()
        variable = file.createVariable("smt", "f4", ("cell",), fill_value=1e20)
        variable.units, variable.coordinates = "percent", "lat lon"
        variable[:] = 90 + 10 * smooth(random, *latitude.shape).ravel()


def record(path, years=20, rows=18, columns=36):
    """Months of a quantity with a trend that differs from place to place."""
    random = np.random.default_rng(8)
    lengths = np.resize([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 12 * years)
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("time", None), ("lat", rows), ("lon", columns), ("bnds", 2)):
            file.createDimension(name, size)
        for name, units, values in (("lat", "degrees_north", np.linspace(-85, 85, rows)),
                                    ("lon", "degrees_east", np.linspace(-175, 175, columns))):
            variable = file.createVariable(name, "f8", (name,))
            variable.units, variable[:] = units, values
        ends = np.cumsum(lengths)
        variable = file.createVariable("time", "f8", ("time",))
        variable.units, variable.calendar, variable.bounds = "days since 2000-01-01", "noleap", "time_bnds"
        variable[:] = ends - lengths
        file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = np.stack([ends - lengths, ends], 1)
        slope, land = smooth(random, rows, columns), smooth(random, rows, columns) > -0.5
        for name, share in (("SM1", 0.3), ("SM2", 0.7)):
            variable = file.createVariable(name, "f4", ("time", "lat", "lon"), fill_value=1e20)
            variable.units = "kg m-2"
            for month in range(12 * years):
                values = 200 + 20 * np.sin(2 * np.pi * month / 12) + slope * month / 12
                values = values + random.normal(0, 5, (rows, columns))
                variable[month] = np.ma.masked_where(~land, share * values)


{"maps": maps, "points": points, "mesh": mesh, "record": record}[sys.argv[1]](sys.argv[2])
