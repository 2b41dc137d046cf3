"""The discrete Laplacian of images: their edges and finest details, and their noise."""

import tensorflow as tf

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the brightness of a pixel. ITU-R BT.601."""


def laplacian(images: tf.Tensor) -> tf.Tensor:
    """Sum of a pixel's four neighbours minus four times the pixel, for images [batch, h, w, c]: [batch, h, w].

    Colours are converted to grey, and borders are reflected. Pech-Pacheco et al. 2000, §2.
    """
    grey = tf.tensordot(images, LUMA, 1) if images.shape[-1] == 3 else tf.reduce_mean(images, axis=-1)
    around = tf.pad(grey, [[0, 0], [1, 1], [1, 1]], "SYMMETRIC")
    neighbours = around[:, :-2, 1:-1] + around[:, 2:, 1:-1] + around[:, 1:-1, :-2] + around[:, 1:-1, 2:]
    return neighbours - 4 * grey


def laplacian_variance(images: tf.Tensor) -> tf.Tensor:
    """Variance over pixels of the Laplacian of images [batch, h, w, c] in [0, 1]: [batch]. Pech-Pacheco et al. 2000.

    For pixels in [0, 255], it is 255² times as large.
    """
    return tf.math.reduce_variance(laplacian(images), axis=[1, 2])
