#!/usr/bin/env bash
# Runs all tests, in two processes side by side: tests of commands start the program one at a time, and often wait for it.
# What failed is told again at the end, where the last lines of a log show it.
#
#   scripts/run-tests.sh TESTS        TESTS is the built test program, smt-mpiPackageTests.xctest
#
# Exit status: 0 all passed, 1 some failed.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 64; }

# About half of them by the time that they take.
some='CommandTests\.[P-Z]'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
first=0
second=0
"$1" --testing-library swift-testing --filter "$some" >"$folder/second" 2>&1 &
# Into a pipe it would write in colours.
NO_COLOR=1 "$1" --testing-library swift-testing --skip "$some" 2>&1 | tee "$folder/first" || first=$?
wait $! || second=$?
cat "$folder/second"
[ "$first$second" != 00 ] || exit 0

printf '\nFailed: the first process ended with %d, the second with %d.\n' "$first" "$second"
for log in first second; do
  # Tests that failed, or that a crash cut short; long lines cut.
  grep -aE 'recorded an issue|Fatal error|✘ Test .* failed' "$folder/$log" | grep -av 'Test run with' | cut -c -400 | head -n 8 ||
    true
done
[ "$first" -le 1 ] || tail -n 3 "$folder/first" | cut -c -400
[ "$second" -le 1 ] || tail -n 3 "$folder/second" | cut -c -400
exit 1
