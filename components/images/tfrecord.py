"""TFRecord files, with identical bytes wherever and however often they are written."""

import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import google_crc32c

from vaeflow.components.complete_files import appearing
from vaeflow.components.images.batching import Limits, batched
from vaeflow.models.errors import RunError

_HEAD, _TAIL = 12, 4  # bytes before and after a record


def read_batches(path: Path, limits: Limits) -> Iterator[list[bytes]]:
    """The records of a TFRecord file in order, in batches of limited numbers of records and bytes.

    Raises `RunError` if the file is damaged.
    """
    return batched(_read(path), len, limits)


def write_records(path: Path, records: Iterable[bytes]) -> None:
    """Write a TFRecord file, which appears only when it is complete."""
    with appearing(path) as file:
        for record in records:
            file.write(b"".join((_head(len(record)), record, _masked_checksum(record))))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while head := file.read(_HEAD):
            length = int.from_bytes(head[:8], "little")
            if head != _head(length):
                raise _damaged(path)
            record, tail = file.read(length), file.read(_TAIL)
            if tail != _masked_checksum(record):
                raise _damaged(path)
            yield record


def _damaged(path: Path) -> RunError:
    return RunError(f"{path} is damaged: expected a TFRecord file with correct checksums")


@lru_cache(2**12)
def _head(length: int) -> bytes:
    """The length of a record and its checksum."""
    packed = struct.pack("<Q", length)
    return packed + _masked_checksum(packed)


def _masked_checksum(data: bytes) -> bytes:
    """CRC-32C, rotated and offset as in the TFRecord format, which allows for data that contains checksums."""
    checksum = google_crc32c.value(data)
    return struct.pack("<I", (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF)
