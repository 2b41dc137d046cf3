"""Similarity of images: PSNR and SSIM."""

import tensorflow as tf

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
