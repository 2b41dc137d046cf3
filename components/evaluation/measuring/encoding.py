"""Encoding of a split by the model, with Beam's `RunInference`."""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import tensorflow as tf
from apache_beam.ml.inference.base import ModelHandler, RunInference
from numpy.typing import NDArray

from vaeflow.components import progress
from vaeflow.components.artifacts import Examples
from vaeflow.components.complete_files import appearing
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.evaluation.measuring.batch import Batch, Measure, Measures
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.images.examples import num_examples, stream_from
from vaeflow.models import building
from vaeflow.models.arrays import Pixels

NumberedBatch = tuple[int, Pixels, NDArray[np.int32]]
Arrays = dict[str, NDArray[Any]]
"""Arrays [images, ...] by name of the measure."""


BATCHES_PER_SPAN = 40


class Span(NamedTuple):
    """A range of images in a split that one worker reads. Beam keeps only spans in memory, not the images."""

    start: int
    stop: int
    batch_size: int


@dataclass(frozen=True)
class Encoded:
    """The measures of a split: one file per batch, in order."""

    files: Sequence[Path]
    batch_size: int

    def __iter__(self) -> Iterator[Arrays]:
        """The measures, batch by batch."""
        for file in self.files:
            with np.load(file) as arrays:
                yield dict(arrays)

    def parts(self, name: str) -> Iterator[NDArray[Any]]:
        """One measure, batch by batch."""
        for file in self.files:
            with np.load(file) as arrays:
                yield arrays[name]

    def whole(self, name: str) -> NDArray[Any]:
        """One measure for all images, [images, ...]."""
        return np.concatenate(list(self.parts(name)))


@contextmanager
def encode(
    examples: Examples,
    model_file: Path,
    settings: Settings,
    split: str,
    measures: Sequence[Measure],
    *,
    scratch: Path,
    limit: int | None = None,
    beam_args: Sequence[str] = (),
) -> Iterator[Encoded]:
    """Apply the measures to all images of the split, or to the first `limit`.

    Workers write files to `scratch`, a folder that must be visible to all of them. The files are deleted at the end of
    the block.
    """
    count = min(num_examples(examples, split), limit or sys.maxsize)
    batch_size = min(settings.batch_size, count)
    title = f"Encoding the {split} split"
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        with progress.bar(title, count), beam_pipeline(beam_args) as pipeline:
            _ = (
                pipeline
                | beam.Create(spans(count, batch_size))
                | beam.Reshuffle()
                | "Read" >> beam.FlatMap(partial(read, examples, split))
                | RunInference(Encoder(model_file, measures, settings, batch_size))
                | "Write" >> beam.MapTuple(partial(save, Path(folder), title))
            )
        yield Encoded(sorted(Path(folder).glob("*.npz")), batch_size)


class Encoder(ModelHandler[NumberedBatch, tuple[int, Arrays], Any]):
    """Applies measures to batches of a fixed composition: values must not depend on how Beam forms batches."""

    def __init__(self, model_file: Path, measures: Sequence[Measure], settings: Settings, batch_size: int):
        super().__init__(max_batch_size=1)
        self.model_file = model_file
        self.measures = measures
        self.settings = settings
        self.batch_size = batch_size

    def load_model(self) -> Any:
        """Load the model and compile the measures."""
        model = building.load(self.model_file)
        model.classifies_grey = self.settings.classify_grey

        def measure(images: tf.Tensor, labels: tf.Tensor, index: tf.Tensor) -> Measures:
            batch = Batch(model, images, labels, index, self.settings)
            taken = {name: values for take in self.measures for name, values in take(batch).items()}
            return {name: values for name, values in taken.items() if name not in self.settings.left_out}

        return tf.function(measure, autograph=False)  # does not compute what it does not return

    def run_inference(
        self, batch: Sequence[NumberedBatch], model: Any, inference_args: Mapping[str, Any] | None = None
    ) -> Iterable[tuple[int, Arrays]]:
        """Index and measures of each batch. A shorter last batch is padded, so that nothing is compiled twice."""
        for index, images, labels in batch:
            missing = self.batch_size - len(images)
            full = np.pad(images, [(0, missing), (0, 0), (0, 0), (0, 0)])
            measures = model(tf.constant(full), tf.constant(np.pad(labels, (0, missing))), tf.constant(index))
            yield index, {name: value.numpy()[: len(images)] for name, value in measures.items()}


def spans(count: int, batch_size: int) -> list[Span]:
    """Divide `count` images into spans of several batches."""
    length = batch_size * BATCHES_PER_SPAN
    return [Span(start, min(start + length, count), batch_size) for start in range(0, count, length)]


def read(examples: Examples, split: str, span: Span) -> Iterator[NumberedBatch]:
    """Batches of the span: index of the batch in the split, images [batch, h, w, c] and labels [batch]."""
    images = stream_from(examples, split, span.start).take(span.stop - span.start).batch(span.batch_size)
    for index, (pixels, labels) in enumerate(images.as_numpy_iterator(), span.start // span.batch_size):
        yield index, pixels, labels


def save(folder: Path, title: str, index: int, arrays: Arrays) -> None:
    """Write the measures of one batch to `folder`, and advance the progress bar."""
    values: dict[str, Any] = arrays
    with appearing(folder / f"{index:08d}.npz") as file:
        np.savez(file, **values)
    progress.advance(title, len(next(iter(arrays.values()))))
