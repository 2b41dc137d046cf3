import numpy as np

from vaeflow.components.evaluation.agreement import assignment_accuracy
from vaeflow.components.evaluation.metrics.clustering import kmeans


def blobs(n, classes, spread=0.1):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, n)
    return (3 * np.eye(classes)[labels] + spread * rng.normal(size=(n, classes))).astype(np.float32), labels


def test_well_separated_classes_are_found():
    codes, labels = blobs(100, 4)
    assert assignment_accuracy(labels, kmeans(codes, 4, seed=0)) == 1.0


def test_the_seed_decides_the_clusters():
    codes, _ = blobs(200, 3, spread=2.0)
    assert (kmeans(codes, 5, seed=1) == kmeans(codes, 5, seed=1)).all()


def test_there_are_no_more_clusters_than_distinct_points():
    codes = np.zeros((5, 2), np.float32)
    codes[0] = 1
    assert kmeans(codes, 10, seed=0).max() == 1
