import numpy as np
import pytest
import tensorflow as tf
from scipy.ndimage import convolve, gaussian_filter

from vaeflow.components.evaluation.metrics.sharpness import laplacian_variance, sharpness_of
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

KERNEL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(8, 8), (7, 5), (2, 3), (1, 4)])
def test_it_is_the_variance_of_a_three_by_three_convolution(shape: tuple[int, int]):
    images = RANDOM.random((4, *shape, 1)).astype(np.float32)
    expected = [convolve(image[..., 0].astype(float), KERNEL, mode="reflect").var() for image in images]
    np.testing.assert_allclose(laplacian_variance(images), expected, rtol=1e-4)


def test_a_grey_image_in_three_channels_is_as_sharp_as_in_one():
    grey = RANDOM.random((3, 6, 6, 1)).astype(np.float32)
    np.testing.assert_allclose(laplacian_variance(np.repeat(grey, 3, axis=-1)), laplacian_variance(grey), rtol=1e-4)


def test_a_flat_image_has_none_and_blur_takes_it_away():
    image = RANDOM.random((16, 16)).astype(np.float32)
    stack = np.stack([np.full_like(image, 0.3), gaussian_filter(image, 2), gaussian_filter(image, 1), image])[..., None]
    values = laplacian_variance(stack)
    assert values[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(values) > 0).all()


def test_half_the_contrast_is_a_quarter_of_the_sharpness():
    image = RANDOM.random((1, 9, 9, 1)).astype(np.float32)
    np.testing.assert_allclose(laplacian_variance(image / 2), laplacian_variance(image) / 4, rtol=1e-5)


def test_of_a_model_it_is_a_mean_over_images_whatever_the_batch():
    images = RANDOM.integers(0, 256, (50, 4, 5, 1), dtype=np.uint8)
    model = build(VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,))), DataSpec(image_shape=(4, 5, 1)))
    labels = np.full(50, -1)
    measured = sharpness_of(model, images, labels, batch_size=50, seed=1)
    x = images.astype(np.float32) / 255
    values = laplacian_variance(x)
    assert (measured.real.mean, measured.real.std) == pytest.approx((values.mean(), values.std() / 50**0.5), rel=1e-5)
    assert measured.reconstructed.mean == pytest.approx(
        laplacian_variance(model.reconstruct(x).numpy()).mean(), rel=1e-5
    )
    samples = model.generate(50, tf.constant([1, 0])).numpy()
    assert measured.samples.mean == pytest.approx(laplacian_variance(samples).mean(), rel=1e-5)
    by_parts = sharpness_of(model, images, labels, batch_size=15, seed=1)
    for part, whole in zip(by_parts[:2], measured[:2], strict=True):
        assert (part.mean, part.std) == pytest.approx((whole.mean, whole.std), rel=1e-4)
