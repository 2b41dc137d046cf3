import numpy as np
import pytest

from vaeflow.components.evaluation.figures.confusion import best_order, confusion


def test_clusters_follow_the_classes_they_are_assigned_to():
    assert best_order(np.array([[0, 0, 7], [9, 1, 0], [0, 5, 1]])) == [2, 0, 1]


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (1, 1), (40, 30)])
def test_every_cluster_is_drawn_once_whatever_the_number_of_classes(shape):
    counts = np.random.default_rng(0).integers(0, 9, shape)
    assert sorted(best_order(counts)) == list(range(shape[1]))
    (axis,) = confusion(counts, [str(i) for i in range(shape[0])]).figure.axes
    assert axis.get_images()[0].get_array().shape == shape
