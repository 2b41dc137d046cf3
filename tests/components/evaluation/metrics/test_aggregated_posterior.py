import math

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import skew
from tensorflow_probability import distributions as tfd

from vaeflow.components.evaluation.metrics.aggregated_posterior import (
    correlations,
    gaussian_kl,
    mean_correlation,
    moments,
    numbers,
    place_and_spread,
    skewness,
)

RANDOM = np.random.default_rng(0)
FACTOR = np.array([[2.0, 0, 0], [0.5, 1.5, 0], [-1, 0.2, 0.7]])
MEAN = np.array([3.0, -1.0, 0.5])


def codes(n: int) -> np.ndarray:
    return (RANDOM.standard_normal((n, 3)) @ FACTOR.T + MEAN).astype(np.float32)


def test_the_kl_divergence_is_that_of_tfp():
    fitted = tfd.MultivariateNormalTriL(tf.constant(MEAN), tf.constant(FACTOR))
    prior = tfd.MultivariateNormalTriL(tf.zeros(3, tf.float64), tf.eye(3, dtype=tf.float64))
    expected = tfd.kl_divergence(fitted, prior).numpy()
    assert gaussian_kl(MEAN, FACTOR @ FACTOR.T) == pytest.approx(expected, rel=1e-9)
    assert gaussian_kl(np.zeros(3), np.eye(3)) == 0


def test_codes_of_a_normal_have_its_place_and_spread():
    found, covariance = numbers(codes(20_000)), FACTOR @ FACTOR.T
    assert found["aggregate_centre"] == pytest.approx(math.sqrt(np.mean(MEAN**2)), rel=0.02)
    assert found["aggregate_scale"] == pytest.approx(math.sqrt(np.trace(covariance) / 3), rel=0.02)
    assert found["aggregate_skew"] == pytest.approx(0, abs=0.05)
    stddev = np.sqrt(np.diag(covariance))
    expected = np.abs((covariance / np.outer(stddev, stddev))[[0, 0, 1], [1, 2, 2]]).mean()
    assert found["aggregate_correlation"] == pytest.approx(expected, abs=0.02)
    assert found["aggregate_kl"] == pytest.approx(gaussian_kl(MEAN, covariance), rel=0.02)


def test_drawn_codes_have_the_total_variance_of_posteriors():
    means, stddev = RANDOM.normal(size=(50_000, 2)) * [1.0, 0.0], np.array([0.5, 1.0])
    _, covariance = moments(means + stddev * RANDOM.standard_normal(means.shape))
    np.testing.assert_allclose(np.diag(covariance), [1.25, 1.0], rtol=0.03)


def test_skew_is_that_of_scipy_and_0_where_nothing_varies():
    some = np.concatenate([RANDOM.exponential(size=(200, 2)), np.full((200, 1), 3.0)], axis=1)
    np.testing.assert_allclose(skewness(some), [*skew(some[:, :2]), 0], rtol=1e-6)


def test_a_dimension_that_does_not_vary_correlates_with_none():
    assert mean_correlation(correlations(np.array([[1.0, 0.5, 0], [0.5, 1, 0], [0, 0, 0]]))) == pytest.approx(0.5 / 3)
    assert mean_correlation(correlations(np.array([[2.0]]))) == 0


@pytest.mark.parametrize("name", ["aggregate_centre", "aggregate_scale", "aggregate_kl", "aggregate_correlation"])
def test_deviations_are_those_over_other_images(name: str):
    runs = [numbers(codes(200))[name] for _ in range(200)]
    assert place_and_spread(codes(200), seed=0)[name].std == pytest.approx(np.std(runs), rel=0.35)


@pytest.mark.parametrize("flat", [np.zeros((10, 2), np.float32), np.eye(3, 5, dtype=np.float32)])
def test_codes_without_a_volume_are_infinitely_far_from_a_normal(flat: np.ndarray):
    assert math.isinf(place_and_spread(flat, seed=0)["aggregate_kl"].mean)
