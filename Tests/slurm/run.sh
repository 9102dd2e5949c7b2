#!/usr/bin/env bash
# Runs slurm/threshold.sbatch in a Slurm cluster of one node: once through, and once interrupted, requeued and resumed.
# Skips with a message where Slurm is not installed or the user is not root (Debian: apt-get install slurm-wlm munge).
#
#   Tests/slurm/run.sh PROGRAM     PROGRAM is the smt-mpi binary
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$here/.build/release/smt-mpi}")
PATH=$PATH:/usr/sbin:/sbin

for needed in slurmctld slurmd munged sbatch; do
  command -v "$needed" >/dev/null || { echo "test-slurm: skipped, $needed is not installed"; exit 0; }
done
[ "$(id -u)" -eq 0 ] || { echo "test-slurm: skipped, root is needed to start Slurm's daemons"; exit 0; }

folder=$(mktemp -d)
job=
clean_up() {
  [ -z "$job" ] || scancel "$job" 2>/dev/null || true
  "$here/scripts/slurm-on-one-machine.sh" stop "$folder/slurm"
  rm -rf "$folder"
}
trap clean_up EXIT
fail() {
  echo "test-slurm: FAILED: $*" >&2
  tail -n 40 "$folder"/*.log >&2 || true
  exit 1
}

cd "$folder"
"$here/scripts/slurm-on-one-machine.sh" start "$folder/slurm"
export SLURM_CONF=$folder/slurm/slurm.conf SMT_MPI=$program

echo "test-slurm: synthetic ensemble"
"$program" synthesize ensemble --rows 24 --columns 36 >/dev/null

# submit OUTPUT [OPTION…]: the user's script with two ranks and this test's options in place of its own.
submit() {
  local output=$1
  shift
  sbatch --parsable --ntasks=2 --mem-per-cpu=0 --time=10 --output="$output.log" "$here/slurm/threshold.sbatch" \
    --members REF,EXP_01..EXP_85 --response 'ensemble/{member}.nc:GPP' --moisture 'ensemble/{member}.nc:SM' \
    --season 'ensemble/season.nc:start_month,end_month' --output "$output.nc" --report "$output.json" "$@"
}
state() { scontrol show job "$job" --oneliner | sed -nE 's/.* JobState=([A-Z_]+) .*/\1/p'; }
restarts() { scontrol show job "$job" --oneliner | sed -nE 's/.* Restarts=([0-9]+) .*/\1/p'; }

# await SECONDS STATE: until the job is in that state; fails at once in another final state.
await() {
  local deadline=$((SECONDS + $1)) now=
  while ((SECONDS < deadline)); do
    now=$(state)
    [ "$now" != "$2" ] || return 0
    case $now in FAILED | CANCELLED | TIMEOUT | NODE_FAIL | COMPLETED) fail "job $job is $now, $2 was expected" ;; esac
    sleep 0.5
  done
  fail "job $job is still $now after $1 s, $2 was expected"
}

echo "test-slurm: through sbatch"
began=$SECONDS
job=$(submit whole)
await 600 COMPLETED
took=$((SECONDS - began))
[ -s whole.nc ] || fail "there is no map"
"$program" compare whole.nc:smt ensemble/truth.nc:smt

echo "test-slurm: USR1 after $((took / 2)) of $took s, requeue, resume"
job=$(submit resumed)
await 60 RUNNING
sleep "$((took / 2))"
# What --signal=B:USR1@300 sends before the time limit.
scancel --batch --signal=USR1 "$job"
await 60 PENDING
[ ! -e resumed.nc ] || fail "an interrupted run left a file under the output's name"
# Slurm holds a requeued job back for two minutes; three seconds are enough for the credential of the first start to lapse.
sleep 3
scontrol update jobid="$job" StartTime=now
await 600 COMPLETED
[ "$(restarts)" = 1 ] || fail "the job was restarted $(restarts) times, once was expected"
"$program" compare whole.nc:smt resumed.nc:smt | tee comparison
if ! grep -q ' 0 only in A, 0 only in B' comparison || ! grep -Eq '^RMSE +0 +0$' comparison; then
  fail "the resumed map differs from the uninterrupted one"
fi
echo "test-slurm: passed"
