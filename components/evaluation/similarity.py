"""Similarity of images: PSNR and SSIM."""

import tensorflow as tf

SSIM_WINDOW = 11
"""Side of SSIM's Gaussian window in pixels; the window shrinks to the size of smaller images."""
ROUNDING = 1 / 255**2 / 12
"""Mean squared error of rounding to 8 bits: it limits the PSNR to 58.9 dB."""


def psnr(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Peak signal-to-noise ratio of images [batch, h, w, c] in [0, 1]: [batch], in dB."""
    error = tf.reduce_mean(tf.math.squared_difference(x, y), axis=[1, 2, 3])
    return -10 * tf.math.log(tf.maximum(error, ROUNDING)) / tf.math.log(10.0)


def ssim(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Structural similarity of images [batch, h, w, c] in [0, 1]: [batch], at most 1. Wang et al. 2004."""
    return tf.image.ssim(x, y, max_val=1.0, filter_size=min(SSIM_WINDOW, *x.shape[1:3]))
