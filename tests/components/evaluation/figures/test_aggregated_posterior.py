import numpy as np
import pytest

from vaeflow.components.evaluation.figures.aggregated_posterior import aggregated_posterior

RANDOM = np.random.default_rng(0)
CODES = (RANDOM.standard_normal((500, 3)) * [1, 0.1, 3] + [0, 2, -1]).astype(np.float32)


def test_each_dimension_has_an_interval_of_one_standard_deviation_around_its_mean():
    axis = aggregated_posterior(CODES).figure.axes[0]
    (lines,) = axis.containers[0].lines[2]
    ends = np.array([segment[:, 1] for segment in lines.get_segments()])
    np.testing.assert_allclose(ends.mean(axis=1), CODES.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(np.diff(ends, axis=1)[:, 0] / 2, CODES.std(axis=0), rtol=1e-5)


def test_correlations_are_shown_in_colours_from_minus_one_to_one():
    image = aggregated_posterior(CODES).figure.axes[1].images[0]
    np.testing.assert_allclose(image.get_array(), np.corrcoef(CODES, rowvar=False), atol=1e-6)
    assert image.get_clim() == (-1, 1)


@pytest.mark.parametrize("codes", [CODES[:, :1], np.ones((5, 1), np.float32)])
def test_a_single_dimension_has_no_correlations(codes: np.ndarray):
    picture = aggregated_posterior(codes)
    assert len(picture.figure.axes) == 1
    assert "orrelation" not in picture.caption
    picture.figure.draw_without_rendering()
