import numpy as np
import pytest
from vaeflow.components.evaluation.figures.latent_scatter import latent_scatter, project

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


def test_names_are_drawn_as_they_are(tmp_path):
    names = ["$x_{$", "_hidden", "a name that is much too long for a legend", "\\$"]
    picture = latent_scatter(MEAN, STDDEV, np.arange(40) % 4, names)
    picture.figure.savefig(tmp_path / "figure.png")
    (legend,) = picture.figure.legends
    assert [text.get_text().replace(r"\$", "$") for text in legend.get_texts()] == [
        "$x_{$",
        "_hidden",
        "a name that is much too…",
        "\\$",
    ]
