"""Chooses cells of netCDF files by the names of categories, and means them by the areas that come with the maps.

Called by check-xarray.sh. Every coordinate with flag_meanings has to have its names beside it, on every variable along it;
what is chosen by name has to be what is chosen by index. Values must keep to their limits, and areas have to be in m2.
"""

import sys

import numpy
import xarray


def check_names(dataset):
    """The number of names that something was chosen by."""
    chosen = 0
    for axis in dataset.dims:
        meanings = dataset[axis].attrs.get("flag_meanings", "").split() if axis in dataset.coords else []
        if not meanings:
            continue
        name = f"{axis}_name"
        assert name in dataset.coords, f"there is no coordinate {name}"
        labels = [str(label) for label in dataset[name].values]
        assert len(labels) == len(set(labels)), f"{name} has names twice: {labels}"
        words = ["".join(c if c.isalnum() or c in "_-.+@" else "_" for c in label) for label in labels]
        assert words == meanings, f"{name} has {labels}, and {axis} the meanings {meanings}"
        by_name = dataset.swap_dims({axis: name})
        for variable in (v for v in dataset.data_vars if axis in dataset[v].dims):
            assert name in dataset[variable].coords, f"{variable} has no {name}"
            for index, label in enumerate(labels):
                own = by_name[variable].sel({name: label})
                numpy.testing.assert_array_equal(own.values, dataset[variable].isel({axis: index}).values)
                chosen += 1
    return chosen


def check_limits(dataset):
    """The number of variables that have limits."""
    found = 0
    for name, variable in dataset.variables.items():
        low, high = variable.attrs.get("valid_range", (-numpy.inf, numpy.inf))
        low, high = variable.attrs.get("valid_min", low), variable.attrs.get("valid_max", high)
        values = variable.values[numpy.isfinite(variable.values)] if variable.dtype.kind == "f" else variable.values
        if numpy.isfinite(low) or numpy.isfinite(high):
            found += 1
            assert ((values >= low) & (values <= high)).all(), f"{name} has values beyond {low} … {high}"
    return found


def check_areas(dataset):
    """The number of maps that carry areas."""
    maps = [name for name, variable in dataset.variables.items() if "cell_measures" in variable.attrs]
    for name in maps:
        assert dataset[name].attrs["cell_measures"] == "area: area"
    if maps:
        area = dataset["area"]
        assert area.attrs["units"] == "m2" and area.attrs["standard_name"] == "cell_area"
        # No more than the Earth has.
        assert 0 < float(area.sum()) < 5.2e14, f"the areas add up to {float(area.sum())} m2"
    return len(maps)


def main():
    failed = 0
    for path in sys.argv[1:]:
        try:
            with xarray.open_dataset(path, decode_timedelta=False) as dataset:
                counts = check_names(dataset), check_limits(dataset), check_areas(dataset)
            print("check-xarray: %s: %d choices by name, %d variables with limits, %d maps with areas" % (path, *counts))
        except (AssertionError, KeyError, ValueError) as error:
            print(f"check-xarray: {path}: {error}", file=sys.stderr)
            failed = 1
    return failed


sys.exit(main())
