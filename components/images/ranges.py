"""The range of the stored values of pixels, found in images and combined over a source."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apache_beam as beam
import numpy as np
from PIL import Image

from vaeflow.components.images.extremes import Bin, Extremes, largest, num_images, several, single, smallest
from vaeflow.components.images.extremes import merge as merge_extremes
from vaeflow.components.images.intensity import MAX_LEVEL, Scale
from vaeflow.components.images.json_lines import take_lines, write_lines

Key = TypeVar("Key", bound=Hashable)

OVERSHOOT = 1 / 8
"""Values may leave the scale by this fraction of it, as after interpolation."""
BRIGHT = 1 / 4
"""Values above this fraction of the scale are bright."""


class Range(NamedTuple):
    """The values of the pixels of some images of one kind, and the scale by which they were read.

    `above` of `num_values` values are above white by more than an overshoot, and `bright` above a quarter of the scale.
    `split` and `suffix` say where the images are from: all of one split, in files with one suffix, are likely to be in
    the same unit.
    """

    kind: str
    scale: Scale
    darkest: Extremes
    brightest: Extremes
    num_values: int
    above: int
    bright: int
    split: str = ""
    suffix: str = ""

    @property
    def low(self) -> float:
        """The smallest value."""
        return smallest(self.darkest)

    @property
    def high(self) -> float:
        """The largest value."""
        return largest(self.brightest)

    @property
    def images(self) -> int:
        """Number of images."""
        return num_images(self.brightest)


def range_of_image(kind: str, scale: Scale, low: float, high: float, num_values: int, above: int, bright: int) -> Range:
    """The range of one image."""
    return Range(kind, scale, single(low, scale.black), single(high, scale.black), num_values, above, bright)


def range_of_arrays(values: np.ndarray, scale: Scale, kind: str) -> Range:
    """The range of n images, finite numbers [n, ...]."""
    flat = values.reshape(len(values), -1)
    lows, highs = flat.min(axis=1), flat.max(axis=1)
    high = float(highs.max())
    above, bright = (int((values > limit).sum()) if high > limit else 0 for limit in _limits(scale))
    return Range(kind, scale, several(lows, scale.black), several(highs, scale.black), values.size, above, bright)


def range_of_picture(picture: Image.Image, kind: str, scale: Scale) -> Range:
    """The range of an image in mode L or RGB, whose values are stored values."""
    bands = picture.getextrema()
    lows, highs = zip(*(bands if isinstance(bands[0], tuple) else [bands]), strict=True)
    counts = np.reshape(picture.histogram(), (-1, MAX_LEVEL + 1)).sum(axis=0)
    above, bright = (int(counts[np.arange(MAX_LEVEL + 1) > limit].sum()) for limit in _limits(scale))
    return range_of_image(kind, scale, min(lows), max(highs), int(counts.sum()), above, bright)


def in_stored_values(shown: Range, scale: Scale) -> Range:
    """The range of an image that was measured in levels, in stored values."""
    low, high = (scale.black + level / scale.levels_per_unit for level in (shown.low, shown.high))
    return range_of_image(shown.kind, scale, low, high, shown.num_values, shown.above, shown.bright)


def merge(ranges: Iterable[Range]) -> Range:
    """The range of all images of one kind; Beam makes this function a CombineFn."""
    found = list(ranges)
    return found[0]._replace(
        darkest=merge_extremes(some.darkest for some in found),
        brightest=merge_extremes(some.brightest for some in found),
        num_values=sum(some.num_values for some in found),
        above=sum(some.above for some in found),
        bright=sum(some.bright for some in found),
    )


def merge_by(key: Callable[[Range], Key], ranges: Iterable[Range]) -> dict[Key, Range]:
    """The merged ranges by their key."""
    alike: dict[Key, list[Range]] = defaultdict(list)
    for found in ranges:
        alike[key(found)].append(found)
    return {value: merge(some) for value, some in alike.items()}


def origin(found: Range) -> tuple[str, str, str]:
    """Kind, split and suffix."""
    return found.kind, found.split, found.suffix


def write_ranges(ranges: beam.PCollection, path: Path) -> None:
    """Write the range of each origin, combined from pairs of an origin and a `Range`."""
    combined = ranges | "Combine ranges" >> beam.CombinePerKey(merge) | "Drop origins" >> beam.Values()
    write_lines(combined, "ranges", path)


def read_ranges(path: Path) -> list[Range]:
    """Read and remove what `write_ranges` wrote."""
    return [*starmap(range_of_fields, take_lines(path))]


def range_of_fields(
    kind: str, scale: Sequence[float], darkest: Sequence[Any], brightest: Sequence[Any], *rest: Any
) -> Range:
    """A range that was written as JSON, from its fields."""
    return Range(kind, Scale(*scale), tuple(starmap(Bin, darkest)), tuple(starmap(Bin, brightest)), *rest)


def _limits(scale: Scale) -> tuple[float, float]:
    """What values far above white, and bright values, exceed."""
    contrast = scale.white - scale.black
    return scale.white + OVERSHOOT * contrast, scale.black + BRIGHT * contrast
