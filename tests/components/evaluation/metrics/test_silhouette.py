import math

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples, silhouette_score

from vaeflow.components.evaluation.metrics.silhouette import silhouette


def blobs(n, classes, spread):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, n)
    return (3 * np.eye(classes)[labels] + spread * rng.normal(size=(n, classes))).astype(np.float32), labels


def test_well_separated_clusters_have_a_high_one():
    assert silhouette(*blobs(100, 4, spread=0.1), seed=0).mean > 0.9


def test_it_is_estimated_on_a_random_subset_of_many_images():
    codes, clusters = blobs(900, 3, spread=1.5)
    exact = silhouette_score(codes, clusters)
    assert silhouette(codes, clusters, seed=0).mean == pytest.approx(exact)
    assert silhouette(codes, clusters, seed=0, max_images=300).mean == pytest.approx(exact, abs=0.05)


def test_its_deviation_is_that_of_bootstrap_samples_of_the_images():
    codes, clusters = blobs(100, 3, spread=1.5)
    values, random = silhouette_samples(codes, clusters), np.random.default_rng(0)
    means = [random.choice(values, 100).mean() for _ in range(2000)]
    assert silhouette(codes, clusters, seed=0).std == pytest.approx(np.std(means), rel=0.1)


@pytest.mark.parametrize("clusters", [[0], [0, 0, 0], [0, 1, 2]])
def test_one_cluster_or_one_image_in_each_has_none(clusters):
    assert math.isnan(silhouette(np.zeros((len(clusters), 2), np.float32), np.array(clusters), seed=0).mean)
