"""Readers of examples: fixed-shape uint8 images with their ids and labels, by split."""

import json
from itertools import accumulate
from math import prod
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.images.factors import feature_name, read_factors
from vaeflow.components.images.label_names import read_label_names
from vaeflow.components.images.statistics import STATISTICS_FILE, SplitStatistics
from vaeflow.components.images.untuned import untuned
from vaeflow.models.arrays import FactorValues, Labels, Pixels

_BATCH, _BATCH_BYTES = 1024, 2**22
_PARALLEL_SHARDS = 8
_BYTES = tf.io.FixedLenFeature((), tf.string)
_INTEGER = tf.io.FixedLenFeature((), tf.int64)


class Split(NamedTuple):
    """A split in memory: images uint8 [n, h, w, c], labels int64 [n] (-1 where unknown) or None, and n ids."""

    images: Pixels
    labels: Labels | None
    ids: list[str]


def read_transform(origin: Examples | Model) -> Transform:
    """The transform of the examples, or of those that the model was trained on."""
    return Transform.model_validate_json((origin.path / TRANSFORM_FILE).read_bytes())


def read_statistics(examples: Examples) -> dict[str, SplitStatistics]:
    """Statistics by split."""
    content = json.loads((examples.path / STATISTICS_FILE).read_bytes())
    return {split: SplitStatistics.model_validate(statistics) for split, statistics in content.items()}


def label_names(examples: Examples) -> tuple[str, ...] | None:
    """Names of the classes, in the order of their numbers; None if there are no labels."""
    return read_label_names(examples.path)


def num_examples(examples: Examples, split: str) -> int:
    """Number of images in the split."""
    return sum(_shard_lengths(examples, split))


def _shard_lengths(examples: Examples, split: str) -> list[int]:
    splits = json.loads((examples.path / "dataset_info.json").read_bytes())["splits"]
    return [int(length) for entry in splits if entry["name"] == split for length in entry["shardLengths"]]


def load_split(examples: Examples, split: str, limit: int | None = None) -> Split:
    """The split, or its first `limit` images, in memory and in file order."""
    shape = read_transform(examples).image_shape
    labelled = label_names(examples) is not None
    features = {"image": _BYTES, "id": _BYTES} | ({"label": _INTEGER} if labelled else {})
    count = num_examples(examples, split)
    images = np.empty((count if limit is None else min(limit, count), *shape), np.uint8)
    records = _records(examples, split).take(len(images)).batch(_batch_size(shape))
    ids: list[str] = []
    labels = []
    for batch in records.map(lambda some: tf.io.parse_example(some, features)).as_numpy_iterator():
        pixels = np.frombuffer(b"".join(batch["image"]), np.uint8)
        images[len(ids) : len(ids) + len(batch["id"])] = pixels.reshape(-1, *shape)
        ids += [identifier.decode() for identifier in batch["id"]]
        labels.append(batch.get("label"))
    return Split(images, np.concatenate(labels) if labelled else None, ids)


def known_labels(split: Split) -> Labels:
    """Labels int64 [n] of the split, all -1 if it has none."""
    return np.full(len(split.images), -1) if split.labels is None else split.labels


def load_labels(examples: Examples, split: str, limit: int | None = None) -> Labels | None:
    """Labels of the split as in `load_split`, without loading the images."""
    if label_names(examples) is None:
        return None
    feature = {"label": _INTEGER}
    records = _records(examples, split).take(-1 if limit is None else limit).batch(_BATCH)
    batches = records.map(lambda some: tf.io.parse_example(some, feature))
    return np.concatenate([batch["label"] for batch in batches.as_numpy_iterator()])


def load_factors(examples: Examples, split: str, limit: int | None = None) -> FactorValues:
    """Values int64 [n, k] of the factors of the split, or of its first `limit` images, in file order."""
    names = [feature_name(factor.name) for factor in read_factors(examples.path)]
    records = _records(examples, split).take(-1 if limit is None else limit).batch(_BATCH)
    batches = records.map(lambda some: tf.io.parse_example(some, dict.fromkeys(names, _INTEGER)))
    return np.concatenate([np.stack([batch[name] for name in names], axis=1) for batch in batches.as_numpy_iterator()])


