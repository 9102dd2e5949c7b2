#!/usr/bin/env python3
"""Losses of networks of windows trained by PyTorch, for WindowReferenceTests: writes window-expected.txt beside itself.

Usage: window_expected.py        (needs torch)

Numbers come from a generator that the tests have too, so that both start from the same bits.
Exit status: 0.
"""

import pathlib

import numpy
import torch

SHAPES = [(4, 3, [8, 16, 12]), (2, 5, [5, 6]), (3, 1, [9, 4])]
SAMPLES, RATE = 40, 1e-3
ITERATIONS = [1, 10, 50, 100]


class Numbers:
    """Numbers from -0.5 to 0.5, exact in single precision (Numerical Recipes' quick generator)."""

    def __init__(self):
        self.state = 1

    def draw(self, *shape):
        values = []
        for _ in range(int(numpy.prod(shape))):
            self.state = (self.state * 1664525 + 1013904223) % 2**32
            values.append((self.state >> 8) / 2**24 - 0.5)
        return torch.tensor(numpy.array(values, dtype=numpy.float32).reshape(shape))


def losses(channels, window, filters):
    numbers = Numbers()
    parameters, inputs, size = [], channels, window
    for outputs in filters:
        parameters += [numbers.draw(outputs, inputs, 3, 3), numbers.draw(outputs)]
        inputs, size = outputs, (size + 1) // 2
    parameters += [numbers.draw(inputs * size * size), 4 + numbers.draw(1)]
    windows = 4 * numbers.draw(SAMPLES, channels, window, window)
    targets = 2 + 2 * numbers.draw(SAMPLES)
    for one in parameters:
        one.requires_grad_()
    optimiser = torch.optim.Adam(parameters, lr=RATE)
    found = []
    for _ in range(max(ITERATIONS)):
        values = windows
        for layer in range(len(filters)):
            values = torch.relu(torch.conv2d(values, parameters[2 * layer], parameters[2 * layer + 1], padding=1))
            if values.shape[2] > 1:
                values = torch.max_pool2d(values, 2, 2, ceil_mode=True)
        outputs = torch.relu(values.flatten(1) @ parameters[-2] + parameters[-1])
        loss = ((outputs - targets) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found


def main():
    torch.set_num_threads(1)
    lines = [
        f"# window_expected.py, PyTorch {torch.__version__.split('+')[0]}: {SAMPLES} samples, Adam with a rate of {RATE}",
        "# channels, window, iteration, mean squared error before its update, filters",
    ]
    for channels, window, filters in SHAPES:
        found = losses(channels, window, filters)
        for iteration in ITERATIONS:
            lines.append(f"{channels} {window} {iteration} {found[iteration - 1]:.9g} {' '.join(map(str, filters))}")
    pathlib.Path(__file__).with_name("window-expected.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
