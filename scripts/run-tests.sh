#!/usr/bin/env bash
# Runs all tests, in two processes side by side: tests of commands start the program one at a time, and often wait for it.
#
#   scripts/run-tests.sh TESTS        TESTS is the built test program, smt-mpiPackageTests.xctest
#
# Exit status: 0 all passed, 1 some failed.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 64; }

# About half of them by the time that they take.
some='CommandTests\.[P-Z]'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
"$1" --testing-library swift-testing --filter "$some" >"$log" 2>&1 &
"$1" --testing-library swift-testing --skip "$some" || failed=1
wait $! || failed=1
cat "$log"
exit "$failed"
