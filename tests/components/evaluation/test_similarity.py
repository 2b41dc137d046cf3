import numpy as np
import pytest
import tensorflow as tf
from scipy.ndimage import gaussian_filter, laplace

from vaeflow.components.evaluation.laplacian import laplacian_variance
from vaeflow.components.evaluation.similarity import detail_correlation, psnr, ssim


def images(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).random(shape).astype(np.float32)


def test_psnr_is_twenty_decibels_for_an_error_of_a_tenth_everywhere():
    x = tf.fill((2, 4, 5, 3), 0.4)
    np.testing.assert_allclose(psnr(x, x + tf.reshape([0.1, -0.01], (2, 1, 1, 1))), [20, 40], rtol=1e-4)


def test_psnr_is_tensorflows_where_an_error_can_be_seen():
    x, y = images(6, 6, 7, 3)[:3], images(6, 6, 7, 3)[3:]
    np.testing.assert_allclose(psnr(x, y), tf.image.psnr(x, y, max_val=1.0), rtol=1e-5)


def test_a_perfect_reconstruction_is_as_good_as_8_bits_can_tell():
    assert psnr(images(1, 4, 4, 1), images(1, 4, 4, 1)).numpy() == pytest.approx(58.92, abs=0.01)


def structural_similarity(x: np.ndarray, y: np.ndarray, window: int) -> float:
    """SSIM of grey images [h, w], averaged over positions where the window fits. Wang et al. 2004, eq. 13."""

    def mean(image: np.ndarray) -> np.ndarray:
        margin = window // 2
        blurred = gaussian_filter(image.astype(np.float64), sigma=1.5, radius=margin)
        return blurred[margin : len(image) - margin, margin : image.shape[1] - margin]

    a, b = mean(x), mean(y)
    variances, covariance = mean(x * x) - a * a + mean(y * y) - b * b, mean(x * y) - a * b
    c1, c2 = 0.01**2, 0.03**2
    return float(np.mean((2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (variances + c2))))


@pytest.mark.parametrize(("shape", "window"), [((28, 28), 11), ((13, 20), 11), ((7, 9), 7)])
def test_ssim_is_the_papers_formula(shape, window):
    x = gaussian_filter(images(*shape), 1)
    y = np.clip(x + 0.1 * images(*reversed(shape)).T, 0, 1)
    expected = structural_similarity(x, y, window)
    assert ssim(x[np.newaxis, ..., np.newaxis], y[np.newaxis, ..., np.newaxis]).numpy() == pytest.approx(
        expected, abs=1e-4
    )


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 30, 3), (8, 8, 1)])
def test_images_of_any_size_are_like_themselves(shape):
    x = images(2, *shape)
    np.testing.assert_allclose(ssim(x, x), 1, rtol=1e-5)


def test_the_detail_is_right_as_far_as_laplacians_are_correlated():
    x, y = np.split(images(8, 9, 7, 1), 2)
    y = 0.7 * x + 0.3 * y
    pairs = [(laplace(a).ravel(), laplace(b).ravel()) for a, b in zip(x[..., 0], y[..., 0], strict=True)]
    np.testing.assert_allclose(detail_correlation(x, y), [np.corrcoef(a, b)[0, 1] for a, b in pairs], rtol=1e-4)


def test_the_detail_is_right_at_any_contrast_and_brightness():
    x = images(3, 8, 8, 3)
    np.testing.assert_allclose(detail_correlation(x, 0.4 * x + 0.3), 1, rtol=1e-4)
    np.testing.assert_allclose(detail_correlation(x, 1 - x), -1, rtol=1e-4)


def test_grain_lowers_the_detail_while_it_sharpens():
    x = gaussian_filter(images(64, 64), 1)[np.newaxis, ..., np.newaxis]
    blurred = gaussian_filter(x, (0, 1, 1, 0))
    grainy = blurred + 0.1 * (images(1, 64, 64, 1) - 0.5)
    assert laplacian_variance(grainy) > laplacian_variance(blurred)
    assert detail_correlation(x, grainy) < detail_correlation(x, blurred) < 1


def test_flat_images_have_no_detail_in_common_with_any():
    x, flat = images(2, 5, 6, 1), np.full((2, 5, 6, 1), 0.5, np.float32)
    for pair in ((x, flat), (flat, x), (flat, flat)):
        np.testing.assert_array_equal(detail_correlation(*pair), 0)
