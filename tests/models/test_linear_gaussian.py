"""A VAE without hidden layers and with Gaussian pixels is probabilistic PCA: its marginal likelihood is known.

Tipping & Bishop 1999: x ~ N(b, W Wᵀ + σ² I), and with orthogonal columns in W the posterior is diagonal.
"""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import Observation
from vaeflow.models.distributions import MIN_POSTERIOR_STDDEV
from vaeflow.models.model_config import DenseNetwork, GaussianLikelihood, ModelConfig
from vaeflow.models.registry import build

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
        config = ModelConfig(
            latent_dim=LATENT,
            network=DenseNetwork(hidden=()),
            likelihood=GaussianLikelihood(variance="fixed", stddev=STDDEV),
        )
        model = build(config, SHAPE, Observation())
        raw = np.log(np.expm1(np.sqrt(self.posterior_variance) - MIN_POSTERIOR_STDDEV))
        kernel = np.concatenate([self.gain.T, np.zeros((6, LATENT))], axis=1)
        bias = np.concatenate([posterior_error - self.gain @ self.offset, raw])
        model.posterior_layer.parameters.set_weights([kernel, bias])
        model.decoder.layers[0].set_weights([self.weights.T, self.offset])
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
    model = oracle.model(posterior_error=0)
    totals = [model.elbo(oracle.images, tf.constant([s, 0])).total for s in range(400)]
    standard_error = np.std(totals, axis=0) / 20
    assert (np.abs(np.mean(totals, axis=0) - oracle.log_marginal) < 4 * standard_error).all()


def test_the_importance_weighted_bound_rises_with_k_to_the_marginal_likelihood(oracle: Oracle):
    model = oracle.model(posterior_error=0.4)
    bounds = [importance_weighted_bound(model, oracle.images, k, 20_000 // k) for k in (1, 5, 50, 5000)]
    assert (np.diff(bounds, axis=0) > 0).all()
    np.testing.assert_allclose(bounds[-1], oracle.log_marginal, atol=0.02)
    assert (bounds[0] < oracle.log_marginal - 0.1).all()


def test_the_elbo_is_the_mean_log_importance_weight(oracle: Oracle):
    model = oracle.model(posterior_error=0.4)
    totals = np.mean([model.elbo(oracle.images, tf.constant([s, 0])).total for s in range(1000)], axis=0)
    np.testing.assert_allclose(totals, importance_weighted_bound(model, oracle.images, 1, 20_000), atol=0.15)
