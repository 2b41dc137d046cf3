"""Values of metrics: a number, or one with its deviation, interval or level by chance.

Importable without TensorFlow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEVIATIONS = 2
"""Number of standard deviations within which a score is not told apart from chance."""


@dataclass(frozen=True)
class Spread:
    """A metric with its standard deviation: over several runs, over images, or both."""

    mean: float
    std: float


@dataclass(frozen=True)
class Agreement(Spread):
    """A score of clusters that uses labels, and the same score for permuted labels."""

    chance: Spread

    @property
    def at_chance(self) -> bool:
        """Whether the score is within two standard deviations, of the difference, of its level by chance, or below."""
        return self.mean - self.chance.mean <= DEVIATIONS * math.hypot(self.std, self.chance.std)


@dataclass(frozen=True)
class Interval(Spread):
    """A metric with its standard deviation, and the interval that contains 95 % of its bootstrap samples."""

    low: float
    high: float


Value = float | Agreement | Interval | Spread


def over_images(values: "NDArray[Any]") -> Spread:
    """Mean of values [n], with its deviation over bootstrap samples, which has a closed form. Efron 1979."""
    import numpy as np

    mean, std = np.mean(values, dtype=np.float64), np.std(values, dtype=np.float64)
    return Spread(float(mean), float(std) / math.sqrt(len(values)))


def pooled(runs: Sequence[Spread]) -> Spread:
    """Mean over runs. Its variance is the mean of the runs' variances plus the variance of their means.

    Runs that all find the same are as uncertain as one of them.
    """
    means = [run.mean for run in runs]
    return Spread(fmean(means), math.sqrt(fmean(run.std**2 for run in runs) + pvariance(means)))


def pooled_agreement(runs: Sequence[Agreement]) -> Agreement:
    """Agreements of several runs, pooled like their levels by chance."""
    score = pooled(runs)
    return Agreement(score.mean, score.std, pooled([run.chance for run in runs]))


def central(value: Value) -> float:
    """The value itself, or its mean if it has a deviation."""
    return value.mean if isinstance(value, Spread) else value
