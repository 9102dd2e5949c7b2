"""Exports small window networks from PyTorch, by both of its exporters, with what PyTorch itself makes of some windows.

Usage: python3 export_torch.py FOLDER

Writes FOLDER/NAME.onnx and FOLDER/NAME.csv: a row for each window, its values [channel][row][column] and then the output.
The committed files were made with Python 3.11, torch 2.13.0+cpu, onnx 1.23.2, onnxscript 0.7.2 and numpy 2.4.6.
"""

import pathlib
import sys

import onnx
import torch
from torch import nn


class Network(nn.Module):
    """Convolutions with ReLU and pooling, then one number; the moments of the predictors lie within."""

    def __init__(self, channels, window, filters):
        super().__init__()
        self.register_buffer("mean", 3 * torch.randn(1, channels, 1, 1))
        self.register_buffer("deviation", 0.5 + torch.rand(1, channels, 1, 1))
        layers, size = [], window
        for count in filters:
            layers += [nn.Conv2d(channels, count, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
            channels, size = count, (size + 1) // 2
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(channels * size * size, 1)
        # Without this most of so few features are 0 for all windows.
        with torch.no_grad():
            for layer in layers[::3]:
                layer.bias += 0.5

    def spread(self, windows):
        """Makes the outputs of some windows differ, most of them within the limits."""
        with torch.no_grad():
            features = torch.flatten(self.layers((windows - self.mean) / self.deviation), 1)
            outputs = features @ self.dense.weight[0]
            self.dense.weight /= outputs.std()
            self.dense.bias.copy_(1.2 - outputs.mean() / outputs.std())

    def forward(self, windows):
        features = torch.flatten(self.layers((windows - self.mean) / self.deviation), 1)
        return torch.relu(self.dense(features))


class Viewed(Network):
    """The same in another spelling: view, limits above and below, one axis."""

    def forward(self, windows):
        features = self.layers((windows - self.mean) / self.deviation)
        return self.dense(features.view(features.size(0), -1)).clamp(0.0, 2.5).squeeze(1)


def export(name, network, channels, window, **options):
    network.eval()
    windows = network.mean + 2 * network.deviation * torch.randn(12, channels, window, window)
    network.spread(windows)
    examples = torch.randn(2, channels, window, window)
    path = folder / f"{name}.onnx"
    torch.onnx.export(network, (examples,), str(path), input_names=["windows"], **options)
    # The newer exporter notes where in the sources each node comes from, with paths of the machine.
    model = onnx.load(str(path))
    for node in model.graph.node:
        del node.metadata_props[:]
    del model.metadata_props[:]
    onnx.save(model, str(path))
    with torch.no_grad():
        outputs = network(windows).reshape(-1)
    with open(folder / f"{name}.csv", "w", encoding="ascii") as table:
        for values, output in zip(windows.reshape(12, -1).tolist(), outputs.tolist()):
            table.write(",".join(f"{value:.9g}" for value in values + [output]) + "\n")


folder = pathlib.Path(sys.argv[1])
torch.manual_seed(20)
any_number = {"dynamo": True, "external_data": False, "dynamic_shapes": ({0: torch.export.Dim("n")},)}
export("torch-script", Network(3, 3, [4, 5, 6]), 3, 3, dynamo=False, dynamic_axes={"windows": {0: "n"}})
export("torch-script-view", Viewed(2, 5, [3, 4]), 2, 5, dynamo=False, dynamic_axes={"windows": {0: "n"}})
export("torch-dynamo", Network(3, 3, [4, 5, 6]), 3, 3, **any_number)
export("torch-dynamo-view", Viewed(2, 5, [3, 4]), 2, 5, **any_number)
export("torch-dynamo-two-windows", Network(2, 5, [3, 4]), 2, 5, dynamo=True, external_data=False)
