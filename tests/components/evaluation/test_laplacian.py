import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter

from vaeflow.components.evaluation.laplacian import laplacian, laplacian_variance

KERNEL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(8, 8), (7, 5), (2, 3), (1, 4)])
def test_it_is_a_three_by_three_convolution(shape: tuple[int, int]):
    images = RANDOM.random((4, *shape, 1)).astype(np.float32)
    expected = [convolve(image[..., 0].astype(float), KERNEL, mode="reflect") for image in images]
    np.testing.assert_allclose(laplacian(images), expected, atol=1e-5)
    np.testing.assert_allclose(laplacian_variance(images), np.var(expected, axis=(1, 2)), rtol=1e-4)


def test_a_grey_image_in_three_channels_is_as_sharp_as_in_one():
    grey = RANDOM.random((3, 6, 6, 1)).astype(np.float32)
    np.testing.assert_allclose(laplacian_variance(np.repeat(grey, 3, axis=-1)), laplacian_variance(grey), rtol=1e-4)


def test_a_flat_image_has_none_and_blur_takes_it_away():
    image = RANDOM.random((16, 16)).astype(np.float32)
    stack = np.stack([np.full_like(image, 0.3), gaussian_filter(image, 2), gaussian_filter(image, 1), image])[..., None]
    values = laplacian_variance(stack).numpy()
    assert values[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(values) > 0).all()


def test_half_the_contrast_is_a_quarter_of_the_sharpness():
    image = RANDOM.random((1, 9, 9, 1)).astype(np.float32)
    np.testing.assert_allclose(laplacian_variance(image / 2), laplacian_variance(image) / 4, rtol=1e-5)
