import math

import numpy as np
import pytest

from vaeflow.components.evaluation.embedded import Embedded
from vaeflow.components.evaluation.metrics.probes import knn_accuracy, linear_probe_accuracy, probe
from vaeflow.components.evaluation.spread import Spread


def classes(n, seed, scale=(1.0, 1.0)):
    """Two classes, separated by the sign of the first of two features."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    mean = rng.normal(size=(n, 2)).astype(np.float32)
    mean[:, 0] = (2 * labels - 1) * (1 + np.abs(mean[:, 0]))
    return Embedded(mean * np.array(scale, np.float32), labels)


def nearest_vote(train, test, k):
    distances = np.linalg.norm(test.mean[:, None] - train.mean[None], axis=-1)
    votes = train.labels[np.argsort(distances, axis=1)[:, :k]]
    return np.mean((votes.mean(axis=1) > 0.5) == test.labels)


@pytest.mark.parametrize("k", [1, 3, 7])
def test_nearest_neighbour_accuracy_is_that_of_the_majority_among_the_nearest(k):
    rng = np.random.default_rng(0)
    train = Embedded(rng.normal(size=(60, 3)), rng.integers(0, 2, 60))
    test = Embedded(rng.normal(size=(40, 3)), rng.integers(0, 2, 40))
    expected = nearest_vote(train, test, k)
    found = knn_accuracy(train, test, k)
    assert (found.mean, found.std) == pytest.approx((expected, np.sqrt(expected * (1 - expected) / 40)))


def test_a_linear_boundary_is_found_whatever_the_scale_of_the_features():
    scale = (1e-3, 1e3)
    assert linear_probe_accuracy(classes(100, 0, scale), classes(50, 1, scale)) == Spread(1.0, 0.0)


def test_more_neighbours_than_training_images_are_as_many_as_there_are():
    train = Embedded(np.array([[0.0], [1.0], [1.1]]), np.array([0, 1, 1]))
    assert knn_accuracy(train, Embedded(np.array([[0.0]]), np.array([1])), neighbours=5).mean == 1.0


def test_a_single_training_class_is_the_answer_to_everything():
    train = Embedded(np.array([[0.0], [1.0]]), np.array([2, 2]))
    scores = probe(train, Embedded(np.array([[0.0], [1.0]]), np.array([2, 0])), neighbours=1)
    assert {name: score.mean for name, score in scores.items()} == {"knn_accuracy": 0.5, "linear_probe_accuracy": 0.5}


def test_unknown_labels_neither_teach_nor_test():
    train, test = classes(50, 0), classes(20, 1)
    spoilt = Embedded(np.concatenate([train.mean, -train.mean]), np.concatenate([train.labels, np.full(50, -1)]))
    assert probe(spoilt, test, 3) == probe(train, test, 3)


def test_without_a_labelled_training_image_there_is_no_accuracy():
    train = Embedded(np.zeros((3, 2)), np.full(3, -1))
    assert all(math.isnan(score.mean) for score in probe(train, classes(5, 0), 1).values())
