import math

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.evaluation.measuring.batch import Batch
from vaeflow.components.evaluation.metrics.bounds import importance_weighted, measure
from vaeflow.components.evaluation.settings import Settings
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

X = tf.zeros([3, 2, 2, 1])
SEED = tf.constant([1, 2])


class Constant:
    """A model with an exact posterior: all importance weights of an image equal its likelihood."""

    log_likelihood = tf.constant([-1000.0, -5.0, 0.0])

    def log_weights(self, x, num_samples, seed, labels=None):
        return tf.tile(self.log_likelihood[tf.newaxis], [num_samples, 1])


class Noisy:
    """Log-weights that depend on the seed, too small to be exponentiated."""

    def log_weights(self, x, num_samples, seed, labels=None):
        return 30 * tf.random.stateless_normal([num_samples, x.shape[0]], seed) - 500


@pytest.mark.parametrize("num_samples", [1, 2, 7, 12])
@pytest.mark.parametrize("samples_at_once", [0, 1, 3, 100])
def test_an_exact_posterior_gives_the_likelihood_from_any_number_of_samples_in_any_chunks(num_samples, samples_at_once):
    estimate = importance_weighted(Constant(), X, num_samples, SEED, decoded_pixels=samples_at_once * 12)
    np.testing.assert_allclose(estimate, Constant.log_likelihood, rtol=1e-6, atol=1e-6)


def test_chunks_add_up_to_the_logarithm_of_the_mean_of_all_weights():
    seeds = [tf.random.fold_in(SEED, i) for i in range(3)]
    weights = [Noisy().log_weights(X, n, seed) for n, seed in zip((4, 4, 2), seeds, strict=True)]
    everything = np.concatenate(weights).astype(np.float64) + 500
    expected = np.log(np.exp(everything).mean(axis=0)) - 500
    estimate = importance_weighted(Noisy(), X, 10, SEED, decoded_pixels=4 * 12)
    np.testing.assert_allclose(estimate, expected, rtol=1e-6)


@pytest.fixture(scope="module")
def measured():
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(8,)))
    model = building.build(config, DataSpec(image_shape=(4, 4, 1), observation=Observation(binarise="static")))
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), np.uint8)

    def bounds(importance_samples=5, seed=0, index=0):
        settings = Settings(importance_samples=importance_samples, seed=seed)
        return measure(Batch(model, tf.constant(images), tf.fill([20], -1), tf.constant(index), settings))

    return bounds


def test_the_kl_is_the_sum_over_its_dimensions(measured):
    measures = measured()
    np.testing.assert_allclose(measures["kl"], tf.reduce_sum(measures["kl_per_dimension"], axis=1), rtol=1e-4)


def test_more_importance_samples_give_a_tighter_bound(measured):
    single, many = (np.mean(measured(k)["iw_log_likelihood"]) for k in (1, 300))
    assert many > single
    assert many > np.mean(measured()["elbo"])


def test_noise_is_a_function_of_the_seed_and_of_the_batch(measured):
    first = measured()
    for other, same in ((measured(), True), (measured(seed=1), False), (measured(index=1), False)):
        assert np.array_equal(first["elbo"], other["elbo"]) == same
        assert np.array_equal(first["iw_log_likelihood"], other["iw_log_likelihood"]) == same
        assert np.array_equal(first["kl"], other["kl"])


def test_every_measure_is_finite_and_per_image(measured):
    for name, values in measured().items():
        assert values.shape[0] == 20, name
        assert math.isfinite(np.sum(values)), name
