import numpy as np
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.agreement import assignment_accuracy
from vaeflow.components.evaluation.metrics.clustering import kmeans, num_classes


def blobs(n, classes, spread=0.1):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, n)
    return (3 * np.eye(classes)[labels] + spread * rng.normal(size=(n, classes))).astype(np.float32), labels


def test_well_separated_classes_are_found():
    codes, labels = blobs(100, 4)
    assert assignment_accuracy(contingency_matrix(labels, kmeans(codes, 4, seed=0))) == 1.0


def test_the_seed_decides_the_clusters():
    codes, _ = blobs(200, 3, spread=2.0)
    assert (kmeans(codes, 5, seed=1) == kmeans(codes, 5, seed=1)).all()


def test_there_are_no_more_clusters_than_distinct_points():
    codes = np.zeros((5, 2), np.float32)
    codes[0] = 1
    assert kmeans(codes, 10, seed=0).max() == 1


def test_classes_that_occur_are_counted_and_unknown_ones_are_not():
    assert num_classes(np.array([7, -1, 2, 7, 30])) == 3
    assert num_classes(np.array([-1, -1])) == num_classes(np.array([], int)) == 0
