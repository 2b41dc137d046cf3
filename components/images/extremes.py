"""The brightest or the darkest values of many images, summarised so that a few outliers can be left out."""

import math
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np

_PER_OCTAVE = 8
_NO_OCTAVE = -10_000  # that of black and below: lower than that of any float


class Bin(NamedTuple):
    """Images whose values have similar distances from black, to an eighth of an octave."""

    eighth: int
    images: int
    low: float
    high: float

    def join(self, other: "Bin") -> "Bin":
        """The images of both."""
        return Bin(self.eighth, self.images + other.images, min(self.low, other.low), max(self.high, other.high))


Extremes = tuple[Bin, ...]
"""One value of each image, in bins from low to high: a histogram of a few dozen numbers for any number of images."""


class Gap(NamedTuple):
    """Two groups of images, and the largest value of the lower and the smallest of the upper one."""

    num_below: int
    below: float
    num_above: int
    above: float


def single(value: float, black: float) -> Extremes:
    """The value of one image."""
    eighth = math.floor(_PER_OCTAVE * math.log2(value - black)) if value > black else _NO_OCTAVE
    return (Bin(eighth, 1, value, value),)


def several(values: np.ndarray, black: float) -> Extremes:
    """The values [n] of so many images."""
    distinct, counts = np.unique(values, return_counts=True)
    bins = (single(value, black)[0] for value in distinct.astype(float).tolist())
    return merge((found._replace(images=count),) for found, count in zip(bins, counts.tolist(), strict=True))


def merge(parts: Iterable[Extremes]) -> Extremes:
    """The values of all images."""
    bins: dict[int, Bin] = {}
    for found in chain.from_iterable(parts):
        bins[found.eighth] = bins[found.eighth].join(found) if found.eighth in bins else found
    return tuple(sorted(bins.values()))


def num_images(extremes: Extremes) -> int:
    """Number of images."""
    return sum(found.images for found in extremes)


def largest(extremes: Extremes, leave_out: int = 0) -> float:
    """The largest value after that of so many images, at most, is left out."""
    return _first(reversed(extremes), leave_out).high


def smallest(extremes: Extremes, leave_out: int = 0) -> float:
    """The smallest value after that of so many images, at most, is left out."""
    return _first(extremes, leave_out).low


def _first(bins: Iterable[Bin], leave_out: int) -> Bin:
    for found in bins:
        leave_out -= found.images
        if leave_out < 0:
            return found
    raise ValueError("expected fewer images to leave out than there are")


def widest_gap(extremes: Extremes, black: float, leave_out: int) -> Gap | None:
    """The widest gap, as a ratio of distances from black, that has more than `leave_out` images on each side.

    Images that are black are not counted.
    """
    bright = tuple(found for found in extremes if found.eighth != _NO_OCTAVE)
    gaps = [
        Gap(num_images(bright[:i]), bright[i - 1].high, num_images(bright[i:]), bright[i].low)
        for i in range(1, len(bright))
    ]
    return max(
        (gap for gap in gaps if min(gap.num_below, gap.num_above) > leave_out),
        key=lambda gap: (gap.above - black) / (gap.below - black),
        default=None,
    )
