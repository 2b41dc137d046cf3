"""Means and variances of what comes in batches, without keeping it."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Moments:
    """Mean and variance of values [n, ...] over n, in float64. Chan, Golub & LeVeque 1983.

    The result is a function of the batches and of their order.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total: Floats = np.zeros(())
        self._squares: Floats = np.zeros(())

    def add(self, values: ArrayLike) -> None:
        """Take in one batch, [batch, ...]; it may be empty."""
        new = np.asarray(values, np.float64)
        count = len(new)
        if count:
            with np.errstate(invalid="ignore"):  # infinite values have no variance, which NaN tells
                total = new.sum(axis=0)
                squares = np.square(new - total / count).sum(axis=0)
                if self.count:
                    apart = total / count - self._total / self.count
                    squares = squares + np.square(apart) * (self.count * count / (self.count + count))
                self._squares = self._squares + squares
                self._total = self._total + total
            self.count += count

    @property
    def mean(self) -> Floats:
        """Mean over all values so far, [...]."""
        return self._total / self.count

    @property
    def variance(self) -> Floats:
        """Variance over all values so far, [...]."""
        return self._squares / self.count

    @property
    def standard_error(self) -> Floats:
        """Standard error of the mean, [...]; NaN for a single value."""
        if self.count < 2:
            return np.full_like(self._squares, math.nan)
        return np.sqrt(self._squares / (self.count - 1) / self.count)
