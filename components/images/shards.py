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
import numpy as np
from numpy.typing import NDArray

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
    """Examples of one shard in a file of a worker: sort keys, offsets and lengths, uint64 [3, examples]."""

    file: str
    places: NDArray[np.uint64]


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
        places: dict[_Shard, list[tuple[int, int, int]]] = defaultdict(list)
        for entry in entries:
            order = int.from_bytes(hashlib.blake2b(entry.id.encode(), digest_size=8).digest())
            shard = order * self._shards >> 64
            places[entry.split, shard].append((order, self._offset, len(entry.example)))
            self._offset += len(entry.example)
        self._file.writelines(entry.example for entry in entries)
        for key, some in places.items():
            yield key, _Spooled(self._name, np.array(some, np.uint64).T)

    def finish_bundle(self) -> None:
        self._file.close()


def _write_shard(gathered: tuple[_Shard, Iterable[_Spooled]], parts: Path) -> dict[str, Any]:
    (split, number), unordered = gathered
    spooled = list(unordered)
    orders, offsets, lengths = np.concatenate([some.places for some in spooled], axis=1)
    batches = np.repeat(np.arange(len(spooled)), [some.places.shape[1] for some in spooled])
    file = f"{split}-{number:05d}"
    with Spools(parts) as spools:
        records = (spools.read(spooled[batches[i]].file, int(offsets[i]), int(lengths[i])) for i in orders.argsort())
        write_records(parts / file, records)
    return {"split": split, "file": file, "examples": len(orders), "bytes": int(lengths.sum())}
