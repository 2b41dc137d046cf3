"""Reading and checking of the images of any source."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import apache_beam as beam

from vaeflow.components import progress
from vaeflow.components.images.identities import Identity, pixel_digest
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.plain import PlainImage, encode, read
from vaeflow.components.images.ranges import merge_by, origin
from vaeflow.components.images.shards import Entry
from vaeflow.components.images.tfrecord import LabelledImage, identify, serialise
from vaeflow.components.images.unreadable import UnreadableError
from vaeflow.components.sources.group_pattern import find_groups
from vaeflow.components.sources.source import Source, SourceImage

PROGRESS = "Reading images"
READABLE, UNREADABLE, GREY, RANGES, IDENTITIES = "readable", "unreadable", "grey", "ranges", "identities"
CUT = "cut"
_STRIDE = 100
_MAX_PIXELS_IN_MEMORY = 2**22  # of decoded images, unless a single one is larger


def read_checked(
    pipeline: beam.Pipeline, source: Source, max_pixels: int, intensity: Intensity, group_pattern: str | None
) -> beam.pvalue.DoOutputsTuple:
    """Read every image of the source once.

    Returns `readable` (an `Entry` per image), `unreadable` (id and reason), `grey` (whether each readable image is),
    `ranges` (pairs of origin and `Range` of the readable images), `identities` (batches of the `Identity` of each), and
    `cut` (ids of files of which only the first of several frames or pages is read).
    """
    complete = partial(_complete, source.label_names is not None, group_pattern)
    return (
        pipeline
        | "List shards" >> beam.Create(list(source.shards))
        | "Spread shards" >> beam.Reshuffle()
        | "Read shards" >> beam.FlatMap(_read, source.read, complete)
        | "Check images"
        >> beam.FlatMap(_check, max_pixels, intensity).with_outputs(
            UNREADABLE, GREY, RANGES, IDENTITIES, CUT, main=READABLE
        )
    )


def _complete(labelled: bool, group_pattern: str | None, images: Sequence[SourceImage]) -> list[SourceImage]:
    """The images without labels if the source has no classes, and with the groups that are in their ids."""
    groups = find_groups(group_pattern, [image.id for image in images]) if group_pattern else [None] * len(images)
    return [
        image._replace(label=image.label if labelled else None, group=image.group if group is None else group)
        for image, group in zip(images, groups, strict=True)
    ]


def _read(
    shard: Any, read: Any, complete: Callable[[Sequence[SourceImage]], list[SourceImage]]
) -> Iterator[list[SourceImage]]:
    images = read(shard)
    while some := list(islice(images, _STRIDE)):
        yield complete(some)


def _check(images: Sequence[SourceImage], max_pixels: int, intensity: Intensity) -> Iterator[Any]:
    readable: list[tuple[SourceImage, PlainImage]] = []
    num_pixels = shown = 0
    for count, image in enumerate(images):
        try:
            picture = read(image.image, max_pixels, intensity)
        except UnreadableError as error:
            yield beam.pvalue.TaggedOutput(UNREADABLE, {"id": image.id, "reason": str(error)})
            continue
        readable.append((image, picture))
        num_pixels += picture.shown.width * picture.shown.height
        if num_pixels >= _MAX_PIXELS_IN_MEMORY:
            yield from _write(readable)
            progress.advance(PROGRESS, count + 1 - shown)
            readable, num_pixels, shown = [], 0, count + 1
    yield from _write(readable)
    progress.advance(PROGRESS, len(images) - shown)


def _write(readable: Sequence[tuple[SourceImage, PlainImage]]) -> Iterator[Any]:
    identities: list[Identity] = []
    encoded = encode([picture for _, picture in readable])
    for (image, picture), data in zip(readable, encoded, strict=True):
        content = LabelledImage(image.id, image.label, data, pixel_digest(picture.shown), image.group or "")
        yield beam.pvalue.TaggedOutput(GREY, picture.grey)
        if picture.has_more:
            yield beam.pvalue.TaggedOutput(CUT, image.id)
        yield Entry(image.split, image.id, serialise(content))
        identities.append(identify(image.split, content))
    ranges = (picture.range._replace(split=image.split, suffix=image.suffix) for image, picture in readable)
    for origin_and_range in merge_by(origin, ranges).items():
        yield beam.pvalue.TaggedOutput(RANGES, origin_and_range)
    yield beam.pvalue.TaggedOutput(IDENTITIES, identities)
