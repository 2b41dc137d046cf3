"""Networks that are looked into: a discriminator or a classifier with the features of its hidden layers."""

from typing import NamedTuple

import keras
import tensorflow as tf
from keras import layers

from vaeflow.models.networks.building import build_encoder
from vaeflow.models.networks.config import Network
from vaeflow.models.networks.residual import ResidualBlock
from vaeflow.models.networks.shapes import ImageShape

NOT_TRAINED_FOR_PIXELS = "The ELBO is that of the likelihood of the pixels, which is not what was trained."


class Seen(NamedTuple):
    """Features of each hidden layer, from the image on, float32 [batch, ...]; and what the head says, [batch, n]."""

    features: list[tf.Tensor]
    outputs: tf.Tensor


class FeatureNetwork(layers.Layer):
    """Images [batch, h, w, c] → `Seen`, by a network like the model's encoder and a linear head of `outputs` units.

    Batch normalisation gives way to layer normalisation: what is seen in an image must not depend on the others.
    """

    def __init__(self, config: Network, image_shape: ImageShape, outputs: int):
        super().__init__()
        if config.normalisation == "batch":
            config = config.model_copy(update={"normalisation": "layer"})
        self.stack = build_encoder(config, image_shape).layers
        self.head = layers.Dense(outputs, dtype="float32")

    def call(self, x: tf.Tensor) -> Seen:
        features = []
        for layer in self.stack:
            x = layer(x)
            if is_hidden(layer):
                features.append(tf.cast(x, tf.float32))
        return Seen(features, self.head(x))


def is_hidden(layer: layers.Layer) -> bool:
    """Whether a layer's output is that of a hidden layer as papers count them: after its activation."""
    if isinstance(layer, layers.Dense):
        return layer.activation is not keras.activations.linear
    return isinstance(layer, (layers.Activation, ResidualBlock))
