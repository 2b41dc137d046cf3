import numpy as np
import pytest

from vaeflow.components.evaluation.figures.latent import kl_per_dimension, latent_scatter, project

RNG = np.random.default_rng(0)
MEAN = RNG.normal(size=(40, 5)).astype(np.float32)
STDDEV = np.full_like(MEAN, 0.5)


def test_two_latent_dimensions_are_the_plane():
    assert (project(MEAN[:, :2], STDDEV[:, :2]).points == MEAN[:, :2]).all()


def test_one_latent_dimension_is_drawn_against_its_deviation():
    assert (project(MEAN[:, :1], STDDEV[:, :1]).points == np.stack([MEAN[:, 0], STDDEV[:, 0]], axis=1)).all()


def test_more_dimensions_are_projected_on_the_directions_of_largest_variance():
    stretched = MEAN * np.array([0.1, 9, 0.1, 3, 0.1], np.float32)
    plane = project(stretched, STDDEV)
    singular = np.linalg.svd(stretched - stretched.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(np.linalg.norm(plane.points, axis=0), singular[:2], rtol=1e-4)
    assert f"{singular[0] ** 2 / (singular**2).sum():.0%}" in plane.axes[0]


def test_a_single_or_collapsed_image_still_has_a_place():
    for count in (1, 4):
        assert np.isfinite(project(np.zeros((count, 5), np.float32), STDDEV[:count]).points).all()


@pytest.mark.parametrize(
    ("labels", "names", "coloured"),
    [
        (None, [], False),
        (np.arange(40) % 3, ["a", "b", "long name"], True),
        (np.arange(40) % 3 - 1, ["a", "b", "c"], True),
        (np.arange(40) % 11, [str(i) for i in range(11)], False),
    ],
)
def test_the_scatter_names_the_classes_that_it_colours(labels, names, coloured):
    picture = latent_scatter(MEAN, STDDEV, labels, names)
    assert ("its class" in picture.caption) == coloured
    legend = [text.get_text() for legend in picture.figure.legends for text in legend.get_texts()]
    present = [] if labels is None else [names[i] for i in np.unique(labels[labels >= 0])]
    assert [name for name in legend if name != "unknown"] == (present if coloured else [])
    assert ("unknown" in legend) == (labels is not None and labels.min() < 0)


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
