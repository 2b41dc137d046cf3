"""Data for Keras' loops: arrays, or what yields batches."""

from collections.abc import Iterator

import keras
import tensorflow as tf

from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import Parts, checked_batch
from vaeflow.models.inputs.datasets import checked_dataset
from vaeflow.models.inputs.streams import CheckedPyDataset, checked_stream


def yields_batches(images: object) -> bool:
    """Whether these are no images, but what yields batches of them."""
    return isinstance(images, tf.data.Dataset | keras.utils.PyDataset | Iterator)


def checked_data(given: Parts, data: DataSpec, *, several_batches: bool = False) -> Parts:
    """Images and labels int32 [n], or what yields batches of them, as Keras takes them.

    With `several_batches`, an element of a dataset may be [steps, batch, ...]. Raises `InputError` if dtypes, ranges
    or shapes are not those of the data; for batches that are made later, the loop raises it.
    """
    if yields_batches(given.images) and given.labels is not None:
        raise InputError("labels: expected them in the batches with the images, got them separately")
    match given.images:
        case tf.data.Dataset():
            return Parts(checked_dataset(given.images, data, several_batches=several_batches), None)
        case keras.utils.PyDataset():
            return Parts(CheckedPyDataset(given.images, data), None)
        case Iterator():
            return Parts(checked_stream(given.images, data), None)
        case _:
            return checked_batch(given, data)
