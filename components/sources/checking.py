"""Reading and checking of the images of any source."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import apache_beam as beam

from vaeflow.components import progress
from vaeflow.components.images.plain import PlainImage, UnreadableError, encode, read
from vaeflow.components.images.shards import Entry
from vaeflow.components.images.tfrecord import LabelledImage, serialise
from vaeflow.components.sources.source import Source, SourceImage

PROGRESS = "Reading images"
READABLE, UNREADABLE, GREY = "readable", "unreadable", "grey"
_STRIDE = 100
_MAX_PIXELS_IN_MEMORY = 2**22  # of decoded images, unless a single one is larger


def read_checked(pipeline: beam.Pipeline, source: Source, max_pixels: int) -> beam.pvalue.DoOutputsTuple:
    """Read every image of the source once.

    Returns `readable` (an `Entry` per image), `unreadable` (id and reason) and `grey` (whether each readable image is).
    """
    labelled = source.label_names is not None
    return (
        pipeline
        | "List shards" >> beam.Create(list(source.shards))
        | "Spread shards" >> beam.Reshuffle()
        | "Read shards" >> beam.FlatMap(_read, source.read)
        | "Check images"
        >> beam.FlatMap(_check, max_pixels, source.white, labelled).with_outputs(UNREADABLE, GREY, main=READABLE)
    )


def _read(shard: Any, read: Any) -> Iterator[list[SourceImage]]:
    images = read(shard)
    while some := list(islice(images, _STRIDE)):
        yield some


def _check(images: Sequence[SourceImage], max_pixels: int, white: float, labelled: bool) -> Iterator[Any]:
    readable: list[tuple[SourceImage, PlainImage]] = []
    num_pixels = shown = 0
    for count, image in enumerate(images):
        try:
            picture = read(image.image, max_pixels, white)
        except UnreadableError as error:
            yield beam.pvalue.TaggedOutput(UNREADABLE, {"id": image.id, "reason": str(error)})
            continue
        readable.append((image if labelled else image._replace(label=None), picture))
        num_pixels += picture.shown.width * picture.shown.height
        if num_pixels >= _MAX_PIXELS_IN_MEMORY:
            yield from _write(readable)
            progress.advance(PROGRESS, count + 1 - shown)
            readable, num_pixels, shown = [], 0, count + 1
    yield from _write(readable)
    progress.advance(PROGRESS, len(images) - shown)


def _write(readable: Sequence[tuple[SourceImage, PlainImage]]) -> Iterator[Any]:
    encoded = encode([picture for _, picture in readable])
    for (image, picture), data in zip(readable, encoded, strict=True):
        yield beam.pvalue.TaggedOutput(GREY, picture.grey)
        yield Entry(image.split, image.id, serialise(LabelledImage(image.id, image.label, data)))
