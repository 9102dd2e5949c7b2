#!/usr/bin/env bash
# Feeds the parsers of Tests/fuzz with inputs that libFuzzer finds by what code they reach.
#
# Usage: scripts/fuzz.sh [SECONDS [PARSER…]]
#   SECONDS  for each parser; 60 where it is not given
#   PARSER   header, time, configuration, source, members, options, checkpoint, series, array, geotiff, table, model or lock; all where none is given
# Exit status: 0 where nothing was found, or where this compiler has no fuzzer; 1 where an input ended the process, took
# longer than ten seconds or more than 2 GB: it lies in .build-fuzz/findings.
#
# Needs the release build (make build), whose libraries are linked; Distributed, ONNXModel and smt-mpi are compiled again,
# instrumented, in .build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
swiftc=${SWIFTC:-swiftc}
release=.build/release
folder=.build-fuzz
mkdir -p "$folder/findings"

echo '@_cdecl("LLVMFuzzerTestOneInput") public func one(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt { 0 }' \
  >"$folder/probe.swift"
if ! "$swiftc" -sanitize=fuzzer -parse-as-library "$folder/probe.swift" -o "$folder/probe" >/dev/null 2>&1; then
  echo "fuzz: skipped: $swiftc has no fuzzer (-sanitize=fuzzer)"
  exit 0
fi
if [ ! -f "$release/smt-mpi.product/Objects.LinkFileList" ]; then
  echo "fuzz: no release build in $release; run make build first" >&2
  exit 1
fi

# Modules of C that the sources import, and the objects of everything that is not instrumented.
imports=(-I "$release/Modules")
objects=()
for module in "$release"/*.build/module.modulemap; do imports+=(-Xcc "-fmodule-map-file=$module"); done
for include in Sources/*/include Sources/Vectorised/C/include .build/checkouts/*/Sources/*/include; do
  if [ -d "$include" ]; then imports+=(-Xcc "-I$include"); fi
  if [ -f "$include/module.modulemap" ]; then imports+=(-Xcc "-fmodule-map-file=$include/module.modulemap"); fi
done
while IFS= read -r object; do
  object=${object//\'/}
  case $object in
    */Distributed.build/* | */ONNXModel.build/* | */smt_mpi.build/*) ;;
    *) objects+=("$object") ;;
  esac
done <"$release/smt-mpi.product/Objects.LinkFileList"
read -ra libraries <<<"${SMT_MPI_LDFLAGS:-$(pkg-config --libs hdf5-openmpi)}"
libraries=("${libraries[@]/#-Wl,/-Xlinker=}")
options=(-I "$folder" -Onone -gline-tables-only -wmo -parse-as-library -swift-version 6 -enable-testing -package-name "$(basename "$PWD" | tr -c 'a-zA-Z0-9\n' _)"
  -sanitize=fuzzer "${imports[@]}")

# An object is made again where a source is newer.
compile() {
  local module=$1
  shift
  local object="$folder/$module.o" newer
  newer=$(find "$@" scripts/fuzz.sh -newer "$object" 2>/dev/null | head -1 || true)
  if [ -f "$object" ] && [ -z "$newer" ]; then return; fi
  "$swiftc" "${options[@]}" -module-name "$module" -emit-module -emit-module-path "$folder/$module.swiftmodule" \
    -c "$@" -o "$object"
}

mapfile -t distributed < <(find Sources/Distributed -name '*.swift' | sort)
mapfile -t models < <(find Sources/ONNXModel -name '*.swift' | sort)
# The program's own beginning gives way to the fuzzer's.
mapfile -t program < <(find Sources/smt-mpi -name '*.swift' ! -name SMTMPI.swift | sort)
# What SwiftPM made of the files that are part of the program.
program+=("$release/smt_mpi.build/DerivedSources/embedded_resources.swift")
compile Distributed "${distributed[@]}"
compile ONNXModel "${models[@]}"
compile smt_mpi "${program[@]}"
compile ParserFuzzing Tests/fuzz/*.swift
"$swiftc" -sanitize=fuzzer "$folder/Distributed.o" "$folder/ONNXModel.o" "$folder/smt_mpi.o" "$folder/ParserFuzzing.o" "${objects[@]}" \
  "${libraries[@]}" -lnetcdf -ldeflate -lz -llapack -ltiff -lgeotiff -lpng -lstdc++ -lm -o "$folder/fuzz-parsers"

failed=0
if [ $# -eq 0 ]; then set -- header time configuration source members options checkpoint series array geotiff table model lock; fi
for parser in "$@"; do
  mkdir -p "$folder/corpus/$parser"
  log="$folder/$parser.log"
  if SMT_MPI_PARSER=$parser "$folder/fuzz-parsers" "$folder/corpus/$parser" "Tests/fuzz/corpus/$parser" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$folder/findings/$parser-" >"$log" 2>&1; then
    echo "fuzz: $parser: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs in $seconds s, nothing found"
  else
    echo "fuzz: $parser: an input ended the process, see $log and $folder/findings" >&2
    failed=1
  fi
done
exit "$failed"
