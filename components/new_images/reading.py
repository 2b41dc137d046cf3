"""New images as examples, in the order of their source: read as in ingest, and transformed as in preprocess."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vaeflow.components.images.batching import batched
from vaeflow.components.images.config import Transform
from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.ranges import Range
from vaeflow.components.preprocessing.transforming import batch_limits, to_examples
from vaeflow.components.sources.readable import Unreadable, num_bytes, read_images
from vaeflow.components.sources.source import SourceImage
from vaeflow.models.arrays import Pixels


class Batch(NamedTuple):
    """Images with their examples uint8 [n, h, w, c]; what cannot be read; the ranges of the stored values; and ids of
    files with more frames or pages.
    """

    images: Sequence[SourceImage]
    examples: Pixels
    unreadable: Sequence[Unreadable]
    ranges: Sequence[Range]
    cut: Sequence[str]


def read_examples(
    images: Iterator[SourceImage], transform: Transform, intensity: Intensity, max_pixels: int
) -> Iterator[Batch]:
    """All images, in batches of limited memory."""
    for some in batched(images, lambda image: num_bytes(image.image), batch_limits(transform)):
        yield _read(some, transform.of_levels(), intensity, max_pixels)


def _read(images: Sequence[SourceImage], transform: Transform, intensity: Intensity, max_pixels: int) -> Batch:
    place = {image.id: index for index, image in enumerate(images)}
    examples = np.empty((len(images), *transform.image_shape), np.uint8)
    unreadable: list[Unreadable] = []
    ranges: list[Range] = []
    cut: list[str] = []
    for found in read_images(images, max_pixels, intensity):
        if isinstance(found, Unreadable):
            unreadable.append(found)
        else:
            examples[[place[image.id] for image in found.images]] = to_examples(found.files, transform)
            ranges += found.ranges
            cut += found.cut
    lost = {place[one.id] for one in unreadable}
    kept = [index for index in range(len(images)) if index not in lost]
    return Batch([images[index] for index in kept], examples[kept], unreadable, ranges, cut)
