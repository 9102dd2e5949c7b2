#!/usr/bin/env bash
# Runs the commands of the ```sh blocks of README.md and of the manual's pages, each block in a shell of its own that stops
# at the first failure, all blocks of a page in one scratch folder, with the built program first on the PATH. A block is left
# out where the line above its fence is a comment that begins "<!-- not run:" and says why; its syntax is checked all the same.
#
#   scripts/check-readme.sh [PAGE...]     (default: README.md and every page in docs/)
#
# README.md comes first, and each page starts in a folder that holds what README.md's first run left: the ensemble and its
# thresholds. SMT_MPI names another program than .build/release/smt-mpi.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${SMT_MPI:-.build/release/smt-mpi}")
[ -x "$program" ] || { echo "check-readme: there is no program $program; run make build" >&2; exit 66; }

pages=("$@")
if [ $# -eq 0 ]; then mapfile -t pages < <(find docs -name '*.md' | sort); fi

if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
# Ranks share cores where there are too few.
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/readme"
ln -s "$program" "$work/bin/smt-mpi"
PATH=$work/bin:$PATH

run=0
skipped=0

# check PAGE FOLDER: runs a page's blocks in the folder.
check() {
  local page=$1 folder=$2 block line
  rm -rf "$work/blocks"
  mkdir "$work/blocks"
  # One file a block, named by the line it begins on; "skip" in the name where it is not to be run.
  awk -v folder="$work/blocks" '
    /^```sh[ \t]*$/ { file = sprintf("%s/%05d.%s", folder, NR + 1, skip ? "skip" : "run"); printf "" > file; inside = 1; next }
    /^```/ && inside { inside = 0; close(file) }
    inside { print > file }
    !/^[ \t]*$/ { skip = /^<!-- not run:/ }
  ' "$page"
  for block in "$work"/blocks/*; do
    [ -e "$block" ] || continue
    line=$((10#$(basename "${block%.*}")))
    if [ "${block##*.}" = skip ]; then
      skipped=$((skipped + 1))
      bash -n "$block"
      continue
    fi
    if ! (cd "$folder" && bash -euo pipefail "$block") </dev/null >"$work/output" 2>&1; then
      cat "$block" "$work/output" >&2
      echo "check-readme: FAILED: the commands at $page:$line" >&2
      exit 1
    fi
    echo "check-readme: $page:$line ($SECONDS s)"
    run=$((run + 1))
    if [ "$run" -eq 1 ]; then cp -al "$folder" "$work/first"; fi
  done
}

check README.md "$work/readme"
[ "$run" -gt 0 ] || { echo "check-readme: README.md has no command to run" >&2; exit 1; }
for page in "${pages[@]}"; do
  [ "$page" != README.md ] || continue
  # Nothing is written in place, so links are copies.
  cp -al "$work/first" "$work/page"
  check "$page" "$work/page"
  rm -rf "$work/page"
done
echo "check-readme: $run blocks run, $skipped not run (download, cluster or minutes of computing), $SECONDS s"
