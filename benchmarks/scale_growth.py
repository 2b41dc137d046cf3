"""What measurements of several sizes of sets say about growth."""

from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_RATIO, MAX_BYTES = 1.15, 500
"""The targets: time per image of the largest set over that of the smallest, and bytes of memory for each more image."""

Sizes = Mapping[str, Mapping[str, Any]]
"""Measurements of one kind of images, by number of images."""


class Growth(NamedTuple):
    """Microseconds per image and peak memory in bytes by number of images, and how both grow."""

    microseconds: dict[int, float]
    peaks: dict[int, int]

    @property
    def ratio(self) -> float:
        """Time per image of the largest set over that of the smallest."""
        return self.microseconds[max(self.microseconds)] / self.microseconds[min(self.microseconds)]

    @property
    def bytes_per_image(self) -> float:
        """Memory for each image that the largest set has more than the smallest."""
        first, last = min(self.peaks), max(self.peaks)
        return (self.peaks[last] - self.peaks[first]) / max(1, last - first)


def steps_of(sizes: Sizes) -> list[str]:
    """The steps that were measured, in their order."""
    return list(dict.fromkeys(step for size in in_order(sizes) for step in sizes[size]["steps"]))


def in_order(sizes: Sizes) -> list[str]:
    """The numbers of images, as keys, from small to large."""
    return sorted(sizes, key=int)


def growth(sizes: Sizes, step: str) -> Growth:
    """The growth of one step."""
    measured = {int(size): sizes[size]["steps"][step] for size in in_order(sizes)}
    return Growth(
        {images: 1e6 * step["seconds"] / images for images, step in measured.items()},
        {images: int(step["peak_bytes"]) for images, step in measured.items()},
    )


def streaming(sizes: Sizes, size: str) -> float:
    """Speed of training from shards over that from memory."""
    steps = sizes[size]["steps"]
    return float(steps["train_streamed"]["images_per_second"] / steps["train"]["images_per_second"])
