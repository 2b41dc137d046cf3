"""Statistics of a split in one pass. Sums of integers are exact, so the result does not depend on the order."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import apache_beam as beam
import numpy as np

from vaeflow.components.images.statistics import SplitStatistics

_WHITE = 255


@dataclass
class Sums:
    """Sums over images: their number, each pixel, the squares of each channel, and the number of each label."""

    count: int = 0
    pixels: np.ndarray | int = 0
    squares: np.ndarray | int = 0
    labels: Counter[int] = field(default_factory=Counter)
    binary: bool = True


class SplitStatisticsFn(beam.CombineFn):
    """Combines batches (n labels or None, images uint8 [n, h, w, c]) into `SplitStatistics`."""

    def __init__(self, label_names: Sequence[str] | None) -> None:
        self._label_names = label_names

    def create_accumulator(self) -> Sums:
        """Sums over no images."""
        return Sums()

    def add_input(self, sums: Sums, element: tuple[Sequence[int | None], np.ndarray]) -> Sums:
        """Add a batch of images."""
        labels, images = element
        channels = images.shape[-1]
        histograms = [np.bincount(images[..., i].ravel(), minlength=_WHITE + 1) for i in range(channels)]
        sums.count += len(images)
        sums.pixels = sums.pixels + images.sum(axis=0, dtype=np.int64)
        sums.squares = sums.squares + np.array(histograms) @ np.arange(_WHITE + 1) ** 2
        sums.labels.update(-1 if label is None else label for label in labels)
        sums.binary = sums.binary and not any(histogram[1:_WHITE].any() for histogram in histograms)
        return sums

    def merge_accumulators(self, accumulators: Iterable[Sums]) -> Sums:
        """Add several sums."""
        merged = Sums()
        for sums in accumulators:
            merged.count += sums.count
            merged.pixels = merged.pixels + sums.pixels
            merged.squares = merged.squares + sums.squares
            merged.labels += sums.labels
            merged.binary = merged.binary and sums.binary
        return merged

    def extract_output(self, sums: Sums) -> SplitStatistics:
        """Convert sums of pixels in [0, 255] to statistics of pixels in [0, 1]."""
        pixels = np.asarray(sums.pixels)
        values = sums.count * pixels.shape[0] * pixels.shape[1]
        totals = [int(total) for total in pixels.sum((0, 1))]
        squares = [int(total) for total in np.asarray(sums.squares)]
        return SplitStatistics(
            count=sums.count,
            mean=tuple(total / (values * _WHITE) for total in totals),
            stddev=tuple(
                math.sqrt(values * square - total**2) / (values * _WHITE)
                for total, square in zip(totals, squares, strict=True)
            ),
            mean_image=(pixels / (sums.count * _WHITE)).tolist(),
            labels=self._label_names and {name: sums.labels[i] for i, name in enumerate(self._label_names)},
            binary=sums.binary,
        )
