"""Exports small window networks from Keras, by its own export and by tf2onnx, with what Keras itself makes of some windows.

Usage: python3 export_keras.py FOLDER

Writes FOLDER/NAME.onnx and FOLDER/NAME.csv: a row for each window, its values [channel][row][column] and then the output.
The committed files were made with Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, tf2onnx 1.17.0 and numpy 2.4.6.
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow
import tf2onnx
from keras import layers

random = numpy.random.default_rng(21)


def network(channels, window, filters, with_normalization=True, rescaled=False):
    """Convolutions with ReLU and pooling, then one number; the moments of the predictors lie within."""
    mean = 3 * random.normal(size=channels).astype("f")
    variance = random.uniform(0.5, 2, size=channels).astype("f")
    values = windows = layers.Input((window, window, channels), name="windows")
    if with_normalization:
        values = layers.Normalization(mean=mean, variance=variance)(values)
    else:
        values = layers.Rescaling((1 / numpy.sqrt(variance)).tolist(), (-mean / numpy.sqrt(variance)).tolist())(values)
    for count in filters:
        values = layers.Conv2D(count, 3, padding="same", activation="relu", bias_initializer="random_normal")(values)
        values = layers.MaxPooling2D(2, padding="same")(values)
    values = layers.Dense(1, activation=None if rescaled else "relu", bias_initializer="ones")(layers.Flatten()(values))
    if rescaled:
        values = layers.Rescaling(0.25, 1.5)(values)
    return keras.Model(windows, values), mean, numpy.sqrt(variance)


def export(name, made, write):
    model, mean, deviation = made
    shape = model.input_shape[1:]
    windows = (mean + 2 * deviation * random.normal(size=(12,) + shape)).astype("f")
    outputs = model.predict(windows, verbose=0).reshape(-1)
    write(model, str(folder / f"{name}.onnx"))
    with open(folder / f"{name}.csv", "w", encoding="ascii") as table:
        for values, output in zip(windows.transpose(0, 3, 1, 2).reshape(12, -1), outputs):
            table.write(",".join(f"{value:.9g}" for value in [*values, output]) + "\n")


def by_keras(model, path):
    model.export(path, format="onnx", verbose=False)


def by_tf2onnx(model, path):
    signature = [tensorflow.TensorSpec((None,) + model.input_shape[1:], tensorflow.float32, name="windows")]
    tf2onnx.convert.from_keras(model, input_signature=signature, opset=13, output_path=path)


folder = pathlib.Path(sys.argv[1])
keras.utils.set_random_seed(21)
# Keras' own export makes inputs of the moments of a layer Normalization; Rescaling stays what it is.
export("keras-export", network(3, 3, [4, 5, 6], with_normalization=False), by_keras)
export("keras-export-five", network(2, 5, [3, 4], with_normalization=False), by_keras)
export("keras-tf2onnx", network(3, 3, [4, 5, 6]), by_tf2onnx)
export("keras-tf2onnx-rescaled", network(2, 5, [3, 4], rescaled=True), by_tf2onnx)
