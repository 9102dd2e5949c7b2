#!/usr/bin/env python3
"""Training of one network per cell beside JAX, PyTorch and scikit-learn: 1-100-100-100-1, ReLU, 86 pairs, full batch, Adam.

Usage: peers.py [--cells 8] [--epochs 300] [--rounds 3] [--program .build/release/benchmark-network] [--json FILE] [--smoke]

One process for each of two CPUs, pinned, both at once; the programs take turns and the medians of the rounds are compared.
Time to compile and to load is left out. Peers that are not installed are left out, too.
Exit status: 0; 1 where benchmark-network does not run.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

PEERS = ["jax", "torch", "sklearn"]
UNITS, PAIRS = 100, 86


def cells(count):
    """Standardised pairs with a bend and some noise, in ascending order of x."""
    import numpy

    generator = numpy.random.default_rng(7)
    x = numpy.tile(numpy.linspace(-1.7, 1.7, PAIRS, dtype=numpy.float32), (count, 1))
    y = numpy.where(x < 0, 2 * x, 0.3 * x) + 0.2 * (generator.random((count, PAIRS)) - 0.5)
    return x, y.astype(numpy.float32)


def initial(generator, *leading):
    """Weights and biases of each layer, uniform in ±1/√inputs."""
    sizes = [1, UNITS, UNITS, UNITS, 1]
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = inputs**-0.5
        yield generator.uniform(-bound, bound, (*leading, inputs, outputs)).astype("float32")
        yield generator.uniform(-bound, bound, (*leading, 1, outputs)).astype("float32")


def run_jax(count, epochs):
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import numpy
    from jax import lax
    from jax import numpy as jnp

    def loss(parameters, x, y):
        values = x
        for layer in range(3):
            values = jax.nn.relu(values @ parameters[2 * layer] + parameters[2 * layer + 1])
        return jnp.mean((values @ parameters[6] + parameters[7] - y) ** 2)

    def train(parameters, x, y):
        def step(state, power):
            weights, first, second = state
            value, gradient = jax.value_and_grad(loss)(weights, x, y)
            first = [0.9 * m + 0.1 * g for m, g in zip(first, gradient)]
            second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradient)]
            scale1, scale2 = 1 - 0.9**power, 1 - 0.999**power
            weights = [
                w - 1e-3 * (m / scale1) / (jnp.sqrt(v / scale2) + 1e-8) for w, m, v in zip(weights, first, second)
            ]
            return (weights, first, second), value

        zero = [jnp.zeros_like(p) for p in parameters]
        state = (parameters, zero, list(zero))
        return lax.scan(step, state, jnp.arange(1, epochs + 1, dtype=jnp.float32))[1][-1]

    x, y = (jnp.asarray(values)[:, :, None] for values in cells(count))
    parameters = [jnp.asarray(p) for p in initial(numpy.random.default_rng(1), count)]
    compiled = jax.jit(jax.vmap(train)).lower(parameters, x, y).compile()
    yield jax.__version__
    start = time.perf_counter()
    compiled(parameters, x, y).block_until_ready()
    yield time.perf_counter() - start


def run_torch(count, epochs):
    os.environ["OMP_NUM_THREADS"] = "1"
    import numpy
    import torch

    torch.set_num_threads(1)
    x, y = (torch.from_numpy(values)[:, :, None] for values in cells(count))
    parameters = [torch.from_numpy(p).requires_grad_() for p in initial(numpy.random.default_rng(1), count)]
    optimiser = torch.optim.Adam(parameters, lr=1e-3, fused=True)

    def loss(parameters):
        values = torch.relu(x * parameters[0] + parameters[1])
        for layer in (1, 2):
            values = torch.relu(torch.baddbmm(parameters[2 * layer + 1], values, parameters[2 * layer]))
        return ((torch.baddbmm(parameters[7], values, parameters[6]) - y) ** 2).mean((1, 2)).sum()

    compiled = torch.compile(loss)

    def step():
        optimiser.zero_grad()
        compiled(parameters).backward()
        optimiser.step()

    for _ in range(3):
        step()
    yield torch.__version__
    start = time.perf_counter()
    for _ in range(epochs):
        step()
    yield time.perf_counter() - start


def run_sklearn(count, epochs):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    import warnings

    import sklearn
    from sklearn.neural_network import MLPRegressor

    warnings.filterwarnings("ignore")
    x, y = cells(count)
    yield sklearn.__version__
    start = time.perf_counter()
    for cell in range(count):
        MLPRegressor(
            hidden_layer_sizes=(UNITS,) * 3, alpha=0.0, batch_size=PAIRS, max_iter=epochs, n_iter_no_change=10**9,
            tol=0.0, shuffle=False, random_state=cell,
        ).fit(x[cell][:, None], y[cell])
    yield time.perf_counter() - start


def child(peer, cpu, count, epochs):
    """Runs one peer on one CPU: says its version, waits for a line, and prints microseconds per cell and epoch."""
    os.sched_setaffinity(0, {cpu})
    steps = globals()["run_" + peer](count, epochs)
    print(next(steps), flush=True)
    sys.stdin.readline()
    print(next(steps) / (count * epochs) * 1e6, flush=True)


def both(peer, cpus, count, epochs):
    """Microseconds per cell and epoch of one process for each CPU together, and the peer's version."""
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--child", peer, str(cpu), "--cells", str(count), "--epochs", str(epochs)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        for cpu in cpus
    ]
    versions = [process.stdout.readline().strip() for process in processes]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    times = [float(process.stdout.readline()) for process in processes]
    for process in processes:
        process.wait()
    return together(times), versions[0]


