#!/usr/bin/env bash
# Draws the pictures of docs/pictures with the program itself, from GLDAS-Noah and from synthetic data. It takes about ten
# minutes on two processors; the pictures of README, docs/*.png, are those of "make pictures".
#
#   scripts/draw-manual.sh GLDAS KOPPEN FLUXNET
#
#   GLDAS    folder of GLDAS_NOAH10_M.A201201.021.nc4 to 202212, or of folders with these variables: soil moisture by layer,
#            Qle_tavg, Qh_tavg, Rainf_f_tavg, PotEvap_tavg
#   KOPPEN   Koppen.nc:ids, classes of Köppen and Geiger counted from 0 (Beck et al. 2018)
#   FLUXNET  folder of FLX_*_DD_*.csv, days of FLUXNET or ICOS stations
#
# SMT_MPI names another program than .build/release/smt-mpi, SMT_MPI_DRAW one that draws (view), if that is another.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 64; }
gldas=$(realpath "$1")
koppen_file=$(realpath "${2%:*}")
koppen=koppen-geiger.nc:${2##*:}
fluxnet=$(realpath "$3")
cd "$(dirname "$0")/.."
pictures=$PWD/docs/pictures
program=$(realpath "${SMT_MPI:-.build/release/smt-mpi}")
draw=$(realpath "${SMT_MPI_DRAW:-$program}")
if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
ln -s "$koppen_file" koppen-geiger.nc

job() { mpirun -n 2 "$program" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
drawn=() # pictures, which are made smaller at the end
# map NAME FILE:VARIABLE: the map as docs/pictures/NAME.png.
map() {
  rm -rf drawn
  "$draw" view "$2" --png drawn >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  rm -f drawn/status*.png
  mv drawn/*.png "$pictures/$1.png"
  drawn+=("$pictures/$1.png")
  echo "draw-manual: $1.png"
}

# page NAME HTML HEIGHT: a page as a browser shows it, as docs/pictures/NAME.png; without a browser that stays as it is.
page() {
  local browser sandbox=()
  browser=$(command -v chromium || command -v google-chrome) || { echo "draw-manual: no browser for $1.png"; return; }
  [ "$(id -u)" -ne 0 ] || sandbox=(--no-sandbox)
  "$browser" --headless=new "${sandbox[@]}" --hide-scrollbars --window-size="1500,$3" --screenshot="$pictures/$1.png" \
    "file://$work/$2" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  drawn+=("$pictures/$1.png")
  echo "draw-manual: $1.png"
}

# record VARIABLE,…: the files that have the first of the variables, in the folder or in one below.
record() {
  local folder variable=${1%%,*}
  for folder in "$gldas" "$gldas"/*/; do
    local first=("${folder%/}"/*A202212*.nc4)
    if [ -e "${first[0]}" ] && "$program" summarise "${first[0]}:$variable" --output seen.csv --overwrite >/dev/null 2>&1; then
      echo "${folder%/}/*.nc4:$1"
      return
    fi
  done
  echo "draw-manual: no file of $gldas has $variable" >&2
  exit 66
}
groups='tropical=0-2,arid=3-6,temperate=7-15,cold=16-27'
layers=$(record SoilMoi0_10cm_inst,SoilMoi10_40cm_inst,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst)
upper=${layers%%:*}:SoilMoi0_10cm_inst+SoilMoi10_40cm_inst
latent=$(record Qle_tavg)
sensible=$(record Qh_tavg)
rain=$(record Rainf_f_tavg)
evaporation=$(record PotEvap_tavg)

# The record.
job attribute --moisture "$layers" --maximum 99.9,299.9,599.9,999 --output attribution.nc
map attribute 'attribution.nc:contribution_component[component=trend]'
job correlate --moisture "$layers" --maximum 99.9,299.9,599.9,999 --response "$latent" --output correlation.nc
map correlate 'correlation.nc:r[season=arid,depth=0.05]'
job spei --balance "$rain - $evaporation" --scales 12 --output spei.nc
map spei 'spei.nc:spei[scale=12,time=2018-12]'
job sensitivity --response "$latent" --predictor "SM=$upper" "PRECIP=$rain" "PET=$evaporation" --anomalies --each-cell \
  --output sensitivity.nc
map sensitivity 'sensitivity.nc:beta[predictor=SM]'
job sink --respiration "$sensible" --production "$latent" --output sink.nc --picture sink.svg
map sink sink.nc:direction
cp sink.svg "$pictures/sink.svg"

# Thresholds, by the network and by a line with a plateau.
threshold=(threshold --response "$latent" --fraction-with "$sensible" --moisture "$upper")
job "${threshold[@]}" --point=12.5,20.5 --uncertainty --output sahel.nc
cp sahel_curves_*.svg "$pictures/curve.svg"
job "${threshold[@]}" --output smt.nc
"$draw" view smt.nc --html page.html >"$work/log" 2>&1
page page page.html 1020
job "${threshold[@]}" --model plateau --output plateau.nc
job compare plateau.nc:smt smt.nc:smt --map agreement.nc
map compare agreement.nc:difference
job calculate 'smt.nc:decline_rate_low - smt.nc:decline_rate_high' --output steeper.nc --name steeper
map calculate steeper.nc:steeper
job summarise smt.nc:smt --classes "$koppen" --groups "$groups" --output zones.csv --map zones.nc
map summarise zones.nc:smt_class_mean
job regress smt.nc:smt --on smt.nc:decline_rate_low --categories "zone=$koppen" --groups "$groups" --base arid \
  --block-degrees 5 --output fit.csv --html fit.html
page regress fit.html 1150
job sites "$fluxnet/FLX_*_DD_*.csv*" --output sites.csv --html sites.html
page sites sites.html 820
job regrid "$koppen" --grid r360x180 --method majority --output koppen.nc
map regrid koppen.nc:ids

# Synthetic data.
job synthesize climate --rows 48 --columns 72 --members 17 --levsoi --climate
map synthesize climate/truth.nc:smt
job phases --threshold climate/truth.nc:smt --members REF,EXP_01..EXP_17 --moisture 'climate/{member}.nc:H2OSOI' --depth 0-3 \
  --season climate/season.nc:start_month,end_month --quantity 'VPD=vpd(climate/{member}.nc:TSA; climate/{member}.nc:RH2M)' --output phases.nc
map phases phases.nc:difference_VPD
job synthesize runs --runs --rows 48 --columns 72 --months 36
job contrast --run-a runs/native.nc --run-b runs/blended.nc --moisture SOIL_WATER --depth 0-1 --flux GPP=GPP --output beta.nc
map contrast beta.nc:beta_gpp
job synthesize flights --snapshots --rows 24 --columns 36 --months 1
job blend --model 'flights/model.*.nc:SOIL_WATER' --profile flights/profiles.nc:a,b,c \
  --residual flights/soil.nc:residual --saturation flights/soil.nc:saturation --score-layers 0-0.5 --output blended
map blend blended/maps.nc:bias
job synthesize drivers --rows 24 --columns 36 --members 17 --months 60 --sensitivity
job sensitivity --members REF,EXP_01..EXP_17 --response 'drivers/{member}.nc:GPP' \
  --predictor 'SM=drivers/{member}.nc:SM' 'VPD=vpd(drivers/{member}.nc:TSA; drivers/{member}.nc:RH2M)' \
  'T=drivers/{member}.nc:TSA' 'RAD=drivers/{member}.nc:FSDS' --bands 'tropics=-30:30,north=30:90' --bootstrap 200 \
  --threshold drivers/truth.nc:smt --picture "$work/members.svg" --output members.nc
cp members.svg "$pictures/sensitivity.svg"
job synthesize flux --respiration --rows 36 --columns 54 --months 120 --ocean-share 0.4
predictors=(--predictor MAT=flux/monthly.nc:T2M --predictor MAP=flux/monthly.nc:PR@sum --predictor NPP=flux/yearly.nc:NPP
  --predictor SOC5=flux/static.nc:SOC5@static --predictor 'SPEI24=flux/spei.nc:SPEI24@month=12')
job respire train --samples flux/site_years.csv "${predictors[@]}" --folds 3 --networks 1 --iterations 1000 --models models --table t.csv --html train.html
page respire-train train.html 900
job respire apply --model 'models/*.onnx' "${predictors[@]}" --period 2004-2013 --output reco.nc
map respire reco.nc:mean
job respire validate reco.nc:RECO --against TRUTH=flux/truth.nc:RECO --samples flux/independent.csv --table s.csv --picture validate.svg
cp validate.svg "$pictures/validate.svg"
# A palette of 160 colours takes a third less; without Pillow the pictures stay as they are.
python3 - "${drawn[@]}" <<'PYTHON' || true
import sys
from PIL import Image
for name in sys.argv[1:]:
    picture = Image.open(name).convert("RGB")
    smaller = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.LANCZOS)
    smaller.quantize(160, kmeans=2, dither=Image.Dither.NONE).save(name, optimize=True)
PYTHON
ls -l "$pictures"
