"""TFRecord files of `tf.train.Example`: byte for byte the same wherever and however often they are written."""

import struct
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import google_crc32c
import tensorflow as tf

_BATCH = 32


class LabelledImage(NamedTuple):
    """What a record holds: an image as PNG, JPEG or raw pixels, its id, and its label if it has one."""

    id: str
    label: int | None
    image: bytes


def serialise(content: LabelledImage) -> bytes:
    """Make a `tf.train.Example`."""
    features = {"id": _bytes(content.id.encode()), "image": _bytes(content.image)}
    if content.label is not None:
        features["label"] = tf.train.Feature(int64_list=tf.train.Int64List(value=[content.label]))
    message = tf.train.Example(features=tf.train.Features(feature=features))
    serialised: bytes = message.SerializeToString(deterministic=True)
    return serialised


def parse(record: bytes) -> LabelledImage:
    """Undo `serialise`."""
    features = tf.train.Example.FromString(record).features.feature
    label = features["label"].int64_list.value[0] if "label" in features else None
    return LabelledImage(features["id"].bytes_list.value[0].decode(), label, features["image"].bytes_list.value[0])


def read_records(path: Path) -> Iterator[bytes]:
    """Read a TFRecord file, in its order."""
    for batch in tf.data.TFRecordDataset(str(path)).batch(_BATCH).as_numpy_iterator():
        yield from batch


def write_records(path: Path, records: Iterable[bytes]) -> None:
    """Write a TFRecord file that appears only when it is whole, since an engine may try a stage twice."""
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    with unfinished.open("wb") as file:
        for record in records:
            length = struct.pack("<Q", len(record))
            file.write(length + _masked_checksum(length) + record + _masked_checksum(record))
    unfinished.replace(path)


def _bytes(value: bytes) -> tf.train.Feature:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _masked_checksum(data: bytes) -> bytes:
    """CRC-32C, rotated and offset as the TFRecord format asks, so that data may hold checksums of its own."""
    checksum = google_crc32c.value(data)
    return struct.pack("<I", (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF)
