"""The range of the stored values of pixels, found in images and combined over a source."""

from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
import numpy as np
from PIL import Image

from vaeflow.components.images.intensity import MAX_LEVEL, Scale, kind_of
from vaeflow.components.images.json_lines import read_lines, write_lines

OVERSHOOT = 1 / 8
"""Values may leave the scale by this fraction of it, as after interpolation."""


class Range(NamedTuple):
    """The values of the pixels of some images of one kind, and the scale by which they were read.

    `above` of `num_values` values are above white by more than an overshoot.
    """

    kind: str
    scale: Scale
    low: float
    high: float
    images: int
    num_values: int
    above: int

    def merge(self, other: "Range") -> "Range":
        """The range of both."""
        return self._replace(
            low=min(self.low, other.low),
            high=max(self.high, other.high),
            images=self.images + other.images,
            num_values=self.num_values + other.num_values,
            above=self.above + other.above,
        )


def range_of_array(values: np.ndarray, scale: Scale) -> Range:
    """The range of finite numbers."""
    low, high, limit = float(values.min()), float(values.max()), _limit(scale)
    above = int((values > limit).sum()) if high > limit else 0
    return Range(kind_of(values.dtype), scale, low, high, 1, values.size, above)


def range_of_picture(picture: Image.Image, kind: str, scale: Scale) -> Range:
    """The range of an image in mode L or RGB, whose values are stored values."""
    bands = picture.getextrema()
    lows, highs = zip(*(bands if isinstance(bands[0], tuple) else [bands]), strict=True)
    limit = _limit(scale)
    above = 0
    if max(highs) > limit:
        counts = np.reshape(picture.histogram(), (-1, MAX_LEVEL + 1)).sum(axis=0)
        above = int(counts[np.arange(MAX_LEVEL + 1) > limit].sum())
    num_values = picture.width * picture.height * len(lows)
    return Range(kind, scale, min(lows), max(highs), 1, num_values, above)


def in_stored_values(shown: Range, scale: Scale) -> Range:
    """The range of an image that was measured in levels, in stored values."""
    low, high = (scale.black + level / scale.levels_per_unit for level in (shown.low, shown.high))
    return shown._replace(scale=scale, low=low, high=high)


def merge_by_kind(ranges: Iterable[Range]) -> Iterator[tuple[str, Range]]:
    """Pairs of a kind and the range of all that are of this kind."""
    kinds: dict[str, Range] = {}
    for found in ranges:
        kinds[found.kind] = kinds[found.kind].merge(found) if found.kind in kinds else found
    yield from kinds.items()


def write_ranges(ranges: beam.PCollection, path: Path) -> None:
    """Write the range of each kind, combined from pairs of a kind and a `Range`."""
    combined = ranges | "Combine ranges" >> beam.CombinePerKey(_merge) | "Drop kinds" >> beam.Values()
    write_lines(combined, "ranges", path)


def read_ranges(path: Path) -> list[Range]:
    """Read and remove what `write_ranges` wrote."""
    lines = read_lines(path)
    path.unlink()
    return [Range(kind, Scale(*scale), *rest) for kind, scale, *rest in lines]


def _merge(ranges: Iterable[Range]) -> Range:
    """Beam makes this function a CombineFn."""
    return reduce(Range.merge, ranges)


def _limit(scale: Scale) -> float:
    return scale.white + OVERSHOOT * (scale.white - scale.black)
