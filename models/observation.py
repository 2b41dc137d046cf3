"""From images to model inputs x: one transform for training, evaluation and serving, which the dtype decides on."""

from typing import Any

import tensorflow as tf

from vaeflow.models.config import Observation
from vaeflow.models.inputs.images import as_images

LEVELS = 255
# Generator of all random numbers. Named, because TensorFlow's own choice depends on the device and on XLA.
GENERATOR = "philox"


def observe(images: Any, observation: Observation, seed: tf.Tensor | None = None) -> tf.Tensor:
    """Images [batch, h, w, c] → x, float32 of the same shape in [0, 1].

    uint8 pixels are stored images, 0 to 255, and are transformed. Floats are x itself. With `seed` (int32 [2]), dynamic
    binarisation draws anew; without one it is as reproducible as static binarisation.
    Raises `InputError` if the images have another dtype, or are floats outside [0, 1]. While TensorFlow traces a graph,
    values are not known yet, and only the dtype is checked.
    """
    images = tf.convert_to_tensor(as_images(images))
    if images.dtype == tf.uint8:
        return observe_stored(images, observation, seed)
    return tf.clip_by_value(tf.cast(images, tf.float32), 0.0, 1.0)


def observe_stored(images: tf.Tensor, observation: Observation, seed: tf.Tensor | None) -> tf.Tensor:
    """Stored images uint8 → x; see `observe`."""
    if observation.binarise == "none":
        return of_levels(images)
    if observation.binarise == "dynamic" and seed is not None:
        return binarise_dynamically(images, seed)
    return binarise(images, observation.seed)


def of_levels(images: tf.Tensor) -> tf.Tensor:
    """Levels uint8 → float32 in [0, 1]."""
    return tf.cast(images, tf.float32) / LEVELS


def to_levels(x: Any) -> tf.Tensor:
    """Floats in [0, 1] → the nearest levels uint8."""
    return tf.cast(tf.round(tf.clip_by_value(tf.cast(x, tf.float64), 0, 1) * LEVELS), tf.uint8)


def binarise_dynamically(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Set each pixel to 1 with probability grey value / 255, else to 0. Salakhutdinov & Murray 2008."""
    noise = tf.random.stateless_uniform(tf.shape(images), seed, alg=GENERATOR)
    return tf.cast(noise < tf.cast(images, tf.float32) / LEVELS, tf.float32)


def binarise(images: tf.Tensor, seed: int) -> tf.Tensor:
    """Like `binarise_dynamically`, with noise that is a function of the seed and of the image's own pixels.

    An image thus has the same binary image in every batch, process and program, without a name or a stored random
    state. An image that is already black and white does not change.
    """
    pixels = tf.cast(tf.reshape(images, [tf.shape(images)[0], -1]), tf.uint32)
    place = tf.cast(tf.range(tf.shape(pixels)[1]), tf.uint32)
    salt = tf.constant(seed % 2**32, tf.uint32)
    fingerprint = tf.reduce_sum(_scramble(place * 256 + pixels + _scramble(salt)), axis=1, keepdims=True)
    noise = _scramble(_scramble(fingerprint + salt) + place) % LEVELS
    return tf.cast(tf.reshape(pixels > noise, tf.shape(images)), tf.float32)


def _scramble(value: tf.Tensor) -> tf.Tensor:
    """MurmurHash3's finaliser: a bijection of uint32 whose output bits look independent of the input's."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        value = tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, tf.constant(shift, tf.uint32)))
        value *= tf.constant(factor, tf.uint32)
    return value
