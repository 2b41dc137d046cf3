"""The Beam transforms that read and check the images of any source, in batches."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from vaeflow.components import progress
from vaeflow.components.images.batching import Limits, batched
from vaeflow.components.images.identities import identify
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.ranges import merge_by, origin
from vaeflow.components.images.serialising import LabelledImage, serialise
from vaeflow.components.images.shards import Entry
from vaeflow.components.sources.group_pattern import find_groups
from vaeflow.components.sources.readable import Readable, Unreadable, num_bytes, read_images
from vaeflow.components.sources.source import Source, SourceImage

PROGRESS = "Reading images"
READABLE, UNREADABLE, GREY, RANGES, IDENTITIES = "readable", "unreadable", "grey", "ranges", "identities"
CUT = "cut"
_LIMITS = Limits(items=1024, size=2**24)  # number of images and of bytes in an element


def read_checked(
    pipeline: beam.Pipeline, source: Source, max_pixels: int, intensity: Intensity, group_pattern: str | None
) -> beam.pvalue.DoOutputsTuple:
    """Read every image of the source once.

    Returns `readable` (batches of the `Entry` of each image), `unreadable` (id and reason), `grey` (whether all images
    of a batch are), `ranges` (pairs of origin and `Range` of the readable images), `identities` (batches of the
    `Identity` of each), and `cut` (ids of files of which only the first of several frames or pages is read).
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
    return map(complete, batched(read(shard), lambda image: num_bytes(image.image), _LIMITS))


def _check(images: Sequence[SourceImage], max_pixels: int, intensity: Intensity) -> Iterator[Any]:
    for found in read_images(images, max_pixels, intensity):
        match found:
            case Unreadable():
                yield TaggedOutput(UNREADABLE, found._asdict())
                progress.advance(PROGRESS, 1)
            case Readable():
                yield from _outputs(found)
                progress.advance(PROGRESS, len(found.images))


def _outputs(found: Readable) -> Iterator[Any]:
    contents = [
        LabelledImage(image.id, image.label, file, digest, image.group or "", image.factors)
        for image, file, digest in zip(found.images, found.files, found.digests, strict=True)
    ]
    pairs = [*zip(found.images, contents, strict=True)]
    yield [Entry(image.split, image.id, serialise(content)) for image, content in pairs]
    yield TaggedOutput(IDENTITIES, [identify(image.split, content) for image, content in pairs])
    yield TaggedOutput(GREY, found.all_grey)
    yield from (TaggedOutput(RANGES, pair) for pair in merge_by(origin, found.ranges).items())
    yield from (TaggedOutput(CUT, identifier) for identifier in found.cut)
