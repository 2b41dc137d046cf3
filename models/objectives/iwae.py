"""The importance-weighted bound. Burda, Grosse & Salakhutdinov 2016, eq. 8; Tucker et al. 2019."""

import math

import keras
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.objectives.config import IwaeConfig
from vaeflow.models.objectives.schedule import build_warm_up
from vaeflow.models.terms import JointSample
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses


class IwaeObjective:
    """Log 1/k Σ wᵢ with wᵢ = p(x, zᵢ) / q(zᵢ | x). The reported terms are means over the same k samples.

    During warm-up, training uses wᵢ = p(x | zᵢ) (p(zᵢ) / q(zᵢ | x))^β. Sønderby et al. 2016, §3.3.
    """

    term_names: tuple[str, ...] = ("elbo", "log_likelihood", "kl")

    def __init__(self, config: IwaeConfig, steps_per_epoch: int = 1):
        self.config = config
        self.warm_up = build_warm_up(config.warm_up, steps_per_epoch)

    def losses(self, model: LatentVariableModel, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """One group: the whole model maximises the mean of the bound."""
        beta = self.warm_up(step)
        if self.config.doubly_reparameterised:
            sample, ascent = doubly_reparameterised(model, batch, self.config.samples, seed, beta)
            bound = log_mean_exp(tempered(sample, beta))
        else:
            sample = model.joint_sample(batch.x, self.config.samples, seed, batch.labels)
            ascent = bound = log_mean_exp(tempered(sample, beta))
        log_likelihood = tf.reduce_mean(sample.log_likelihood, axis=0)
        elbo = tf.reduce_mean(sample.log_weights, axis=0)
        terms = {"elbo": elbo, "log_likelihood": log_likelihood, "kl": log_likelihood - elbo}
        return Losses(bound, terms, {"model": -tf.reduce_mean(ascent)})

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The objective has no parameters of its own."""
        return {}


def tempered(sample: JointSample, beta: tf.Tensor) -> tf.Tensor:
    """Log p(x | z) + β (log p(z) - log q(z | x)), [k, batch]: the log-weights if β = 1."""
    return sample.log_likelihood + beta * (sample.log_prior - sample.log_posterior)


def log_mean_exp(log_weights: tf.Tensor) -> tf.Tensor:
    """Log of the mean of exp(log_weights) [k, batch] over the first axis: [batch]."""
    return tf.reduce_logsumexp(log_weights, axis=0) - math.log(log_weights.shape[0])


def doubly_reparameterised(
    model: LatentVariableModel, batch: Batch, k: int, seed: tf.Tensor, beta: tf.Tensor
) -> tuple[JointSample, tf.Tensor]:
    """K codes per image, and a function [batch] whose gradient is that of the bound, with less noise.

    With normalised weights w̃, the gradient is Σ w̃ᵢ² ∂log wᵢ/∂zᵢ ∂zᵢ/∂φ for the encoder, and Σ w̃ᵢ ∂log p(x, zᵢ)/∂θ
    for the parameters of p(x, z). Tucker et al. 2019, eq. 8. For tempered weights, the same derivation gives
    (1 - β) w̃ᵢ + β w̃ᵢ² in place of w̃ᵢ². The derivative with respect to z, at fixed parameters of p and q, is computed
    first and enters as a constant.
    """
    q = model.posterior(batch.x, batch.labels)
    z = q.sample(k, seed=seed)
    fixed = tf.stop_gradient(z)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(fixed)
        sample = model.joint_at(batch.x, fixed, q.log_prob(fixed))
        log_weights = tempered(sample, beta)
        weights = tf.stop_gradient(tf.nn.softmax(log_weights, axis=0))
        weighted = tf.reduce_sum(weights * log_weights)
    path = (1 - beta + beta * weights[..., tf.newaxis]) * tape.gradient(weighted, fixed)
    encoder = tf.reduce_sum(tf.stop_gradient(path) * z, axis=[0, 2])
    decoder = tf.reduce_sum(weights * (sample.log_likelihood + beta * sample.log_prior), axis=0)
    return sample, encoder + decoder
