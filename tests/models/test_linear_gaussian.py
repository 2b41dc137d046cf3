"""A VAE without hidden layers and with Gaussian pixels is probabilistic PCA: its marginal likelihood is known.

Tipping & Bishop 1999: x ~ N(b, W Wᵀ + σ² I), and with orthogonal columns in W the posterior is diagonal.
"""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.config import IwaeConfig
from vaeflow.models.objectives.iwae import IwaeObjective
from vaeflow.models.posteriors.layers import MIN_STDDEV
from vaeflow.models.training.data import Batch
from vaeflow.models.training.losses import Losses

SHAPE, LATENT, STDDEV = (2, 3, 1), 2, 0.3
SEED = tf.constant([0, 1])


class Oracle:
    def __init__(self):
        random = np.random.default_rng(5)
        orthogonal = np.linalg.qr(random.normal(size=(6, LATENT)))[0]
        self.weights = orthogonal * [0.8, 0.4]
        self.offset = random.uniform(0.3, 0.7, 6)
        self.x = random.uniform(0, 1, (4, 6))
        covariance = self.weights @ self.weights.T + STDDEV**2 * np.eye(6)
        self.log_marginal = scipy.stats.multivariate_normal(self.offset, covariance).logpdf(self.x)
        self.posterior_variance = 1 / (1 + (self.weights**2).sum(0) / STDDEV**2)
        # Posterior mean = gain (x - offset).
        self.gain = self.posterior_variance[:, None] * self.weights.T / STDDEV**2

    def model(self, *, posterior_error: float) -> LatentVariableModel:
        config = VAEConfig(
            latent_dim=LATENT,
            network=DenseNetwork(hidden=()),
            likelihood=GaussianLikelihood(variance="fixed", stddev=STDDEV),
        )
        model = build(config, DataSpec(image_shape=SHAPE, observation=Observation()))
        raw = np.log(np.expm1(np.sqrt(self.posterior_variance) - MIN_STDDEV))
        kernel = np.concatenate([self.gain.T, np.zeros((6, LATENT))], axis=1)
        bias = np.concatenate([posterior_error - self.gain @ self.offset, raw])
        model.posterior_layer.parameters.set_weights([kernel, bias])
        model.decoder.network.layers[0].set_weights([self.weights.T, self.offset])
        return model

    @property
    def images(self) -> tf.Tensor:
        return tf.constant(self.x.reshape(-1, *SHAPE), tf.float32)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def importance_weighted_bound(model: LatentVariableModel, x: tf.Tensor, k: int, repetitions: int) -> np.ndarray:
    log_weights = tf.reshape(model.log_weights(x, k * repetitions, SEED), [repetitions, k, -1])
    return np.mean(tf.reduce_logsumexp(log_weights, axis=1) - np.log(k), axis=0)


def test_with_the_exact_posterior_every_importance_weight_is_the_marginal_likelihood(oracle: Oracle):
    log_weights = oracle.model(posterior_error=0).log_weights(oracle.images, 5, SEED)
    np.testing.assert_allclose(log_weights, np.tile(oracle.log_marginal, (5, 1)), atol=2e-4)


def test_with_the_exact_posterior_the_mean_elbo_is_the_marginal_likelihood(oracle: Oracle):
    elbo = oracle.model(posterior_error=0).elbo(oracle.images, SEED, num_samples=20_000)
    np.testing.assert_allclose(elbo.total, oracle.log_marginal, atol=0.05)


def test_the_importance_weighted_bound_rises_with_k_to_the_marginal_likelihood(oracle: Oracle):
    model = oracle.model(posterior_error=0.4)
    bounds = [importance_weighted_bound(model, oracle.images, k, 20_000 // k) for k in (1, 5, 50, 5000)]
    assert (np.diff(bounds, axis=0) > 0).all()
    np.testing.assert_allclose(bounds[-1], oracle.log_marginal, atol=0.02)
    assert (bounds[0] < oracle.log_marginal - 0.1).all()


def test_the_elbo_is_the_mean_log_importance_weight(oracle: Oracle):
    model = oracle.model(posterior_error=0.4)
    elbo = model.elbo(oracle.images, tf.constant([2, 3]), num_samples=20_000)
    np.testing.assert_allclose(elbo.total, importance_weighted_bound(model, oracle.images, 1, 20_000), atol=0.1)


def iwae(model: LatentVariableModel, x: tf.Tensor, k: int, seed: tf.Tensor, *, doubly: bool = False) -> Losses:
    objective = IwaeObjective(IwaeConfig(samples=k, doubly_reparameterised=doubly))
    return objective.losses(model, Batch(x, tf.fill([x.shape[0]], -1)), tf.constant(0), seed)


@pytest.mark.parametrize("doubly", [False, True])
def test_the_iwae_objective_rises_with_k_to_the_marginal_likelihood(oracle: Oracle, doubly: bool):
    model = oracle.model(posterior_error=0.4)
    images = tf.repeat(oracle.images, 4000, axis=0)
    bounds = [
        np.mean(np.reshape(iwae(model, images, k, SEED, doubly=doubly).objective, [4, -1]), axis=1) for k in (1, 5, 50)
    ]
    assert (np.diff(bounds, axis=0) > 0).all()
    assert (bounds[-1] < oracle.log_marginal + 0.02).all()
    assert (bounds[-1] > oracle.log_marginal - 0.2).all()


def encoder_gradients(model: LatentVariableModel, x: tf.Tensor, *, doubly: bool) -> np.ndarray:
    """At k = 64, [100, parameters]."""
    encoder = model.posterior_layer.trainable_variables

    @tf.function
    def once(seed: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = iwae(model, x, 64, tf.stack([7, seed]), doubly=doubly).by_group["model"]
        return tf.concat([tf.reshape(gradient, [-1]) for gradient in tape.gradient(loss, encoder)], axis=0)

    return np.stack([once(seed) for seed in tf.range(100)])


def test_near_the_posterior_the_encoder_s_doubly_reparameterised_gradient_has_far_less_noise(oracle: Oracle):
    model = oracle.model(posterior_error=0.4)
    plain, doubly = (encoder_gradients(model, oracle.images, doubly=doubly) for doubly in (False, True))
    assert doubly.var(axis=0).sum() < 0.1 * plain.var(axis=0).sum()


def test_at_the_posterior_the_encoder_s_doubly_reparameterised_gradient_has_no_noise(oracle: Oracle):
    plain, doubly = (
        encoder_gradients(oracle.model(posterior_error=0), oracle.images, doubly=doubly) for doubly in (False, True)
    )
    assert np.abs(doubly).max() < 1e-3 * np.abs(plain).max()
