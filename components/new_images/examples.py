"""The images of a source as examples of one split, transformed like those that a model was trained with."""

from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow_datasets as tfds

from vaeflow.components import progress
from vaeflow.components.artifacts import Examples
from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.images.directory import describe
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.json_lines import take_lines, write_lines
from vaeflow.components.images.ranges import merge_by, origin, read_ranges, write_ranges
from vaeflow.components.images.serialising import LabelledImage, serialise
from vaeflow.components.images.shards import Entry, num_shards, write_shards
from vaeflow.components.new_images.brightness import check_new_ranges
from vaeflow.components.new_images.intensity import intensity_of
from vaeflow.components.new_images.reading import read_examples
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.location import reading
from vaeflow.components.sources.opening import open_source
from vaeflow.components.sources.quarantine import judge_quarantine

UNREADABLE, RANGES = "unreadable", "ranges"
_LOST, _RANGES = "lost.jsonl", "ranges.jsonl"


def write_examples(
    config: IngestConfig, transform: Transform, split: str, output: Path, beam_args: Sequence[str]
) -> Examples:
    """Write the images of a source, without their classes, to a split in `output`.

    Raises `InputError` if the source does not exist, is invalid or is in another unit than the images of training, and
    `RunError` if too many images cannot be read.
    """
    with reading(config.source):
        source = open_source(config)
    intensity = intensity_of(config, source, transform.intensity, output, beam_args)
    title = f"Reading {config.source}"
    with progress.bar(title, source.num_images), beam_pipeline(beam_args) as pipeline:
        read = (
            pipeline
            | "List shards" >> beam.Create(list(source.shards))
            | "Spread shards" >> beam.Reshuffle()
            | "Read images"
            >> beam.FlatMap(_entries, source.read, split, transform, intensity, config.max_pixels, title).with_outputs(
                UNREADABLE, RANGES, main="entries"
            )
        )
        write_shards(read.entries, output, num_shards(source.num_images * prod(transform.image_shape)))
        write_lines(read.unreadable, UNREADABLE, output / _LOST)
        write_ranges(read.ranges, output / _RANGES)
    lost = take_lines(output / _LOST)
    judge_quarantine(config, lost, source.num_images, listing="the log of the run", after_failure="the log of the run")
    check_new_ranges(read_ranges(output / _RANGES), intensity, transform.intensity)
    image = tfds.features.Tensor(shape=transform.image_shape, dtype=np.uint8, encoding="bytes")
    describe(output, "examples", {"id": tfds.features.Text(), "image": image})
    (output / TRANSFORM_FILE).write_text(transform.model_dump_json())
    return Examples(output, {"source": config.source})


def _entries(
    shard: Any, read: Any, split: str, transform: Transform, intensity: Intensity, max_pixels: int, title: str
) -> Iterator[Any]:
    for batch in read_examples(read(shard), transform, intensity, max_pixels):
        yield [
            Entry(split, image.id, serialise(LabelledImage(image.id, None, example.tobytes())))
            for image, example in zip(batch.images, batch.examples, strict=True)
        ]
        yield from (beam.pvalue.TaggedOutput(UNREADABLE, image._asdict()) for image in batch.unreadable)
        yield from (beam.pvalue.TaggedOutput(RANGES, pair) for pair in merge_by(origin, batch.ranges).items())
        progress.advance(title, len(batch.images) + len(batch.unreadable))
