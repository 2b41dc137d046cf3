"""TFRecord shards of examples, with identical bytes from every Beam runner.

Beam's own TFRecord sink leaves the order within a shard to the runner. Here the position of an image depends on its id
alone: shards and the images in them are ordered by a hash of the id. This is a fixed shuffle, so that the first n
images of a split are a random sample of it.

A runner may keep everything that it groups in memory, so images are spooled to files and only their locations are
grouped.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import apache_beam as beam

from vaeflow.components.images.json_lines import write_lines
from vaeflow.components.images.spools import Spools
from vaeflow.components.images.tfrecord import write_records

PARTS = "parts"
MANIFEST = "shards.jsonl"
SHARD_BYTES = 64 * 2**20

_Shard = tuple[str, int]


class Entry(NamedTuple):
    """A serialised `tf.train.Example` to be written to a split."""

    split: str
    id: str
    example: bytes


class _Spooled(NamedTuple):
    """Examples of one shard in a file of a worker: the sort key, offset and length of each."""

    file: str
    places: list[tuple[bytes, int, int]]


def num_shards(num_bytes: int) -> int:
    """Number of shards per split for images of this total size."""
    return max(1, -(-num_bytes // SHARD_BYTES))


def write_shards(entries: beam.PCollection, directory: Path, shards: int) -> None:
    """Write a PCollection of batches of `Entry` as shards in `directory/parts`, with a manifest."""
    parts = directory / PARTS
    parts.mkdir(parents=True, exist_ok=True)
    written = (
        entries
        # Not `_Spooled`, of which Beam would pickle every place by itself.
        | "Spool" >> beam.ParDo(_Spool(parts, shards)).with_output_types(tuple[_Shard, Any])
        | "Gather shards" >> beam.GroupByKey()
        | "Write shards" >> beam.Map(_write_shard, parts)
    )
    write_lines(written, "manifest", parts / MANIFEST)


class _Spool(beam.DoFn):
    """Writes the examples of each bundle to a file."""

    def __init__(self, parts: Path, shards: int) -> None:
        self._parts = parts
        self._shards = shards
        self._file: BinaryIO

    def start_bundle(self) -> None:
        self._name = f"spool-{uuid.uuid4().hex}"
        self._file = (self._parts / self._name).open("wb")
        self._offset = 0

    def process(self, entries: Sequence[Entry]) -> Iterator[tuple[_Shard, _Spooled]]:
        places: dict[_Shard, list[tuple[bytes, int, int]]] = defaultdict(list)
        for entry in entries:
            order = hashlib.blake2b(entry.id.encode(), digest_size=8).digest()
            shard = int.from_bytes(order) * self._shards >> 64
            places[entry.split, shard].append((order, self._offset, len(entry.example)))
            self._offset += len(entry.example)
        self._file.writelines(entry.example for entry in entries)
        for key, some in places.items():
            yield key, _Spooled(self._name, some)

    def finish_bundle(self) -> None:
        self._file.close()


def _write_shard(gathered: tuple[_Shard, Iterable[_Spooled]], parts: Path) -> dict[str, Any]:
    (split, number), unordered = gathered
    places = sorted((order, some.file, offset, length) for some in unordered for order, offset, length in some.places)
    file = f"{split}-{number:05d}"
    with Spools(parts) as spools:
        write_records(parts / file, (spools.read(name, start, length) for _, name, start, length in places))
    return {"split": split, "file": file, "examples": len(places), "bytes": sum(length for *_, length in places)}
