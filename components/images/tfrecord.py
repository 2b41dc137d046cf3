"""TFRecord files of `tf.train.Example`, with identical bytes wherever and however often they are written."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import google_crc32c
import tensorflow as tf

from vaeflow.components.complete_files import appearing
from vaeflow.components.images.identities import Identity

_READ_BATCH = 16
_RECORDS, _BYTES = 256, 2**24  # limits of a batch


class LabelledImage(NamedTuple):
    """The content of a record: an image as PNG, JPEG or raw pixels, its id, and its label if there is one.

    Original images also have a digest of their pixels, and a group, which is empty if they belong to none.
    """

    id: str
    label: int | None
    image: bytes
    digest: str | None = None
    group: str | None = None


def serialise(content: LabelledImage) -> bytes:
    """Serialise the content as a `tf.train.Example`."""
    features = {"id": _bytes(content.id.encode()), "image": _bytes(content.image)}
    if content.label is not None:
        features["label"] = tf.train.Feature(int64_list=tf.train.Int64List(value=[content.label]))
    for name in ("digest", "group"):
        if (text := getattr(content, name)) is not None:
            features[name] = _bytes(text.encode())
    message = tf.train.Example(features=tf.train.Features(feature=features))
    serialised: bytes = message.SerializeToString(deterministic=True)
    return serialised


def parse(record: bytes) -> LabelledImage:
    """Parse a record that `serialise` made."""
    features = tf.train.Example.FromString(record).features.feature
    label = features["label"].int64_list.value[0] if "label" in features else None
    text = {name: features[name].bytes_list.value[0].decode() for name in ("id", "digest", "group") if name in features}
    return LabelledImage(label=label, image=features["image"].bytes_list.value[0], **text)


def identify(split: str, content: LabelledImage) -> Identity:
    """The identity of an original image in a split of the source."""
    label = -1 if content.label is None else content.label
    return Identity(split, content.id, content.digest or "", content.group or "", label)


def read_batches(path: Path) -> Iterator[list[bytes]]:
    """The records of a TFRecord file in order, in batches of limited size."""
    batch: list[bytes] = []
    num_bytes = 0
    for some in tf.data.TFRecordDataset(str(path)).batch(_READ_BATCH).as_numpy_iterator():
        for record in some:
            batch.append(record)
            num_bytes += len(record)
            if len(batch) == _RECORDS or num_bytes >= _BYTES:
                yield batch
                batch, num_bytes = [], 0
    if batch:
        yield batch


def write_records(path: Path, records: Iterable[bytes]) -> None:
    """Write a TFRecord file, which appears only when it is complete."""
    with appearing(path) as file:
        for record in records:
            length = struct.pack("<Q", len(record))
            file.write(length + _masked_checksum(length) + record + _masked_checksum(record))


def _bytes(value: bytes) -> tf.train.Feature:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _masked_checksum(data: bytes) -> bytes:
    """CRC-32C, rotated and offset as in the TFRecord format, which allows for data that contains checksums."""
    checksum = google_crc32c.value(data)
    return struct.pack("<I", (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF)
