"""What models compute for images: terms of bounds, densities of samples, and codes."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf


class Elbo(NamedTuple):
    """Terms of the evidence lower bound, in nats per image: log-likelihood [batch] and KL divergence [batch, groups].

    A group of the KL divergence is a dimension, a layer or the whole code, as finely as the model can separate them.
    """

    log_likelihood: tf.Tensor
    kl_terms: tf.Tensor

    @property
    def kl(self) -> tf.Tensor:
        """The KL divergence, [batch]."""
        return tf.reduce_sum(self.kl_terms, axis=-1)

    @property
    def total(self) -> tf.Tensor:
        """The bound itself, [batch]: log_likelihood - kl."""
        return self.log_likelihood - self.kl


class JointSample(NamedTuple):
    """Codes z [samples, batch, code] of q(z | x), with their log-densities [samples, batch]."""

    z: tf.Tensor
    log_likelihood: tf.Tensor
    log_prior: tf.Tensor
    log_posterior: tf.Tensor

    @property
    def log_weights(self) -> tf.Tensor:
        """Log p(x, z) - log q(z | x), [samples, batch]. Burda et al. 2016, eq. 8."""
        return self.log_likelihood + self.log_prior - self.log_posterior


class TrainingTerms(NamedTuple):
    """Terms of a training step: the bound, and penalties [batch] in nats per image by their `penalty_names`."""

    elbo: Elbo
    penalties: Mapping[str, tf.Tensor] = {}


class Code(NamedTuple):
    """Mean and standard deviation of q(z | x), both float32 [batch, code]."""

    mean: tf.Tensor
    stddev: tf.Tensor
