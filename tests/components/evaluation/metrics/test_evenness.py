import math

import numpy as np
import pytest

from vaeflow.components.evaluation.aggregated import Drawn
from vaeflow.components.evaluation.metrics.evenness import class_regions, log_volume, overlap, spread

RANDOM = np.random.default_rng(0)


def normal(n: int, d: int, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    return (RANDOM.standard_normal((n, d)) * scale + shift).astype(np.float32)


@pytest.mark.parametrize(("radii", "volume"), [([3.0], 2 * 3), ([2.0, 0.5], math.pi), ([1, 2, 3], 4 / 3 * math.pi * 6)])
def test_the_volume_is_that_of_an_interval_an_ellipse_and_an_ellipsoid(radii: list[float], volume: float):
    found, _ = log_volume(normal(100_000, len(radii)) * radii)
    assert found == pytest.approx(math.log(volume), abs=0.02)


def test_its_error_is_the_deviation_over_other_images():
    values, errors = np.transpose([log_volume(normal(100, 3)) for _ in range(300)])
    assert errors.mean() == pytest.approx(values.std(), rel=0.15)


def test_the_spread_of_volumes_is_the_same_in_any_scale_and_rotation():
    turned, _ = np.linalg.qr(RANDOM.normal(size=(2, 2)))
    drawn = Drawn(np.concatenate([normal(50, 2), normal(50, 2, 5), normal(50, 2, 0.1)]), np.repeat([0, 1, 2], 50))
    one, other = (
        np.std([region.log_volume for region in class_regions(Drawn(codes, drawn.labels))])
        for codes in (drawn.codes, 7 * drawn.codes @ turned)
    )
    assert one == pytest.approx(other, rel=1e-4)


def test_a_class_of_twice_the_images_in_the_same_area_is_twice_as_dense():
    one = normal(1_000, 2)
    small, large = class_regions(Drawn(np.concatenate([one, one, one]), np.repeat([0, 1], [1_000, 2_000])))
    assert large.log_density - small.log_density == pytest.approx(math.log(2), abs=0.01)


def test_classes_that_span_no_volume_or_are_unknown_are_left_out():
    labels = np.array([-1] * 10 + [3] * 3 + [5] * 4)
    assert [region.label for region in class_regions(Drawn(normal(17, 3), labels))] == [5]


def test_the_error_of_a_spread_is_the_deviation_that_the_errors_of_its_values_cause():
    values, errors = [0.0, 1.0, 4.0], [0.1, 0.2, 0.05]
    measured = spread(values, errors)
    noisy = np.array(values) + RANDOM.normal(size=(20_000, 3)) * errors
    assert measured.mean == pytest.approx(np.std(values))
    assert measured.std == pytest.approx(noisy.std(axis=1).std(), rel=0.05)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, -math.inf]])
def test_the_spread_of_less_than_two_volumes_is_undefined(values: list[float]):
    assert math.isnan(spread(values, [0.1] * len(values)).mean)


def test_equal_volumes_have_no_spread():
    assert spread([2.0, 2.0], [0.1, 0.1]).mean == 0


def test_classes_of_one_distribution_overlap_entirely_and_far_ones_not_at_all():
    labels = RANDOM.integers(3, size=2_000)
    same = overlap(Drawn(normal(2_000, 4), labels), neighbours=5)
    assert same.mean == pytest.approx(1, abs=4 * same.std)
    assert same.std < 0.02
    apart = normal(2_000, 4) + 100 * labels[:, np.newaxis]
    assert overlap(Drawn(apart, labels), neighbours=5).mean == 0


def test_the_overlap_of_classes_of_unlike_sizes_in_one_distribution_is_also_entire():
    labels = (RANDOM.random(3_000) < 0.1).astype(int)
    assert overlap(Drawn(normal(3_000, 2), labels), neighbours=5).mean == pytest.approx(1, abs=0.08)


def test_images_of_unknown_class_do_not_count():
    codes, labels = normal(200, 2), RANDOM.integers(2, size=200)
    with_others = Drawn(np.concatenate([codes, normal(50, 2)]), np.concatenate([labels, np.full(50, -1)]))
    assert overlap(with_others, 5) == overlap(Drawn(codes, labels), 5)


@pytest.mark.parametrize("labels", [[0, 0, 0], [-1, -1, 2]])
def test_a_single_class_overlaps_with_nothing_that_is_known(labels: list[int]):
    assert math.isnan(overlap(Drawn(normal(3, 2), np.array(labels)), 5).mean)
