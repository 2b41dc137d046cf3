"""Writing examples as TFRecord shards from any Beam engine, with the same bytes each time.

Beam's own TFRecord sink leaves the order within a shard to the engine. Here the place of an image is a function
of its id alone: shards and the images in them are ordered by a hash of the id, a fixed shuffle that makes the
first n images of a split a fair sample of it.

An engine may hold in memory whatever it groups, so images are put aside in files and only their places are grouped.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import apache_beam as beam

from vaeflow.components.images.json_lines import write_lines
from vaeflow.components.images.tfrecord import write_records

PARTS = "parts"
MANIFEST = "shards.jsonl"
SHARD_BYTES = 64 * 2**20

_Shard = tuple[str, int]


class Entry(NamedTuple):
    """One serialised `tf.train.Example` on its way into a split."""

    split: str
    id: str
    example: bytes


class _Place(NamedTuple):
    """Where an example was put aside, and its order among all."""

    order: bytes
    file: str
    offset: int
    length: int


def num_shards(num_bytes: int) -> int:
    """Shards per split for images of this total size."""
    return max(1, -(-num_bytes // SHARD_BYTES))


def write_shards(entries: beam.PCollection, directory: Path, shards: int) -> None:
    """Write a PCollection of `Entry` as shards in `directory/parts`, and a manifest of them."""
    parts = directory / PARTS
    parts.mkdir(parents=True, exist_ok=True)
    written = (
        entries
        | "Put aside" >> beam.ParDo(_PutAside(parts, shards)).with_output_types(tuple[_Shard, _Place])
        | "Gather shards" >> beam.GroupByKey()
        | "Write shards" >> beam.Map(_write_shard, parts)
    )
    write_lines(written, "manifest", parts / MANIFEST)


class _PutAside(beam.DoFn):
    """Append the examples of a bundle to a file of its own."""

    def __init__(self, parts: Path, shards: int) -> None:
        self._parts = parts
        self._shards = shards
        self._file: BinaryIO

    def start_bundle(self) -> None:
        self._name = f"aside-{uuid.uuid4().hex}"
        self._file = (self._parts / self._name).open("wb")
        self._offset = 0

    def process(self, entry: Entry) -> Iterator[tuple[_Shard, _Place]]:
        order = hashlib.blake2b(entry.id.encode(), digest_size=8).digest()
        shard = int.from_bytes(order) * self._shards >> 64
        self._file.write(entry.example)
        yield (entry.split, shard), _Place(order, self._name, self._offset, len(entry.example))
        self._offset += len(entry.example)

    def finish_bundle(self) -> None:
        self._file.close()


def _write_shard(gathered: tuple[_Shard, Iterable[_Place]], parts: Path) -> dict[str, Any]:
    (split, number), unordered = gathered
    places = sorted(unordered)
    file = f"{split}-{number:05d}"
    write_records(parts / file, (_fetch(place, parts) for place in places))
    return {"split": split, "file": file, "examples": len(places), "bytes": sum(place.length for place in places)}


def _fetch(place: _Place, parts: Path) -> bytes:
    with (parts / place.file).open("rb", buffering=0) as file:
        file.seek(place.offset)
        return file.read(place.length)
