#!/usr/bin/env bash
# Writes small files of each kind that the commands leave, for check-cf.sh and check-xarray.sh.
#
#   scripts/make-cf-files.sh PROGRAM FOLDER
#
# FOLDER is replaced. Exit statuses: 0, 64 usage, or that of the command that failed.
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
program=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder"

run() { "$program" "$@" --progress 0 --log-level error >/dev/null; }

grid=(--rows 6 --columns 8)
run synthesize "$folder/drought" --balance --months 120 "${grid[@]}"
balance=$folder/drought/balance.nc
for chunks in map series; do
  run spei --precipitation "$balance:PR" --evapotranspiration "$balance:PET" --scales 1,12 --chunks "$chunks" \
    --save-parameters "$folder/spei-$chunks-fit.nc" --bootstrap 20 --output "$folder/spei-$chunks.nc"
done
run spei --index spi --precipitation "$balance:PR" --scales 3 --output "$folder/spi.nc"
run trend --source "$folder/spei-map.nc:spei[scale=12]@month=12" --minimum-years 8 --output "$folder/spei-trend.nc"
run regrid "$folder/spei-map.nc:spei" --grid r4x3 --method mean --output "$folder/spei-coarse.nc"

run synthesize "$folder/runs" --runs --months 96 "${grid[@]}"
run sink --respiration "$balance:PET" --production "$balance:PR" --output "$folder/sink.nc"

# Dimensions of categories: periods, seasons, components, ranks, members, predictors and classes.
model=$folder/runs/native.nc
years=(--minimum-years 3 --period 2004-2007 --period 2008-2011)
run attribute --moisture "$model:SOIL_WATER" "${years[@]}" --output "$folder/attribute.nc"
run attribute --moisture "$model:SOIL_WATER" "${years[@]}" --split --output "$folder/attribute-split.nc"
run correlate --moisture "$model:SOIL_WATER" --response "$model:GPP" --minimum-years 3 --fdr --effective-n \
  --output "$folder/correlate.nc"
run trend --source "$model:GPP" "${years[@]}" --months 6-8 --output "$folder/trend.nc"
run sensitivity --members native,blended --response "$folder/runs/{member}.nc:GPP" \
  --predictor "SM=$folder/runs/{member}.nc:SOIL_WATER" --each-cell --output "$folder/sensitivity.nc"
run regrid "$folder/attribute.nc:contribution_season" --grid r4x3 --method mean --output "$folder/attribute-coarse.nc"
run calculate "$folder/attribute.nc:season_trend * 10" --output "$folder/decade.nc" --long-name "trend of a decade"
run summarise "$folder/attribute.nc:season_trend" --bands "north=0:90,southern half=-90:0" --output "$folder/bands.csv" \
  --map "$folder/bands.nc"
run compare "$folder/attribute.nc:trend[period=2004-2007]" "$folder/attribute.nc:trend[period=2008-2011]" \
  --map "$folder/agreement.nc"
run threshold --response "$model:GPP" --moisture "$model:SOIL_WATER" --model plateau --output "$folder/threshold.nc"
run contrast --run-a "$model" --run-b "$folder/runs/blended.nc" --moisture SOIL_WATER --depth 0-1 \
  --flux GPP=GPP RA=AR RH=HR --step month --each-step "$folder/contrast-steps.nc" \
  --output "$folder/contrast.nc"

# Snapshots at three depths in every cell.
{
  echo time,depth,value,lat,lon
  for lat in -90 -54 -18 18 54 90; do
    for lon in 0 45 90 135 180 225 270 315; do
      for depth in 0 0.2 0.8; do echo "2004-03-01,$depth,0.3,$lat,$lon"; done
    done
  done
} >"$folder/snapshots.csv"
run blend --model "$model:SOIL_WATER" --snapshots-table "$folder/snapshots.csv" --residual 0.01 --saturation 0.9 \
  --output "$folder/blend"
mv "$folder/blend/blended.nc" "$folder/blended.nc"
mv "$folder/blend/maps.nc" "$folder/blend-maps.nc"