def stream_identities(examples: Examples, split: str) -> tf.data.Dataset:
    """Id and label int64 (-1 where unknown) of each image of the split, in file order, without decoding images."""
    label = {"label": _INTEGER} if label_names(examples) is not None else {}

    def identify(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        values = tf.io.parse_single_example(record, {"id": _BYTES} | label)
        return values["id"], values.get("label", tf.constant(-1, tf.int64))

    return _records(examples, split).map(identify, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def stream_indexed(examples: Examples, split: str) -> tf.data.Dataset:
    """Index int64, image uint8 [h, w, c] and label int32 (-1 where unknown) of each image of the split, in file
    order.
    """
    return stream_batches(examples, split).unbatch()


def stream_batches(examples: Examples, split: str, shard_seed: tf.Tensor | None = None) -> tf.data.Dataset:
    """Like `stream_indexed`, but in batches of any size: indices [n], images [n, h, w, c] and labels [n].

    With `shard_seed` (int32 [2]), the shards are shuffled by it, and several of them are read alternately. Batches are
    read much faster than single images.
    """
    size = _batch_size(read_transform(examples).image_shape)
    return _decoded(examples, _indexed_records(examples, split, shard_seed, size))


def stream_from(examples: Examples, split: str, start: int) -> tf.data.Dataset:
    """Images and labels as in `stream_indexed`, from index `start`; earlier shards are not read."""
    lengths = _shard_lengths(examples, split)
    first = sum(end <= start for end in accumulate(lengths))
    records = tf.data.TFRecordDataset(_shards(examples, split)[first:]).skip(start - sum(lengths[:first]))
    batches = records.enumerate(start).batch(_batch_size(read_transform(examples).image_shape))
    return _decoded(examples, batches).unbatch().map(lambda _, image, label: (image, label))


def _batch_size(image_shape: tuple[int, ...]) -> int:
    """Number of images that are decoded at once, limited also by their size."""
    return max(1, min(_BATCH, _BATCH_BYTES // prod(image_shape)))


def _decoded(examples: Examples, indexed: tf.data.Dataset) -> tf.data.Dataset:
    """Batches of indices and records → batches of indices, images uint8 [n, h, w, c] and labels int32 [n]."""
    shape = read_transform(examples).image_shape
    label = {"label": _INTEGER} if label_names(examples) is not None else {}

    def decode(index: tf.Tensor, record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        values = tf.io.parse_example(record, {"image": _BYTES} | label)
        images = tf.reshape(tf.io.decode_raw(values["image"], tf.uint8), [-1, *shape])
        return index, images, tf.cast(values.get("label", tf.fill(tf.shape(index), -1)), tf.int32)

    return untuned(indexed.map(decode, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True))


def _shards(examples: Examples, split: str) -> list[str]:
    return sorted(str(path) for path in examples.path.glob(f"*-{split}.tfrecord-*"))


def _records(examples: Examples, split: str) -> tf.data.Dataset:
    return untuned(tf.data.TFRecordDataset(_shards(examples, split)))


def _indexed_records(examples: Examples, split: str, shard_seed: tf.Tensor | None, size: int) -> tf.data.Dataset:
    """Batches of records with their indices in file order; the seed, if any, shuffles the shards."""
    if shard_seed is None:
        return _records(examples, split).enumerate().batch(size)
    files, lengths = _shards(examples, split), _shard_lengths(examples, split)
    starts = tf.constant([sum(lengths[:shard]) for shard in range(len(files))], tf.int64)
    order = tf.random.experimental.stateless_shuffle(tf.range(len(files)), shard_seed)
    shuffled = tf.data.Dataset.from_tensor_slices((tf.gather(tf.constant(files), order), tf.gather(starts, order)))
    return shuffled.interleave(
        lambda file, start: tf.data.TFRecordDataset(file).enumerate(start).batch(size),
        _PARALLEL_SHARDS,
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
