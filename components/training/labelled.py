"""Batches with a fixed number of labelled images, or of these alone, however few labels there are."""

from collections.abc import Callable

import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.training.labels import HIDDEN, labelled_images
from vaeflow.models.arrays import Labels
from vaeflow.models.errors import InputError

OneEpoch = Callable[[tf.Tensor], tf.data.Dataset]


def labelled_batches(
    examples: Examples, kept: Labels | None, seed: int, *, steps: int, batch_size: int, field: str
) -> OneEpoch:
    """Epochs of `steps` batches of labelled images alone, in passes over all of them that need not end with an epoch.

    The images are kept in memory. Raises `InputError`, of the field that wants them, if no image has a label.
    """
    with tf.device("CPU:0"):
        images, labels = map(tf.constant, labelled_images(examples, kept))
    count = len(labels)
    if count == 0:
        raise InputError(f"{field}: expected labelled images, to put {batch_size} in each batch, got none")

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        order = shuffle_and_repeat(epoch * steps * batch_size, steps * batch_size, count, seed)
        indices = tf.data.Dataset.from_tensor_slices(tf.reshape(order, [steps, batch_size]))
        return indices.map(lambda index: (tf.gather(images, index), tf.cast(tf.gather(labels, index), tf.int32)))

    return one_epoch


def with_labelled(one_epoch: OneEpoch, labelled: OneEpoch, per_batch: int, replicas: int) -> OneEpoch:
    """Prepend the `per_batch` images of a labelled batch to each batch of `one_epoch`, whose own labels are hidden.

    Each of several devices gets its part of both, in that order. Raises `InputError` if the labelled images cannot be
    divided among the devices.
    """
    if per_batch % replicas:
        raise InputError(
            f"train.data.labelled_per_batch: expected a multiple of {replicas}, the number of devices, got {per_batch}"
        )

    def both(known: tuple[tf.Tensor, tf.Tensor], others: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        unlabelled = others[0], tf.fill(tf.shape(others[1]), HIDDEN)
        return tuple(_side_by_side(*parts, replicas) for parts in zip(known, unlabelled, strict=True))

    return lambda epoch: tf.data.Dataset.zip((labelled(epoch), one_epoch(epoch))).map(both)


def shuffle_and_repeat(start: tf.Tensor, length: int, count: int, seed: int) -> tf.Tensor:
    """Elements `start` … `start + length` of an endless sequence of passes over `count` indices: int32 [length].

    Each pass contains every index once, in an order that is a function of the seed and the pass alone.
    """
    first = start // count
    passes = first + tf.range(length // count + 2, dtype=tf.int64)

    def order(number: tf.Tensor) -> tf.Tensor:
        key = tf.random.fold_in(tf.constant([seed, 1]), tf.cast(number, tf.int32))
        return tf.random.experimental.stateless_shuffle(tf.range(count), key)

    row = tf.reshape(tf.map_fn(order, passes, fn_output_signature=tf.int32), [-1])
    begin = start - first * count
    return row[begin : begin + length]


def _side_by_side(known: tf.Tensor, others: tf.Tensor, replicas: int) -> tf.Tensor:
    parts = [tf.reshape(part, [replicas, -1, *part.shape[1:]]) for part in (known, others)]
    return tf.reshape(tf.concat(parts, axis=1), [-1, *known.shape[1:]])
