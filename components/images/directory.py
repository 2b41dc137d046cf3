"""Writing a TFDS directory from any Beam engine, with the same bytes each time.

Beam's own TFRecord sink leaves the order within a shard to the engine. Here the place of an image is a function
of its id alone: shards and the images in them are ordered by a hash of the id, a fixed shuffle that makes the
first n images of a split a fair sample of it.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import tensorflow_datasets as tfds

from vaeflow.components.images.tfrecord import write_records

SHARD_BYTES = 64 * 2**20
_PARTS = "parts"
_MANIFEST = "shards.jsonl"


class Entry(NamedTuple):
    """One serialised `tf.train.Example` on its way into a split."""

    split: str
    identifier: str
    example: bytes


def num_shards(num_bytes: int) -> int:
    """Shards per split for images of this total size: what a worker can hold and sort in memory."""
    return max(1, -(-num_bytes // SHARD_BYTES))


def write_shards(entries: beam.PCollection, directory: Path, shards: int) -> None:
    """Write a PCollection of `Entry` as parts of a TFDS directory; `describe` then makes it whole."""
    parts = directory / _PARTS
    parts.mkdir(parents=True, exist_ok=True)
    written = (
        entries
        | "Place by id" >> beam.Map(_place, shards)
        | "Gather shards" >> beam.GroupByKey()
        | "Write shards" >> beam.Map(_write_part, parts)
    )
    write_lines(written, "manifest", parts / _MANIFEST)


def write_lines(items: beam.PCollection, name: str, path: Path) -> None:
    """Write a small PCollection as one file of JSON lines, sorted, and present even when there are none."""
    _ = items | f"Collect {name}" >> beam.combiners.ToList() | f"Write {name}" >> beam.Map(_write_lines, path)


def read_lines(path: Path) -> list[Any]:
    """Read back what `write_lines` wrote."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def describe(directory: Path, name: str, features: Mapping[str, Any]) -> dict[str, int]:
    """Give the parts their final names and write TFDS's metadata; return the number of images in each split."""
    for stale in directory.glob(f"{name}-*.tfrecord-*"):
        stale.unlink()
    written = sorted(read_lines(directory / _PARTS / _MANIFEST), key=itemgetter("file"))
    splits = [
        _name_parts(directory, name, split, list(parts)) for split, parts in groupby(written, itemgetter("split"))
    ]
    shutil.rmtree(directory / _PARTS)
    tfds.folder_dataset.write_metadata(data_dir=directory, features=features, split_infos=splits, check_data=False)
    return {split.name: split.num_examples for split in splits}


def _name_parts(directory: Path, name: str, split: str, parts: Sequence[Mapping[str, Any]]) -> tfds.core.SplitInfo:
    """A hash may leave a shard out, so only now is it known of how many each is one."""
    for index, part in enumerate(parts):
        final = directory / f"{name}-{split}.tfrecord-{index:05d}-of-{len(parts):05d}"
        (directory / _PARTS / part["file"]).rename(final)
    return tfds.core.SplitInfo(split, [part["examples"] for part in parts], sum(part["bytes"] for part in parts))


def _place(entry: Entry, shards: int) -> tuple[tuple[str, int], tuple[bytes, bytes]]:
    order = hashlib.blake2b(entry.identifier.encode(), digest_size=8).digest()
    return (entry.split, int.from_bytes(order) * shards >> 64), (order, entry.example)


def _write_part(gathered: tuple[tuple[str, int], Iterable[tuple[bytes, bytes]]], parts: Path) -> dict[str, Any]:
    (split, shard), values = gathered
    examples = [example for _, example in sorted(values)]
    file = f"{split}-{shard:05d}"
    write_records(parts / file, examples)
    return {"split": split, "file": file, "examples": len(examples), "bytes": sum(map(len, examples))}


def _write_lines(items: Iterable[Any], path: Path) -> None:
    path.write_text("".join(sorted(json.dumps(item) + "\n" for item in items)), encoding="utf-8")
