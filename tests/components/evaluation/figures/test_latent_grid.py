import numpy as np

from vaeflow.components.evaluation.figures.latent_grid import density, edges, latent_grid

RNG = np.random.default_rng(0)
FIRST, SECOND = np.array([-1.0, 0.0, 2.0]), np.array([-2.0, 1.0])


def test_cells_meet_halfway_between_their_centres():
    np.testing.assert_array_equal(edges(FIRST), [-1.5, -0.5, 1.0, 3.0])


def test_the_density_is_the_share_of_codes_that_are_nearest_to_a_centre():
    codes = RNG.uniform([-1.5, -3.5], [3, 2.5], size=(500, 2))
    nearest = np.abs(codes[:, :1] - FIRST).argmin(axis=1), np.abs(codes[:, 1:] - SECOND[::-1]).argmin(axis=1)
    expected = [[np.mean((nearest[0] == column) & (nearest[1] == row)) for column in range(3)] for row in range(2)]
    np.testing.assert_allclose(density(codes, FIRST, SECOND), expected)


def test_the_picture_shows_every_cell_behind_its_image_and_tells_what_is_outside():
    images = np.zeros((2, 3, 5, 5, 1), np.float32)
    picture = latent_grid(images, np.array([[0.0, 1.0], [0.1, 0.9], [9, 9], [-1, -2]]), FIRST, SECOND, "N(0, I)")
    (axis,) = picture.figure.axes
    behind, sheet = axis.images
    assert behind.get_array().shape == (2, 3)
    assert behind.get_array().argmax() == 1  # the upper row, the middle column
    alpha = sheet.get_array()[..., 3]
    assert alpha.sum() == 2 * 3 * 5 * 5
    assert "75% of the codes" in picture.caption
    assert "67% of its cells have none" in picture.alt
