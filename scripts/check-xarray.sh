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
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

skip() {
  echo "check-xarray: SKIPPED: $1" >&2
  exit 0
}

usable() { "$venv/bin/python" -c 'import xarray, netCDF4' 2>"$log/import"; }

if ! { [ -x "$venv/bin/python" ] && usable; }; then
  echo "check-xarray: installing xarray and netCDF4 into ${venv##*/}"
  rm -rf "$venv"
  python3 -m venv "$venv" >"$log/venv" 2>&1 || { rm -rf "$venv"; skip "no Python with the venv module (Debian: python3-venv)"; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 xarray netCDF4 >"$log/pip" 2>&1 ||
    { tail -n 1 "$log/pip" >&2; rm -rf "$venv"; skip "xarray and netCDF4 could not be installed from PyPI"; }
  usable || skip "$(tail -n 1 "$log/import")"
fi

"$venv/bin/python" "$root/scripts/check_xarray.py" "$@"
