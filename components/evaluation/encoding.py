"""Encoding: a split of images goes through the model, as Beam `RunInference`."""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow as tf
from apache_beam.ml.inference.base import ModelHandler, RunInference
from numpy.typing import NDArray

from vaeflow.components import progress
from vaeflow.components.artifacts import Examples
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.evaluation.measures import Measure
from vaeflow.components.images.examples import num_examples, stream_labelled
from vaeflow.models import building

Batch = tuple[int, NDArray[np.uint8], NDArray[np.int32]]
Arrays = dict[str, Any]
"""Arrays [images, ...] by the name of the measure."""


class Encoder(ModelHandler[Batch, tuple[int, Arrays], Any]):
    """Applies a measure to whole batches that were cut before: the values must not depend on how Beam batches."""

    def __init__(self, model_file: Path, measure: Measure, batch_size: int):
        super().__init__(max_batch_size=1)
        self.model_file = model_file
        self.measure = measure
        self.batch_size = batch_size

    def load_model(self) -> Any:
        """The measure with a freshly loaded model, compiled."""
        model = building.load(self.model_file)
        return tf.function(lambda images, labels, index: self.measure(model, images, labels, index))

    def run_inference(
        self, batch: Sequence[Batch], model: Any, inference_args: Mapping[str, Any] | None = None
    ) -> Iterable[tuple[int, Arrays]]:
        """Each batch's index with its measures; a short last batch is filled up, so that nothing is compiled twice."""
        for index, images, labels in batch:
            missing = self.batch_size - len(images)
            full = np.pad(images, [(0, missing), (0, 0), (0, 0), (0, 0)])
            measures = model(tf.constant(full), tf.constant(np.pad(labels, (0, missing))), tf.constant(index))
            yield index, {name: value.numpy()[: len(images)] for name, value in measures.items()}


def encode(
    examples: Examples,
    model_file: Path,
    split: str,
    measure: Measure,
    *,
    batch_size: int,
    scratch: Path,
    limit: int | None = None,
    beam_args: Sequence[str] = (),
) -> Arrays:
    """Every measure of the split's images, or of the first `limit` of them, stacked in their order.

    Workers hand over their results as files in `scratch`, a folder that all of them must see.
    """
    count = min(num_examples(examples, split), limit or sys.maxsize)
    batch_size = min(batch_size, count)
    title = f"Encoding the {split} split"
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        with progress.bar(title, count), beam_pipeline(beam_args) as pipeline:
            _ = (
                pipeline
                | beam.Create([split])
                | "Read" >> beam.FlatMap(lambda name: batches(stream_labelled(examples, name).take(count), batch_size))
                | beam.Reshuffle()
                | RunInference(Encoder(model_file, measure, batch_size))
                | "Write" >> beam.MapTuple(partial(save, Path(folder), title))
            )
        return collect(Path(folder))


def batches(images: tf.data.Dataset, batch_size: int) -> Iterator[Batch]:
    """Images [batch, h, w, c] of the stream and their labels [batch], each batch with its index before them."""
    for index, (pixels, labels) in enumerate(images.batch(batch_size).as_numpy_iterator()):
        yield index, pixels, labels


def save(folder: Path, title: str, index: int, arrays: Arrays) -> None:
    """Leave one batch's measures in `folder`, and move the bar."""
    np.savez(folder / f"{index:08d}.npz", **arrays)
    progress.advance(title, len(next(iter(arrays.values()))))


def collect(folder: Path) -> Arrays:
    """The measures of all batches, in the batches' order."""
    parts = [dict(np.load(file)) for file in sorted(folder.glob("*.npz"))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
