"""Batches of a `tf.data.Dataset`: checked by their specification, and by assertions on what only the graph knows."""

from functools import partial

import tensorflow as tf

from vaeflow.models.arrays import UNKNOWN
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import NO_BATCHES, unpack
from vaeflow.models.inputs.images import PIXELS, ROUNDING, describe_shape, require_dtype, require_shape
from vaeflow.models.inputs.labels import describe_expected, highest, require_integers
from vaeflow.models.inputs.refusals import assertion

SEVERAL = 5
"""Rank of the images of several batches."""


def checked_dataset(batches: tf.data.Dataset, data: DataSpec, *, several_batches: bool = False) -> tf.data.Dataset:
    """The batches of images, or of images and labels. With `several_batches`, an element may be [steps, batch, ...].

    Raises `InputError` if its elements are specified in another way. Where an element then has another shape or range,
    an `assertion` fails.
    """
    images, labels = unpack(batches.element_spec)
    _require_tensor("images", images)
    require_dtype(images)
    require_shape(images.shape, data.image_shape, several_batches=several_batches)
    if labels is not None:
        _require_tensor("labels", labels)
        _require_label_spec(labels, images.shape, data.num_classes)
    if batches.cardinality() == 0:
        raise InputError(NO_BATCHES)
    return batches.map(partial(_asserted, data))


def has_several_batches(batches: tf.data.Dataset) -> bool:
    """Whether each element is several batches of images, [steps, batch, h, w, c]."""
    images = unpack(batches.element_spec).images
    return isinstance(images, tf.TensorSpec) and images.shape.rank == SEVERAL


def _require_tensor(name: str, spec: object) -> None:
    if not isinstance(spec, tf.TensorSpec):
        raise InputError(f"{name}: expected a tensor in each batch of the dataset, got {type(spec).__name__}")


def _require_label_spec(labels: tf.TensorSpec, images: tf.TensorShape, num_classes: int) -> None:
    expected = _expected_labels(num_classes)
    require_integers(labels, expected)
    if not labels.shape.is_compatible_with(images[:-3]):
        raise InputError(f"{expected}, got shape {labels.shape.as_list()}")


def _expected_labels(num_classes: int) -> str:
    return describe_expected("labels", None, UNKNOWN, num_classes)


def _asserted(data: DataSpec, *batch: tf.Tensor) -> tf.Tensor | tuple[tf.Tensor, tf.Tensor]:
    images, labels = unpack(batch)
    images = _of_shape(images, data.image_shape)
    if images.dtype != tf.uint8:
        images = _in_unit_interval(images)
    return images if labels is None else (images, _of_classes(labels, images, data.num_classes))


def _of_shape(images: tf.Tensor, image_shape: tuple[int, int, int]) -> tf.Tensor:
    """The images, asserted to be some, and to have the shape that the specification may leave open."""
    leading = (images.shape.rank or 4) - 3
    shape = tf.shape(images)
    fits = _equal(shape, tf.concat([shape[:leading], image_shape], axis=0)) & (tf.size(images) > 0)
    with tf.control_dependencies([assertion(fits, f"images: {describe_shape(image_shape)}, got {{}}", shape)]):
        return tf.ensure_shape(images, [*[None] * leading, *image_shape])


def _in_unit_interval(images: tf.Tensor) -> tf.Tensor:
    low, high = (tf.cast(end, tf.float32) for end in (tf.reduce_min(images), tf.reduce_max(images)))
    inside = (low >= -ROUNDING) & (high <= 1 + ROUNDING)
    message = f"images: expected {PIXELS}, got floats from {{}} to {{}} in a batch of the dataset"
    with tf.control_dependencies([assertion(inside, message, low, high)]):
        return tf.identity(images)


def _of_classes(labels: tf.Tensor, images: tf.Tensor, num_classes: int) -> tf.Tensor:
    low, high = (tf.cast(end, tf.int64) for end in (tf.reduce_min(labels), tf.reduce_max(labels)))
    inside = (low >= UNKNOWN) & (high <= highest(num_classes))
    shape, wanted = tf.shape(labels), tf.shape(images)[:-3]
    expected = _expected_labels(num_classes)
    checks = [
        assertion(_equal(shape, wanted), f"{expected}, got {{}} for {{}} images", shape, wanted),
        assertion(inside, f"{expected}, got integers from {{}} to {{}} in a batch of the dataset", low, high),
    ]
    with tf.control_dependencies(checks):
        return tf.ensure_shape(tf.cast(labels, tf.int32), images.shape[:-3])


def _equal(shape: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    return tf.cond(tf.size(shape) == tf.size(other), lambda: tf.reduce_all(shape == other), lambda: tf.constant(False))
