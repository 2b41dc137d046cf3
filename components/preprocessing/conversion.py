"""The Beam pipeline of preprocess: files of original images → examples in splits."""

from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from vaeflow.components import progress
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.config import Transform
from vaeflow.components.images.json_lines import read_lines, write_lines
from vaeflow.components.images.shards import Entry, num_shards, write_shards
from vaeflow.components.images.statistics import SplitStatistics
from vaeflow.components.images.tfrecord import LabelledImage, identify, parse, read_batches, serialise
from vaeflow.components.images.transform import files_to_examples
from vaeflow.components.preprocessing.allocation import Allocation
from vaeflow.components.preprocessing.statistics import SplitStatisticsFn
from vaeflow.models.observation import LEVELS, binarise

PROGRESS = "Preprocessing images"


class _SplitFile(NamedTuple):
    """A file of a dataset and its split in the dataset."""

    split: str
    path: Path


class Example(NamedTuple):
    """An image of the final shape, uint8 [h, w, c]."""

    split: str
    id: str
    label: int | None
    image: np.ndarray


def convert(
    info: tfds.core.DatasetInfo,
    allocation: Allocation,
    transform: Transform,
    output: Path,
    beam_args: Sequence[str],
) -> dict[str, SplitStatistics]:
    """Write the shards of all examples into `output`. Returns the statistics of each split that is not empty."""
    label_names = info.features["label"].names if "label" in info.features else None
    total = info.splits.total_num_examples
    lines = output / "statistics.jsonl"
    with progress.bar(PROGRESS, total), beam_pipeline(beam_args) as pipeline:
        examples = _examples(pipeline, info, allocation, transform)
        write_shards(
            examples | "Serialise" >> beam.Map(_entry), output, num_shards(total * prod(transform.image_shape))
        )
        statistics = (
            examples
            | "Key by split" >> beam.Map(lambda example: (example.split, (example.label, example.image)))
            | "Measure splits" >> beam.CombinePerKey(SplitStatisticsFn(label_names))
            | "Dump statistics" >> beam.Map(lambda measured: (measured[0], measured[1].model_dump()))
        )
        write_lines(statistics, "statistics", lines)
    measured = {split: SplitStatistics.model_validate(values) for split, values in read_lines(lines)}
    lines.unlink()
    return measured


def _examples(
    pipeline: beam.Pipeline, info: tfds.core.DatasetInfo, allocation: Allocation, transform: Transform
) -> beam.PCollection:
    """Read and transform each image once, assign it to a split, and binarise it if that is static."""
    files = [_SplitFile(split.name, Path(path)) for split in info.splits.values() for path in split.filepaths]
    return (
        pipeline
        | "List files" >> beam.Create(files)
        | "Spread files" >> beam.Reshuffle()
        | "Read files" >> beam.FlatMap(_read, allocation)
        | "Transform images" >> beam.FlatMap(_transform, transform)
    )


def _entry(example: Example) -> Entry:
    """Serialise the raw pixels, which TFDS reads as a tensor with the encoding BYTES."""
    content = LabelledImage(example.id, example.label, example.image.tobytes())
    return Entry(example.split, example.id, serialise(content))


def _read(file: _SplitFile, allocation: Allocation) -> Iterator[list[tuple[str, LabelledImage]]]:
    for records in read_batches(file.path):
        originals = [parse(record) for record in records]
        assigned = [(allocation.split_of(identify(file.split, original)), original) for original in originals]
        if used := [(split, original) for split, original in assigned if split]:
            yield used
        progress.advance(PROGRESS, len(records))


def _transform(originals: Sequence[tuple[str, LabelledImage]], transform: Transform) -> Iterator[Example]:
    images = files_to_examples(transform)(tf.constant([original.image for _, original in originals]))
    if transform.observation.binarise == "static":
        images = tf.cast(binarise(images, transform.observation.seed), tf.uint8) * LEVELS
    for (split, original), image in zip(originals, images.numpy(), strict=True):
        yield Example(split, original.id, original.label, image)
