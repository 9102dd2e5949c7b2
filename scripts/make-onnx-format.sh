#!/usr/bin/env bash
# Makes Sources/ONNXModel/Format/onnx.pb.swift from onnx.proto beside it. The file is committed, so that nobody who builds the
# program needs a compiler of protocol buffers; run this after onnx.proto has changed or with a new version of swift-protobuf.
#
# Usage: scripts/make-onnx-format.sh
# Exit status: 0 done, 1 where the compiler or the package is missing.
#
# Needs protoc (Debian: protobuf-compiler) and the package's checkout (swift package resolve), whose plugin for protoc is
# built in .build/protoc-gen-swift.
set -euo pipefail
cd "$(dirname "$0")/.."
format=Sources/ONNXModel/Format
package=.build/checkouts/swift-protobuf
plugin=.build/protoc-gen-swift

command -v protoc >/dev/null || { echo "make-onnx-format: protoc is missing (Debian: protobuf-compiler)" >&2; exit 1; }
[ -d "$package" ] || { echo "make-onnx-format: $package is missing; run swift package resolve" >&2; exit 1; }

# That product alone: the package can also build protoc itself, which takes many minutes.
"${SWIFT:-swift}" build --package-path "$package" --scratch-path "$plugin" --product protoc-gen-swift
protoc --plugin=protoc-gen-swift="$plugin/debug/protoc-gen-swift" --proto_path="$format" --swift_out="$format" onnx.proto
