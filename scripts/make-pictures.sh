#!/usr/bin/env bash
# Makes the pictures of README and the manual, docs/*.png, from the record of GLDAS-Noah: the thresholds of the evaporative
# fraction with the widths of their intervals, and the trend of total soil moisture.
#
#   scripts/make-pictures.sh PROGRAM GLDAS [FOLDER]
#
#   PROGRAM  the built smt-mpi
#   GLDAS    a folder with monthly files of GLDAS-Noah 2.1 at 1 degree: soilmoisture_4layer/*.nc4 with moisture,
#            energy_fluxes/*.nc4 with the fluxes of latent and sensible heat (they may be the same files)
#   FOLDER   where the maps are put, and taken from where they are there already; else one that is removed at the end
#   RANKS    variable of the environment: ranks of the long job (default: 2)
#
# Exit status: 0 the pictures are there, 1 a job failed, 64 usage.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 3 ] || [ ! -d "${2:-}" ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
program=$(realpath "$1")
record=$(realpath "$2")
docs=$(cd "$(dirname "$0")/.." && pwd)/docs
folder=${3:-}
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
cd "$folder"

if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
if [ ! -e smt.nc ]; then
  mpirun -n "${RANKS:-2}" --oversubscribe --bind-to none "$program" threshold --uncertainty \
    --response "$record/energy_fluxes/*.nc4:Qle_tavg" --fraction-with "$record/energy_fluxes/*.nc4:Qh_tavg" \
    --moisture "$record/soilmoisture_4layer/*.nc4:SoilMoi0_10cm_inst+SoilMoi10_40cm_inst" --output smt.nc
fi
"$program" calculate 'smt.nc:smt_p95 - smt.nc:smt_p05' --output width.nc --name smt_width --overwrite
if [ ! -e trend.nc ]; then
  layers=(SoilMoi0_10cm_inst SoilMoi10_40cm_inst SoilMoi40_100cm_inst SoilMoi100_200cm_inst)
  total=$(IFS=+; echo "${layers[*]}")
  "$program" trend --source "$record/soilmoisture_4layer/*.nc4:$total" --output trend.nc
fi

"$program" view smt.nc:smt,status --png pictures --overwrite
"$program" view width.nc:smt_width --png pictures --overwrite
"$program" view trend.nc:trend,status --png pictures --overwrite
cp pictures/smt.png pictures/trend.png "$docs"
cp pictures/smt_width.png "$docs/smt-width.png"
echo "pictures: $docs/smt.png, $docs/smt-width.png, $docs/trend.png"
