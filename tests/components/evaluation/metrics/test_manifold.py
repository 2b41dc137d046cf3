from math import dist

import numpy as np
import pytest

from vaeflow.components.evaluation.metrics import manifold as module
from vaeflow.components.evaluation.metrics.manifold import Manifold, compare, radii

RANDOM = np.random.default_rng(0)


def normal(n: int, d: int = 3, shift: float = 0.0) -> np.ndarray:
    return (RANDOM.standard_normal((n, d)) + shift).astype(np.float32)


def radius(point: np.ndarray, kind: np.ndarray, k: int) -> float:
    return sorted(dist(point, other) for other in kind)[k]  # the first is the point itself


def by_definition(real: np.ndarray, fake: np.ndarray, k: int) -> list[float]:
    """Precision, recall, density and coverage, as the two papers define them."""
    around_real = {i: radius(real[i], real, k) for i in range(len(real))}
    around_fake = {j: radius(fake[j], fake, k) for j in range(len(fake))}
    near = [[dist(x, y) for y in fake] for x in real]
    n, m = range(len(real)), range(len(fake))
    return [
        sum(any(near[i][j] < around_real[i] for i in n) for j in m) / len(fake),
        sum(any(near[i][j] < around_fake[j] for j in m) for i in n) / len(real),
        sum(near[i][j] < around_real[i] for j in m for i in n) / k / len(fake),
        sum(min(near[i]) < around_real[i] for i in n) / len(real),
    ]


def means(measured: Manifold) -> list[float]:
    return [spread.mean for spread in measured]


@pytest.mark.parametrize(("block", "k"), [(500, 3), (7, 5)])
def test_they_are_as_defined_whatever_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch, block: int, k: int):
    monkeypatch.setattr(module, "BLOCK", block)
    real, fake = normal(31), normal(24, shift=1.2)
    expected = by_definition(real, fake, k)
    assert means(compare(real, fake, k)) == pytest.approx(expected)
    assert 0 < min(expected) <= max(expected) < 1


def test_identical_sets_cover_each_other():
    x = normal(200)
    measured = compare(x, x, 5)
    assert measured.precision.mean == measured.recall.mean == measured.coverage.mean == 1
    assert measured.density.mean == pytest.approx(1, abs=0.01)


def test_two_sets_of_one_distribution_have_a_density_near_one():
    measured = compare(normal(800), normal(800), 5)
    assert measured.density.mean == pytest.approx(1, abs=4 * measured.density.std)
    assert min(measured.precision.mean, measured.recall.mean, measured.coverage.mean) > 0.9


def test_disjoint_sets_share_nothing():
    assert means(compare(normal(50), normal(50, shift=100), 5)) == [0, 0, 0, 0]


def test_a_mode_that_is_dropped_lowers_recall_and_coverage_but_not_precision():
    """Two modes far apart, of which one is missing among the images."""
    real, one = np.concatenate([normal(300), normal(300, shift=50)]), normal(600)
    both = np.concatenate([normal(300), normal(300, shift=50)])
    dropped, kept = compare(real, one, 5), compare(real, both, 5)
    assert dropped.recall.mean <= 0.5 < kept.recall.mean
    assert dropped.coverage.mean <= 0.5 < kept.coverage.mean
    assert dropped.precision.mean == pytest.approx(kept.precision.mean, abs=0.05)


def test_one_image_far_away_fools_recall_but_not_coverage():
    """Its ball is huge: the outlier of Naeem et al. 2020, fig. 1."""
    real = normal(200)
    fake = np.concatenate([normal(200, shift=30), normal(1, shift=-30)])
    measured = compare(real, fake, 5)
    assert (measured.recall.mean, measured.coverage.mean) == (1, 0)


def test_errors_are_those_of_means_over_images():
    real, fake = normal(60), normal(40, shift=1)
    measured = compare(real, fake, 5)
    for spread, count in ((measured.precision, 40), (measured.recall, 60), (measured.coverage, 60)):
        assert spread.std == pytest.approx((spread.mean * (1 - spread.mean) / count) ** 0.5)


def test_fewer_images_than_neighbours_use_all():
    real, fake = normal(4), normal(3)
    assert compare(real, fake, 5) == compare(real, fake, 2)
    np.testing.assert_allclose(radii(real, 3), [max(dist(x, y) for y in real) for x in real], rtol=1e-6)
