#!/usr/bin/env bash
# Runs every script of slurm/ in a Slurm cluster of one node: through, told to stop, at the time limit, requeued and resumed,
# as an array over seeds, cancelled, and with a launcher that does not fit. Afterwards nothing of the cluster may be running.
# Skips with a message where Slurm is not installed or the user is not root (Debian: apt-get install slurm-wlm munge).
#
#   Tests/slurm/run.sh PROGRAM     PROGRAM is the smt-mpi binary
#
# Exit status: 0 passed or skipped, 1 failed.
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
# Numbers of living processes that work in the folder of this test: daemons, steps, ranks.
processes() {
  local entry
  for entry in /proc/[0-9]*; do
    [ "${entry#/proc/}" != $$ ] || continue
    if grep -qzF "SLURM_CONF=$folder/" "$entry/environ" 2>/dev/null; then
      case $(cat "$entry/comm" 2>/dev/null) in run.sh | grep | cat | '') ;; *) echo "${entry#/proc/}" ;; esac
    fi
  done
}
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
say() { echo "test-slurm: $* ($SECONDS s)"; }

cd "$folder"
"$here/scripts/slurm-on-one-machine.sh" start "$folder/slurm"
export SLURM_CONF=$folder/slurm/slurm.conf SMT_MPI=$program
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

say "the scripts end alike"
for script in threshold-seeds attribute trend correlate respire; do
  cmp <(sed -n '/^# What follows/,$p' "$here/slurm/threshold.sbatch") \
    <(sed -n '/^# What follows/,$p' "$here/slurm/$script.sbatch") || fail "$script.sbatch differs from threshold.sbatch"
done

say "synthetic ensemble and record"
"$program" synthesize ensemble --rows 24 --columns 36 >/dev/null
"$program" synthesize record --rows 24 --columns 36 --months 240 --members 1 --levsoi --ocean-share 0 >/dev/null

threshold=(
  --members 'REF,EXP_01..EXP_85' --response 'ensemble/{member}.nc:GPP' --moisture 'ensemble/{member}.nc:SM'
  --season 'ensemble/season.nc:start_month,end_month' --progress 2
)
# submit SCRIPT [SBATCH OPTION…] -- OPTION…: the user's script with two ranks and this test's options in place of its own.
submit() {
  local script=$1 ours=()
  shift
  while [ "$1" != -- ]; do
    ours+=("$1")
    shift
  done
  shift
  sbatch --parsable --ntasks=2 --mem-per-cpu=0 --time=10 "${ours[@]}" "$here/slurm/$script.sbatch" "$@"
}
# field NAME [JOB]
field() { scontrol show job "${2:-$job}" --oneliner | sed -nE "s/.* $1=([^ ]+) .*/\1/p" | head -n 1; }
state() { field JobState "${1:-$job}"; }
restarts() { field Restarts; }

# await SECONDS STATE [JOB]: until the job is in that state; fails at once in another final state.
await() {
  local deadline=$((SECONDS + $1)) now=
  while ((SECONDS < deadline)); do
    now=$(state "${3:-$job}")
    [ "$now" != "$2" ] || return 0
    case $now in
    FAILED | CANCELLED | TIMEOUT | NODE_FAIL | COMPLETED) fail "job ${3:-$job} is $now, $2 was expected" ;;
    esac
    sleep 0.5
  done
  fail "job ${3:-$job} is still $now after $1 s, $2 was expected"
}
# await_line SECONDS FILE TEXT
await_line() {
  local deadline=$((SECONDS + $1))
  until grep -q "$3" "$2" 2>/dev/null; do
    ((SECONDS < deadline)) || fail "$2 does not say '$3' after $1 s"
    sleep 0.1
  done
}
# finish SECONDS: until the job is complete, however often it goes back into the queue.
finish() {
  local deadline=$((SECONDS + $1)) now=
  while ((SECONDS < deadline)); do
    now=$(state)
    case $now in
    COMPLETED) return 0 ;;
    # Slurm holds a requeued job back for two minutes; after three seconds the credential of the last start has lapsed.
    PENDING)
      sleep 3
      scontrol update jobid="$job" StartTime=now 2>/dev/null || true
      ;;
    FAILED | CANCELLED | TIMEOUT | NODE_FAIL) fail "job $job is $now" ;;
    esac
    sleep 0.5
  done
  fail "job $job is still $now after $1 s"
}
# same A B VARIABLE: the maps are the same bit by bit.
same() {
  "$program" compare "$1:$3" "$2:$3" >comparison
  if ! grep -q ' 0 only in A, 0 only in B' comparison || ! grep -Eq '^RMSE +0 +0$' comparison; then
    cat comparison >&2
    fail "$3 of $2 differs from that of $1"
  fi
}

