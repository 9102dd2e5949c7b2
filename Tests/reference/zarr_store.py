"""Writes xarray.zarr: pip install 'zarr<3' 'numcodecs<0.16' xarray; python3 zarr_store.py"""

import pathlib

import numcodecs
import numpy as np
import xarray as xr

times = xr.date_range("2001-01-01", periods=5, freq="MS")
productivity = np.arange(60, dtype="f4").reshape(5, 3, 4) * np.float32(0.25)
productivity[:, 1, 1] = np.nan
moisture = 0.5 + 0.001 * np.arange(60.0).reshape(5, 3, 4)
moisture[0, 1, 3] = np.nan
data = xr.Dataset(
    {
        "GPP": (("time", "lat", "lon"), productivity, {"units": "gC m-2 d-1", "long_name": "gross primary production"}),
        "SM": (("time", "lat", "lon"), moisture, {"units": "m3 m-3"}),
    },
    coords={
        "time": times,
        "lat": ("lat", [10.0, 0.0, -10.0], {"units": "degrees_north"}),
        "lon": ("lon", [0.0, 10.0, 20.0, 30.0], {"units": "degrees_east"}),
        "season_name": ("time", np.array(["dry", "humid", "", "Übergang", "x"], dtype=object)),
    },
    attrs={"title": "store of xarray"},
)
zlib = {"compressor": numcodecs.Zlib(level=4)}
encoding = {name: dict(zlib) for name in data.variables}
encoding["GPP"]["chunks"] = (2, 3, 2)
encoding["SM"].update(dtype="i2", scale_factor=0.001, add_offset=0.5, _FillValue=-32768, chunks=(5, 2, 4))
data.to_zarr(pathlib.Path(__file__).parent / "xarray.zarr", mode="w", encoding=encoding, zarr_version=2)
