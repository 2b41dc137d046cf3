"""Reading what preprocess wrote: fixed-shape uint8 images with their ids and labels, split by split."""

import json
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.images.statistics import STATISTICS_FILE, SplitStatistics

_BATCH = 1024
_SHARDS_AT_A_TIME = 8
_BYTES = tf.io.FixedLenFeature((), tf.string)
_INTEGER = tf.io.FixedLenFeature((), tf.int64)


class Split(NamedTuple):
    """One split in memory: images uint8 [n, h, w, c], labels int64 [n] (-1 where unknown) or None, n ids."""

    images: np.ndarray
    labels: np.ndarray | None
    ids: list[str]


def read_transform(origin: Examples | Model) -> Transform:
    """The transform that made these examples, or those that the model was trained on."""
    return Transform.model_validate_json((origin.path / TRANSFORM_FILE).read_bytes())


def read_statistics(examples: Examples) -> dict[str, SplitStatistics]:
    """Statistics of each split, by its name."""
    content = json.loads((examples.path / STATISTICS_FILE).read_bytes())
    return {split: SplitStatistics.model_validate(statistics) for split, statistics in content.items()}


def label_names(examples: Examples) -> tuple[str, ...] | None:
    """Names of the classes, in the order of their numbers; None without labels."""
    path = examples.path / "label.labels.txt"
    return tuple(path.read_text(encoding="utf-8").rstrip("\n").split("\n")) if path.exists() else None


def num_examples(examples: Examples, split: str) -> int:
    """Number of images in the split."""
    return sum(_shard_lengths(examples, split))


def _shard_lengths(examples: Examples, split: str) -> list[int]:
    splits = json.loads((examples.path / "dataset_info.json").read_bytes())["splits"]
    return [int(length) for entry in splits if entry["name"] == split for length in entry["shardLengths"]]


def load_split(examples: Examples, split: str) -> Split:
    """The whole split in memory, in file order."""
    shape = read_transform(examples).image_shape
    labelled = label_names(examples) is not None
    features = {"image": _BYTES, "id": _BYTES} | ({"label": _INTEGER} if labelled else {})
    records = _records(examples, split).batch(_BATCH)
    batches = list(records.map(lambda batch: tf.io.parse_example(batch, features)).as_numpy_iterator())
    images = np.frombuffer(bytearray().join(image for batch in batches for image in batch["image"]), np.uint8)
    return Split(
        images=images.reshape(-1, *shape),
        labels=np.concatenate([batch["label"] for batch in batches]) if labelled else None,
        ids=[identifier.decode() for batch in batches for identifier in batch["id"]],
    )


def known_labels(split: Split) -> np.ndarray:
    """The split's labels int64 [n]: all -1 where it has none."""
    return np.full(len(split.images), -1) if split.labels is None else split.labels


def load_labels(examples: Examples, split: str) -> np.ndarray | None:
    """The labels of the split as in `load_split`, without reading the images into memory."""
    if label_names(examples) is None:
        return None
    feature = {"label": _INTEGER}
    batches = _records(examples, split).batch(_BATCH).map(lambda records: tf.io.parse_example(records, feature))
    return np.concatenate([batch["label"] for batch in batches.as_numpy_iterator()])


def stream(examples: Examples, split: str, shard_seed: tf.Tensor | None = None) -> tf.data.Dataset:
    """The images of the split one by one, uint8 [h, w, c], as `stream_labelled` gives them."""
    return stream_labelled(examples, split, shard_seed).map(lambda image, _: image)


def stream_labelled(examples: Examples, split: str, shard_seed: tf.Tensor | None = None) -> tf.data.Dataset:
    """Images uint8 [h, w, c] of the split, each with its class int32 (-1 where unknown), read in file order.

    Given `shard_seed` (int32 [2]), the shards are taken in an order drawn from it, several at a time.
    """
    return stream_numbered(examples, split, shard_seed).map(lambda _, image, label: (image, label))


def stream_identities(examples: Examples, split: str) -> tf.data.Dataset:
    """Id and class int64 (-1 where unknown) of each image of the split in file order; images are not decoded."""
    label = {"label": _INTEGER} if label_names(examples) is not None else {}

    def identify(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        values = tf.io.parse_single_example(record, {"id": _BYTES} | label)
        return values["id"], values.get("label", tf.constant(-1, tf.int64))

    return _records(examples, split).map(identify, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def stream_numbered(examples: Examples, split: str, shard_seed: tf.Tensor | None = None) -> tf.data.Dataset:
    """As `stream_labelled`, with the place int64 of each image in file order before it."""
    decoded = _decoded(examples, _numbered_records(examples, split, shard_seed))
    return decoded.apply(tf.data.experimental.assert_cardinality(num_examples(examples, split)))


def stream_from(examples: Examples, split: str, start: int) -> tf.data.Dataset:
    """As `stream_labelled`, from the image at place `start` on; the shards before it are not read."""
    lengths = _shard_lengths(examples, split)
    first = sum(end <= start for end in accumulate(lengths))
    records = tf.data.TFRecordDataset(_shards(examples, split)[first:]).skip(start - sum(lengths[:first]))
    return _decoded(examples, records.enumerate(start)).map(lambda _, image, label: (image, label))


def _decoded(examples: Examples, numbered: tf.data.Dataset) -> tf.data.Dataset:
    """Records after their places → places, images uint8 [h, w, c] and classes int32."""
    shape = read_transform(examples).image_shape
    label = {"label": _INTEGER} if label_names(examples) is not None else {}

    def decode(place: tf.Tensor, record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        values = tf.io.parse_single_example(record, {"image": _BYTES} | label)
        image = tf.reshape(tf.io.decode_raw(values["image"], tf.uint8), shape)
        return place, image, tf.cast(values.get("label", -1), tf.int32)

    return numbered.map(decode, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def _shards(examples: Examples, split: str) -> list[str]:
    return sorted(str(path) for path in examples.path.glob(f"*-{split}.tfrecord-*"))


def _records(examples: Examples, split: str) -> tf.data.Dataset:
    return tf.data.TFRecordDataset(_shards(examples, split))


def _numbered_records(examples: Examples, split: str, shard_seed: tf.Tensor | None) -> tf.data.Dataset:
    """Records with their places in file order, shards in an order drawn from the seed if there is one."""
    if shard_seed is None:
        return _records(examples, split).enumerate()
    files, lengths = _shards(examples, split), _shard_lengths(examples, split)
    starts = tf.constant([sum(lengths[:shard]) for shard in range(len(files))], tf.int64)
    order = tf.random.experimental.stateless_shuffle(tf.range(len(files)), shard_seed)
    shuffled = tf.data.Dataset.from_tensor_slices((tf.gather(tf.constant(files), order), tf.gather(starts, order)))
    return shuffled.interleave(
        lambda file, start: tf.data.TFRecordDataset(file).enumerate(start),
        _SHARDS_AT_A_TIME,
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
