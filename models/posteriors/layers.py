"""Posterior layers: from the encoder's features to a distribution over codes."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import diagonal_normal
from vaeflow.models.posteriors.flows import FlowedNormal
from vaeflow.models.posteriors.full_normal import FullNormal, diagonal

MIN_STDDEV = 1e-5


class DiagonalNormal(keras.layers.Layer):
    """Features [batch, n] → a normal over [batch, dim] with independent dimensions. Kingma & Welling 2014, eq. 9."""

    def __init__(self, dim: int, kernel_initializer: str = "glorot_uniform"):
        super().__init__(dtype="float32")
        self.parameters = keras.layers.Dense(2 * dim, kernel_initializer=kernel_initializer, dtype="float32")

    def call(self, features: tf.Tensor) -> tfd.Distribution:
        loc, raw_stddev = tf.split(self.parameters(features), 2, axis=-1)
        return diagonal_normal(loc, tf.nn.softplus(raw_stddev) + MIN_STDDEV)


class FullCovarianceNormal(keras.layers.Layer):
    """Features [batch, n] → a normal over [batch, dim] with a full covariance. Kingma & Welling 2019, §2.5.1.

    Before training, its dimensions are independent: correlated noise would slow the beginning.
    """

    def __init__(self, dim: int):
        super().__init__(dtype="float32")
        self.loc = keras.layers.Dense(dim, dtype="float32")
        self.scale = keras.layers.Dense(dim * (dim + 1) // 2, kernel_initializer="zeros", dtype="float32")

    def call(self, features: tf.Tensor) -> tfd.Distribution:
        raw = tfp.math.fill_triangular(self.scale(features))
        stddev = tf.nn.softplus(diagonal(raw)) + MIN_STDDEV
        below = raw * (1 - tf.eye(raw.shape[-1]))
        return FullNormal(self.loc(features), below + tf.linalg.diag(stddev))


class FlowNormal(keras.layers.Layer):
    """Features [batch, n] → a diagonal normal over [batch, dim], transformed by flows; both depend on the features."""

    def __init__(self, dim: int, flows: keras.layers.Layer):
        super().__init__(dtype="float32")
        self.base = DiagonalNormal(dim)
        self.flows = flows

    def call(self, features: tf.Tensor) -> tfd.Distribution:
        normal = self.base(features).distribution
        return FlowedNormal(normal.loc, normal.scale, self.flows(features))
