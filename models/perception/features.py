"""Networks that return the features of their hidden layers too: a discriminator or a classifier."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf
from keras import layers

from vaeflow.models.networks.config import Network
from vaeflow.models.networks.residual import ResidualBlock
from vaeflow.models.networks.shapes import ImageShape

NOT_TRAINED_FOR_PIXELS = "The ELBO is that of the pixel likelihood, which is not what was trained."


class Activations(NamedTuple):
    """Features of each hidden layer, first to last, float32 [batch, ...]; and the outputs of the head, [batch, n]."""

    features: list[tf.Tensor]
    outputs: tf.Tensor


class FeatureNetwork(layers.Layer):
    """Images [batch, h, w, c] → `Activations` of the layers of an architecture, with a linear head of `outputs` units.

    Layer normalisation replaces batch normalisation: the features of an image must not depend on other images.
    """

    def __init__(
        self,
        architecture: Callable[[Network, ImageShape], keras.Sequential],
        config: Network,
        image_shape: ImageShape,
        outputs: int,
    ):
        super().__init__()
        if config.normalisation == "batch":
            config = config.model_copy(update={"normalisation": "layer"})
        self.stack = architecture(config, image_shape).layers
        self.head = layers.Dense(outputs, dtype="float32")

    def call(self, x: tf.Tensor) -> Activations:
        features = []
        for layer in self.stack:
            x = layer(x)
            if is_hidden(layer):
                features.append(tf.cast(x, tf.float32))
        return Activations(features, self.head(x))


def is_hidden(layer: layers.Layer) -> bool:
    """Whether the layer completes a hidden layer as papers count them, by applying the activation."""
    if isinstance(layer, layers.Dense):
        return layer.activation is not keras.activations.linear
    return isinstance(layer, (layers.Activation, ResidualBlock))
