from itertools import pairwise

import numpy as np
import pytest

from vaeflow.components.evaluation.figures.kl_per_dimension import kl_per_dimension, kl_per_layer


def test_bars_are_sorted_and_numbered_by_dimension():
    picture = kl_per_dimension(np.array([0.1, 3.0, 0.0, 2.0]), np.array([False, True, False, True]))
    (axis,) = picture.figure.axes
    assert [bar.get_height() for bar in axis.patches] == [3.0, 2.0, 0.1, 0.0]
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["1", "3", "0", "2"]
    assert "2 of 4 active" in axis.get_title(loc="left")


@pytest.mark.parametrize("latent_dim", [1, 16, 17, 200])
def test_no_more_dimensions_are_numbered_than_fit(latent_dim):
    picture = kl_per_dimension(np.ones(latent_dim), np.ones(latent_dim, bool))
    assert len(picture.figure.axes[0].get_xticks()) <= 16


@pytest.mark.parametrize("sizes", [(30, 32), (32, 16, 8, 4, 2), (50, 8, 1, 1, 1, 1), (1, 1, 60)])
def test_the_names_of_narrow_layers_do_not_overlap(sizes):
    kl = np.ones(sum(sizes))
    figure = kl_per_layer(kl, kl > 0, {f"layer {number}": size for number, size in enumerate(sizes)}).figure
    figure.draw_without_rendering()
    ends = [(box.x0, box.x1) for box in (text.get_window_extent() for text in figure.axes[0].get_xticklabels())]
    assert all(end < begin for (_, end), (begin, _) in pairwise(ends))


def test_the_layers_of_a_hierarchy_stand_side_by_side_with_their_sums():
    kl = np.array([1.0, 3.0, 0.5, 0.0])
    (axis,) = kl_per_layer(kl, kl > 0.1, {"z1": 3, "z2": 1}).figure.axes
    assert [tick.get_text() for tick in axis.get_xticklabels()] == [
        "z1\n3 of 3\n4.5 nats",
        "z2\n0 of 1\n0.0 nats",
    ]
    assert [bar.get_height() for bar in axis.patches] == [3.0, 1.0, 0.5, 0.0]
