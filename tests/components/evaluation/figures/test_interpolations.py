import numpy as np
import pytest

from vaeflow.components.evaluation.figures.interpolations import pairs


def test_pairs_are_disjoint_and_of_different_classes_where_possible():
    assert pairs(np.array([0, 0, 0, 1, 2, 2]), limit=10) == [(0, 3), (1, 4), (2, 5)]


def test_images_of_one_class_are_paired_all_the_same():
    assert pairs(np.zeros(4, int), limit=1) == [(0, 1)]


@pytest.mark.parametrize(("count", "expected"), [(1, []), (2, [(0, 1)]), (5, [(0, 1), (2, 3)])])
def test_without_labels_neighbours_are_paired(count, expected):
    assert pairs(np.full(count, -1), limit=6) == expected
