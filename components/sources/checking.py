"""The one way from any source to images that are known to be whole."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import apache_beam as beam

from vaeflow.components import progress
from vaeflow.components.images import decoding
from vaeflow.components.images.shards import Entry
from vaeflow.components.images.tfrecord import LabelledImage, serialise
from vaeflow.components.sources.source import Record, Source

PROGRESS = "Reading images"
READABLE, UNREADABLE, GREY = "readable", "unreadable", "grey"
_STRIDE = 100


def read_checked(pipeline: beam.Pipeline, source: Source, max_pixels: int) -> beam.pvalue.DoOutputsTuple:
    """Read every image of the source once.

    Gives `readable` (an `Entry` each), `unreadable` (id and reason) and `grey` (whether each readable image is).
    """
    return (
        pipeline
        | "List shards" >> beam.Create(list(source.shards))
        | "Spread shards" >> beam.Reshuffle()
        | "Read shards" >> beam.FlatMap(_read, source.read)
        | "Check images" >> beam.FlatMap(_check, max_pixels, source.white).with_outputs(UNREADABLE, GREY, main=READABLE)
    )


def _read(shard: Any, read: Any) -> Iterator[Record]:
    records = read(shard)
    while some := list(islice(records, _STRIDE)):
        yield from some
        progress.advance(PROGRESS, len(some))


def _check(record: Record, max_pixels: int, white: float) -> Iterator[Any]:
    try:
        image = decoding.read(record.image, max_pixels, white)
    except decoding.UnreadableError as error:
        yield beam.pvalue.TaggedOutput(UNREADABLE, {"id": record.id, "reason": str(error)})
        return
    yield beam.pvalue.TaggedOutput(GREY, image.grey)
    yield Entry(record.split, record.id, serialise(LabelledImage(record.id, record.label, image.encoded)))
