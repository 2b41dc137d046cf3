"""The Beam pipeline of preprocess: files of original images → examples in splits."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from vaeflow.components import progress
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.batching import Limits
from vaeflow.components.images.config import Transform
from vaeflow.components.images.factors import FACTORS
from vaeflow.components.images.identities import identify
from vaeflow.components.images.json_lines import read_lines, write_lines
from vaeflow.components.images.parsing import parse
from vaeflow.components.images.serialising import LabelledImage, serialise
from vaeflow.components.images.shards import Entry, num_shards, write_shards
from vaeflow.components.images.statistics import SplitStatistics
from vaeflow.components.images.tfrecord import read_batches
from vaeflow.components.preprocessing.allocation import Allocation
from vaeflow.components.preprocessing.statistics import SplitStatisticsFn
from vaeflow.components.preprocessing.transforming import batch_limits, to_examples
from vaeflow.models.observation import LEVELS, binarise

PROGRESS = "Preprocessing images"


class _SplitFile(NamedTuple):
    """A file of a dataset and its split in the dataset."""

    split: str
    path: Path


class Batch(NamedTuple):
    """Images of one split in their final shape, uint8 [n, h, w, c]."""

    split: str
    ids: Sequence[str]
    labels: Sequence[int | None]
    images: np.ndarray
    factors: Sequence[Mapping[str, int] | None]


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
        batches = _batches(pipeline, info, allocation, transform)
        write_shards(
            batches | "Serialise" >> beam.Map(_entries), output, num_shards(total * prod(transform.image_shape))
        )
        statistics = (
            batches
            | "Key by split" >> beam.Map(lambda batch: (batch.split, (batch.labels, batch.images)))
            | "Measure splits" >> beam.CombinePerKey(SplitStatisticsFn(label_names))
            | "Describe splits" >> beam.Map(lambda measured: (measured[0], measured[1].model_dump()))
        )
        write_lines(statistics, "statistics", lines)
    measured = {split: SplitStatistics.model_validate(values) for split, values in read_lines(lines)}
    lines.unlink()
    return measured


def _batches(
    pipeline: beam.Pipeline, info: tfds.core.DatasetInfo, allocation: Allocation, transform: Transform
) -> beam.PCollection:
    """Read and transform each image once, assign it to a split, and binarise it if that is static."""
    files = [_SplitFile(split.name, Path(path)) for split in info.splits.values() for path in split.filepaths]
    labelled = "label" in info.features
    factors = tuple(info.features[FACTORS]) if FACTORS in info.features else ()
    return (
        pipeline
        | "List files" >> beam.Create(files)
        | "Spread files" >> beam.Reshuffle()
        | "Read files" >> beam.FlatMap(_read, allocation, labelled, factors, batch_limits(transform))
        | "Transform images" >> beam.Map(_transform, transform)
    )


def _entries(batch: Batch) -> list[Entry]:
    """Serialise the raw pixels, which TFDS reads as a tensor with the encoding BYTES."""
    return [
        Entry(batch.split, identifier, serialise(LabelledImage(identifier, label, image.tobytes(), factors=factors)))
        for identifier, label, image, factors in zip(batch.ids, batch.labels, batch.images, batch.factors, strict=True)
    ]


def _read(
    file: _SplitFile, allocation: Allocation, labelled: bool, factors: Sequence[str], limits: Limits
) -> Iterator[tuple[str, list[LabelledImage]]]:
    """The images of the file that are used, in batches of one split."""
    for records in read_batches(file.path, limits):
        by_split = defaultdict(list)
        for original in parse(records, labelled=labelled, factors=factors):
            by_split[allocation.split_of(identify(file.split, original))].append(original)
        yield from ((split, some) for split, some in by_split.items() if split)
        progress.advance(PROGRESS, len(records))


def _transform(batch: tuple[str, Sequence[LabelledImage]], transform: Transform) -> Batch:
    split, originals = batch
    images = to_examples([original.image for original in originals], transform)
    if transform.observation.binarise == "static":
        images = tf.cast(binarise(images, transform.observation.seed), tf.uint8).numpy() * LEVELS
    ids, labels, factors = zip(*((one.id, one.label, one.factors) for one in originals), strict=True)
    return Batch(split, ids, labels, images, factors)
