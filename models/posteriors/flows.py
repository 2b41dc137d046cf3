"""Normalising flows: a diagonal normal, transformed by invertible maps with known log-determinants.

log q_K(z_K) = log q_0(z_0) - Σ_k log |det ∂f_k/∂z_(k-1)|        Rezende & Mohamed 2015, eq. 7
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from vaeflow.models.distributions import CodeDistribution, gaussian_noise, unflattened

MOMENT_PAIRS = 64
"""Number of antithetic noise pairs that estimate a flow's moments, the same for every image and call."""
MOMENT_SEED = (0, 0)
MIN_STRETCH = 1e-6
"""Minimum factor by which a flow may shrink a direction, so that float32 still tells its points apart."""
TINY = 1e-20
IDENTITY = math.log(math.expm1(1.0))
"""The argument at which softplus is 1."""

Flow = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
"""Codes z [samples, batch, dim] → the transformed codes, and log |det| of the Jacobian [samples, batch]."""


class FlowedNormal(CodeDistribution):
    """N(loc, diag scale²) [batch, dim], transformed by a flow.

    The density is known only at samples, as they are drawn: `experimental_sample_and_log_prob`. Mean and standard
    deviation are estimated from 2 · `MOMENT_PAIRS` samples with fixed noise.
    """

    def __init__(self, loc: tf.Tensor, scale: tf.Tensor, flow: Flow):
        self.loc = loc
        self.scale = scale
        self.flow = flow
        super().__init__(loc, loc.shape[-1], reparameterised=True)

    def _noise(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return gaussian_noise(tf.concat([[n], tf.shape(self.loc)], axis=0), seed)

    def _sample_n(self, n: tf.Tensor, seed: Any = None) -> tf.Tensor:
        return self.flow(self.loc + self.scale * self._noise(n, seed))[0]

    def _sample_and_log_prob(self, sample_shape: tf.Tensor, seed: Any) -> tuple[tf.Tensor, tf.Tensor]:
        noise = self._noise(tf.reduce_prod(sample_shape), seed)
        z, log_det = self.flow(self.loc + self.scale * noise)
        log_base = tf.reduce_sum(-0.5 * noise**2 - tf.math.log(self.scale) - 0.5 * math.log(2 * math.pi), axis=-1)
        return unflattened(sample_shape, z, log_base - log_det)

    def _log_prob(self, z: tf.Tensor) -> tf.Tensor:
        raise NotImplementedError("a flow posterior knows the density of its own samples only, when it draws them")

    def _moment_samples(self) -> tf.Tensor:
        shape = [MOMENT_PAIRS, 1, self.loc.shape[-1]]
        noise = gaussian_noise(shape, MOMENT_SEED)
        return self.flow(self.loc + self.scale * tf.concat([noise, -noise], axis=0))[0]

    def _mean(self) -> tf.Tensor:
        return tf.reduce_mean(self._moment_samples(), axis=0)

    def _variance(self) -> tf.Tensor:
        return tf.math.reduce_variance(self._moment_samples(), axis=0)


class Planar(NamedTuple):
    """Flows f(z) = z + û tanh(wᵀz + b), applied in sequence. Rezende & Mohamed 2015, eq. 10.

    w and u are [length, batch, dim], b is [length, batch].
    """

    w: tf.Tensor
    u: tf.Tensor
    b: tf.Tensor

    @property
    def stretch(self) -> tf.Tensor:
        """1 + wᵀû > 0 of every flow, [length, batch], which makes it invertible. Rezende & Mohamed 2015, appendix A.1.

        Their m(x) = softplus(x) - 1 is shifted so that m(0) = 0: u = 0 is the identity, and û stays finite as w → 0.
        """
        return tf.nn.softplus(tf.reduce_sum(self.w * self.u, axis=-1) + IDENTITY) + MIN_STRETCH

    @property
    def u_hat(self) -> tf.Tensor:
        """U moved along w until 1 + wᵀû equals `stretch`, [length, batch, dim]."""
        missing = self.stretch - 1 - tf.reduce_sum(self.w * self.u, axis=-1)
        return self.u + (missing / (tf.reduce_sum(self.w**2, axis=-1) + TINY))[..., tf.newaxis] * self.w

    def __call__(self, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        log_det = tf.zeros(tf.shape(z)[:-1])
        flows = zip(*map(tf.unstack, (self.w, self.u_hat, self.b, self.stretch)), strict=True)
        for w, u_hat, b, stretch in flows:
            bend = tf.tanh(tf.reduce_sum(w * z, axis=-1) + b)
            z += u_hat * bend[..., tf.newaxis]
            # 1 + (1 - tanh²) wᵀû, eq. 12, as a sum of non-negative terms
            log_det += tf.math.log(bend**2 + (1 - bend**2) * stretch)
        return z, log_det


class Radial(NamedTuple):
    """Flows f(z) = z + β̂ (z - z₀) / (α + |z - z₀|), applied in sequence. Rezende & Mohamed 2015, eq. 14.

    The centre z₀ is [length, batch, dim]; alpha > 0 and stretch = α + β̂ > 0 (appendix A.2) are [length, batch].
    """

    centre: tf.Tensor
    alpha: tf.Tensor
    stretch: tf.Tensor

    def __call__(self, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        log_det = tf.zeros(tf.shape(z)[:-1])
        for centre, alpha, stretch in zip(*map(tf.unstack, self), strict=True):
            offset = z - centre
            radius = tf.sqrt(tf.reduce_sum(offset**2, axis=-1) + TINY)
            share = radius / (alpha + radius)
            # (1 + β̂h) and (1 + β̂h + β̂h'r) of eq. 14 as weighted means of 1 and (α + β̂)/α
            across = share + (1 - share) * stretch / alpha
            along = 1 + (1 - share) ** 2 * (stretch / alpha - 1)
            z = centre + offset * across[..., tf.newaxis]
            log_det += (z.shape[-1] - 1) * tf.math.log(across) + tf.math.log(along)
        return z, log_det


class PlanarFlows(keras.layers.Layer):
    """Features [batch, n] → the planar flows of each image."""

    def __init__(self, length: int, dim: int):
        super().__init__(dtype="float32")
        self.length, self.dim = length, dim
        # A flow with w = u = b = 0 has no gradient. With these biases, wᵀz begins as large as a dimension of z.
        bias = keras.initializers.RandomNormal(stddev=dim**-0.5)
        self.parameters = keras.layers.Dense(length * (2 * dim + 1), bias_initializer=bias, dtype="float32")

    def call(self, features: tf.Tensor) -> Planar:
        w, u, b = tf.split(_by_flow(self.parameters(features), self.length), [self.dim, self.dim, 1], axis=-1)
        return Planar(w, u, b[..., 0])


class RadialFlows(keras.layers.Layer):
    """Features [batch, n] → the radial flows of each image."""

    def __init__(self, length: int, dim: int):
        super().__init__(dtype="float32")
        self.length, self.dim = length, dim
        self.parameters = keras.layers.Dense(length * (dim + 2), dtype="float32")

    def call(self, features: tf.Tensor) -> Radial:
        centre, alpha, stretch = tf.split(_by_flow(self.parameters(features), self.length), [self.dim, 1, 1], axis=-1)
        return Radial(centre, *(tf.nn.softplus(raw[..., 0]) + MIN_STRETCH for raw in (alpha, stretch)))


def _by_flow(parameters: tf.Tensor, length: int) -> tf.Tensor:
    """[batch, length · n] → [length, batch, n]."""
    return tf.transpose(tf.reshape(parameters, [tf.shape(parameters)[0], length, -1]), [1, 0, 2])
