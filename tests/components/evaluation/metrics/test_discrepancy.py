import math

import numpy as np
import pytest
from scipy.special import exp1

from vaeflow.components.evaluation.metrics.discrepancy import discrepancy, inverse_multiquadric
from vaeflow.components.evaluation.u_statistics import u_statistic

RANDOM = np.random.default_rng(0)


def normal(n: int, d: int, shift: float = 0.0, random: np.random.Generator = RANDOM) -> np.ndarray:
    return (random.standard_normal((n, d)) + shift).astype(np.float32)


def kernel(a: np.ndarray, b: np.ndarray, scale: float) -> float:
    return scale / (scale + sum((p - q) ** 2 for p, q in zip(a.tolist(), b.tolist(), strict=True)))


def test_it_is_the_double_sum_over_different_pairs():
    x, y = normal(7, 3, 0.5), normal(7, 3)
    scale = 2 * y.astype(np.float64).var(axis=0).sum()
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    terms = [
        kernel(x[i], x[j], scale) + kernel(y[i], y[j], scale) - kernel(x[i], y[j], scale) - kernel(x[j], y[i], scale)
        for i, j in pairs
    ]
    assert discrepancy(x, y).mean == pytest.approx(math.fsum(terms) / 42, rel=1e-6)


def test_the_kernel_is_one_half_at_the_mean_distance_of_two_codes_of_the_prior():
    codes = np.array([[0.0, 0.0], [2.0, 0.0]], np.float32)
    np.testing.assert_allclose(inverse_multiquadric(codes, codes, scale=4), [[1, 0.5], [0.5, 1]])


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_its_error_is_the_deviation_over_repeated_draws_also_of_equal_distributions(shift: float):
    runs = [discrepancy(normal(50, 2, shift), normal(50, 2)) for _ in range(300)]
    means = np.array([run.mean for run in runs])
    variances = np.mean([run.std**2 for run in runs])
    assert np.sqrt(variances) == pytest.approx(means.std(), rel=0.25)
    if shift == 0:
        assert means.mean() == pytest.approx(0, abs=4 * means.std() / math.sqrt(300))
    else:
        assert means.min() > 0


def test_codes_that_are_far_away_leave_the_two_means_within_the_distributions():
    """Each is E 2 / (2 + t) = e E₁(1), for t of a χ² distribution with two degrees of freedom."""
    assert discrepancy(normal(400, 2, 1e4), normal(400, 2)).mean == pytest.approx(2 * math.e * exp1(1), abs=0.05)


def test_values_that_are_all_equal_are_certain():
    assert u_statistic(np.full((5, 5), 0.3)).std == pytest.approx(0, abs=1e-9)


def test_of_a_single_code_it_is_undefined():
    assert math.isnan(discrepancy(normal(1, 2), normal(1, 2)).mean)


def test_a_prior_that_is_one_point_has_no_scale_but_an_answer():
    assert discrepancy(normal(10, 2), np.zeros((10, 2), np.float32)).mean > 0.9
