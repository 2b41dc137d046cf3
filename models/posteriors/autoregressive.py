"""Inverse autoregressive flow. Kingma et al. 2016."""

import itertools
from collections.abc import Sequence
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow_probability import bijectors as tfb

from vaeflow.models.posteriors.flows import Flow

OPEN_GATE = 1.5
"""Added to s, so that a new flow keeps most of z: sigmoid(1.5) = 0.8. Kingma et al. 2016, §4."""

Degrees = NDArray[np.int64]


class MaskedDense(keras.layers.Layer):
    """A dense layer [..., inputs] → [..., units] with only the connections in `mask` [inputs, units]."""

    def __init__(self, mask: NDArray[np.bool_]):
        super().__init__(dtype="float32")
        self.mask = tf.constant(mask, tf.float32)
        self.kernel = self.add_weight(mask.shape, name="kernel")
        self.bias = self.add_weight(mask.shape[1:], initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return tf.tensordot(inputs, self.kernel * self.mask, 1) + self.bias


class AutoregressiveNetwork(keras.layers.Layer):
    """Codes z [samples, batch, dim] and context h [batch, n] → m and s [samples, batch, dim].

    The i-th m and s depend only on h and on the dimensions of z that come before i in `order`. Germain et al. 2015.
    """

    def __init__(self, order: Sequence[int], hidden: Sequence[int], context: int):
        super().__init__(dtype="float32")
        ends = np.array(order)
        degrees = [ends, *(_hidden_degrees(len(ends), units) for units in hidden)]
        masks = [before[:, None] <= after for before, after in itertools.pairwise(degrees)]
        self.context = keras.layers.Dense(hidden[0], dtype="float32")
        self.context.build((None, context))
        self.hidden = [MaskedDense(mask) for mask in masks]
        self.ends = MaskedDense(np.tile(degrees[-1][:, None] < ends, 2))
        self.built = True

    def call(self, z: tf.Tensor, context: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first, *others = self.hidden
        features = tf.nn.elu(first(z) + self.context(context))
        for layer in others:
            features = tf.nn.elu(layer(features))
        return tf.split(self.ends(features), 2, axis=-1)


class InverseAutoregressiveFlows(keras.layers.Layer):
    """Features [batch, n] → the inverse autoregressive flows of each image, as one bijector."""

    def __init__(self, length: int, dim: int, hidden: Sequence[int], context: int):
        super().__init__(dtype="float32")
        orders = [range(1, dim + 1), range(dim, 0, -1)]
        self.context = keras.layers.Dense(context, "elu", dtype="float32")
        self.networks = [AutoregressiveNetwork(orders[k % 2], hidden, context) for k in range(length)]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights that depend on the number of features."""
        self.context.build(input_shape)

    def bijector(self, features: tf.Tensor) -> tfb.Bijector:
        """The flows. The forward direction (sampling) takes one pass through each network, the inverse takes `dim`."""
        context = self.context(features)
        flows = [
            tfb.Invert(tfb.MaskedAutoregressiveFlow(bijector_fn=partial(_ungate, network, context)))
            for network in self.networks
        ]
        return tfb.Chain(flows[::-1])

    def call(self, features: tf.Tensor) -> Flow:
        bijector = self.bijector(features)
        return lambda z: (bijector.forward(z), bijector.forward_log_det_jacobian(z, event_ndims=1))


def _ungate(network: AutoregressiveNetwork, context: tf.Tensor, z: tf.Tensor) -> tfb.Bijector:
    """The inverse of z → σ z + (1 - σ) m with σ = sigmoid(s), for fixed m and s. Kingma et al. 2016, eq. 14."""
    m, s = network(z, context)
    log_gate = tf.math.log_sigmoid(s + OPEN_GATE)
    return tfb.Invert(tfb.Shift((1 - tf.exp(log_gate)) * m)(tfb.Scale(log_scale=log_gate)))


def _hidden_degrees(dim: int, units: int) -> Degrees:
    """Number of dimensions, counted in the order, that each hidden unit may see: 1 to dim - 1 in turn."""
    return np.arange(units) % (dim - 1) + 1
