from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.agreement import (
    AGREEMENTS,
    adjusted_rand_index,
    assignment_accuracy,
    normalised_mutual_information,
)

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


def all_scores(counts):
    return {name: score(np.array(counts)) for name, score in AGREEMENTS.items()}


def best_by_brute_force(labels, clusters):
    """Over all one-to-one maps from clusters to classes, padded with empty classes and clusters."""
    size = max(labels.max(), clusters.max()) + 1
    return max(np.mean(np.array(names)[clusters] == labels) for names in permutations(range(size)))


@given(PAIRS)
def test_assignment_accuracy_is_the_best_over_all_assignments(pairs):
    labels, clusters = np.array(pairs).T
    counts = contingency_matrix(labels, clusters)
    assert assignment_accuracy(counts) == pytest.approx(best_by_brute_force(labels, clusters))


@given(PAIRS)
def test_nmi_and_ari_are_those_of_scikit_learn(pairs):
    labels, clusters = np.array(pairs).T
    counts = contingency_matrix(labels, clusters)
    expected = normalized_mutual_info_score(labels, clusters)
    assert normalised_mutual_information(counts) == pytest.approx(expected, abs=1e-12)
    assert adjusted_rand_index(counts) == pytest.approx(adjusted_rand_score(labels, clusters), abs=1e-12)


def test_renamed_classes_agree_fully():
    assert all_scores([[0, 0, 2], [3, 0, 0], [0, 1, 0]]) == pytest.approx({"accuracy": 1, "nmi": 1, "ari": 1})


def test_one_cluster_of_everything_says_nothing_of_the_classes():
    assert all_scores([[2], [2]]) == pytest.approx({"accuracy": 0.5, "nmi": 0, "ari": 0})


def test_classes_and_clusters_without_images_change_nothing():
    assert all_scores([[3, 0, 1], [0, 0, 0], [1, 0, 4]]) == pytest.approx(all_scores([[3, 1], [1, 4]]))
