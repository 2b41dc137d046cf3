import math

import numpy as np
import pytest

from vaeflow.components.evaluation.metrics import kernel_distance as module
from vaeflow.components.evaluation.metrics.kernel_distance import cubic, kernel_distance

RANDOM = np.random.default_rng(0)


def normal(n: int, d: int = 4, shift: float = 0.0) -> np.ndarray:
    return (RANDOM.standard_normal((n, d)) + shift).astype(np.float32)


def kernel(a: np.ndarray, b: np.ndarray) -> float:
    return (sum(p * q for p, q in zip(a.tolist(), b.tolist(), strict=True)) / len(a) + 1) ** 3


def test_it_is_the_double_loop_over_different_images():
    x, y = normal(6), normal(6, shift=0.5)
    pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
    terms = [kernel(x[i], x[j]) + kernel(y[i], y[j]) - kernel(x[i], y[j]) - kernel(x[j], y[i]) for i, j in pairs]
    assert kernel_distance(x, y).mean == pytest.approx(math.fsum(terms) / 30, rel=1e-6)


def test_identical_sets_are_at_no_distance_whatever_their_size():
    x = normal(2_500)
    distance = kernel_distance(x, x)
    assert (distance.mean, distance.std) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_its_error_is_the_deviation_over_repeated_draws(monkeypatch: pytest.MonkeyPatch, shift: float):
    monkeypatch.setattr(module, "MAX_SUBSET", 40)
    runs = [kernel_distance(normal(120, 2), normal(120, 2, shift)) for _ in range(300)]
    means = np.array([run.mean for run in runs])
    assert math.sqrt(np.mean([run.std**2 for run in runs])) == pytest.approx(means.std(), rel=0.25)
    if shift == 0:
        assert means.mean() == pytest.approx(0, abs=4 * means.std() / math.sqrt(300))


def test_of_normals_it_is_the_difference_of_the_moments_that_the_kernel_expands_to():
    """(u + 1)³ = u³ + 3u² + 3u + 1; for x ~ N(m, 1), y ~ N(0, 1), the moments are m, m² + 1, m³ + 3m and 0, 1, 0."""
    shift, x, y = 0.5, normal(8_000, 1, 0.5), normal(8_000, 1)
    expected = 3 * shift**2 + 3 * (shift**2) ** 2 + (shift**3 + 3 * shift) ** 2
    distance = kernel_distance(x, y)
    assert distance.mean == pytest.approx(expected, abs=4 * distance.std)
    assert distance.std < expected / 5


def test_the_mean_of_subsets_leaves_out_pairs_across_them(monkeypatch: pytest.MonkeyPatch):
    x, y = normal(10), normal(10, shift=1)
    halves = [kernel_distance(x[half], y[half]) for half in (slice(5), slice(5, None))]
    monkeypatch.setattr(module, "MAX_SUBSET", 5)
    together = kernel_distance(x, y)
    assert together.mean == pytest.approx((halves[0].mean + halves[1].mean) / 2)
    assert together.std == pytest.approx(math.hypot(halves[0].std, halves[1].std) / 2)


def test_the_kernel_does_not_grow_with_the_number_of_features():
    ones = np.ones((1, 7))
    assert cubic(ones, ones)[0, 0] == cubic(ones[:, :2], ones[:, :2])[0, 0] == 8


def test_more_images_of_one_kind_are_not_used_and_one_is_not_enough():
    x, y = normal(5), normal(9)
    assert kernel_distance(x, y) == kernel_distance(x, y[:5])
    assert math.isnan(kernel_distance(x, y[:1]).mean)
