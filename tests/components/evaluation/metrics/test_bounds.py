import math
from functools import cache

import numpy as np
import pytest
import tensorflow as tf

from tests.models.test_linear_gaussian import Oracle
from vaeflow.components.evaluation.importance_weighting import importance_weighted
from vaeflow.components.evaluation.measuring.batch import Batch
from vaeflow.components.evaluation.metrics.bounds import measure
from vaeflow.components.evaluation.settings import Settings
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

PIXELS = 4
X = tf.constant([-1000.0, -5.0, 0.0])[:, tf.newaxis, tf.newaxis, tf.newaxis] * tf.ones([1, 2, 2, 1])
SEED = tf.constant([1, 2])
estimate = tf.function(importance_weighted)


class Exact:
    """A model with an exact posterior: all importance weights of an image equal its likelihood, here its first pixel.

    A label adds to it.
    """

    def log_weights(self, x, num_samples, seed, labels=None):
        log_likelihood = x[:, 0, 0, 0] + (0.0 if labels is None else tf.cast(labels, tf.float32))
        return tf.tile(log_likelihood[tf.newaxis], [num_samples, 1])


class Noisy:
    """Log-weights that depend on the seed, too small to be exponentiated."""

    def log_weights(self, x, num_samples, seed, labels=None):
        return 30 * tf.random.stateless_normal([num_samples, x.shape[0]], seed) - 500


@pytest.mark.parametrize("num_samples", [1, 2, 7])
@pytest.mark.parametrize("images_at_once", [0, 0.5, 1, 2, 3, 100])
def test_an_exact_posterior_gives_the_likelihood_from_any_number_of_samples_in_any_groups_and_chunks(
    num_samples, images_at_once
):
    decoded_pixels = int(images_at_once * num_samples * PIXELS)
    plain, share = estimate(Exact(), X, num_samples, SEED, decoded_pixels=decoded_pixels)
    np.testing.assert_allclose(share, 1, rtol=1e-3)
    np.testing.assert_allclose(plain, [-1000, -5, 0], rtol=1e-6, atol=1e-6)
    labels = tf.constant([1, 2, 3])
    labelled, _ = estimate(Exact(), X, num_samples, SEED, labels=labels, decoded_pixels=decoded_pixels)
    np.testing.assert_allclose(labelled, [-999, -3, 3], rtol=1e-6, atol=1e-6)


def test_chunks_add_up_to_the_logarithm_of_the_mean_of_all_weights():
    estimates = zip(*estimate(Noisy(), X, 10, SEED, decoded_pixels=4 * PIXELS), strict=True)
    for image, (found, share), seed in zip(tf.split(X, 3), estimates, tf.random.split(SEED, 3), strict=True):
        weights = [Noisy().log_weights(image, n, tf.random.fold_in(seed, i)) for i, n in enumerate((4, 4, 2))]
        everything = np.exp(np.concatenate(weights).astype(np.float64) + 500)
        np.testing.assert_allclose(found, np.log(everything.mean()) - 500, rtol=1e-6)
        np.testing.assert_allclose(share, everything.sum() ** 2 / (10 * (everything**2).sum()), rtol=1e-3)


@pytest.mark.parametrize("samples_at_once", [1500, 9000])
def test_an_approximate_posterior_gives_the_exact_marginal_likelihood(samples_at_once):
    oracle = Oracle()
    model = oracle.model(posterior_error=0.3)
    pixels = samples_at_once * math.prod(model.image_shape)
    found, share = estimate(model, oracle.images, 4000, SEED, decoded_pixels=pixels)
    assert np.all((share.numpy() > 1 / 4000) & (share.numpy() < 1))
    np.testing.assert_allclose(found, oracle.log_marginal, atol=0.1)


@pytest.fixture(scope="module")
def measured():
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(8,)))
    model = building.build(config, DataSpec(image_shape=(4, 4, 1), observation=Observation(binarise="static")))
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), np.uint8)

    @cache
    def graph(importance_samples, seed):
        settings = Settings(importance_samples=importance_samples, seed=seed)
        return tf.function(lambda index: measure(Batch(model, tf.constant(images), tf.fill([20], -1), index, settings)))

    def bounds(importance_samples=5, seed=0, index=0):
        return graph(importance_samples, seed)(tf.constant(index))

    return bounds


def test_the_kl_is_the_sum_over_its_dimensions(measured):
    measures = measured()
    np.testing.assert_allclose(measures["kl"], tf.reduce_sum(measures["kl_terms"], axis=1), rtol=1e-4)


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


def test_importance_samples_that_are_left_out_are_not_drawn():
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(8,)))
    model = building.build(config, DataSpec(image_shape=(4, 4, 1)))
    images = tf.zeros([2, 4, 4, 1], tf.uint8)
    settings = Settings(skip=("iw_log_likelihood",))
    measures = measure(Batch(model, images, tf.fill([2], -1), tf.constant(0), settings))
    assert measures.keys() == {"elbo", "kl", "bits_per_dim", "kl_terms"}
