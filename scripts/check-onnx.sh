#!/usr/bin/env bash
# Checks the files of ONNX that the program writes with ONNX's own checker, and compares what onnxruntime makes of them, and
# of exports of PyTorch and Keras, with what the program's kernels make: 100,000 windows for each file.
#
#   scripts/check-onnx.sh PROGRAM FOLDER
#
#   PROGRAM  the built model-program (Tests/ModelProgram)
#   FOLDER   where files and numbers are put
#   WINDOWS  variable of the environment: another number of windows, for a debug build
#
# onnx and onnxruntime are installed from PyPI into .venv-onnx on first use; without a network or Python's venv module the
# check is skipped with a message. Exit status: 0 all is well (or skipped), 1 a file or an output is wrong, 64 usage.
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
fi
program=$1
folder=$2
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv-onnx
log=$(mktemp -d)
trap 'rm -rf "$log" "$folder"/{windows,outputs}.raw' EXIT

# shellcheck source=/dev/null
. "$root/scripts/python-environment.sh"
use_python "$venv" 'onnx, onnxruntime' onnx onnxruntime

mkdir -p "$folder"
# The default network for 13 predictors; others with a larger window, fewer layers and other limits.
"$program" make "$folder/default.onnx" 13 3 32,64,128 0 inf 1
"$program" make "$folder/single.onnx" 1 1 3 -inf inf 2
"$program" make "$folder/five.onnx" 4 5 8,16 0.5 1.5 3
"$program" make "$folder/seven.onnx" 2 7 5,6,7,8 -1 inf 4
"$venv/bin/python" "$root/scripts/check_onnx.py" "$program" "$folder" \
  "$folder"/{default,single,five,seven}.onnx "$root"/Tests/onnx/*.onnx
