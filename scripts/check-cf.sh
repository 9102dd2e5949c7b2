#!/usr/bin/env bash
# Checks netCDF files against CF-1.8 with both public checkers: compliance-checker and cfchecks.
#
#   scripts/check-cf.sh FILE...
#
# The checkers are installed from PyPI into .venv-cf on first use; without a network or Python's venv module the check is
# skipped with a message. They do not download anything while checking: both use the standard name table that comes with
# compliance-checker. Exit status: 0 no error (or skipped), 1 errors found, 64 usage, 66 no such file.
set -euo pipefail

if [ $# -eq 0 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
for file in "$@"; do
  [ -r "$file" ] || { echo "check-cf: there is no file $file" >&2; exit 66; }
done

root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv-cf
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# shellcheck source=/dev/null
. "$root/scripts/python-environment.sh"
# cfchecks calls the system's UDUNITS-2 (Debian: libudunits2-0).
use_python "$venv" 'cfunits, compliance_checker' compliance-checker cfchecker

names=$("$venv/bin/python" -c '
import importlib.util, pathlib
package = pathlib.Path(importlib.util.find_spec("compliance_checker").origin).parent
print(package / "data" / "cf-standard-name-table.xml")')
# cfchecks asks for tables of area types and regions too. They matter to files with an "area_type" or "region" variable only.
echo '<area_type_table><version_number>0</version_number><date>none</date></area_type_table>' >"$log/areas.xml"
echo '<standardized_region_list><version_number>0</version_number><date>none</date></standardized_region_list>' >"$log/regions.xml"

failed=0
for file in "$@"; do
  errors=0
  if ! "$venv/bin/compliance-checker" --test=cf:1.8 -c strict "$file" >"$log/compliance" 2>&1; then
    cat "$log/compliance"
    errors=1
  fi
  # The exit status of cfchecks counts warnings too; its summary line is what tells.
  "$venv/bin/cfchecks" -v 1.8 -s "$names" -a "$log/areas.xml" -r "$log/regions.xml" "$file" >"$log/cfchecks" 2>&1 || true
  if ! grep -q '^ERRORS detected: 0$' "$log/cfchecks"; then
    cat "$log/cfchecks"
    errors=1
  fi
  grep -h '^WARN: ' "$log/cfchecks" || true
  if [ "$errors" -eq 0 ]; then echo "check-cf: $file: no error"; else echo "check-cf: $file: ERRORS, see above"; failed=1; fi
done
exit "$failed"
