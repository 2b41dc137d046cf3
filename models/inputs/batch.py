"""One batch: images, or images and labels, in the forms in which Keras takes them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.images import as_images, require_shape
from vaeflow.models.inputs.labels import as_labels, unknown_labels

FORMS = "images, or images and labels in this order"
NO_BATCHES = "images: expected batches of images, got none"


class Parts(NamedTuple):
    """Images and labels, which are None if there are none."""

    images: Any
    labels: Any


def unpack(batch: Any) -> Parts:
    """Images and labels of a batch, or of the specification of one. Raises `InputError` for any other form."""
    if isinstance(batch, Mapping):
        raise InputError(f"batch: expected {FORMS}, got a dict of {', '.join(map(str, batch)) or 'nothing'}")
    if not isinstance(batch, tuple | list):
        return Parts(batch, None)
    if not 1 <= len(batch) <= 3:
        raise InputError(f"batch: expected {FORMS}, got {len(batch)} parts")
    images, labels, weights = (*batch, None, None)[:3]
    refuse_weights(sample_weight=weights)
    return Parts(images, labels)


def refuse_weights(**weights: Any) -> None:
    """Raise `InputError` if there are any weights of images or classes."""
    for name, given in weights.items():
        if given is not None:
            raise InputError(f"{name}: expected none, because the mean is over all images; repeat images instead")


def checked_batch(batch: Any, data: DataSpec) -> Parts:
    """Images, and their labels int32 [batch], which are unknown if they are not given.

    Raises `InputError` if dtypes, ranges or shapes are not those of the data.
    """
    given = unpack(batch)
    images = as_images(given.images)
    require_shape(tf.TensorShape(images.shape), data.image_shape)
    count = images.shape[0]
    if given.labels is None:
        return Parts(images, unknown_labels(count))
    return Parts(images, as_labels(given.labels, count, data.num_classes))
