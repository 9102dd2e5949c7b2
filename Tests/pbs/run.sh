#!/usr/bin/env bash
# Runs pbs/threshold.pbs as PBS would, with a server that is made up: Debian has none. A job is a copy of the script in an
# environment with the variables of PBS; qstat tells its time limit, qsub notes what is submitted. Through; told to stop
# before the time limit, submitted again and resumed; ended by qdel; and where qsub fails.
#
#   Tests/pbs/run.sh PROGRAM     PROGRAM is the smt-mpi binary
#
# Exit status: 0 passed or skipped, 1 failed.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$here/.build/release/smt-mpi}")
command -v mpirun >/dev/null || { echo "test-pbs: skipped, there is no mpirun"; exit 0; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() { echo "test-pbs: $* ($SECONDS s)"; }
fail() {
  echo "test-pbs: FAILED: $*" >&2
  tail -n 30 "$folder"/work/*.log >&2 || true
  exit 1
}

mkdir "$folder/server" "$folder/work"
cat >"$folder/server/qstat" <<'END'
#!/bin/bash
[ "$1" = -f ] || exit 1
printf 'Job Id: %s\n    Resource_List.ncpus = 2\n    Resource_List.walltime = %s\n' "$2" "$(cat "$(dirname "$0")/walltime")"
END
# Keeps what is submitted, as the server keeps a script under a name of its own; takes only variables that are set.
cat >"$folder/server/qsub" <<'END'
#!/bin/bash
server=$(dirname "$0")
[ ! -e "$server/closed" ] || { echo 'qsub: submission is not allowed' >&2; exit 1; }
echo "$*" >"$server/submitted"
while [ $# -gt 1 ]; do
  if [ "$1" = -v ]; then
    for name in ${2//,/ }; do [ -n "${!name}" ] || { echo "qsub: cannot send environment" >&2; exit 1; }; done
  fi
  shift 2
done
cp "$1" "$server/next.SC"
echo next.server
END
chmod +x "$folder/server/qstat" "$folder/server/qsub"
printf 'localhost\nlocalhost\n' >"$folder/server/nodes"

cd "$folder/work"
"$program" synthesize ensemble --rows 24 --columns 36 >/dev/null
# The script as a user edits it: options of the user's own.
# edited OUTPUT NETWORKS
edited() {
  awk -v output="$1" -v networks="$2" '
    /^options=\(/ {
      print; inside = 1
      print "  --members REF,EXP_01..EXP_85 --response \"ensemble/{member}.nc:GPP\" --moisture \"ensemble/{member}.nc:SM\""
      print "  --season ensemble/season.nc:start_month,end_month --networks " networks " --progress 1 --output " output
    }
    inside && /^\)/ { inside = 0 }
    !inside { print }' "$here/pbs/threshold.pbs" >"$folder/server/job.SC"
}
export SMT_MPI=$program PATH=$folder/server:$PATH
if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
# Ranks share cores where there are too few.
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
# start SCRIPT LOG: as a node runs it, which does not begin in the folder of the submission; its number is in "running".
start() {
  env -C / PBS_O_WORKDIR="$folder/work" PBS_JOBID=1.server PBS_JOBNAME=smt-threshold PBS_NODEFILE="$folder/server/nodes" \
    bash "$folder/server/$1" >>"$2" 2>&1 &
  running=$!
}
job() {
  start "$@"
  wait "$running"
}
same() {
  "$program" compare "$1:smt" "$2:smt" >comparison
  grep -Eq '^RMSE +0 +0$' comparison || fail "$2 differs from $1"
}

say "through"
echo 01:00:00 >"$folder/server/walltime"
edited whole.nc 20
begun=$SECONDS
job job.SC whole.log || fail "the job ended with $?"
[ -s whole.nc ] || fail "there is no map"
[ ! -e "$folder/server/submitted" ] || fail "a complete job was submitted again"
say "it took $((SECONDS - begun)) s"

# A third of the time, at least 3 s, until the program is told to stop.
third=$(((SECONDS - begun) / 3))
((third >= 3)) || third=3
say "told to stop before the time limit, submitted again, resumed"
export SMT_MPI_MARGIN=600
printf '00:10:%02d\n' "$third" >"$folder/server/walltime"
edited resumed.nc 20
starts=0
while true; do
  starts=$((starts + 1))
  rm -f "$folder/server/submitted" "$folder/server/next.SC"
  status=0
  job job.SC resumed.log || status=$?
  [ "$status" -ne 0 ] || break
  [ "$status" -eq 75 ] || fail "the job ended with $status"
  [ ! -e resumed.nc ] || fail "an interrupted run left a file under the output's name"
  grep -q -- '-W depend=afterany:1.server -v SMT_MPI,SMT_MPI_MARGIN ' "$folder/server/submitted" ||
    fail "submitted again with: $(cat "$folder/server/submitted")"
  mv "$folder/server/next.SC" "$folder/server/job.SC"
  ((starts < 20)) || fail "no end after $starts starts"
done
((starts > 1)) || fail "the job met no time limit"
same whole.nc resumed.nc
say "started $starts times"

say "Torque tells the limit; qsub fails"
touch "$folder/server/closed"
echo 01:00:00 >"$folder/server/walltime"
edited closed.nc 20
status=0
PBS_WALLTIME=$((600 + third)) job job.SC closed.log || status=$?
[ "$status" -eq 75 ] || fail "the job ended with $status, 75 was expected"
grep -q 'submit it again from .*/work, and it goes on' closed.log || fail "it does not say how to go on"
rm "$folder/server/closed" "$folder/server/submitted" 2>/dev/null || true

say "ended by qdel"
edited deleted.nc 200
start job.SC deleted.log
for _ in $(seq 300); do
  ! grep -q '^compute: ' deleted.log 2>/dev/null || break
  sleep 0.2
done
kill -TERM "$running"
status=0
wait "$running" || status=$?
[ "$status" -eq 75 ] || fail "the job ended with $status, 75 was expected"
[ ! -e deleted.nc ] || fail "a deleted job left a file under the output's name"
[ ! -e "$folder/server/submitted" ] || fail "a deleted job was submitted again"
say "passed"
