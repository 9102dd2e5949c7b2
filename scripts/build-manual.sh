#!/usr/bin/env bash
# Builds the manual from docs/ into a folder that opens from the disk and asks nothing of the network. A link or an anchor
# that leads nowhere, a page that is not in the table of contents, and anything that a browser would fetch, are errors.
#
#   scripts/build-manual.sh [FOLDER]      (default: .build/manual)
#
# MkDocs and what it needs (docs/requirements.txt) are installed from PyPI into .venv-manual on first use; without a network
# or Python's venv module the manual is not built, and a message says so. Exit status: 0 built (or skipped), 1 errors.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath -m "${1:-.build/manual}")
venv=$PWD/.venv-manual
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# shellcheck source=/dev/null
. scripts/python-environment.sh
use_python "$venv" mkdocs --requirement docs/requirements.txt

# The theme speaks of its own successor otherwise.
export NO_MKDOCS_2_WARNING=1
# Not --quiet, which also makes --strict blind.
if ! "$venv/bin/mkdocs" build --strict --site-dir "$folder" >"$log/mkdocs" 2>&1; then
  grep -v '^INFO' "$log/mkdocs" >&2
  exit 1
fi

# What a browser fetches by itself: links that a reader follows are none of it.
if grep -rnoE '<(script|img|iframe|source|link rel="?(stylesheet|icon|preload))[^>]*(src|href)="?(https?:)?//[^ >]*' \
  --include='*.html' "$folder"; then
  echo "build-manual: the pages above fetch something from the network" >&2
  exit 1
fi
pages=$(find "$folder" -name '*.html' | wc -l)
echo "build-manual: $pages pages in $folder, from $folder/index.html on"
