"""Checks files of ONNX and compares what onnxruntime makes of windows with what model-program makes.

Usage: python3 check_onnx.py PROGRAM FOLDER MODEL…   (scripts/check-onnx.sh calls it)
Exit status: 0 all is well, 1 a file or an output is wrong.
"""

import pathlib
import subprocess
import sys
import time

import numpy
import onnx
import onnxruntime

WINDOWS = 100_000
LARGEST = 1e-5


def outputs_of_onnxruntime(path, windows):
    """Outputs, and the seconds that they took on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    start = session.get_inputs()[0]
    if start.shape[1] == start.shape[2] and start.shape[1] != start.shape[3]:
        windows = numpy.ascontiguousarray(windows.transpose(0, 2, 3, 1))
    step = start.shape[0] if isinstance(start.shape[0], int) else 1000
    begin = time.perf_counter()
    parts = [session.run(None, {start.name: windows[i : i + step]})[0] for i in range(0, len(windows), step)]
    return numpy.concatenate([part.reshape(-1) for part in parts]), time.perf_counter() - begin


def check(program, folder, path):
    """Whether a file is good; prints a line."""
    onnx.checker.check_model(path, full_check=True)
    # The window has as many rows as columns, wherever the channels stand.
    lengths = [axis.dim_value for axis in onnx.load(path).graph.input[0].type.tensor_type.shape.dim][1:]
    channels, window = (lengths[2], lengths[0]) if lengths[0] == lengths[1] != lengths[2] else (lengths[0], lengths[1])
    random = numpy.random.default_rng(5)
    windows = (2 * random.normal(size=(WINDOWS, channels, window, window))).astype("f")
    windows.tofile(folder / "windows.raw")
    subprocess.run([program, "predict", path, folder / "windows.raw", folder / "outputs.raw"], check=True)
    ours = numpy.fromfile(folder / "outputs.raw", "f").astype("d")
    theirs, seconds = outputs_of_onnxruntime(path, windows)
    theirs = theirs.astype("d")
    # Relative to the typical output: one that is 0 by cancellation has no relative error of its own.
    scale = numpy.maximum(numpy.abs(theirs), numpy.abs(theirs).mean())
    difference = numpy.max(numpy.abs(ours - theirs) / scale)
    spread = theirs.std()
    good = len(ours) == WINDOWS and spread > 0 and difference <= LARGEST
    print(
        f"check-onnx: {pathlib.Path(path).name}: checker passed, {WINDOWS} windows of {channels} × {window} × {window}, "
        f"outputs {theirs.mean():.4g} ± {spread:.3g}, largest relative difference {difference:.2g}"
        f"{'' if good else ' IS TOO LARGE'}; onnxruntime {WINDOWS / seconds:.0f} windows a second",
        flush=True,
    )
    return good


if __name__ == "__main__":
    results = [check(sys.argv[1], pathlib.Path(sys.argv[2]), path) for path in sys.argv[3:]]
    if not all(results):
        sys.exit(1)
    print(f"check-onnx: {len(results)} files, no error (onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__})")
