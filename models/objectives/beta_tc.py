"""The KL term decomposed into three parts. Chen, Li, Grosse & Duvenaud 2018; also Hoffman & Johnson 2016."""

import math
from typing import NamedTuple

import keras
import tensorflow as tf
from tensorflow_probability import distributions as tfd

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.config import BetaTcConfig
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses


class Decomposition(NamedTuple):
    """Parts of the KL divergence, in nats, which add up to log q(z | x) - log p(z). Chen et al. 2018, eq. 2."""

    mutual_information: tf.Tensor
    total_correlation: tf.Tensor
    dimension_wise_kl: tf.Tensor


class BetaTcObjective:
    """Log p(x | z) - α I(z; x) - β TC(z) - γ Σ KL(q(zⱼ) || p(zⱼ)). Chen et al. 2018, eq. 4."""

    term_names: tuple[str, ...] = ("elbo", "log_likelihood", "kl", *Decomposition._fields)

    def __init__(self, config: BetaTcConfig, num_images: int):
        self.config = config
        self.num_images = num_images

    def losses(self, model: LatentVariableModel, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """One group: the whole model maximises the mean of the objective."""
        q = model.posterior(batch.x, batch.labels)
        z, log_q = q.experimental_sample_and_log_prob(self.config.samples, seed=seed)
        sample = model.joint_at(batch.x, z, log_q)
        weights = self.log_batch_weights(tf.shape(z)[1])
        parts = Decomposition(
            *(tf.reduce_mean(part, axis=0) for part in decompose(q, z, log_q, sample.log_prior, weights))
        )
        log_likelihood = tf.reduce_mean(sample.log_likelihood, axis=0)
        elbo = tf.reduce_mean(sample.log_weights, axis=0)
        objective = log_likelihood - self.weighted(parts)
        terms = {"elbo": elbo, "log_likelihood": log_likelihood, "kl": log_likelihood - elbo, **parts._asdict()}
        return Losses(objective, terms, {"model": -tf.reduce_mean(objective)})

    def weighted(self, parts: Decomposition) -> tf.Tensor:
        """The weighted sum of the parts, [batch] in nats, which replaces the KL divergence."""
        weights = (self.config.alpha, self.config.beta, self.config.gamma)
        return sum(weight * part for weight, part in zip(weights, parts, strict=True))

    def log_batch_weights(self, batch_size: tf.Tensor) -> tf.Tensor:
        """Log-weights [batch, batch] of q(z | xₙ) in the estimate of q(z) = 1/N Σ q(z | xₙ) at each image's code."""
        sampling = weighted_sampling if self.config.sampling == "weighted" else stratified_sampling
        return sampling(batch_size, self.num_images)

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The objective has no parameters of its own."""
        return {}


def decompose(
    q: tfd.Distribution, z: tf.Tensor, log_q: tf.Tensor, log_prior: tf.Tensor, log_batch_weights: tf.Tensor
) -> Decomposition:
    """The parts, each [samples, batch], from samples z [samples, batch, dim] of a q with independent dimensions.

    `log_batch_weights` [batch, n] are the log-weights in q(z) of the n images in the batch of q.
    """
    by_dimension = q.distribution.log_prob(z[:, :, tf.newaxis, :])
    log_qz = tf.reduce_logsumexp(tf.reduce_sum(by_dimension, axis=-1) + log_batch_weights, axis=2)
    log_marginals = tf.reduce_sum(
        tf.reduce_logsumexp(by_dimension + log_batch_weights[..., tf.newaxis], axis=2), axis=-1
    )
    return Decomposition(log_q - log_qz, log_qz - log_marginals, log_marginals - log_prior)


def weighted_sampling(batch_size: tf.Tensor, num_images: int) -> tf.Tensor:
    """Equal weights 1/(N M) for the M images of the batch. Chen et al. 2018, eq. 5.

    The estimate is biased, since a code's own image is among them.
    """
    count = tf.cast(batch_size, tf.float32)
    return tf.fill([batch_size, batch_size], -math.log(num_images) - tf.math.log(count))


def stratified_sampling(batch_size: tf.Tensor, num_images: int) -> tf.Tensor:
    """Weight 1/N for a code's own image, and (N - 1)/(N M) for each of the M others: unbiased.

    This is the estimate of Chen et al. 2018, appendix C.2, averaged over the choice of the image that is special there.
    """
    others = tf.maximum(tf.cast(batch_size, tf.float32) - 1.0, 1.0)
    log_other = math.log(max(num_images - 1, 1)) - math.log(num_images) - tf.math.log(others)
    return tf.where(tf.eye(batch_size, dtype=tf.bool), -math.log(num_images), log_other)
