"""The identities of all images of a dataset, as a table in columns: a million of them take less than 100 MB."""

import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from vaeflow.components.complete_files import appearing
from vaeflow.components.images.identities import Identity

IDENTITIES_FILE = "identities.parquet"
"""The identities in a dataset, sorted by id."""
_PARTS = "identities"
_ROWS = 2**16  # of which a sorted copy is in memory while the table is written

_SCHEMA = pa.schema(
    {"split": pa.string(), "id": pa.string(), "digest": pa.string(), "group": pa.string(), "label": pa.int64()}
)


def as_table(images: Sequence[Identity]) -> pa.Table:
    """The images as a table with a column for each field of `Identity`."""
    columns = zip(*images, strict=True) if images else [[] for _ in _SCHEMA]
    return pa.table([*map(pa.array, columns, _SCHEMA.types)], _SCHEMA)


def read_identities(dataset: Path) -> pa.Table:
    """The identities of all images, sorted by id, as `as_table` returns them."""
    return pq.read_table(dataset / IDENTITIES_FILE)


def codes(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int64]]:
    """The distinct values of a column in the order of their first appearance, and their numbers [rows]."""
    encoded = column.dictionary_encode().unify_dictionaries()
    values = encoded.chunk(0).dictionary if encoded.num_chunks else pa.array([], column.type)
    return values, np.concatenate([np.empty(0, np.int64), *(chunk.indices.to_numpy() for chunk in encoded.chunks)])


def write_identities(batches: beam.PCollection, output: Path) -> None:
    """Write a PCollection of batches of `Identity` to a folder.

    Workers write parts, because a runner may keep everything that it gathers in memory.
    """
    (output / _PARTS).mkdir(parents=True, exist_ok=True)
    once = batches.pipeline | "Begin identities" >> beam.Impulse()
    parts = batches | "Write parts of identities" >> beam.ParDo(_WriteParts(output / _PARTS))
    _ = once | "Write identities" >> beam.Map(_join, beam.pvalue.AsIter(parts), output)


class _WriteParts(beam.DoFn):
    """Writes the batches of each bundle to a file, and returns its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None

    def process(self, images: Sequence[Identity]) -> Iterator[str]:
        if self._writer is None:
            name = uuid.uuid4().hex
            self._writer = pq.ParquetWriter(self._folder / name, _SCHEMA)
            yield name
        self._writer.write_table(as_table(images))

    def finish_bundle(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _join(_: bytes, parts: Iterable[str], folder: Path) -> None:
    tables = [pq.read_table(folder / _PARTS / name) for name in parts]
    joined = pa.concat_tables([_SCHEMA.empty_table(), *tables]).combine_chunks()
    del tables  # that the joined one is a copy of
    order = pc.sort_indices(joined["id"])
    with appearing(folder / IDENTITIES_FILE) as file, pq.ParquetWriter(file, _SCHEMA) as writer:
        for start in range(0, len(order), _ROWS):
            writer.write_table(joined.take(order[start : start + _ROWS]))
    shutil.rmtree(folder / _PARTS)  # also the parts of workers that a runner has given up
