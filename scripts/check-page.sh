#!/usr/bin/env bash
# Makes pages of runs and of map files and looks at them in a headless Chromium: that they draw without an error, ask for
# nothing, tell the file's value under the pointer, and are small.
#
#   scripts/check-page.sh PROGRAM FOLDER
#
#   PROGRAM  the built smt-mpi
#   FOLDER   where files, pages and pictures of the pages are put; made anew
#   ENSEMBLE variable of the environment: another ensemble than --rows 6 --columns 8, whose cells have their middles off the
#            lines of the graticule
#
# Chromium is installed from Debian's packages where it is missing and this is root, netCDF4 for Python from PyPI into
# .venv-page; without either the check is skipped with a message. Exit status: 0 all is well (or skipped), 1 a page is
# wrong, 64 usage.
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
program=$(realpath "$1")
folder=$2
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv-page
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# shellcheck source=/dev/null
. "$root/scripts/python-environment.sh"

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if ! browser=$(find_browser); then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then skip "no Chromium here, and it cannot be installed"; fi
  echo "check-page: installing chromium"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core
  } >"$log/apt" 2>&1 || { tail -n 2 "$log/apt" >&2; skip "chromium could not be installed"; }
  browser=$(find_browser) || skip "chromium is installed, but not found"
fi

use_python "$venv" 'netCDF4, numpy' netCDF4

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
make() { "$venv/bin/python" -B "$root/scripts/make_page_files.py" "$@"; }
run() { "$program" "$@" >>"$log/run" 2>&1 || { tail -n 5 "$log/run" >&2; echo "check-page: smt-mpi $1 failed" >&2; exit 1; }; }

make maps maps.nc
make points points.nc
make mesh mesh.nc
make record record.nc
# shellcheck disable=SC2086 # one word per option
run synthesize ensemble ${ENSEMBLE:---rows 6 --columns 8}
run threshold --members REF,EXP_01..EXP_85 --response 'ensemble/{member}.nc:GPP' --moisture 'ensemble/{member}.nc:SM' \
  --season 'ensemble/season.nc:start_month,end_month' --output smt.nc --html threshold.html
run compare 'maps.nc:smt[season=wet]' 'maps.nc:smt[season=dry]' --html compare.html
run attribute --moisture record.nc:SM1,SM2 --layer-bounds 0,0.3,1 --output attribution.nc --series series.csv --html attribute.html
run view maps.nc --html view.html
run view points.nc --html points.html
run view mesh.nc --html mesh.html
# A browser that hangs ends the check.
timeout 900 "$venv/bin/python" -B "$root/scripts/check_page.py" "$browser" . \
  threshold.html=smt.nc,maps,run,command-section compare.html=,pairs,run \
  attribute.html=attribution.nc,maps,series,run view.html=maps.nc,maps points.html=points.nc,maps \
  mesh.html=mesh.nc,maps