def ours(program, cpus, count, epochs):
    command = [program, "--train", str(count), str(epochs)]
    processes = [subprocess.Popen(["taskset", "-c", str(cpu)] + command, stdout=subprocess.PIPE, text=True) for cpu in cpus]
    return together([float(process.communicate()[0]) for process in processes])


def together(times):
    return 1 / sum(1 / one for one in times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", default=".build/release/benchmark-network")
    parser.add_argument("--json")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.child[0], int(options.child[1]), options.cells, options.epochs)
    if options.smoke:
        options.cells, options.epochs, options.rounds = 2, 20, 1

    cpus = sorted(os.sched_getaffinity(0))[:2]
    times, versions, missing = {"smt-mpi": []}, {}, []
    for _ in range(options.rounds):
        try:
            times["smt-mpi"].append(ours(options.program, cpus, options.cells, options.epochs))
        except (OSError, ValueError) as error:
            sys.exit(f"peers.py: {options.program} does not run ({error}); swift build -c release --product benchmark-network")
        for peer in PEERS:
            if peer in missing:
                continue
            try:
                # scikit-learn takes its cells one by one, and long enough with a few.
                count = options.cells if peer != "sklearn" else max(options.cells // 4, 1)
                value, versions[peer] = both(peer, cpus, count, options.epochs)
                times.setdefault(peer, []).append(value)
            except ValueError:
                missing.append(peer)
    for peer in missing:
        print(f"{peer} is not installed or does not run")
    own = statistics.median(times["smt-mpi"])
    rows = [
        {"program": f"{name} {versions.get(name, '')}".strip(), "us_per_cell_epoch": statistics.median(values),
         "ratio": statistics.median(values) / own, "rounds": values}
        for name, values in times.items()
    ]
    print(f"CPUs {cpus}, medians of {options.rounds} rounds in turn, {options.epochs} epochs\n")
    print("| program | µs per cell-epoch, both CPUs | times smt-mpi |\n| --- | ---: | ---: |")
    for row in rows:
        print(f"| {row['program']} | {row['us_per_cell_epoch']:.1f} | {row['ratio']:.2f} |")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            head = {"benchmark": "network peers", "machine": platform.processor() or platform.machine(),
                    "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "versions": versions}
            json.dump(head | {"rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
