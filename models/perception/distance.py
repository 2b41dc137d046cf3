"""Distance between images in the features of several layers."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from vaeflow.models.arrays import Pixels

BATCH = 50
"""Number of images whose features are computed at once: those of VGG19 are large."""


class FeatureDistance(keras.layers.Layer):
    """Σ_l mean (a_l - b_l)² / s_l² over layers l of features, where s_l² is the features' variance over images.

    Hou et al. 2017, eq. 3, in units of that variance: on average, an image is 1 per layer away from the mean.
    """

    def __init__(self, layers: int):
        super().__init__(dtype="float32", autocast=False)
        self.variances = self.add_weight(shape=(layers,), initializer="ones", trainable=False, name="variances")

    def call(self, real: Sequence[tf.Tensor], reconstructed: Sequence[tf.Tensor]) -> tf.Tensor:
        """Features [batch, ...] and [samples * batch, ...] of each layer → [batch], the mean over samples."""
        distances = [_mean_square(a, b) for a, b in zip(real, reconstructed, strict=True)]
        return tf.reduce_sum(tf.stack(distances, axis=-1) / self.variances.value, axis=-1)

    def scale_by(self, features: Callable[[tf.Tensor], Sequence[tf.Tensor]], images: Pixels) -> None:
        """Estimate the variances from stored images [n, h, w, c]; a layer without variance gets 1."""
        sums = tf.function(
            lambda batch: [_sums(layer) for layer in features(batch)], reduce_retracing=True, autograph=False
        )
        batches = [tf.constant(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        layers = zip(*(sums(batch) for batch in batches), strict=True)
        variances = tf.stack([_variance(layer, len(images)) for layer in layers])
        self.variances.assign(tf.where(variances > 0, variances, 1.0))


def _mean_square(real: tf.Tensor, reconstructed: tf.Tensor) -> tf.Tensor:
    """Squared difference, averaged over samples and features: [batch]."""
    batch = tf.shape(real)[0]
    reconstructed = tf.reshape(reconstructed, tf.concat([[-1], tf.shape(real)], axis=0))
    squares = tf.reshape(tf.math.squared_difference(reconstructed, real), [tf.shape(reconstructed)[0], batch, -1])
    return tf.reduce_mean(squares, axis=(0, 2))


def _sums(features: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Sum [...] of features [batch, ...] over the batch, and the sum of their squares averaged over the features."""
    return tf.reduce_sum(features, axis=0), tf.reduce_mean(tf.reduce_sum(tf.square(features), axis=0))


def _variance(batches: Sequence[tuple[tf.Tensor, tf.Tensor]], count: int) -> tf.Tensor:
    """Variance over `count` images, averaged over all features, from the sums of the batches."""
    mean = tf.add_n([first for first, _ in batches]) / count
    return tf.add_n([second for _, second in batches]) / count - tf.reduce_mean(tf.square(mean))
