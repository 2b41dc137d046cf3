"""The normal distribution with a full covariance."""

import math
from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.distributions import CodeDistribution, gaussian_noise, unflattened


class FullNormal(CodeDistribution):
    """N(loc, L Lᵀ) for loc [batch, dim] and lower triangular L = scale_tril [batch, dim, dim]."""

    def __init__(self, loc: tf.Tensor, scale_tril: tf.Tensor):
        self.loc = loc
        self.scale_tril = scale_tril
        super().__init__(loc, loc.shape[-1], reparameterised=True)

    @property
    def log_det(self) -> tf.Tensor:
        """Log |det L|, [batch]."""
        return tf.reduce_sum(tf.math.log(diagonal(self.scale_tril)), axis=-1)

    def _draw(self, n: tf.Tensor, seed: Any) -> tuple[tf.Tensor, tf.Tensor]:
        noise = gaussian_noise(tf.concat([[n], tf.shape(self.loc)], axis=0), seed)
        return self.loc + tf.einsum("bij,sbj->sbi", self.scale_tril, noise), noise

    def _sample_n(self, n: tf.Tensor, seed: Any = None) -> tf.Tensor:
        return self._draw(n, seed)[0]

    def _sample_and_log_prob(self, sample_shape: tf.Tensor, seed: Any) -> tuple[tf.Tensor, tf.Tensor]:
        z, noise = self._draw(tf.reduce_prod(sample_shape), seed)
        return unflattened(sample_shape, z, self._log_density(noise))

    def _log_prob(self, z: tf.Tensor) -> tf.Tensor:
        inverse = tf.linalg.triangular_solve(self.scale_tril, tf.eye(tf.shape(self.loc)[-1]))
        return self._log_density(tf.einsum("bij,...bj->...bi", inverse, z - self.loc))

    def _log_density(self, noise: tf.Tensor) -> tf.Tensor:
        """Log-density of z = loc + L noise."""
        dim = noise.shape[-1]
        return -0.5 * (tf.reduce_sum(noise**2, axis=-1) + dim * math.log(2 * math.pi)) - self.log_det

    def _mean(self) -> tf.Tensor:
        return self.loc

    def _covariance(self) -> tf.Tensor:
        return tf.matmul(self.scale_tril, self.scale_tril, transpose_b=True)

    def _variance(self) -> tf.Tensor:
        return tf.reduce_sum(self.scale_tril**2, axis=-1)


def diagonal(matrix: tf.Tensor) -> tf.Tensor:
    """[..., dim, dim] → [..., dim]. XLA compiles its gradient for batches of any size, unlike that of `diag_part`."""
    return tf.reduce_sum(matrix * tf.eye(matrix.shape[-1], dtype=matrix.dtype), axis=-1)


def _kl_to_diagonal(q: FullNormal, p: tfd.Independent, name: str | None = None) -> tf.Tensor:
    """KL(q || p) [batch] in nats, in closed form. Raises `NotImplementedError` if p is not normal."""
    normal = p.distribution
    if not isinstance(normal, tfd.Normal):
        raise NotImplementedError(f"no closed form of the KL divergence from a normal to {normal.name}")
    variance = normal.scale**2
    terms = (q.variance() + (q.loc - normal.loc) ** 2) / variance - 1 + tf.math.log(variance)
    return 0.5 * tf.reduce_sum(terms, axis=-1) - q.log_det


tfd.RegisterKL(FullNormal, tfd.Independent)(_kl_to_diagonal)
