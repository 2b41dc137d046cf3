import numpy as np

from vaeflow.components.evaluation.disentanglement.points import Points
from vaeflow.components.evaluation.figures.mutual_information import MAX_DIMENSIONS, matrix, matrix_of


def test_a_perfect_code_tells_everything_about_one_factor_by_each_dimension():
    factors = np.array([[a, b] for a in range(2) for b in range(3)])
    picture = matrix_of(Points(factors[:, ::-1].astype(np.float32), factors, ("a", "b")))
    (axis,) = picture.figure.axes
    assert [text.get_text() for text in axis.texts] == ["0.00", "1.00", "1.00", "0.00"]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["a", "b"]
    assert picture.alt.endswith("about a by dimension 1 (1.00), about b by dimension 0 (1.00).")


def test_of_too_many_dimensions_those_that_tell_most_are_shown():
    shares = np.random.default_rng(0).random((MAX_DIMENSIONS + 3, 2))
    shares[[4, 8, 9]] = 0
    picture = matrix(shares, ("a", "b"))
    (axis,) = picture.figure.axes
    np.testing.assert_array_equal(axis.images[0].get_array(), np.delete(shares, [4, 8, 9], axis=0).T)
    assert f"{MAX_DIMENSIONS} of {MAX_DIMENSIONS + 3} dimensions" in picture.caption
