"""Layers that combine features, codes and labels."""

from collections.abc import Sequence

import tensorflow as tf
from keras import layers

from vaeflow.models.networks.dense import dense_layers
from vaeflow.models.networks.normalisation import activate, needs_bias
from vaeflow.models.semi_supervised.config import ClassConfig
from vaeflow.models.semi_supervised.pairs import Pairs


class Joined(layers.Layer):
    """An MLP of several inputs [..., n_i] with broadcast leading axes: features [..., units].

    It equals the MLP of the concatenated inputs. Each input has its own matrix in the first layer, so that inputs that
    do not depend on the class are multiplied once, and not once per class: if `pairs` are given, the first `of_images`
    inputs, of which there has to be one, have a row for each image, and the others for each pair.
    """

    def __init__(self, inputs: int, config: ClassConfig, of_images: int = 0):
        super().__init__()
        self.of_images = of_images
        first, *rest = config.hidden
        biases = [needs_bias(config.normalisation), *[False] * (inputs - 1)]
        self.matrices = [layers.Dense(first, use_bias=bias) for bias in biases]
        self.above = [
            *activate(config.normalisation, first, config.activation),
            *dense_layers(rest, config.activation, config.normalisation),
        ]

    def call(self, inputs: Sequence[tf.Tensor], pairs: Pairs | None = None) -> tf.Tensor:
        parts = [matrix(part) for matrix, part in zip(self.matrices, inputs, strict=True)]
        if pairs is not None:
            parts = [pairs.of(sum(parts[: self.of_images])), *parts[self.of_images :]]
        features = sum(parts)
        leading = tf.shape(features)[:-1]
        features = tf.reshape(features, [-1, features.shape[-1]])
        for layer in self.above:
            features = layer(features)
        return tf.reshape(features, tf.concat([leading, features.shape[-1:]], axis=0))
