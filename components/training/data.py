"""Batches of uint8 images and their labels.

The order of epoch e is a pure function of (seed, e), in memory and streamed alike.
"""

from dataclasses import dataclass
from math import ceil, prod

import tensorflow as tf

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import known_labels, load_split, num_examples, read_transform, stream_labelled
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.labelled import OneEpoch, with_labelled
from vaeflow.components.training.labels import HIDDEN, Labels, hidden_from_training, stream_for_training
from vaeflow.models.errors import InputError

MEBIBYTE = 2**20
# Steps that the model takes before Python hears of it, as long as their images are not more than so many MiB.
STEPS_AT_ONCE = 60
IMAGES_AT_ONCE = 16
VALIDATION_BATCH = 500


@dataclass(frozen=True)
class TrainingData:
    """Batches for `fit`: one pass over `batches` is the epoch that the variable `epoch` holds, counted from 0.

    An element is one batch of images [batch, h, w, c] and labels [batch] where devices share it, and else several:
    [steps, batch, ...]. `num_images` of the training split go through in an epoch, without those that
    `labelled_per_batch` adds.
    """

    batches: tf.data.Dataset
    epoch: tf.Variable
    steps_per_epoch: int
    batch_size: int
    num_images: int


def training_data(config: TrainConfig, examples: Examples, replicas: int = 1) -> TrainingData:
    """The training split; its last, smaller batch is left out, and would hold other images in every epoch.

    A split over `memory_budget` MiB is streamed from its shards, any other is held as one tensor.
    """
    if config.batch_size % replicas:
        raise InputError(f"train.batch_size must be a multiple of the {replicas} devices, got {config.batch_size}")
    count = num_examples(examples, "train")
    labelled = config.data.labelled_per_batch or 0
    drawn = min(config.batch_size - labelled, count - (count + labelled) % replicas)
    steps, batch_size = count // drawn, drawn + labelled
    image_bytes = prod(read_transform(examples).image_shape)
    hidden = hidden_from_training(config.data, examples)
    source = _from_memory if count * image_bytes <= config.memory_budget * MEBIBYTE else _from_shards
    one_epoch = source(examples, config, hidden, drawn)
    if labelled:
        one_epoch = with_labelled(one_epoch, examples, hidden, config, steps=steps, replicas=replicas)
    with tf.device("CPU:0"):
        epoch = tf.Variable(0, dtype=tf.int64, trainable=False)
    batches = tf.data.Dataset.from_tensors(0).flat_map(lambda _: one_epoch(epoch.read_value()))
    batches = batches.apply(tf.data.experimental.assert_cardinality(steps))
    if config.strategy == "none":
        batches = batches.batch(_steps_at_once(steps, batch_size * image_bytes))
    return TrainingData(_shared_among_workers(batches), epoch, steps, batch_size, steps * drawn)


def _steps_at_once(steps_per_epoch: int, batch_bytes: int) -> int:
    """A part of the epoch such that all parts are alike but for the last, for which a program is compiled again."""
    most = max(1, min(STEPS_AT_ONCE, IMAGES_AT_ONCE * MEBIBYTE // batch_bytes))
    parts = ceil(steps_per_epoch / most)
    return ceil(steps_per_epoch / parts)


def validation_batches(examples: Examples, *, labels: bool = True) -> tf.data.Dataset:
    """The validation split in file order, whole; every label is -1 unless training may know them."""
    split = stream_labelled(examples, "validation")
    if not labels:
        split = split.map(lambda image, label: (image, tf.fill(tf.shape(label), HIDDEN)))
    return _shared_among_workers(split.batch(VALIDATION_BATCH).cache())


def _shared_among_workers(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Let several workers share each batch; by default TensorFlow would share the files, and change the order."""
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return batches.prefetch(tf.data.AUTOTUNE).with_options(options)


def _from_memory(examples: Examples, config: TrainConfig, hidden: Labels | None, batch_size: int) -> OneEpoch:
    with tf.device("CPU:0"):
        split = load_split(examples, "train")
        known = known_labels(split) if hidden is None else hidden
        images, labels = tf.constant(split.images), tf.constant(known, tf.int32)
    count = len(split.images)

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.stack([tf.constant(config.seed, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed)
        batches = tf.data.Dataset.range(count // batch_size).map(lambda i: order[i * batch_size : (i + 1) * batch_size])
        return batches.map(lambda chosen: (tf.gather(images, chosen), tf.gather(labels, chosen)))

    return one_epoch


def _from_shards(examples: Examples, config: TrainConfig, hidden: Labels | None, batch_size: int) -> OneEpoch:
    """Shards in an order of the epoch's own; as many images as half the budget holds are then mixed at a time."""
    image_bytes = prod(read_transform(examples).image_shape)
    block_size = max(batch_size, config.memory_budget * MEBIBYTE // (2 * image_bytes))

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.random.fold_in(tf.constant([config.seed, 0]), tf.cast(epoch, tf.int32))
        blocks = stream_for_training(examples, hidden, shard_seed=seed).batch(block_size)
        mixed = blocks.map(lambda *block: tuple(tf.random.experimental.stateless_shuffle(b, seed) for b in block))
        return mixed.unbatch().batch(batch_size, drop_remainder=True)

    return one_epoch
