"""The sample: the test images that costly metrics and the figures use."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.measuring.encoding import Arrays
from vaeflow.components.evaluation.measuring.selection import select
from vaeflow.models.arrays import Labels, Pixels

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Test images in file order: their indices in the split [n], labels [n], and measures [n, ...]."""

    examples: Examples
    indices: Indices
    labels: Labels
    measures: Arrays

    def __len__(self) -> int:
        return len(self.indices)

    def images(self, rows: Sequence[int]) -> Pixels:
        """Images uint8 [rows, h, w, c] in the given rows of the sample, read from the split."""
        indices, order = np.unique(self.indices[list(rows)], return_inverse=True)
        images = [image for image, _ in select(self.examples, "test", indices).as_numpy_iterator()]
        return np.stack(images)[order]


def draw_indices(count: int, size: int, seed: int) -> Indices:
    """Sorted indices of at most `size` of `count` images, drawn without replacement."""
    if count <= size:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size, replace=False))


class Collector:
    """Collects the rows of the sample from the batches of a split."""

    def __init__(self, indices: Indices):
        self._indices = indices
        self._parts: list[Arrays] = []
        self._start = 0

    def add(self, arrays: Arrays) -> None:
        """Add the arrays [batch, ...] of the next batch of the split."""
        stop = self._start + len(next(iter(arrays.values())))
        first, last = np.searchsorted(self._indices, [self._start, stop])
        rows = self._indices[first:last] - self._start
        self._parts.append({name: values[rows] for name, values in arrays.items()})
        self._start = stop

    def sample(self, examples: Examples) -> Sample:
        """The sample, after the last batch; one of the arrays must be `label`."""
        measures = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        return Sample(examples, self._indices, measures.pop("label"), measures)
