"""Similarity of images: PSNR, SSIM and the detail that they share."""

import tensorflow as tf

from vaeflow.components.evaluation.laplacian import laplacian

SSIM_WINDOW = 11
"""Side of SSIM's Gaussian window in pixels, as in the paper; in smaller images, their shorter side."""
SSIM_STDDEV = 1.5
"""Standard deviation of that window in pixels."""
ROUNDING = 1 / 255**2 / 12
"""Mean squared error of rounding to 8 bits: it limits the PSNR to 58.9 dB."""


def psnr(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Peak signal-to-noise ratio of images [batch, h, w, c] in [0, 1]: [batch], in dB."""
    error = tf.reduce_mean(tf.math.squared_difference(x, y), axis=[1, 2, 3])
    return -10 * tf.math.log(tf.maximum(error, ROUNDING)) / tf.math.log(10.0)


def ssim(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Structural similarity of images [batch, h, w, c] in [0, 1]: [batch], at most 1. Wang et al. 2004."""
    side = ssim_window(*x.shape[1:3])
    return tf.image.ssim(x, y, max_val=1.0, filter_size=side, filter_sigma=SSIM_STDDEV)


def ssim_window(height: int, width: int) -> int:
    """Side in pixels of the window for images of this size."""
    return min(SSIM_WINDOW, height, width)


def detail_correlation(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Correlation over pixels of the Laplacians of images [batch, h, w, c]: [batch]; 0 if one of the two is flat.

    It is 1 for the same detail at any contrast and near 0 for detail, such as grain, that only one of the two has.
    """
    a, b = (_centred(laplacian(images)) for images in (x, y))
    return tf.math.divide_no_nan(tf.reduce_sum(a * b, axis=[1, 2]), tf.norm(a, axis=[1, 2]) * tf.norm(b, axis=[1, 2]))


def _centred(values: tf.Tensor) -> tf.Tensor:
    return values - tf.reduce_mean(values, axis=[1, 2], keepdims=True)
