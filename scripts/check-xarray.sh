#!/usr/bin/env bash
# Checks that netCDF files of the program are what users of xarray expect: cells are chosen by the names of categories, and
# maps carry the areas of their cells.
#
#   scripts/check-xarray.sh FILE...
#
# xarray and netCDF4 are installed from PyPI into .venv-xarray on first use; without a network or Python's venv module the
# check is skipped with a message. Exit status: 0 all is well (or skipped), 1 something is wrong, 64 usage, 66 no such file.
set -euo pipefail

if [ $# -eq 0 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
for file in "$@"; do
  [ -r "$file" ] || { echo "check-xarray: there is no file $file" >&2; exit 66; }
done

root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv-xarray
# shellcheck source=/dev/null
. "$root/scripts/python-environment.sh"
use_python "$venv" 'xarray, netCDF4' xarray netCDF4

"$venv/bin/python" "$root/scripts/check_xarray.py" "$@"
