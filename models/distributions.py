"""What distributions over codes share: shapes, noise, and the KL divergence between two of them."""

from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd
from tensorflow_probability.python.internal.samplers import sanitize_seed

from vaeflow.models.observation import GENERATOR

TINY = 1e-20


class CodeDistribution(tfd.Distribution):
    """Base class of distributions over codes [size]; the leading axes of `rows` [..., n] are the batch shape."""

    def __init__(self, rows: tf.Tensor, size: int, *, reparameterised: bool):
        super().__init__(
            dtype=rows.dtype,
            reparameterization_type=tfd.FULLY_REPARAMETERIZED if reparameterised else tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters={},
        )
        self.rows, self.size = rows, size

    def _batch_shape(self) -> tf.TensorShape:
        return self.rows.shape[:-1]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self.rows)[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape([self.size])

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.constant([self.size])


class Normal(tfd.Normal):
    """TFP's normal distribution, sampled with `gaussian_noise`."""

    def _sample_n(self, n: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        shape = tf.concat([[n], self.batch_shape_tensor()], axis=0)
        return self.loc + self.scale * gaussian_noise(shape, seed)


def gaussian_noise(shape: tf.Tensor, seed: Any) -> tf.Tensor:
    """Standard normal noise of a given shape, from a named generator.

    TensorFlow's own choice of generator takes 20 times as long under XLA on a CPU, and differs between devices.
    """
    return tf.random.stateless_normal(shape, sanitize_seed(seed), alg=GENERATOR)


def gumbel_noise(shape: tf.Tensor, seed: Any) -> tf.Tensor:
    """Standard Gumbel noise of a given shape: the argmax of log-probabilities plus this noise is a sample.

    Jang et al. 2017, eq. 1.
    """
    uniform = tf.random.stateless_uniform(shape, sanitize_seed(seed), minval=TINY, alg=GENERATOR)
    return -tf.math.log(-tf.math.log(uniform))


def unflattened(sample_shape: tf.Tensor, *values: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Values [n, ...] of n samples → [*sample_shape, ...] each."""
    return tuple(tf.reshape(value, tf.concat([sample_shape, tf.shape(value)[1:]], axis=0)) for value in values)


def diagonal_normal(loc: tf.Tensor, scale: tf.Tensor) -> tfd.Distribution:
    """A normal with independent dimensions: event shape [dim], the last axis of `loc` and `scale`."""
    return tfd.Independent(Normal(loc, scale), 1)


def standard_normal(dim: int) -> tfd.Distribution:
    """N(0, I) with event shape [dim]."""
    return diagonal_normal(tf.zeros(dim), tf.ones(dim))


def kl_terms(q: tfd.Distribution, p: tfd.Distribution, z: tf.Tensor, log_q: tf.Tensor) -> tf.Tensor:
    """KL(q || p) in nats, by groups of dimensions that are independent in both: [batch, groups].

    If both factorise and a closed form exists, each dimension is a group. Otherwise there is one group, in closed form
    or estimated from samples z [samples, batch, dim] of q with log_q = log q(z) [samples, batch].
    """
    try:
        if _factorises(q) and _factorises(p):
            return tfd.kl_divergence(q.distribution, p.distribution)
        return tfd.kl_divergence(q, p)[..., tf.newaxis]
    except NotImplementedError:
        return tf.reduce_mean(log_q - p.log_prob(z), axis=0)[..., tf.newaxis]


def _factorises(distribution: tfd.Distribution) -> bool:
    return isinstance(distribution, tfd.Independent) and len(distribution.event_shape) == 1