say "threshold: through, on a node list of one"
job=$(submit threshold --output=whole.log --nodelist="$(hostname -s)" -- "${threshold[@]}" --networks 20 --output whole.nc)
await 600 COMPLETED
[ -s whole.nc ] || fail "there is no map"
"$program" compare whole.nc:smt ensemble/truth.nc:smt

for launcher in '' mpirun; do
  name=resumed-${launcher:-srun}
  say "threshold: USR1 in mid-run, requeue, resume, with ${launcher:-srun}"
  job=$(SMT_MPI_LAUNCHER=$launcher submit threshold --output="$name.log" -- \
    "${threshold[@]}" --networks 20 --output "$name.nc" --report "$name.json")
  await 60 RUNNING
  await_line 60 "$name.log" '^compute: '
  # What --signal=B:USR1@300 sends before the time limit.
  scancel --batch --signal=USR1 "$job"
  await 60 PENDING
  [ ! -e "$name.nc" ] || fail "an interrupted run left a file under the output's name"
  grep -q '"exitCode" : 75' "$name.json" || fail "the report does not tell of the interruption"
  finish 600
  [ "$(restarts)" = 1 ] || fail "the job was restarted $(restarts) times, once was expected"
  same whole.nc "$name.nc" smt
done

say "threshold: time limit of a minute, as often as needed"
job=$(submit threshold --output=limit.log --time=1 --signal=B:USR1@50 -- "${threshold[@]}" --networks 160 --output limit.nc)
finish 900
[ "$(restarts)" -ge 1 ] || fail "the job met no time limit"
say "restarted $(restarts) times"
job=$(submit threshold --output=unlimited.log -- "${threshold[@]}" --networks 160 --output unlimited.nc)
await 600 COMPLETED
same unlimited.nc limit.nc smt

say "threshold: no requeue allowed"
job=$(submit threshold --output=kept.log --no-requeue -- "${threshold[@]}" --networks 20 --output kept.nc)
await_line 120 kept.log '^compute: '
scancel --batch --signal=USR1 "$job"
deadline=$((SECONDS + 60))
until [ "$(state)" = FAILED ]; do
  ((SECONDS < deadline)) || fail "a job that may not go back into the queue is $(state)"
  sleep 0.5
done
[ "$(field ExitCode)" = 75:0 ] || fail "the job ended with $(field ExitCode), 75:0 was expected"
grep -q 'submit it again with the same options' kept.log || fail "the log does not say how to go on"
[ ! -e kept.nc ] || fail "an interrupted job left a file under the output's name"
job=$(submit threshold --output=kept.log --no-requeue -- "${threshold[@]}" --networks 20 --output kept.nc)
await 600 COMPLETED
same whole.nc kept.nc smt

say "threshold: cancelled, and not put back into the queue"
job=$(submit threshold --output=cancelled.log -- "${threshold[@]}" --networks 160 --output cancelled.nc)
await_line 120 cancelled.log '^compute: '
scancel "$job"
await 60 CANCELLED
sleep 5
await 1 CANCELLED
[ ! -e cancelled.nc ] || fail "a cancelled job left a file under the output's name"

