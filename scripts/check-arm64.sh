#!/usr/bin/env bash
# Compiles the training of networks and the counting of slopes for arm64, runs both in an emulator on fixed data and compares
# every bit with the same sources at x86-64-v3, which fuses multiply-adds too.
#
#   scripts/check-arm64.sh
#
# The toolchain for x86-64 comes without Swift's standard library for arm64-linux, but with that of Embedded Swift; the layers need
# no more. Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user. Without them, or on a processor without x86-64-v3,
# the check is skipped with a message. It takes two minutes. Exit status: 0 equal (or skipped), 1 not.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  echo "check-arm64: SKIPPED: $1" >&2
  exit 0
}

for tool in swiftc aarch64-linux-gnu-gcc aarch64-linux-gnu-objdump qemu-aarch64; do
  command -v "$tool" >/dev/null || skip "there is no $tool (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)"
done
if [ "$(uname -m)" != x86_64 ] || ! grep -qw fma /proc/cpuinfo || ! grep -qw avx2 /proc/cpuinfo; then
  skip "this processor is not one of x86-64-v3, to compare with"
fi
resources=$(swiftc -print-target-info | sed -nE 's/.*"runtimeResourcePath" *: *"(.*)".*/\1/p')
embedded=$resources/embedded
[ -e "$embedded/Swift.swiftmodule/aarch64-none-none-elf.swiftmodule" ] ||
  skip "the toolchain has no Embedded Swift for aarch64-none-none-elf"
tools=$(dirname "$resources")/../bin
for tool in clang ld.lld; do [ -x "$tools/$tool" ] || skip "the toolchain has no $tool"; done

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cat >"$build/module.modulemap" <<EOF
module CVectorised {
  header "$PWD/Sources/Vectorised/C/include/vector_math.h"
  header "$PWD/Sources/Vectorised/C/include/cpu_features.h"
  export *
}
EOF

# compile FOLDER TRIPLE FLAG...: all objects into the folder.
compile() {
  local folder=$build/$1 triple=$2
  shift 2
  mkdir "$folder"
  "$tools/clang" -target "$triple" -O2 -Wall -Werror -ISources/Vectorised/C/include \
    -c Sources/Vectorised/C/cpu_features.c -o "$folder/cpu_features.o"
  local swift=(swiftc -swift-version 6 -package-name smt-mpi -warnings-as-errors -Ounchecked -wmo -I "$folder"
    -Xcc "-fmodule-map-file=$build/module.modulemap" "$@")
  local module sources
  for module in VectorisedLayout:Layout Vectorised:Code; do
    mapfile -t sources < <(find "Sources/Vectorised/${module#*:}" -name '*.swift')
    module=${module%:*}
    "${swift[@]}" -parse-as-library -module-name "$module" -emit-module -emit-module-path "$folder/$module.swiftmodule" \
      -c "${sources[@]}" -o "$folder/$module.o"
  done
  "${swift[@]}" -module-name check -c Tests/arm64/main.swift \
    Sources/Kernels/Network/{NetworkMemory,NetworkShape,MemoryBlock}.swift Sources/Kernels/Random/*.swift \
    -o "$folder/check.o"
}

compile arm64 aarch64-linux-gnu -target aarch64-none-none-elf -enable-experimental-feature Embedded
aarch64-linux-gnu-gcc -static -fuse-ld=lld -B"$tools" "$build/arm64/"*.o \
  "$embedded/aarch64-none-none-elf/libswiftUnicodeDataTables.a" -lm -o "$build/arm64/check"

# Without fused multiply-adds of vectors in the instruction set, each lane would be a call.
code=$(aarch64-linux-gnu-objdump -d -r "$build/arm64/Vectorised.o")
if grep -q 'R_AARCH64_CALL26.*fmaf' <<<"$code" || ! grep -qE 'fmla\s+v[0-9]+\.4s' <<<"$code"; then
  echo 'check-arm64: multiply-adds of vectors are not compiled to fmla' >&2
  exit 1
fi

compile x86-64 x86_64-linux-gnu -Xcc -march=x86-64-v3 -D FUSED_MULTIPLY_ADD -D VECTOR_8
swiftc "$build/x86-64/"*.o -lm -o "$build/x86-64/check"

qemu-aarch64 "$build/arm64/check" >"$build/arm64.txt"
"$build/x86-64/check" >"$build/x86-64.txt"
if ! diff "$build/x86-64.txt" "$build/arm64.txt"; then
  echo 'check-arm64: results differ (<: x86-64-v3, >: arm64)' >&2
  exit 1
fi
echo "check-arm64: $(wc -l <"$build/arm64.txt") results have the same bits as at x86-64-v3"
