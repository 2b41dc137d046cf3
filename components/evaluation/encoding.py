"""Encoding: a split of images goes through the model, as Beam `RunInference`."""

import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
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
from vaeflow.components.images.examples import num_examples, stream
from vaeflow.models import registry

Batch = tuple[int, NDArray[np.uint8]]
Arrays = dict[str, NDArray[Any]]


class Encoder(ModelHandler[Batch, tuple[int, Arrays], Any]):
    """Applies a measure to whole batches that were cut before: the values must not depend on how Beam batches."""

    def __init__(self, model_file: Path, measure: Measure, batch_size: int):
        super().__init__(max_batch_size=1)
        self.model_file = model_file
        self.measure = measure
        self.batch_size = batch_size

    def load_model(self) -> Any:
        """The measure with a freshly loaded model, compiled."""
        model = registry.load(self.model_file)
        return tf.function(lambda images, index: self.measure(model, images, index))

    def run_inference(
        self, batch: Sequence[Batch], model: Any, inference_args: Mapping[str, Any] | None = None
    ) -> Iterable[tuple[int, Arrays]]:
        """Each batch's index with its measures; a short last batch is filled up, so that nothing is compiled twice."""
        for index, images in batch:
            missing = self.batch_size - len(images)
            full = np.pad(images, [(0, missing), (0, 0), (0, 0), (0, 0)])
            measures = model(tf.constant(full), tf.constant(index))
            yield index, {name: value.numpy()[: len(images)] for name, value in measures.items()}


def encode(
    examples: Examples,
    split: str,
    model_file: Path,
    measure: Measure,
    *,
    batch_size: int,
    scratch: Path,
    limit: int | None = None,
    beam_args: Sequence[str] = (),
) -> Arrays:
    """Every measure of the split's images, stacked in their order; of `chosen_images` when there is a limit.

    Workers hand over their results as files in `scratch`, a folder that all of them must see.
    """
    chosen = chosen_images(num_examples(examples, split), limit)
    batch_size = min(batch_size, len(chosen))
    title = f"Encoding the {split} split"
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        with progress.bar(title, len(chosen)), beam_pipeline(beam_args) as pipeline:
            _ = (
                pipeline
                | beam.Create([split])
                | "Read" >> beam.FlatMap(lambda name: batches(stream(examples, name), chosen, batch_size))
                | beam.Reshuffle()
                | RunInference(Encoder(model_file, measure, batch_size))
                | "Write" >> beam.MapTuple(partial(save, Path(folder), title))
            )
        return collect(Path(folder))


def chosen_images(count: int, limit: int | None = None) -> list[int]:
    """Places of all `count` images, or of `limit` spread evenly over them: stored images may be sorted by class."""
    if limit is None or limit >= count:
        return list(range(count))
    return [i * count // limit for i in range(limit)]


def batches(images: tf.data.Dataset, chosen: Sequence[int], batch_size: int) -> Iterator[Batch]:
    """The chosen images of the stream, [batch, h, w, c], each batch with its index."""
    wanted = set(chosen)
    kept = (image for place, image in enumerate(images.as_numpy_iterator()) if place in wanted)
    for index in range(math.ceil(len(chosen) / batch_size)):
        yield index, np.stack(list(islice(kept, batch_size)))


def save(folder: Path, title: str, index: int, arrays: Arrays) -> None:
    """Leave one batch's measures in `folder`, and move the bar."""
    np.savez(folder / f"{index:08d}.npz", **arrays)
    progress.advance(title, len(next(iter(arrays.values()))))


def collect(folder: Path) -> Arrays:
    """The measures of all batches, in the batches' order."""
    parts = [dict(np.load(file)) for file in sorted(folder.glob("*.npz"))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
