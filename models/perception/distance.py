"""How far two images are apart in the features of several layers."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

BATCH = 50
"""Images of which features are computed at once: those of VGG19 are large."""


class FeatureDistance(keras.layers.Layer):
    """Σ_l mean (a_l - b_l)² / s_l² over layers l of features, where s_l² is the features' variance over images.

    Hou et al. 2017, eq. 3, in units of that variance: 1 a layer is as far as an image is from the mean image.
    """

    def __init__(self, layers: int):
        super().__init__(dtype="float32", autocast=False)
        self.variances = self.add_weight(shape=(layers,), initializer="ones", trainable=False, name="variances")

    def call(self, real: Sequence[tf.Tensor], remade: Sequence[tf.Tensor]) -> tf.Tensor:
        """Features [batch, ...] and [samples * batch, ...] of each layer → [batch], the mean over the samples."""
        distances = [_mean_square(a, b) for a, b in zip(real, remade, strict=True)]
        return tf.reduce_sum(tf.stack(distances, axis=-1) / self.variances.value, axis=-1)

    def scale_by(self, features: Callable[[tf.Tensor], Sequence[tf.Tensor]], images: NDArray[np.uint8]) -> None:
        """Measure the variances on stored images uint8 [n, h, w, c]; a layer without any keeps 1."""
        sums = tf.function(lambda batch: [_sums(seen) for seen in features(batch)], reduce_retracing=True)
        batches = [tf.constant(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        layers = zip(*(sums(batch) for batch in batches), strict=True)
        variances = tf.stack([_variance(layer, len(images)) for layer in layers])
        self.variances.assign(tf.where(variances > 0, variances, 1.0))


def _mean_square(real: tf.Tensor, remade: tf.Tensor) -> tf.Tensor:
    """Mean over samples and features of the squared difference, [batch]."""
    batch = tf.shape(real)[0]
    remade = tf.reshape(remade, tf.concat([[-1], tf.shape(real)], axis=0))
    squares = tf.reshape(tf.math.squared_difference(remade, real), [tf.shape(remade)[0], batch, -1])
    return tf.reduce_mean(squares, axis=(0, 2))


def _sums(features: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Over a batch of features [batch, ...]: their sum [...], and the mean over them of their squares' sums."""
    return tf.reduce_sum(features, axis=0), tf.reduce_mean(tf.reduce_sum(tf.square(features), axis=0))


def _variance(batches: Sequence[tuple[tf.Tensor, tf.Tensor]], count: int) -> tf.Tensor:
    """The variance over `count` images, as the mean over all features, from the sums of batches."""
    mean = tf.add_n([first for first, _ in batches]) / count
    return tf.add_n([second for _, second in batches]) / count - tf.reduce_mean(tf.square(mean))
