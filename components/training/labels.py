"""The labels that training may know: all of them, or a few of each class. No other part of training reads labels."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import label_names, load_labels, stream_labelled, stream_numbered
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.errors import InputError

Labels = NDArray[np.int64]
HIDDEN = -1


def hidden_from_training(config: DataConfig, examples: Examples) -> Labels | None:
    """The labels of the training split in file order, all but the chosen ones `HIDDEN`; None where none is hidden."""
    if config.labels is None:
        return None
    labels, names = load_labels(examples, "train"), label_names(examples)
    if labels is None or names is None:
        raise InputError(f"train.data.labels: the images carry no labels, {config.labels} were to be kept.")
    kept = np.full_like(labels, HIDDEN)
    chosen = choose(labels, names, config.labels, config.label_seed)
    kept[chosen] = labels[chosen]
    return kept


def choose(labels: Labels, names: tuple[str, ...], count: int, seed: int) -> NDArray[np.int64]:
    """Places of `count` of the labels [n]: in a seeded order of all images, the first count / classes of each class."""
    per_class, rest = divmod(count, len(names))
    if rest:
        raise InputError(
            f"train.data.labels: expected a multiple of the {len(names)} classes, so that all get as many, got {count}."
        )
    order = np.random.default_rng(seed).permutation(len(labels))
    chosen = [order[labels[order] == label][:per_class] for label in range(len(names))]
    for name, places in zip(names, chosen, strict=True):
        if len(places) < per_class:
            raise InputError(
                f"train.data.labels: {count} labels are {per_class} of each class, "
                f"and of '{name}' there are {len(places)} in the training split."
            )
    return np.sort(np.concatenate(chosen))


def stream_for_training(
    examples: Examples, labels: Labels | None, shard_seed: tf.Tensor | None = None
) -> tf.data.Dataset:
    """The training split one by one as `stream_labelled`, with the labels that `hidden_from_training` gave."""
    if labels is None:
        return stream_labelled(examples, "train", shard_seed)
    known = tf.constant(labels, tf.int32)
    numbered = stream_numbered(examples, "train", shard_seed)
    return numbered.map(lambda place, image, _: (image, known[place]))


def labelled_images(examples: Examples, labels: Labels | None) -> tuple[NDArray[np.uint8], Labels]:
    """Images uint8 [n, h, w, c] of the training split whose class training may know, and their classes [n]."""
    known = stream_for_training(examples, labels).filter(lambda _, label: label >= 0)
    batches = list(known.batch(1024).as_numpy_iterator())
    if not batches:
        shape = known.element_spec[0].shape
        return np.zeros((0, *shape), np.uint8), np.zeros(0, np.int64)
    images, classes = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return images, classes.astype(np.int64)
