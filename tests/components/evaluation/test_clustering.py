import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from vaeflow.components.evaluation import clustering
from vaeflow.components.evaluation.clustering import agreement, assignment_accuracy, cluster, silhouette


def blobs(n, classes, seed=0, spread=0.1):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    centres = 3 * np.eye(classes)
    return (centres[labels] + spread * rng.normal(size=(n, classes))).astype(np.float32), labels


def best_by_brute_force(labels, clusters):
    """Every one-to-one map from clusters to classes, padded with classes and clusters that nobody is in."""
    size = max(labels.max(), clusters.max()) + 1
    return max(np.mean(np.array(names)[clusters] == labels) for names in permutations(range(size)))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_assignment_accuracy_is_the_best_over_all_assignments(pairs):
    labels, clusters = np.array(pairs).T
    assert assignment_accuracy(labels, clusters) == pytest.approx(best_by_brute_force(labels, clusters))


def test_renamed_classes_agree_fully():
    labels = np.array([0, 0, 1, 1, 2, 2])
    scores = agreement(labels, np.array([2, 2, 0, 0, 1, 1]), "kmeans")
    assert scores == pytest.approx({"kmeans_accuracy": 1.0, "kmeans_nmi": 1.0, "kmeans_ari": 1.0})


def test_one_cluster_of_everything_says_nothing_of_the_classes():
    scores = agreement(np.array([0, 0, 1, 1]), np.zeros(4, int), "cluster")
    assert scores == pytest.approx({"cluster_accuracy": 0.5, "cluster_nmi": 0.0, "cluster_ari": 0.0})


def test_well_separated_classes_are_found():
    latents, labels = blobs(100, 4)
    scores = cluster(latents, labels, 4, seed=0).scores
    assert scores["kmeans_accuracy"] == scores["kmeans_nmi"] == scores["kmeans_ari"] == 1.0
    assert scores["silhouette"] > 0.9


def test_the_seed_decides_the_clusters():
    latents, labels = blobs(200, 3, spread=2.0)
    first, second = cluster(latents, labels, 5, seed=1), cluster(latents, labels, 5, seed=1)
    assert (first.clusters == second.clusters).all()


def test_without_labels_only_the_silhouette_is_measured():
    latents, _ = blobs(50, 3)
    assert set(cluster(latents, None, 3, seed=0).scores) == {"silhouette"}


def test_unknown_labels_are_left_out_of_the_agreement():
    latents, labels = blobs(60, 3)
    unknown = labels.copy()
    unknown[::2] = -1
    assert cluster(latents, unknown, 3, seed=0).scores["kmeans_accuracy"] == 1.0


def test_there_are_no_more_clusters_than_distinct_points():
    latents = np.zeros((5, 2), np.float32)
    latents[0] = 1
    result = cluster(latents, np.array([0, 1, 1, 1, 1]), 10, seed=0)
    assert len(set(result.clusters)) == 2
    assert result.scores["kmeans_accuracy"] == 1.0


def test_a_single_image_has_no_silhouette():
    result = cluster(np.zeros((1, 2), np.float32), np.array([3]), 10, seed=0)
    assert math.isnan(result.scores["silhouette"])
    assert result.scores["kmeans_accuracy"] == 1.0


def test_a_large_silhouette_is_estimated_on_a_subset(monkeypatch):
    latents, labels = blobs(900, 3, spread=1.5)
    exact = silhouette_score(latents, labels)
    assert silhouette(latents, labels, seed=0) == pytest.approx(exact)
    monkeypatch.setattr(clustering, "SILHOUETTE_IMAGES", 300)
    assert silhouette(latents, labels, seed=0) == pytest.approx(exact, abs=0.05)
