"""The noise that a denoising autoencoder learns to remove. Vincent et al. 2008, 2010."""

from typing import assert_never

import tensorflow as tf

from vaeflow.models.family.autoencoder.config import (
    Corruption,
    GaussianCorruption,
    MaskingCorruption,
    SaltAndPepperCorruption,
)
from vaeflow.models.observation import GENERATOR


def corrupt(x: tf.Tensor, corruption: Corruption, seed: tf.Tensor) -> tf.Tensor:
    """Images [batch, h, w, c] in [0, 1] → corrupted images, in [0, 1] too."""
    row = tf.reshape(x, [tf.shape(x)[0], x.shape[1] * x.shape[2] * x.shape[3]])
    return tf.reshape(_corrupt(row, corruption, seed), tf.shape(x))


def _corrupt(row: tf.Tensor, corruption: Corruption, seed: tf.Tensor) -> tf.Tensor:
    match corruption:
        case GaussianCorruption():
            noise = tf.random.stateless_normal(tf.shape(row), seed, alg=GENERATOR)
            return tf.clip_by_value(row + corruption.stddev * noise, 0.0, 1.0)
        case MaskingCorruption():
            return tf.where(_uniform(row, seed) < corruption.fraction, 0.0, row)
        case SaltAndPepperCorruption():
            u = _uniform(row, seed)
            salt_or_pepper = tf.cast(u < corruption.fraction / 2, row.dtype)
            return tf.where(u < corruption.fraction, salt_or_pepper, row)
        case _:
            assert_never(corruption)


def _uniform(row: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    return tf.random.stateless_uniform(tf.shape(row), seed, alg=GENERATOR)
