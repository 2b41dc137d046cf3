"""Scores against their closed forms."""

import zlib

import numpy as np
import pytest
import tensorflow as tf
from scipy.spatial.distance import mahalanobis

from tests.models.test_linear_gaussian import Oracle
from vaeflow.components.evaluation.anomalies.measuring import complexity
from vaeflow.components.evaluation.anomalies.regret import likelihood_regret
from vaeflow.components.evaluation.anomalies.threshold import with_threshold
from vaeflow.models.distances import fit_gaussian
from vaeflow.models.scoring import Scoring

SEED = tf.constant([1, 2])


@pytest.mark.parametrize("error", [pytest.param(0.0, marks=pytest.mark.full), 0.5])
def test_the_regret_is_the_gap_of_the_bound_that_another_posterior_closes(error):
    """The best posterior of this model is diagonal, so that the optimal bound is log p(x)."""
    oracle = Oracle()
    model = oracle.model(posterior_error=error)
    bound = model.elbo(oracle.images, SEED, num_samples=4000).total
    found = likelihood_regret(model, oracle.images, SEED, num_samples=2000, iterations=50)
    np.testing.assert_allclose(found, oracle.log_marginal - bound, rtol=0.05, atol=0.2)


def test_the_regret_of_a_steep_bound_is_found_too():
    """With so wide a posterior, a step as long as the gradient ends where standard deviations are 0."""
    oracle = Oracle()
    model = oracle.model(posterior_error=0.0)
    kernel, bias = model.posterior_layer.parameters.get_weights()
    bias[len(bias) // 2 :] = 20.0
    model.posterior_layer.parameters.set_weights([kernel, bias])
    bound = model.elbo(oracle.images, SEED, num_samples=4000).total
    found = likelihood_regret(model, oracle.images, SEED, num_samples=2000, iterations=50)
    np.testing.assert_allclose(found, oracle.log_marginal - bound, rtol=0.1)


def test_the_distance_is_that_of_mahalanobis():
    rng = np.random.default_rng(0)
    codes = (rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3)) + 2).astype(np.float32)
    inverse = np.linalg.inv(np.cov(codes, rowvar=False, bias=True))
    expected = [mahalanobis(code, codes.mean(axis=0), inverse) for code in codes[:20]]
    np.testing.assert_allclose(fit_gaussian(codes).distance(codes[:20]), expected, rtol=1e-3)


def test_a_dimension_without_variance_does_not_make_distances_infinite():
    codes = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    codes[:, 1] = 0
    gaussian = fit_gaussian(codes)
    assert np.isfinite(gaussian.distance(codes)).all()
    assert gaussian.distance(np.array([[0, 1]], np.float32))[0] > 100


def test_the_complexity_is_that_of_a_lossless_compressor():
    rng = np.random.default_rng(0)
    noise, flat = rng.integers(0, 256, (1, 16, 16, 1)), np.full((1, 16, 16, 1), 7)
    bits = complexity(tf.constant(np.concatenate([noise, flat]) / 255, tf.float32)).numpy()
    for image, found in zip((noise, flat), bits, strict=True):
        deflated = 8 * len(zlib.compress(image.astype(np.uint8).tobytes()))
        assert deflated <= found <= deflated + 8 * 90  # the headers of a PNG and the filters of its rows


@pytest.mark.parametrize("share", [0, 0.01, 0.2])
def test_as_few_normal_images_as_wanted_are_above_the_threshold(share):
    scores = np.random.default_rng(0).gamma(2, size=1000)
    scoring = with_threshold(Scoring(), scores, share)
    normalised = scoring.normalised(scores)
    assert (normalised > 0.5).mean() == pytest.approx(share)
    np.testing.assert_allclose(normalised, scores / (scores + scoring.threshold), atol=1e-6)
    assert np.isclose(scoring.quantiles[50], np.median(normalised), atol=1e-3)


def test_images_far_above_the_threshold_keep_their_order():
    scores = np.random.default_rng(0).gamma(2, size=1000).astype(np.float32)
    scoring = with_threshold(Scoring(), scores, 0.01)
    strange = scoring.threshold * np.geomspace(1e-3, 1e5, 300).astype(np.float32)
    normalised = scoring.normalised(tf.constant(strange)).numpy()
    assert (np.diff(normalised) > 0).all()
    assert normalised[-1] < 1
    neighbours = np.nextafter(strange, np.inf, dtype=np.float32)
    assert (scoring.normalised(tf.constant(neighbours)).numpy() >= normalised).all()


def test_images_are_no_anomalies_where_all_normal_ones_are_reconstructed_without_error():
    scoring = with_threshold(Scoring(), np.zeros(50, np.float32), 0.01)
    np.testing.assert_array_equal(scoring.normalised(tf.constant([0.0, 1e-6])), [0, 1])
