#!/usr/bin/env bash
# Runs the commands of README.md's ```sh blocks in order, each block in a shell of its own that stops at the first failure,
# all in one scratch folder with the built program first on the PATH. A block is left out where the line above its fence
# is a comment that begins "<!-- not run:" and says why; its syntax is checked all the same.
#
#   scripts/check-readme.sh [FILE]
set -euo pipefail
cd "$(dirname "$0")/.."
readme=$(realpath "${1:-README.md}")

PATH=$PWD/.build/release:$PATH
if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
# Ranks share cores where there are too few.
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

blocks=$(mktemp -d)
scratch=$(mktemp -d)
trap 'rm -rf "$blocks" "$scratch"' EXIT

# One file a block, named by the line it begins on; "skip" in the name where it is not to be run.
awk -v folder="$blocks" '
  /^```sh[ \t]*$/ { file = sprintf("%s/%05d.%s", folder, NR + 1, skip ? "skip" : "run"); printf "" > file; inside = 1; next }
  /^```/ && inside { inside = 0; close(file) }
  inside { print > file }
  !/^[ \t]*$/ { skip = /^<!-- not run:/ }
' "$readme"

run=0
skipped=0
for block in "$blocks"/*; do
  [ -e "$block" ] || { echo "check-readme: $readme has no sh block" >&2; exit 1; }
  line=$((10#$(basename "${block%.*}")))
  if [ "${block##*.}" = skip ]; then
    skipped=$((skipped + 1))
    bash -n "$block"
    continue
  fi
  echo "check-readme: ${readme##*/}:$line"
  if ! (cd "$scratch" && bash -euo pipefail "$block") </dev/null >"$blocks/output" 2>&1; then
    cat "$block" "$blocks/output" >&2
    echo "check-readme: FAILED: the commands at ${readme##*/}:$line" >&2
    exit 1
  fi
  rm -f "$blocks/output"
  run=$((run + 1))
done
echo "check-readme: $run blocks run, $skipped not run (download, cluster or minutes of computing)"
