"""TFRecord files of `tf.train.Example`: byte for byte the same wherever and however often they are written."""

import struct
import uuid
from collections.abc import Iterable
from pathlib import Path

import google_crc32c
import tensorflow as tf


def example(identifier: str, label: int | None, image: bytes) -> bytes:
    """Serialise one image with its id and, if it has one, its label."""
    features = {"id": _bytes(identifier.encode()), "image": _bytes(image)}
    if label is not None:
        features["label"] = tf.train.Feature(int64_list=tf.train.Int64List(value=[label]))
    message = tf.train.Example(features=tf.train.Features(feature=features))
    serialised: bytes = message.SerializeToString(deterministic=True)
    return serialised


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
