import numpy as np

from vaeflow.components.evaluation.figures.classification import class_counts


def test_images_of_unknown_class_are_not_counted():
    counts = class_counts(np.array([0, 1, 1, -1]), np.array([0, 0, 1, 1]), ("a", "b"))
    np.testing.assert_array_equal(counts, [[1, 0], [1, 1]])
