#!/usr/bin/env bash
# A Slurm cluster of one node on this machine, for tests: munge, slurmctld and slurmd without systemd. Needs root.
#
#   scripts/slurm-on-one-machine.sh start DIR     then: export SLURM_CONF=DIR/slurm.conf
#   scripts/slurm-on-one-machine.sh stop DIR
#
# DIR holds the configuration, state, logs and pid files. "stop" ends only the daemons that "start" started.
# Exit status: 0 done, 1 failed, 64 usage, 69 Slurm or munge is not installed or this is not root.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin

usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
}
[ $# -eq 2 ] || usage
action=$1

require() {
  local program
  [ "$(id -u)" -eq 0 ] || { echo "slurm: root is needed to start the daemons." >&2; exit 69; }
  for program in munged slurmctld slurmd sinfo; do
    command -v "$program" >/dev/null || { echo "slurm: $program is not installed (Debian: slurm-wlm munge)." >&2; exit 69; }
  done
}

configure() {
  local host cores
  host=$(hostname -s)
  cores=$(nproc)
  # Two-rank jobs also run where there is one core.
  ((cores >= 2)) || cores=2
  mkdir -p "$dir/state" "$dir/spool"
  cat >"$dir/slurm.conf" <<EOF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=pmix
ReturnToService=2
SlurmdParameters=config_overrides
KillWait=5
PropagateResourceLimits=NONE
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES:4
EOF
}

start() {
  require
  mkdir -p "$dir"
  dir=$(realpath "$dir")
  configure
  export SLURM_CONF=$dir/slurm.conf
  if ! munge --no-input >/dev/null 2>&1; then
    install -d -o munge -g munge -m 755 /run/munge
    setpriv --reuid=munge --regid=munge --clear-groups munged
    cp /run/munge/munged.pid "$dir/munged.pid"
  fi
  slurmctld -i
  slurmd
  local state _
  for _ in $(seq 60); do
    state=$(sinfo -h -o %T 2>/dev/null || true)
    if [ "$state" = idle ]; then
      echo "slurm: ready; export SLURM_CONF=$dir/slurm.conf"
      return
    fi
    sleep 0.5
  done
  echo "slurm: the node did not become idle (state: ${state:-none}); logs in $dir:" >&2
  tail -n 5 "$dir"/*.log >&2
  exit 1
}

stop() {
  local daemon pid _
  for daemon in slurmd slurmctld munged; do
    [ -f "$dir/$daemon.pid" ] || continue
    pid=$(cat "$dir/$daemon.pid")
    if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$daemon" ]; then
      kill "$pid"
      for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
      done
    fi
    rm -f "$dir/$daemon.pid"
  done
}

dir=$2
case $action in
start) start ;;
stop) stop ;;
*) usage ;;
esac
