"""The importance-weighted bound. Burda, Grosse & Salakhutdinov 2016, eq. 8; Tucker et al. 2019."""

import math

import keras
import tensorflow as tf

from vaeflow.models.base import JointSample, LatentVariableModel
from vaeflow.models.objectives.config import IwaeConfig
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses


class IwaeObjective:
    """Log 1/k Σ wᵢ with wᵢ = p(x, zᵢ) / q(zᵢ | x); the terms shown are means over the same k samples."""

    term_names: tuple[str, ...] = ("elbo", "log_likelihood", "kl")

    def __init__(self, config: IwaeConfig):
        self.config = config

    def losses(self, model: LatentVariableModel, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """One group: the whole model follows the mean of the bound."""
        if self.config.doubly_reparameterised:
            sample, ascent = doubly_reparameterised(model, batch, self.config.samples, seed)
            bound = log_mean_exp(sample.log_weights)
        else:
            sample = model.joint_sample(batch.x, self.config.samples, seed, batch.labels)
            ascent = bound = log_mean_exp(sample.log_weights)
        log_likelihood = tf.reduce_mean(sample.log_likelihood, axis=0)
        elbo = tf.reduce_mean(sample.log_weights, axis=0)
        terms = {"elbo": elbo, "log_likelihood": log_likelihood, "kl": log_likelihood - elbo}
        return Losses(bound, terms, {"model": -tf.reduce_mean(ascent)})

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """None of its own."""
        return {}


def log_mean_exp(log_weights: tf.Tensor) -> tf.Tensor:
    """Log 1/k Σ exp, over the first of the axes [k, batch]: [batch]."""
    return tf.reduce_logsumexp(log_weights, axis=0) - math.log(log_weights.shape[0])


def doubly_reparameterised(
    model: LatentVariableModel, batch: Batch, k: int, seed: tf.Tensor
) -> tuple[JointSample, tf.Tensor]:
    """K codes for each image, and a function [batch] whose gradient is that of the bound, with less noise.

    With normalised weights w̃ the encoder follows Σ w̃ᵢ² ∂log wᵢ/∂zᵢ ∂zᵢ/∂φ, and all that p(x, z) is made of follows
    Σ w̃ᵢ ∂log p(x, zᵢ)/∂θ. Tucker et al. 2019, eq. 8. The derivative by z, at fixed parameters of p and of q, is taken
    first, and enters as a constant.
    """
    q = model.posterior(batch.x, batch.labels)
    z = q.sample(k, seed=seed)
    fixed = tf.stop_gradient(z)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(fixed)
        sample = model.joint_at(batch.x, fixed, q.log_prob(fixed))
        weights = tf.stop_gradient(tf.nn.softmax(sample.log_weights, axis=0))
        weighted = tf.reduce_sum(weights * sample.log_weights)
    path = weights[..., tf.newaxis] * tape.gradient(weighted, fixed)
    encoder = tf.reduce_sum(tf.stop_gradient(path) * z, axis=[0, 2])
    decoder = tf.reduce_sum(weights * (sample.log_likelihood + sample.log_prior), axis=0)
    return sample, encoder + decoder
