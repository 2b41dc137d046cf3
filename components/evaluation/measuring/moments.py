"""Running means and variances of values that arrive in batches."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Moments:
    """Mean and variance of values [n, ...] over n, in float64. Chan, Golub & LeVeque 1983.

    The batches and their order determine the result, including its rounding errors.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total: Floats = np.zeros(())
        self._squares: Floats = np.zeros(())

    def add(self, values: ArrayLike) -> None:
        """Add a batch of values [batch, ...], which may be empty."""
        new = np.asarray(values, np.float64)
        count = len(new)
        if count:
            with np.errstate(invalid="ignore"):  # the variance of infinite values is NaN
                total = new.sum(axis=0)
                squares = np.square(new - total / count).sum(axis=0)
                if self.count:
                    difference = total / count - self._total / self.count
                    squares = squares + np.square(difference) * (self.count * count / (self.count + count))
                self._squares = self._squares + squares
                self._total = self._total + total
            self.count += count

    @property
    def mean(self) -> Floats:
        """Mean [...] of all values so far."""
        return self._total / self.count

    @property
    def variance(self) -> Floats:
        """Variance [...] of all values so far."""
        return self._squares / self.count

    @property
    def standard_error(self) -> Floats:
        """Standard error [...] of the mean; NaN for a single value."""
        if self.count < 2:
            return np.full_like(self._squares, math.nan)
        return np.sqrt(self._squares / (self.count - 1) / self.count)
