import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.evaluation.agreement import agreement, assignment_accuracy


def best_by_brute_force(labels, clusters):
    """Over all one-to-one maps from clusters to classes, padded with empty classes and clusters."""
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


def test_unknown_labels_are_left_out():
    labels, clusters = np.array([0, -1, 1, -1]), np.array([1, 1, 0, 0])
    assert set(agreement(labels, clusters, "kmeans").values()) == {1.0}


def test_without_a_known_label_there_is_no_agreement():
    assert all(math.isnan(score) for score in agreement(np.array([-1, -1]), np.array([0, 1]), "kmeans").values())
