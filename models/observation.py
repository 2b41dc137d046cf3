"""From images to model inputs x: one transform for training, evaluation and serving, which the dtype decides on."""

from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.models.config import Observation
from vaeflow.models.errors import InputError

LEVELS = 255
DTYPES = ("uint8", "float16", "bfloat16", "float32", "float64")
"""Dtypes of images: of stored ones, and of x."""
ROUNDING = 1e-3
"""How far floats may lie outside [0, 1], to be clipped: less than a grey level, as resizing leaves behind."""
# Generator of all random numbers. Named, because TensorFlow's own choice depends on the device and on XLA.
GENERATOR = "philox"


def observe(images: Any, observation: Observation, seed: tf.Tensor | None = None) -> tf.Tensor:
    """Images [batch, h, w, c] → x, float32 of the same shape in [0, 1].

    uint8 pixels are stored images, 0 to 255, and are transformed. Floats are x itself. With `seed` (int32 [2]), dynamic
    binarisation draws anew; without one it is as reproducible as static binarisation.
    Raises `InputError` if the images have another dtype, or are floats outside [0, 1]. While TensorFlow traces a graph,
    values are not known yet, and only the dtype is checked.
    """
    images = tensor_or_array(images)
    require_dtype(images.dtype.name)
    if images.dtype == tf.uint8:
        return observe_stored(tf.convert_to_tensor(images), observation, seed)
    if tf.executing_eagerly():
        require_unit_interval(float(tf.reduce_min(images)), float(tf.reduce_max(images)))
    return tf.clip_by_value(tf.cast(images, tf.float32), 0.0, 1.0)


def tensor_or_array(images: Any) -> Any:
    """The images as one tensor or array. Raises `InputError` if they are not of one shape."""
    try:
        return images if tf.is_tensor(images) else np.asarray(images)
    except ValueError:
        raise InputError("images: expected one array of images of the same shape, got several shapes") from None


def require_dtype(name: str) -> None:
    """Raise `InputError` if images of the dtype `name` cannot be observed."""
    if name not in DTYPES:
        raise InputError(f"images: expected uint8 from 0 to 255, or floats in [0, 1], got {name}")


def require_unit_interval(low: float, high: float) -> None:
    """Raise `InputError` if the lowest and the highest of the floats are not in [0, 1], up to rounding."""
    if not (low >= -ROUNDING and high <= 1 + ROUNDING):  # also if one is not a number
        raise InputError(
            f"images: expected floats in [0, 1], or uint8 from 0 to 255, got floats from {low:g} to {high:g}"
        )


def observe_stored(images: tf.Tensor, observation: Observation, seed: tf.Tensor | None) -> tf.Tensor:
    """Stored images uint8 → x; see `observe`."""
    if observation.binarise == "none":
        return tf.cast(images, tf.float32) / LEVELS
    if observation.binarise == "dynamic" and seed is not None:
        return binarise_dynamically(images, seed)
    return binarise(images, observation.seed)


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
