"""Projections of codes, and their trustworthiness."""

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn import manifold
from sklearn.neighbors import KNeighborsClassifier

from vaeflow.components.evaluation.projections import MIN_IMAGES, differ, project, trustworthiness

RNG = np.random.default_rng(0)
CODES = (RNG.normal(size=(60, 5)) * [0.1, 9, 0.1, 3, 0.5]).astype(np.float32)


def clusters(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes [count, 6] in three distant clusters, with their numbers."""
    labels = np.arange(count) % 3
    return (RNG.normal(size=(count, 6)) + 20 * np.eye(6)[labels]).astype(np.float32), labels


def test_principal_components_are_the_singular_vectors_times_their_values():
    points = project(CODES, "pca", 0)
    left, singular, _ = np.linalg.svd(CODES - CODES.mean(axis=0), full_matrices=False)
    expected = left[:, :2] * singular[:2]
    np.testing.assert_allclose(points * np.sign(points[0] * expected[0]), expected, rtol=1e-3, atol=1e-4)


def test_an_isometric_projection_is_wholly_trustworthy():
    plane = RNG.normal(size=(50, 2))
    codes = np.pad(plane, [(0, 0), (0, 3)]) @ ortho_group.rvs(5, random_state=0) + 7
    np.testing.assert_array_equal(trustworthiness(codes, plane, 5), 1)


@pytest.mark.parametrize(("count", "neighbours"), [(60, 5), (60, 1), (60, 29), (11, 5), (4, 1)])
def test_the_mean_over_images_is_the_trustworthiness_of_the_paper(count, neighbours):
    points = RNG.normal(size=(count, 2))
    mean = trustworthiness(CODES[:count], points, neighbours).mean()
    assert mean == pytest.approx(manifold.trustworthiness(CODES[:count], points, n_neighbors=neighbours))


def test_codes_at_the_same_distance_cost_nothing_in_any_order():
    codes = RNG.integers(0, 2, (80, 4)).astype(np.float32)
    np.testing.assert_array_equal(trustworthiness(codes, codes, 5), 1)


def test_points_in_random_order_are_half_trustworthy():
    codes = RNG.normal(size=(1000, 4))
    assert trustworthiness(codes, RNG.permutation(codes)[:, :2], 5).mean() == pytest.approx(0.5, abs=0.02)


def test_equal_codes_do_not_differ_although_their_deviation_is_not_zero():
    equal = np.full((50, 3), 0.1, np.float32)
    assert equal.std(axis=0).any()
    assert not differ(equal)
    equal[7, 1] = np.nextafter(equal[7, 1], 1)
    assert differ(equal)


def test_tsne_keeps_neighbours_and_is_a_function_of_the_seed():
    codes, labels = clusters(60)
    points = project(codes, "tsne", 3)
    np.testing.assert_array_equal(points, project(codes, "tsne", 3))
    assert KNeighborsClassifier(3).fit(points, labels).score(points, labels) == 1
    assert trustworthiness(codes, points, 5).mean() > trustworthiness(codes, project(codes, "pca", 3), 5).mean()


def test_the_fewest_images_have_points():
    for projection in ("pca", "tsne"):
        assert np.isfinite(project(CODES[:MIN_IMAGES], projection, 0)).all()


@pytest.mark.full  # UMAP compiles for about 10 s
def test_umap_keeps_neighbours_and_is_a_function_of_the_seed():
    codes, _ = clusters(60)
    points = project(codes, "umap", 3)
    np.testing.assert_array_equal(points, project(codes, "umap", 3))
    assert trustworthiness(codes, points, 5).mean() > trustworthiness(codes, project(codes, "pca", 3), 5).mean()
    assert np.isfinite(project(codes[:MIN_IMAGES], "umap", 0)).all()
