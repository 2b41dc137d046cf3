"""A mixture of normals whose density takes a few matrix products for any number of codes and components."""

import math
from typing import Any

import tensorflow as tf
from tensorflow_probability import distributions as tfd
from tensorflow_probability.python.internal.samplers import sanitize_seed

from vaeflow.models.distributions import CodeDistribution, gaussian_noise
from vaeflow.models.observation import GENERATOR


class NormalMixture(CodeDistribution):
    """Σ_k π_k N(loc_k, scale_k²) over codes [dim].

    `log_weights` is log π [components] and `loc` is [components, dim]. `scale` holds standard deviations
    [components, dim], or lower triangular factors of the covariances [components, dim, dim].
    """

    def __init__(self, log_weights: tf.Tensor, loc: tf.Tensor, scale: tf.Tensor):
        self.log_weights = log_weights
        self.loc = loc
        self.scale = scale
        super().__init__(loc[0], loc.shape[-1], reparameterised=False)

    def at_temperature(self, temperature: float | tf.Tensor) -> "NormalMixture":
        """The same components, with their scales multiplied by `temperature`."""
        return NormalMixture(self.log_weights, self.loc, self.scale * temperature)

    def joint_log_probs(self, z: tf.Tensor) -> tf.Tensor:
        """Log p(z, k) at codes z [..., dim]: [..., components]."""
        flat = tf.reshape(z, [-1, z.shape[-1]])
        squares, log_det = self._distances(flat)
        log_probs = self.log_weights - 0.5 * (squares + z.shape[-1] * math.log(2 * math.pi)) - log_det
        return tf.reshape(log_probs, tf.concat([tf.shape(z)[:-1], tf.shape(self.log_weights)], 0))

    def _distances(self, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Squared Mahalanobis distances [n, components] of codes z [n, dim], and log |det scale| [components]."""
        centre = tf.stop_gradient(tf.reduce_mean(self.loc, axis=0))  # smaller numbers cancel with smaller errors
        z, loc = z - centre, self.loc - centre
        if len(self.scale.shape) == 2:
            precision = 1 / self.scale**2
            factors = tf.concat([precision, -2 * loc * precision], axis=-1)
            squares = tf.concat([z**2, z], axis=-1) @ tf.transpose(factors)
            return squares + tf.reduce_sum(loc**2 * precision, axis=-1), tf.reduce_sum(tf.math.log(self.scale), axis=-1)
        inverse = tf.linalg.triangular_solve(self.scale, tf.eye(loc.shape[-1], batch_shape=tf.shape(loc)[:1]))
        white = tf.tensordot(z, inverse, [[1], [2]]) - tf.linalg.matvec(inverse, loc)
        log_det = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(self.scale)), axis=-1)
        return tf.reduce_sum(white**2, axis=-1), log_det

    def _log_prob(self, z: tf.Tensor) -> tf.Tensor:
        return tf.reduce_logsumexp(self.joint_log_probs(z), axis=-1)

    def _sample_n(self, n: tf.Tensor, seed: Any = None) -> tf.Tensor:
        choice_seed, noise_seed = tf.unstack(tf.random.split(sanitize_seed(seed), 2))
        uniform = tf.random.stateless_uniform([n, 1], choice_seed, dtype=self.dtype, alg=GENERATOR)
        ends = tf.cumsum(tf.nn.softmax(self.log_weights))[:-1]
        component = tf.reduce_sum(tf.cast(uniform >= ends, tf.int32), axis=-1)
        noise = gaussian_noise([n, self.size], noise_seed)
        scale = tf.gather(self.scale, component)
        deviation = scale * noise if len(scale.shape) == 2 else tf.linalg.matvec(scale, noise)
        return tf.gather(self.loc, component) + deviation


def sample_at_temperature(
    prior: tfd.Distribution, n: int | tf.Tensor, seed: tf.Tensor, temperature: float | tf.Tensor
) -> tf.Tensor:
    """Samples [n, dim]; the temperature scales deviations from 0, or from each component's mean in a mixture."""
    if isinstance(prior, NormalMixture):
        return prior.at_temperature(temperature).sample(n, seed=seed)
    return prior.sample(n, seed=seed) * temperature
