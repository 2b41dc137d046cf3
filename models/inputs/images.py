"""Images: uint8 from 0 to 255, or floats in [0, 1]."""

from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.models.errors import InputError
from vaeflow.models.inputs.dense import dense, dtype_name, is_known

DTYPES = ("uint8", "float16", "bfloat16", "float32", "float64")
"""Dtypes of images: of stored ones, and of x."""
CHANNELS = range(1, 5)
"""Numbers of channels of stored images: grey or RGB, each with or without opacity."""
ROUNDING = 1e-3
"""How far floats may lie outside [0, 1], to be clipped: less than a grey level, as resizing leaves behind."""
PIXELS = "uint8 from 0 to 255, or floats in [0, 1]"


def as_images(given: Any) -> Any:
    """The images as one tensor or array. Raises `InputError` if they have another dtype, or are floats outside [0, 1].

    While TensorFlow traces a graph, values are not known yet, and only the dtype is checked.
    """
    images = dense(given, "images")
    require_dtype(images)
    if dtype_name(images) != "uint8" and is_known(images) and 0 not in images.shape:
        require_unit_interval(*_range(images))
    return images


def require_dtype(images: Any) -> None:
    """Raise `InputError` if an array, a tensor or a `tf.TensorSpec` of images cannot be observed."""
    if dtype_name(images) not in DTYPES:
        raise InputError(f"images: expected {PIXELS}, got {dtype_name(images)}")


def require_unit_interval(low: float, high: float) -> None:
    """Raise `InputError` if the lowest and the highest of the floats are not in [0, 1], up to rounding."""
    if not (low >= -ROUNDING and high <= 1 + ROUNDING):  # also if one is not a number
        raise InputError(f"images: expected {PIXELS}, got floats from {low:g} to {high:g}")


def require_shape(shape: tf.TensorShape, image_shape: tuple[int, int, int], *, several_batches: bool = False) -> None:
    """Raise `InputError` unless a batch has at least one image of the shape, as far as its shape is known.

    With `several_batches`, they may be stacked: [steps, batch, h, w, c].
    """
    expected = tf.TensorShape([None, *image_shape])
    if several_batches and shape.rank == 5:
        shape = shape[1:]
    if not shape.is_compatible_with(expected) or (shape.rank and shape[0] == 0):
        raise InputError(f"images: {describe_shape(image_shape)}, got {shape.as_list()}")


def describe_shape(image_shape: tuple[int, int, int]) -> str:
    """The shape that is expected, for messages."""
    return f"expected shape [{', '.join(['batch', *map(str, image_shape)])}]"


def _range(images: Any) -> tuple[float, float]:
    if tf.is_tensor(images):
        with tf.init_scope():  # also of a known tensor that is used in a graph
            return float(tf.reduce_min(images)), float(tf.reduce_max(images))
    return float(np.min(images)), float(np.max(images))
