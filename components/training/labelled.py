"""Batches of which a fixed part is labelled, however few labels there are."""

from collections.abc import Callable

import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.labels import HIDDEN, Labels, labelled_images
from vaeflow.models.errors import InputError

OneEpoch = Callable[[tf.Tensor], tf.data.Dataset]


def with_labelled(
    one_epoch: OneEpoch, examples: Examples, hidden: Labels | None, config: TrainConfig, *, steps: int, replicas: int
) -> OneEpoch:
    """Batches whose first `labelled_per_batch` images have labels, before those of `one_epoch`, which lose theirs.

    Each of several devices gets its part of both, in that order. The labelled images are held in memory.
    """
    per_batch = config.data.labelled_per_batch or 0
    if per_batch % replicas:
        raise InputError(f"train.data.labelled_per_batch must be a multiple of the {replicas} devices, got {per_batch}")
    with tf.device("CPU:0"):
        images, labels = map(tf.constant, labelled_images(examples, hidden))
    count = len(labels)
    if count == 0:
        raise InputError(f"train.data.labelled_per_batch: no image carries a label, got {per_batch}.")

    def chosen(epoch: tf.Tensor) -> tf.data.Dataset:
        order = places_in_turn(epoch * steps * per_batch, steps * per_batch, count, config.seed)
        places = tf.data.Dataset.from_tensor_slices(tf.reshape(order, [steps, per_batch]))
        return places.map(lambda place: (tf.gather(images, place), tf.cast(tf.gather(labels, place), tf.int32)))

    def both(known: tuple[tf.Tensor, tf.Tensor], others: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        unlabelled = others[0], tf.fill(tf.shape(others[1]), HIDDEN)
        return tuple(_side_by_side(*parts, replicas) for parts in zip(known, unlabelled, strict=True))

    return lambda epoch: tf.data.Dataset.zip((chosen(epoch), one_epoch(epoch))).map(both)


def places_in_turn(start: tf.Tensor, length: int, count: int, seed: int) -> tf.Tensor:
    """Places `start` … `start + length` of an endless row of passes over `count` images: int32 [length].

    Each pass shows every image once, in an order of its own that is a function of the seed and the pass alone.
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
