"""The sample: the test images that costly metrics and the figures are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.measuring.encoding import Arrays
from vaeflow.components.evaluation.measuring.places import at_places
from vaeflow.models.arrays import Labels, Pixels

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Test images in file order: their places in the split [n], labels [n], and measures [n, ...]."""

    examples: Examples
    places: Places
    labels: Labels
    measures: Arrays

    def __len__(self) -> int:
        return len(self.places)

    def images(self, rows: Sequence[int]) -> Pixels:
        """The images uint8 [rows, h, w, c] of these rows of the sample, read from the split."""
        places, order = np.unique(self.places[list(rows)], return_inverse=True)
        images = [image for image, _ in at_places(self.examples, "test", places).as_numpy_iterator()]
        return np.stack(images)[order]


def draw_places(count: int, size: int, seed: int) -> Places:
    """Places of at most `size` of `count` images, drawn without replacement, in their order."""
    if count <= size:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size, replace=False))


class Collector:
    """Keeps the rows of a sample of a split that comes in batches."""

    def __init__(self, places: Places):
        self._places = places
        self._parts: list[Arrays] = []
        self._start = 0

    def add(self, arrays: Arrays) -> None:
        """Take in the next batch of the split, arrays [batch, ...]."""
        stop = self._start + len(next(iter(arrays.values())))
        first, last = np.searchsorted(self._places, [self._start, stop])
        rows = self._places[first:last] - self._start
        self._parts.append({name: values[rows] for name, values in arrays.items()})
        self._start = stop

    def sample(self, examples: Examples) -> Sample:
        """The sample, after the last batch; one of the arrays was `label`."""
        measures = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        return Sample(examples, self._places, measures.pop("label"), measures)
