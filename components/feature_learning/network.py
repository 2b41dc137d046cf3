"""Feature networks: images [batch, h, w, c] in [0, 1] → features [batch, n], as plain Keras models."""

import hashlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from vaeflow.components.artifacts import FeatureNetwork
from vaeflow.components.feature_learning.record import NETWORK_FILE, RECORD_FILE, FeatureRecord, Origin
from vaeflow.models.arrays import Pixels
from vaeflow.models.networks.config import ConvolutionalNetwork
from vaeflow.models.networks.convolutional import convolutional_encoder
from vaeflow.models.networks.shapes import ImageShape
from vaeflow.models.observation import LEVELS
from vaeflow.models.perception.vgg19 import read_vgg19, vgg19_inputs
from vaeflow.models.saving import save

Features = NDArray[np.float32]
"""Features of images, [n, features]."""

ARCHITECTURE = ConvolutionalNetwork(filters=(32, 64, 64), kernel_size=3, hidden=64)
MAX_SIDE = 64
"""Larger images are averaged down to at most this height and width."""
SCALED_BY = 1_000
"""Maximum number of images by which the scale of the features is set."""
BATCH = 250


def convolutional_network(shape: ImageShape) -> keras.Sequential:
    """An untrained network of `ARCHITECTURE`, whose features are the activations of its last hidden layer."""
    return stack(shape, convolutional_encoder(ARCHITECTURE))


def vgg19_network(shape: ImageShape, weights: Path) -> keras.Sequential:
    """VGG19, whose features are averages over positions. Raises `InputError` if the file has no weights of VGG19."""
    return stack(shape, [VGG19Inputs(), read_vgg19(weights, "features"), layers.GlobalAveragePooling2D()])


@keras.saving.register_keras_serializable("vaeflow")
class VGG19Inputs(layers.Layer):
    """Images [batch, h, w, 1 or 3] in [0, 1] → VGG19's inputs [batch, h', w', 3]."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return vgg19_inputs(x)


def stack(shape: ImageShape, above: list[layers.Layer]) -> keras.Sequential:
    """A network of these layers for images of this shape, which are averaged down first if they are large."""
    pool = [-(-side // MAX_SIDE) for side in shape[:2]]
    below = [layers.AveragePooling2D(pool, padding="same")] if max(pool) > 1 else []
    named = [_named(layer, place) for place, layer in enumerate([*below, *above])]
    return keras.Sequential([keras.Input(shape, name="images"), *named], name="network")


def _named(layer: layers.Layer, place: int) -> layers.Layer:
    """The same layer under a name of its own: the one that Keras chooses depends on all models made before."""
    if isinstance(layer, keras.Model):
        return layer
    return layer.from_config(layer.get_config() | {"name": f"layer_{place}"})


def scaled(network: keras.Sequential, images: Pixels) -> keras.Sequential:
    """The network with features divided by their root mean square over the first of images uint8 [n, h, w, c].

    This gives kernels and distances the same scale for every network. Features that are all 0 stay as they are.
    """
    square = np.square(features_of(network, images[:SCALED_BY])).mean(dtype=np.float64)
    scale = layers.Rescaling(1 / float(np.sqrt(square)) if square else 1.0, name="scale")
    return keras.Sequential([keras.Input(network.input_shape[1:], name="images"), network, scale], name="features")


def features_of(network: keras.Model, images: Pixels) -> Features:
    """Features of images uint8 [n, h, w, c]."""
    parts = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    return np.concatenate([network(as_inputs(tf.constant(part))).numpy() for part in parts])


def as_inputs(images: tf.Tensor) -> tf.Tensor:
    """Stored images uint8 → images in [0, 1], with grey values even where models see binarised images."""
    return tf.cast(images, tf.float32) / LEVELS


def save_network(network: keras.Sequential, origin: Origin, folder: Path) -> FeatureNetwork:
    """Write the network and its record."""
    file = folder / NETWORK_FILE
    save(network, file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    record = FeatureRecord(**origin.model_dump(), features=network.output_shape[-1], digest=digest)
    (folder / RECORD_FILE).write_text(record.model_dump_json(indent=1))
    accuracy = {} if origin.accuracy is None else {"accuracy": round(origin.accuracy, 4)}
    return FeatureNetwork(folder, {"task": origin.task, **accuracy})


def load_network(saved: FeatureNetwork) -> keras.Model:
    """The network that `save_network` wrote."""
    return keras.saving.load_model(saved.path / NETWORK_FILE, compile=False)
