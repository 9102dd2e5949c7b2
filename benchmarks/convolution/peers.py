#!/usr/bin/env python3
"""A network of windows, 13 channels of 3 x 3 cells, 32, 64 and 128 filters, beside PyTorch, Keras with JAX and onnxruntime.

Usage: peers.py [--iterations 50] [--batches 100] [--rounds 3] [--program .build/release/benchmark-convolution]
                [--json FILE] [--smoke]

Milliseconds of an iteration of Adam over a full batch of 1,000 samples, and windows applied a second in batches of 1,000, of
each the shortest of a run. One process pinned to one CPU; the programs take turns and the medians of the rounds are
compared. Time to compile and to load is left out. Peers that are not installed are left out, too.
Exit status: 0; 1 where benchmark-convolution does not run.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

PEERS = {"torch": "train apply", "keras": "train apply", "onnxruntime": "apply"}
CHANNELS, FILTERS, SAMPLES = 13, [32, 64, 128], 1000


def windows(count):
    import numpy

    generator = numpy.random.default_rng(7)
    values = generator.uniform(-1.732, 1.732, (count, CHANNELS, 3, 3)).astype(numpy.float32)
    return values, (1.3 + 0.3 * values[:, 0, 1, 1]).astype(numpy.float32)


def layers():
    """Weights and biases of each layer (Glorot & Bengio 2010)."""
    import numpy

    generator = numpy.random.default_rng(1)
    inputs = CHANNELS
    for outputs in FILTERS:
        bound = (6 / (9 * (inputs + outputs))) ** 0.5
        yield generator.uniform(-bound, bound, (outputs, inputs, 3, 3)).astype(numpy.float32), numpy.zeros(outputs, numpy.float32)
        inputs = outputs
    bound = (6 / (inputs + 1)) ** 0.5
    yield generator.uniform(-bound, bound, (1, inputs)).astype(numpy.float32), numpy.full(1, 1.3, numpy.float32)


def shortest(runs, work):
    """Seconds of the shortest of some runs; the first two, which compile, do not count."""
    times = []
    for _ in range(runs + 2):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[2:])


def run_torch(task, count):
    import torch

    torch.set_num_threads(1)
    parameters = [torch.from_numpy(array) for layer in layers() for array in layer]

    def network(values):
        for layer in range(3):
            values = torch.relu(torch.conv2d(values, parameters[2 * layer], parameters[2 * layer + 1], padding=1))
            if layer < 2:
                values = torch.max_pool2d(values, 2, 2, ceil_mode=True)
        return torch.relu(torch.nn.functional.linear(values.flatten(1), parameters[6], parameters[7]))

    yield torch.__version__
    values, targets = (torch.from_numpy(array) for array in windows(SAMPLES))
    if task == "apply":
        with torch.inference_mode():
            yield shortest(count, lambda: network(values))
        return
    for one in parameters:
        one.requires_grad_()
    optimiser = torch.optim.Adam(parameters, lr=1e-3, fused=True)

    def step():
        optimiser.zero_grad()
        ((network(values)[:, 0] - targets) ** 2).mean().backward()
        optimiser.step()

    yield shortest(count, step)


def run_keras(task, count):
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import keras

    network = [keras.Input((3, 3, CHANNELS))]
    for outputs in FILTERS:
        network += [keras.layers.Conv2D(outputs, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D(2, padding="same")]
    network += [keras.layers.Flatten(), keras.layers.Dense(1, activation="relu", bias_initializer=keras.initializers.Constant(1.3))]
    model = keras.Sequential(network)
    yield f"{keras.__version__} with JAX {jax.__version__}"
    values, targets = windows(SAMPLES)
    values = values.transpose(0, 2, 3, 1).copy()
    if task == "apply":
        yield shortest(count, lambda: model.predict_on_batch(values))
        return
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    yield shortest(count, lambda: model.train_on_batch(values, targets))


def run_onnxruntime(task, count):
    import numpy
    import onnx
    import onnxruntime

    nodes, constants, last = [], [], "x"

    def constant(name, array):
        constants.append(onnx.numpy_helper.from_array(array, name))

    def node(operator, inputs, **attributes):
        nonlocal last
        nodes.append(onnx.helper.make_node(operator, [last, *inputs], [f"{operator}{len(nodes)}"], **attributes))
        last = nodes[-1].output[0]

    constant("mean", numpy.full((1, CHANNELS, 1, 1), 0.1, numpy.float32))
    constant("deviation", numpy.full((1, CHANNELS, 1, 1), 1.1, numpy.float32))
    node("Sub", ["mean"])
    node("Div", ["deviation"])
    for number, (weights, biases) in enumerate(layers()):
        constant(f"w{number}", weights)
        constant(f"b{number}", biases)
        if weights.ndim == 4:
            node("Conv", [f"w{number}", f"b{number}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            node("Relu", [])
            node("MaxPool", [], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1])
        else:
            node("Flatten", [])
            node("Gemm", [f"w{number}", f"b{number}"], transB=1)
            node("Relu", [])
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes, "network", [value("x", onnx.TensorProto.FLOAT, ["n", CHANNELS, 3, 3])],
        [value(last, onnx.TensorProto.FLOAT, ["n", 1])], constants)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    yield onnxruntime.__version__
    values, _ = windows(SAMPLES)
    yield shortest(count, lambda: session.run(None, {"x": values}))


def child(peer, task, cpu, count):
    """Runs one peer on one CPU and prints its version and the seconds of an iteration or a batch."""
    os.sched_setaffinity(0, {cpu})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    for line in globals()["run_" + peer](task, count):
        print(line, flush=True)


def measured(peer, task, cpu, count):
    result = subprocess.run(
        [sys.executable, __file__, "--child", peer, task, str(cpu), str(count)], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, check=False)
    version, seconds = result.stdout.split("\n")[:2]
    return float(seconds), version


def ours(program, task, cpu, count):
    """Seconds of the same, from the program's milliseconds of an iteration or windows a second."""
    result = subprocess.run(
        ["taskset", "-c", str(cpu), program, "--" + task, str(count)], stdout=subprocess.PIPE, text=True, check=True)
    number = float(result.stdout)
    return number / 1000 if task == "train" else SAMPLES / number


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=50)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", default=".build/release/benchmark-convolution")
    parser.add_argument("--json")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        peer, task, cpu, count = options.child
        return child(peer, task, int(cpu), int(count))
    if options.smoke:
        options.iterations, options.batches, options.rounds = 2, 2, 1

    cpu = min(os.sched_getaffinity(0))
    counts = {"train": options.iterations, "apply": options.batches}
    times, versions = {}, {}
    for _ in range(options.rounds):
        for task, count in counts.items():
            try:
                times.setdefault(("smt-mpi", task), []).append(ours(options.program, task, cpu, count))
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                sys.exit(f"peers.py: {options.program} does not run ({error}); swift build -c release --product benchmark-convolution")
            for peer in [peer for peer, tasks in PEERS.items() if task in tasks.split()]:
                if versions.get(peer) == "":
                    continue
                try:
                    seconds, versions[peer] = measured(peer, task, cpu, count)
                    times.setdefault((peer, task), []).append(seconds)
                except ValueError:
                    versions[peer] = ""
                    print(f"{peer} is not installed or does not run")
    rows = []
    for (name, task), values in times.items():
        seconds = statistics.median(values)
        rate = 1000 * seconds if task == "train" else SAMPLES / seconds
        rows.append({
            "program": f"{name} {versions.get(name, '')}".strip(), "task": task, "value": rate,
            "unit": "ms an iteration" if task == "train" else "windows/s",
            "ratio": seconds / statistics.median(times["smt-mpi", task]), "rounds": values})
    print(f"CPU {cpu}, medians of {options.rounds} rounds in turn\n")
    print("| program | | | times smt-mpi |\n| --- | ---: | --- | ---: |")
    for row in sorted(rows, key=lambda row: (row["task"] == "apply", row["ratio"])):
        print(f"| {row['program']} | {row['value']:,.{1 if row['task'] == 'train' else 0}f} | {row['unit']} | {row['ratio']:.1f} |")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            head = {"benchmark": "convolution peers", "machine": platform.processor() or platform.machine(),
                    "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "versions": versions}
            json.dump(head | {"rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
