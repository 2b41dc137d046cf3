"""The labels that training may use: all, or a few of each class. No other part of training reads labels."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import label_names, load_labels, num_examples, stream_batches
from vaeflow.components.images.splits import ANOMALIES
from vaeflow.components.training.data_config import DataConfig
from vaeflow.components.training.label_counts import labels_per_class, no_labels
from vaeflow.models.arrays import Labels, Pixels
from vaeflow.models.errors import InputError

HIDDEN = -1


def kept_labels(config: DataConfig, examples: Examples) -> Labels | None:
    """Labels [n] of the training split in file order, `HIDDEN` for all but the chosen ones; None if none is hidden.

    Raises `InputError` if the images have no labels, or if the number of labels to keep does not suit the classes.
    """
    if config.labels is None:
        return None
    labels = load_labels(examples, "train")
    if labels is None:
        raise no_labels(config.labels)
    kept = np.full_like(labels, HIDDEN)
    chosen = choose(labels, classes_in_training(examples), config.labels, config.label_seed)
    kept[chosen] = labels[chosen]
    return kept


def some_are_hidden(examples: Examples, kept: Labels | None) -> bool:
    """Whether training has images without a label; `kept` are the labels that `kept_labels` returned."""
    labels = load_labels(examples, "train") if kept is None else kept
    return labels is None or bool((labels < 0).any())


def classes_in_training(examples: Examples) -> dict[int, str]:
    """Names of the classes that training has, by their numbers: all but those of anomalies."""
    anomalous = load_labels(examples, ANOMALIES) if num_examples(examples, ANOMALIES) else None
    left_out = set() if anomalous is None else set(anomalous.tolist())
    return {number: name for number, name in enumerate(label_names(examples) or ()) if number not in left_out}


def choose(labels: Labels, classes: Mapping[int, str], count: int, seed: int) -> NDArray[np.int64]:
    """Sorted indices [count] of the labels [n] to keep: the first count / classes of each class in a seeded order.

    `classes` are the names of the classes by their numbers. Raises `InputError` if `count` is not a multiple of the
    number of classes, or if a class has too few images.
    """
    per_class = labels_per_class(count, classes)
    order = np.random.default_rng(seed).permutation(len(labels))
    chosen = [order[labels[order] == label][:per_class] for label in classes]
    for name, indices in zip(classes.values(), chosen, strict=True):
        if len(indices) < per_class:
            raise InputError(
                f"train.data.labels: expected {per_class} training images of each class for {count} labels, "
                f"got {len(indices)} of '{name}'"
            )
    return np.sort(np.concatenate(chosen))


def stream_for_training(
    examples: Examples, labels: Labels | None, shard_seed: tf.Tensor | None = None
) -> tf.data.Dataset:
    """Batches of images and labels of the training split, as `stream_batches` reads them.

    The labels are those that `kept_labels` returned.
    """
    batches = stream_batches(examples, "train", shard_seed)
    if labels is None:
        return batches.map(lambda _, images, known: (images, known))
    kept = tf.constant(labels, tf.int32)
    return batches.map(lambda index, images, _: (images, tf.gather(kept, index)))


def stream_labelled(examples: Examples, labels: Labels | None) -> tf.data.Dataset:
    """Like `stream_for_training`, without the images that have no label."""
    batches = stream_for_training(examples, labels)
    return batches.map(lambda images, known: (images[known >= 0], known[known >= 0]))


def labelled_images(examples: Examples, labels: Labels | None) -> tuple[Pixels, Labels]:
    """Images uint8 [n, h, w, c] of the training split whose labels training may use, and these labels [n]."""
    batches = stream_labelled(examples, labels).as_numpy_iterator()
    images, classes = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return images, classes.astype(np.int64)
