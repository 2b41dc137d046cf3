import numpy as np
import pytest

from vaeflow.components.evaluation.metrics.empty_space import flattened, neighbourhood, share_near

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def images(digits) -> np.ndarray:
    """Digits [n, pixels] in [0, 1]."""
    return flattened(digits.images[:800] / np.float32(255))


def test_data_are_near_and_of_others_as_many_as_the_level_says(images: np.ndarray):
    near = neighbourhood(images[:400], images[400:])
    assert share_near(near, images[:400]).mean == 100
    assert share_near(near, images[400:]).mean == pytest.approx(95.25)


@pytest.mark.parametrize(("level", "angle"), [(95, 40), (50, 30), (20, 10), (100, 40)])
def test_the_radius_is_the_conformal_quantile_of_the_angles(level: int, angle: float):
    """The ⌈(4 + 1) level / 100⌉-th smallest of four, or the largest."""
    angles = np.radians([40, 10, 30, 20])
    held_out = RANDOM.uniform(1, 9, (4, 1)) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    near = neighbourhood(np.array([[2.0, 0], [-2, 0]], np.float32), held_out.astype(np.float32), level)
    assert near.radius == pytest.approx(2 * np.sin(np.radians(angle) / 2), rel=1e-5)


def test_contrast_does_not_count_and_mixtures_of_two_images_are_seldom_near(images: np.ndarray):
    near, others = neighbourhood(images[:400], images[400:600]), images[600:]
    pale = near.mean + 0.3 * (others - near.mean)
    assert share_near(near, pale) == share_near(near, others)
    mixtures = (others + others[::-1]) / 2
    assert share_near(near, mixtures).mean < share_near(near, others).mean - 20


def test_noise_is_not_near_and_neither_are_negatives(images: np.ndarray):
    near = neighbourhood(images[:400], images[400:])
    assert share_near(near, RANDOM.random((100, 64)).astype(np.float32)).mean == 0
    assert share_near(near, 1 - images[400:]).mean == 0


def test_the_share_is_that_of_brute_force_and_its_error_binomial(images: np.ndarray):
    data, held_out = images[:40], images[40:60]
    others = images[60:100] + RANDOM.normal(0, 0.1, (40, 64)).astype(np.float32)

    mean = data.mean(axis=0)

    def nearest(image: np.ndarray) -> float:
        """The smallest negative cosine."""
        return min(
            float(np.dot(image - mean, mean - one) / np.linalg.norm(image - mean) / np.linalg.norm(one - mean))
            for one in data
        )

    radius = max(map(nearest, held_out))
    share = np.mean([nearest(image) <= radius for image in others])
    measured = share_near(neighbourhood(data, held_out), others)
    assert 0 < share < 1
    assert measured.mean == pytest.approx(100 * share)
    assert measured.std == pytest.approx(100 * np.sqrt(share * (1 - share) / 40))


def test_of_a_collapsed_decoder_every_image_is_near():
    same = np.full((5, 9), 0.1, np.float32)
    assert share_near(neighbourhood(same, same[:1]), same).mean == 100


def test_large_images_are_averaged_down():
    image = RANDOM.random((2, 128, 192, 3)).astype(np.float32)
    means = image.reshape(2, 64, 2, 64, 3, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(flattened(image), means.reshape(2, -1), rtol=1e-5)
    assert flattened(image[:, :30, :40]).shape == (2, 30 * 40 * 3)
