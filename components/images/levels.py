"""Scaling of stored values to 8-bit levels in a TensorFlow graph, in the arithmetic of ingest for identical results."""

import numpy as np
import tensorflow as tf

from vaeflow.components.images.intensity import MAX_LEVEL, Intensity, Scale


def to_levels(values: tf.Tensor, intensity: Intensity, name: tf.Tensor) -> tf.Tensor:
    """Stored values → levels uint8 [...], clipped at black and white.

    uint8 and uint16 have the scale of their type; floats are values of the scale that the source had. The graph raises
    `InvalidArgumentError`, which starts with `name`, if values are not finite or far above white and all that the
    source contained: they are in another unit.
    """
    scale = intensity.values if values.dtype.is_floating else None
    scale = scale or intensity.integer_scale(np.dtype(values.dtype.as_numpy_dtype))
    if scale.is_identity and values.dtype == tf.uint8:
        return values
    checks = [] if intensity.highest is None else [_check_unit(values, scale, intensity.limit(scale), name)]
    with tf.control_dependencies(checks):
        scaled = (tf.cast(values, tf.float64) - scale.black) * scale.levels_per_unit
    return tf.cast(tf.clip_by_value(tf.round(scaled), 0, MAX_LEVEL), tf.uint8)


def _check_unit(values: tf.Tensor, scale: Scale, limit: float, name: tf.Tensor) -> tf.Operation:
    found = tf.reduce_max(tf.cast(values, tf.float64))
    expected = f": expected values from {scale.black:g} (black) to {scale.white:g} (white), got "
    message = tf.strings.join([name, expected, tf.strings.as_string(found, shortest=True)])
    return tf.debugging.Assert(found <= limit, [message])
