#!/usr/bin/env bash
# Runs a job on two hosts that are network namespaces of this machine, each with its own name and address and TCP between
# them. One is lost in mid-run, once by its network and once by the end of its daemon: the job must end in time, leave
# nothing under the output's name, and be resumed to the same bits, on one host and on two.
# Skips with a message where namespaces are not allowed (they need root and iproute2) or mpirun is not Open MPI's.
#
#   Tests/hosts/run.sh PROGRAM     PROGRAM is the smt-mpi binary
#
# Exit status: 0 passed or skipped, 1 failed.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$here/.build/release/smt-mpi}")
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "test-hosts: skipped, $*"
  exit 0
}
for needed in ip mpirun unshare; do command -v "$needed" >/dev/null || skip "$needed is not installed"; done
[ "$(id -u)" -eq 0 ] || skip "root is needed to make network namespaces"
mpirun --version 2>/dev/null | grep -q 'Open MPI' || skip "mpirun is not that of Open MPI"

# Names of this run alone; an interface's name has at most 15 characters.
one=smt-$$-a
two=smt-$$-b
network=10.213.77
ip netns add "$one" 2>/dev/null || skip "network namespaces are not allowed here"

folder=$(mktemp -d)
# Numbers of the living processes of this test's jobs on a host; daemons and ranks have left the shell that began them.
processes() {
  local number
  for number in $(ip netns pids "$1" 2>/dev/null); do
    [ "$(sed -nE 's/^State:\s+(.).*/\1/p' "/proc/$number/status" 2>/dev/null)" != Z ] && echo "$number"
  done
  return 0
}
clean_up() {
  local host
  for host in "$one" "$two"; do
    # Only what runs in namespaces that this test made.
    processes "$host" | xargs -r kill -9 2>/dev/null || true
    ip netns delete "$host" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
fail() {
  echo "test-hosts: FAILED: $*" >&2
  tail -n 20 "$folder"/*.log >&2 || true
  exit 1
}

ip netns add "$two"
ip link add "va$$" netns "$one" type veth peer name "vb$$" netns "$two"
ip -n "$one" address add $network.1/24 dev "va$$"
ip -n "$two" address add $network.2/24 dev "vb$$"
for host in "$one" "$two"; do ip -n "$host" link set lo up; done
connect() {
  ip -n "$one" link set "va$$" up
  ip -n "$two" link set "vb$$" up
}
connect

cd "$folder"
# What stands in for ssh: HOST COMMAND….
cat >agent <<END
#!/bin/sh
shift
exec ip netns exec $two unshare --uts sh -c "hostname $two && \$*"
END
chmod +x agent

# With these a network that is gone is noticed after 4 + 2 × 2 = 8 s without an answer; the rest is for a busy machine.
export OMPI_MCA_oob_tcp_keepalive_time=4 OMPI_MCA_oob_tcp_keepalive_intvl=2 OMPI_MCA_oob_tcp_keepalive_probes=2
limit=20
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_plm_rsh_agent=$folder/agent
export OMPI_MCA_btl=tcp,self OMPI_MCA_btl_tcp_if_include=$network.0/24 OMPI_MCA_oob_tcp_if_include=$network.0/24

# job HOSTS OUTPUT: two ranks on each of the hosts.
job() {
  ip netns exec "$one" unshare --uts sh -c "hostname $one && exec \"\$@\"" sh \
    mpirun --oversubscribe --bind-to none --host "$1" "$program" threshold \
    --members REF,EXP_01..EXP_85 --response 'ensemble/{member}.nc:GPP' --moisture 'ensemble/{member}.nc:SM' \
    --season 'ensemble/season.nc:start_month,end_month' --networks 40 \
    --output "$2.nc" --report "$2.json" >"$2.log" 2>&1
}
here_alone=$network.1:2
both=$network.1:2,$network.2:2

"$program" synthesize ensemble --rows 24 --columns 36 >/dev/null
echo "test-hosts: without interruption, on one host"
job $here_alone whole || fail "the job on one host ended with $?"

# same OUTPUT: it is the uninterrupted map bit by bit.
same() {
  "$program" compare whole.nc:smt "$1.nc:smt" >comparison
  if ! grep -q ' 0 only in A, 0 only in B' comparison || ! grep -Eq '^RMSE +0 +0$' comparison; then
    cat comparison >&2
    fail "$1.nc differs from the map of one host"
  fi
}

echo "test-hosts: without interruption, on two hosts"
job $both across || fail "the job on two hosts ended with $?"
same across
grep -q "\"slowestHost\" : \"smt-$$-" across.json || fail "the report names no host"
hosts=$(grep -o "\"slowestHost\" : \"[^\"]*\"" across.json | sort -u | wc -l)
echo "test-hosts: the report names $hosts hosts"

# lose OUTPUT COMMAND…: loses the second host by COMMAND once cells are saved on it.
lose() {
  local output=$1 began ended status=0 left deadline=$((SECONDS + 120))
  shift
  job $both "$output" &
  local running=$!
  until [ -n "$(find "$output.nc.checkpoint" -name 'rank-3-*.log' -size +0 2>/dev/null)" ]; do
    kill -0 "$running" 2>/dev/null || fail "the job ended before a host was lost"
    ((SECONDS < deadline)) || fail "no checkpoint after 120 s"
    sleep 0.1
  done
  sleep 1
  "$@"
  began=$(date +%s%N)
  while kill -0 "$running" 2>/dev/null; do
    (($(date +%s%N) < began + limit * 1000000000)) || fail "the job goes on $limit s after a host was lost"
    sleep 0.1
  done
  wait "$running" || status=$?
  ended=$((($(date +%s%N) - began) / 1000000))
  echo "test-hosts: the job ended with $status after $ended ms"
  [ "$status" -ne 0 ] || fail "a job that lost a host ended with 0"
  grep -qi 'lost communication with a remote daemon\|daemon.*unexpectedly\|remote daemon' "$output.log" ||
    fail "the log does not say that a host was lost"
  [ ! -e "$output.nc" ] || fail "there is a file under the output's name"
  # The lost half notices by itself that it is alone.
  deadline=$((SECONDS + limit))
  while left=$(processes "$two") && [ -n "$left" ]; do
    ((SECONDS < deadline)) || fail "processes are left on the lost host: $left"
    sleep 0.2
  done
}

# resumed OUTPUT HOSTS: the same command goes on with what was saved.
resumed() {
  local cells
  job "$2" "$1" || fail "the resumed job ended with $?"
  same "$1"
  cells=$(sed -nE 's/.*"cellsResumed" : ([0-9]+).*/\1/p' "$1.json")
  [ "$cells" -gt 0 ] || fail "nothing was resumed"
  echo "test-hosts: resumed with $cells cells kept, the map is the same"
}

daemon_of_two() {
  local number
  for number in $(processes "$two"); do
    if [ "$(cat "/proc/$number/comm")" = orted ]; then echo "$number"; fi
  done
}
lose_network() { ip -n "$two" link set "vb$$" down; }
lose_daemon() { kill -9 "$(daemon_of_two)"; }

echo "test-hosts: the network of one host goes down, resumed on the other"
lose network lose_network
resumed network $here_alone

connect
echo "test-hosts: the daemon of one host is killed, resumed on both"
lose daemon lose_daemon
resumed daemon $both
echo "test-hosts: passed"
