"""Networks that return the features of their hidden layers too: a discriminator or a classifier."""

from collections.abc import Sequence
from typing import NamedTuple

import keras
import tensorflow as tf
from keras import layers

from vaeflow.models.networks.config import Network
from vaeflow.models.networks.residual import ResidualBlock

NOT_TRAINED_FOR_PIXELS = "The ELBO is that of the pixel likelihood, which is not what was trained."


class Activations(NamedTuple):
    """Features of each hidden layer, first to last, float32 [batch, ...]; and the outputs of the head, [batch, n]."""

    features: list[tf.Tensor]
    outputs: tf.Tensor


class FeatureNetwork(layers.Layer):
    """Images [batch, h, w, c] → `Activations` of a stack of layers, with a linear head of `outputs` units."""

    def __init__(self, stack: Sequence[layers.Layer], outputs: int):
        super().__init__()
        self.stack = list(stack)
        self.head = layers.Dense(outputs, dtype="float32")

    def call(self, x: tf.Tensor) -> Activations:
        features = []
        for layer in self.stack:
            x = layer(x)
            if is_hidden(layer):
                features.append(tf.cast(x, tf.float32))
        return Activations(features, self.head(x))


def each_on_its_own(config: Network) -> Network:
    """The network with layer instead of batch normalisation: features of an image must not depend on other images."""
    return config.model_copy(update={"normalisation": "layer"}) if config.normalisation == "batch" else config


def is_hidden(layer: layers.Layer) -> bool:
    """Whether the layer completes a hidden layer as papers count them, by applying the activation."""
    if isinstance(layer, layers.Dense):
        return layer.activation is not keras.activations.linear
    return isinstance(layer, (layers.Activation, ResidualBlock))
