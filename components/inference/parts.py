"""The Beam pipeline that applies an encoder to a source: each shard of images becomes one file of rows.

A part appears when it is complete, so that after an interruption only the missing ones are made.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq

from vaeflow.components import progress
from vaeflow.components.complete_files import appearing
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.inference.encoder import Encoder
from vaeflow.components.inference.notes import NOTES, Notes
from vaeflow.components.inference.table import rows, schema_of
from vaeflow.components.inference.tasks import Task
from vaeflow.components.new_images.reading import Batch, read_examples
from vaeflow.components.sources.source import Source, SourceImage

_ROW_GROUP_BYTES = 2**24


class Work(NamedTuple):
    """What a worker needs to know: the model, the task, how images are read, and the folder of the parts."""

    encoder: Path
    task: Task
    intensity: Intensity
    max_pixels: int
    label_names: tuple[str, ...] | None
    parts: Path

    @property
    def title(self) -> str:
        """The name of the progress bar."""
        return f"vaeflow {self.task.name}"


def write_parts(work: Work, source: Source, beam_args: Sequence[str]) -> list[Path]:
    """Write the parts that are missing. Returns all, in the order of the source."""
    count = len(source.shards)
    parts = [work.parts / f"part-{number:05d}-of-{count:05d}.parquet" for number in range(count)]
    missing = [(part, shard) for part, shard in zip(parts, source.shards, strict=True) if not part.exists()]
    done = sum(pq.read_metadata(part).num_rows for part in parts if part.exists())
    with progress.bar(work.title, source.num_images):
        progress.advance(work.title, done)
        if missing:
            with beam_pipeline(beam_args) as pipeline:
                _ = (
                    pipeline
                    | "List shards" >> beam.Create(missing)
                    | "Spread shards" >> beam.Reshuffle()
                    | "Write parts" >> beam.ParDo(_WritePart(work, source.read))
                )
    return parts


class _WritePart(beam.DoFn):
    """Reads a shard batch by batch, and writes the rows of its images."""

    def __init__(self, work: Work, read: Callable[[Any], Iterator[SourceImage]]) -> None:
        self._work = work
        self._read = read

    def setup(self) -> None:
        self._encoder = Encoder(self._work.encoder, self._work.task)
        self._classes = self._encoder.class_numbers(self._work.label_names)

    def process(self, missing: tuple[Path, Any]) -> None:
        part, shard = missing
        work, schema, notes = self._work, schema_of(self._encoder), Notes()
        batches = read_examples(self._read(shard), self._encoder.transform, work.intensity, work.max_pixels)
        with appearing(part) as file, pq.ParquetWriter(file, schema) as writer:
            waiting = schema.empty_table()
            for batch in batches:
                notes.add(batch)
                waiting = pa.concat_tables([waiting, self._rows(schema, batch)])
                if waiting.nbytes >= _ROW_GROUP_BYTES:
                    writer.write_table(waiting)
                    waiting = schema.empty_table()
                progress.advance(work.title, len(batch.images) + len(batch.unreadable))
            writer.write_table(waiting)
            writer.add_key_value_metadata({NOTES: json.dumps(notes.record())})

    def _rows(self, schema: pa.Schema, batch: Batch) -> pa.Table:
        if not batch.images:
            return schema.empty_table()
        answers = self._encoder.answer(batch.examples, self._given(batch.images))
        return rows(schema, batch.images, self._work.label_names, answers, self._encoder.version)

    def _given(self, images: Sequence[SourceImage]) -> list[int] | None:
        """The classes of images as the model numbers them, if it is given them; -1 where they are unknown."""
        if self._classes is None:
            return None
        labels = [-1 if image.label is None else image.label for image in images]
        return [self._classes[label] if label >= 0 else -1 for label in labels]
