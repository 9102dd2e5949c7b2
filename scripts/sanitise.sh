#!/usr/bin/env bash
# Runs tests of the C shim and of the kernels under AddressSanitizer and UndefinedBehaviorSanitizer, in a debug build of its
# own (.build-sanitise).
#
# Usage: scripts/sanitise.sh [FILTER]
# Exit status: that of the tests; 0 with a message where the toolchain has no sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
filter=${1:-ChunkReaderTests|FileFormatTests|StoredValuesTests|TimeAxisTests|FieldMaskTests|MapChunkTests|CorrelationTests|TrendTests}

toolchain=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/..
shopt -s nullglob
runtimes=("$toolchain"/lib/clang/*/lib/linux/libclang_rt.asan-*.a "$toolchain"/lib/clang/*/lib/*/libclang_rt.asan*)
if [ ${#runtimes[@]} -eq 0 ]; then
  echo "sanitise: skipped: this Swift has no AddressSanitizer runtime"
  exit 0
fi

options=(-c debug --scratch-path .build-sanitise --sanitize=address
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined -Xcxx -fsanitize=undefined)
# What Open MPI and Swift's runtime never free is not looked for.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:handle_abort=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
# By product, as the Makefile does.
"${SWIFT:-swift}" build "${options[@]}" --product smt-mpiPackageTests
"${SWIFT:-swift}" test "${options[@]}" --skip-build --disable-xctest --filter "$filter"