say "threshold-seeds: an array over two seeds"
job=$(submit threshold-seeds --array=1-2 --output=seed-%a.log -- "${threshold[@]}")
for seed in 1 2; do await 600 COMPLETED "${job}_$seed"; done
for seed in 1 2; do [ -s smt-seed-$seed.nc ] || fail "there is no map of seed $seed"; done
"$program" compare smt-seed-1.nc:smt smt-seed-2.nc:smt | grep -Eq '^RMSE +0 +0$' && fail "two seeds gave the same map"

# short COMMAND VARIABLE OPTION…: through, and told to stop when it begins to read; what it then does depends on how far it
# is, and the map does not.
short() {
  local command=$1 variable=$2
  shift 2
  say "$command: through, and told to stop"
  job=$(submit "$command" --output="$command.log" -- "$@" --output "$command.nc")
  await 300 COMPLETED
  job=$(submit "$command" --output="$command-told.log" -- "$@" --output "$command-told.nc" --log-level debug)
  await_line 60 "$command-told.log" 'phase read begins'
  scancel --batch --signal=USR1 "$job" 2>/dev/null || true
  finish 300
  same "$command.nc" "$command-told.nc" "$variable"
  say "$command: restarted $(restarts) times"
}
short trend sen_slope --source 'record/REF.nc:GPP' --months 6-8
short attribute mean --moisture 'record/REF.nc:H2OSOI'
short correlate n_years --moisture 'record/REF.nc:H2OSOI' --response 'record/REF.nc:GPP'

say "respire: told to stop in a training, requeue, resume"
"$program" synthesize respiration --respiration --rows 20 --columns 30 --months 36 --ocean-share 0.4 --sites 30 >/dev/null
respire=(
  train --samples respiration/site_years.csv --predictor 'T=respiration/monthly.nc:T2M'
  --predictor 'NPP=respiration/yearly.nc:NPP' --folds 2 --networks 4 --iterations 20000 --patience 20000 --progress 1
)
job=$(submit respire --output=respire.log -- "${respire[@]}" --models whole --table whole.csv)
await 600 COMPLETED
job=$(submit respire --output=respire-told.log -- "${respire[@]}" --models resumed --table resumed.csv)
await_line 120 respire-told.log '^train: '
scancel --batch --signal=USR1 "$job"
finish 600
cmp whole.csv resumed.csv || fail "a resumed training has other scores"
say "restarted $(restarts) times"

say "strong scaling: two repetitions, collected"
job=$(submit strong-scaling --array=1-2 --output=scaling-%a.log -- threshold "${threshold[@]}")
for run in 1 2; do await 600 COMPLETED "${job}_$run"; done
for run in 1 2; do [ -s scaling/ranks-2-run-$run.json ] || fail "there is no report of repetition $run"; done
collect=$(dirname "$program")/benchmark-strong-scaling
if [ -x "$collect" ]; then "$collect" --collect scaling/*.json >scaling.log || fail "the reports cannot be collected"; fi

say "a launcher that does not fit"
job=$(SMT_MPI_LAUNCHER='srun --mpi=none' submit threshold --output=refused.log -- "${threshold[@]}" --output refused.nc)
await 120 FAILED
[ "$(field ExitCode)" = 69:0 ] || fail "the refused job ended with $(field ExitCode), 69:0 was expected"
[ "$(grep -c '^error:' refused.log)" = 1 ] || fail "the refusal is not told once"
[ ! -e refused.nc ] || fail "a refused job left a file under the output's name"

say "no process left behind"
job=
"$here/scripts/slurm-on-one-machine.sh" stop "$folder/slurm"
for _ in $(seq 60); do
  left=$(processes)
  [ -n "$left" ] || break
  sleep 0.5
done
[ -z "$left" ] || fail "processes are left: $(for number in $left; do cat "/proc/$number/comm"; done | sort | uniq -c | xargs)"
say "passed"
