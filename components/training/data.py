"""Batches of uint8 images and their labels.

The order of epoch e is a pure function of (seed, e), whether the images are in memory or streamed.
"""

from dataclasses import dataclass
from functools import partial
from math import ceil, prod

import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import known_labels, load_split, num_examples, read_transform, stream_batches
from vaeflow.components.images.untuned import untuned
from vaeflow.components.training.compilation import joins_steps
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.labelled import OneEpoch, labelled_batches, with_labelled
from vaeflow.components.training.labels import HIDDEN, kept_labels, some_are_hidden, stream_for_training
from vaeflow.models.arrays import Labels
from vaeflow.models.errors import InputError

MEBIBYTE = 2**20
# Training steps between two returns to Python: limited in number, and by the size of their images.
MAX_STEPS_PER_EXECUTION = 60
MAX_MEBIBYTES_PER_EXECUTION = 16
VALIDATION_BATCH = 500
BLOCKS_IN_MEMORY = 6
ELEMENTS_AHEAD = 2  # made while the ones before are used


@dataclass(frozen=True)
class TrainingData:
    """Batches for `fit`: one pass over `batches` is the epoch given by the variable `epoch`, counted from 0.

    An element is one batch, images [batch, h, w, c] and labels [batch], or, if a program runs several steps, several
    batches: [steps, batch, ...]. `num_images` is the number of images per epoch, without those that
    `labelled_per_batch` adds; of these, `labelled` begin the part of a batch that each device gets.
    """

    batches: tf.data.Dataset
    epoch: tf.Variable
    steps_per_epoch: int
    batch_size: int
    num_images: int
    labelled: int


def training_data(config: TrainConfig, examples: Examples, replicas: int = 1) -> TrainingData:
    """Batches of the training split. Each epoch drops its last, smaller batch; which images that is varies by epoch.

    A split of more than `memory_budget` MiB is streamed from its shards, a smaller one is kept as one tensor. Raises
    `InputError` if the batches cannot be divided among `replicas` devices, or do not suit the labels.
    """
    if config.batch_size % replicas:
        raise InputError(
            f"train.batch_size: expected a multiple of {replicas}, the number of devices, got {config.batch_size}"
        )
    count = num_examples(examples, "train")
    labelled = config.data.labelled_per_batch or 0
    drawn = min(config.batch_size - labelled, count - (count + labelled) % replicas)
    steps, batch_size = count // drawn, drawn + labelled
    image_bytes = prod(read_transform(examples).image_shape)
    one_epoch = _one_epoch(config, examples, steps=steps, drawn=drawn, replicas=replicas)
    with tf.device("CPU:0"):
        epoch = tf.Variable(0, dtype=tf.int64, trainable=False)
    batches = tf.data.Dataset.from_tensors(0).flat_map(lambda _: one_epoch(epoch.read_value()))
    batches = batches.apply(tf.data.experimental.assert_cardinality(steps))
    if joins_steps(config):
        batches = batches.batch(_steps_per_execution(steps, batch_size * image_bytes))
    return TrainingData(_shared_among_workers(batches), epoch, steps, batch_size, steps * drawn, labelled // replicas)


def _one_epoch(config: TrainConfig, examples: Examples, *, steps: int, drawn: int, replicas: int) -> OneEpoch:
    """Batches of `drawn` images, after those that `labelled_per_batch` adds.

    They are drawn from all images, or for a model of labelled images alone from these, in as many steps.
    """
    kept, labelled = kept_labels(config.data, examples), config.data.labelled_per_batch
    of_labelled = partial(labelled_batches, examples, kept, config.seed, steps=steps)
    if config.model.labelled_only and some_are_hidden(examples, kept):
        return of_labelled(batch_size=drawn, field="train.model")
    source = _from_memory if _fits(examples, "train", config.memory_budget) else _from_shards
    one_epoch = source(examples, config, kept, drawn)
    if not labelled:
        return one_epoch
    known = of_labelled(batch_size=labelled, field="train.data.labelled_per_batch")
    return with_labelled(one_epoch, known, labelled, replicas)


def _steps_per_execution(steps_per_epoch: int, batch_bytes: int) -> int:
    """Steps that divide the epoch evenly: only a shorter last part makes TensorFlow compile a second program."""
    most = max(1, min(MAX_STEPS_PER_EXECUTION, MAX_MEBIBYTES_PER_EXECUTION * MEBIBYTE // batch_bytes))
    parts = ceil(steps_per_epoch / most)
    return ceil(steps_per_epoch / parts)


def validation_batches(examples: Examples, memory_budget: int, *, labels: bool = True) -> tf.data.Dataset:
    """All images of the validation split in file order; every label is -1 unless `labels`.

    A split of up to `memory_budget` MiB is kept in memory after the first pass.
    """
    batches = stream_batches(examples, "validation").rebatch(VALIDATION_BATCH)
    split = batches.map(lambda _, images, known: (images, known if labels else tf.fill(tf.shape(known), HIDDEN)))
    count = ceil(num_examples(examples, "validation") / VALIDATION_BATCH)
    split = split.apply(tf.data.experimental.assert_cardinality(count))
    return _shared_among_workers(split.cache() if _fits(examples, "validation", memory_budget) else split)


def _fits(examples: Examples, split: str, memory_budget: int) -> bool:
    """Whether the images of a split take up at most `memory_budget` MiB."""
    size = num_examples(examples, split) * prod(read_transform(examples).image_shape)
    return size <= memory_budget * MEBIBYTE


def _shared_among_workers(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Distribute each batch among the workers; by default TensorFlow distributes files, which changes the order."""
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return untuned(batches.prefetch(ELEMENTS_AHEAD)).with_options(options)


def _from_memory(examples: Examples, config: TrainConfig, kept: Labels | None, batch_size: int) -> OneEpoch:
    with tf.device("CPU:0"):
        split = load_split(examples, "train")
        known = known_labels(split) if kept is None else kept
        images, labels = tf.constant(split.images), tf.constant(known, tf.int32)
    count = len(split.images)

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(config.seed, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed)
        batches = tf.data.Dataset.range(count // batch_size).map(lambda i: order[i * batch_size : (i + 1) * batch_size])
        return batches.map(lambda chosen: (tf.gather(images, chosen), tf.gather(labels, chosen)))

    return one_epoch


def _from_shards(examples: Examples, config: TrainConfig, kept: Labels | None, batch_size: int) -> OneEpoch:
    """Shuffle the shards in each epoch, then the images in blocks, of which several are in memory: one in use, one
    ready, and one that is read and then copied in another order.
    """
    image_bytes = prod(read_transform(examples).image_shape)
    block_size = max(batch_size, config.memory_budget * MEBIBYTE // (BLOCKS_IN_MEMORY * image_bytes))

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.random.fold_in(tf.constant([config.seed, 0]), tf.cast(epoch, tf.int32))

        def shuffled(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            order = tf.random.experimental.stateless_shuffle(tf.range(tf.shape(labels)[0]), seed)
            return tf.gather(images, order), tf.gather(labels, order)

        blocks = stream_for_training(examples, kept, shard_seed=seed).rebatch(block_size)
        return blocks.map(shuffled).prefetch(1).rebatch(batch_size, drop_remainder=True)

    # Without AutoGraph, which fails on, and warns of, the code that finds the shards.
    return tf.autograph.experimental.do_not_convert(one_epoch)
