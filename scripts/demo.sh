#!/usr/bin/env bash
# The demonstration of "make demo": a synthetic ensemble with known thresholds, the thresholds found in it by two ranks,
# and how well the known truth was recovered. Takes one or two minutes on two cores. Everything is written to demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${SMT_MPI:-.build/release/smt-mpi}
ranks=${RANKS:-2}

launcher=(mpirun -n "$ranks")
if [ "$ranks" -gt "$(nproc)" ]; then launcher+=(--oversubscribe --bind-to none); fi
if [ "$(id -u)" -eq 0 ]; then
  # Open MPI refuses to run as root, as in most containers, unless it is told twice.
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

# Shows a command as it would be typed, then runs it.
run() {
  local word shown=''
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./:,=-]*) shown+=" '$word'" ;; *) shown+=" $word" ;; esac
  done
  printf '\n$%s\n' "$shown"
  "$@"
}

rm -rf demo
run "$program" synthesize demo/ensemble --rows 24 --columns 36

run "${launcher[@]}" "$program" threshold \
  --members REF,EXP_01..EXP_85 \
  --response 'demo/ensemble/{member}.nc:GPP' --moisture 'demo/ensemble/{member}.nc:SM' \
  --season 'demo/ensemble/season.nc:start_month,end_month' \
  --output demo/smt.nc --report demo/run.json

# Agreement within 5 % of normal soil moisture, and within 0.5 % per %.
run "$program" compare demo/smt.nc:smt demo/ensemble/truth.nc:smt --within 5
for variable in decline_rate_low decline_rate_high; do
  run "$program" compare "demo/smt.nc:$variable" "demo/ensemble/truth.nc:$variable" --within 0.5
done

printf '\nThe map is demo/smt.nc (variable smt, percent of normal soil moisture), the report of the run demo/run.json.\n'
