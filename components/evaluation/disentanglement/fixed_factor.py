"""Draws of points that share the value of one factor."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaeflow.models.arrays import FactorValues

Rows = NDArray[np.int64]


class Votes(NamedTuple):
    """Points, by their rows [votes], and for each the factor [votes] whose value is fixed."""

    rows: Rows
    factors: Rows


class FixedFactor:
    """Draws of points with the same value of a factor as a given point, all others being free.

    For each factor, the rows are sorted by its value, so that those with one value are a range.
    """

    def __init__(self, factors: FactorValues) -> None:
        self._shape = factors.shape
        self._order = factors.argsort(axis=0, kind="stable")
        self._start = np.empty(factors.shape, np.int64)
        self._size = np.empty(factors.shape, np.int64)
        for factor, column in enumerate(factors.T):
            _, numbers, counts = np.unique(column, return_inverse=True, return_counts=True)
            self._start[:, factor] = (np.cumsum(counts) - counts)[numbers]
            self._size[:, factor] = counts[numbers]

    def votes(self, count: int, random: np.random.Generator) -> Votes:
        """Points drawn with replacement, each with a factor drawn uniformly."""
        points, factors = self._shape
        return Votes(random.integers(points, size=count), random.integers(factors, size=count))

    def sharing(self, votes: Votes, count: int, random: np.random.Generator) -> Rows:
        """Rows [votes, count], drawn with replacement from the points with the fixed value of each vote."""
        start, size = (array[votes.rows, votes.factors][:, np.newaxis] for array in (self._start, self._size))
        places = start + (random.random((len(votes.rows), count)) * size).astype(np.int64)
        return self._order[places, votes.factors[:, np.newaxis]]
