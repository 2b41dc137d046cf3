import numpy as np
import pytest
from scipy.linalg import sqrtm

from vaeflow.components.evaluation.metrics.frechet import frechet_distance, moments, square_root

RANDOM = np.random.default_rng(0)


def with_moments(n: int, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Features [n, d] whose mean and covariance are exactly these."""
    raw = RANDOM.standard_normal((n, len(mean)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / n)).T
    return mean + white @ np.linalg.cholesky(covariance).T


def covariance(d: int) -> np.ndarray:
    factor = RANDOM.standard_normal((d, d))
    return factor @ factor.T + 0.1 * np.eye(d)


def test_of_normals_it_has_a_closed_form():
    first, second = (RANDOM.standard_normal(3), covariance(3)), (RANDOM.standard_normal(3), covariance(3))
    root = sqrtm(first[1] @ second[1]).real
    expected = np.sum((first[0] - second[0]) ** 2) + np.trace(first[1] + second[1] - 2 * root)
    assert frechet_distance(with_moments(50, *first), with_moments(70, *second)) == pytest.approx(expected, rel=1e-6)


def test_in_one_dimension_it_is_the_difference_of_means_and_of_deviations():
    first, second = with_moments(20, np.array([1.0]), np.eye(1) * 4), with_moments(20, np.array([4.0]), np.eye(1))
    assert frechet_distance(first, second) == pytest.approx(3**2 + (2 - 1) ** 2)


def test_of_a_set_from_itself_it_is_zero_also_with_fewer_images_than_features():
    few = RANDOM.standard_normal((5, 12)).astype(np.float32)
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-5)


def test_the_moments_are_those_of_numpy():
    features = RANDOM.standard_normal((30, 4)).astype(np.float32)
    mean, spread = moments(features)
    np.testing.assert_allclose(mean, features.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(spread, np.cov(features.T, ddof=0), rtol=1e-5)


def test_a_square_root_is_one():
    matrix = covariance(4)
    root = square_root(matrix)
    np.testing.assert_allclose(root @ root, matrix, rtol=1e-8)
