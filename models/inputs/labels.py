"""Labels: the number of the class of each image, or -1 where it is unknown."""

from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.models.arrays import UNKNOWN
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.dense import dense, dtype_name, is_integer, is_known

HIGHEST = 2**31 - 1


def as_labels(given: Any, count: int | None, num_classes: int) -> Any:
    """The labels of `count` images (None if unknown) as int32 [count].

    They are from -1 to below `num_classes`; if that is 0, the model ignores them. Raises `InputError` if they have
    another dtype, shape or range. While TensorFlow traces a graph, values and their range are not known yet.
    """
    return _as_int32(given, "labels", count, UNKNOWN, num_classes)


def as_classes(given: Any, num_classes: int) -> Any:
    """Classes to generate as int32 [n], from 0 to below `num_classes`. Raises `InputError` like `as_labels`."""
    return _as_int32(given, "classes", None, 0, num_classes)


def require_fitting(classes: Any, codes: tf.Tensor) -> None:
    """Raise `InputError` unless codes [..., code] have a class each, or can be repeated for the classes [n]."""
    try:
        tf.broadcast_static_shape(codes.shape[:-1], tf.TensorShape(classes.shape))
    except ValueError:
        shape = codes.shape[:-1].as_list()
        raise InputError(f"classes: expected one for each of {shape} codes, got {classes.shape[0]}") from None


def unknown_labels(count: int) -> Any:
    """Labels [count] of images whose classes are unknown."""
    return np.full(count, UNKNOWN, np.int32)


def require_integers(labels: Any, expected: str) -> None:
    """Raise `InputError` unless an array, a tensor or a `tf.TensorSpec` has integers."""
    if not is_integer(labels):
        raise InputError(f"{expected}, got {dtype_name(labels)}")


def describe_expected(name: str, count: int | None, lowest: int, num_classes: int) -> str:
    """The labels that are expected, for messages."""
    low = f"{lowest} (unknown)" if lowest == UNKNOWN else f"{lowest}"
    bounds = f"from {low} to {num_classes - 1}" if num_classes else f"of at least {low}"
    return f"{name}: expected integers {bounds}, of shape [{'batch' if count is None else count}]"


def highest(num_classes: int) -> int:
    """The highest label: any number for models without classes, which ignore labels."""
    return num_classes - 1 if num_classes else HIGHEST


def _as_int32(given: Any, name: str, count: int | None, lowest: int, num_classes: int) -> Any:
    expected = describe_expected(name, count, lowest, num_classes)
    labels = dense(given, name)
    require_integers(labels, expected)
    shape = tf.TensorShape(labels.shape)
    if not shape.is_compatible_with([count]):
        raise InputError(f"{expected}, got shape {shape.as_list()}")
    if not is_known(labels):
        return tf.cast(labels, tf.int32)
    labels = np.asarray(labels)
    if labels.size and not (lowest <= labels.min() and labels.max() <= highest(num_classes)):
        raise InputError(f"{expected}, got integers from {labels.min()} to {labels.max()}")
    return labels.astype(np.int32)
