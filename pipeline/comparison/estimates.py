"""The mean of a metric over the runs of a row, with its uncertainty."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, stdev
from typing import Literal

from vaeflow.pipeline.comparison.evaluated import Measured
from vaeflow.pipeline.comparison.records import Estimate
from vaeflow.pipeline.comparison.standard_error import StandardError, combined


def estimate(values: Sequence[Measured]) -> Estimate:
    """Mean of the values of several runs, with their sample standard deviation.

    Values that are not finite make it undefined.
    """
    means = [measured.value for measured in values]
    if not all(map(math.isfinite, means)):
        return Estimate(math.nan, len(values))
    return Estimate(fmean(means), len(values), stdev(means) if len(means) > 1 else None, _typical_error(values))


def _typical_error(values: Sequence[Measured]) -> float | None:
    """Root mean square of the errors of the runs; None if one is not known."""
    errors = [measured.error for measured in values]
    known = [error for error in errors if error is not None and math.isfinite(error)]
    return math.sqrt(fmean(error**2 for error in known)) if len(known) == len(errors) else None


def best_row(
    estimates: Mapping[str, Estimate],
    better: Literal["higher", "lower"] | None,
    error: Callable[[str, str], StandardError | None],
) -> str | None:
    """The row with the best estimate, if it differs from every other one by more than noise.

    `error(row, other)` is the standard error of the difference of two rows, None if it is not known.
    """
    finite = {row: each.mean for row, each in estimates.items() if math.isfinite(each.mean)}
    if better is None or len(finite) < 2:
        return None
    best = (max if better == "higher" else min)(finite, key=lambda row: finite[row])
    others = [row for row in finite if row != best]
    return best if all(_differ(finite[best], finite[row], error(best, row)) for row in others) else None


def _differ(one: float, other: float, error: StandardError | None) -> bool:
    return error is not None and abs(one - other) > error.margin


def unpaired_error(one: Estimate, other: Estimate) -> StandardError | None:
    """Standard error of the difference of two estimates, as if they were independent; None if it is not known.

    Estimates on the same images are usually correlated, which makes their difference more certain than this.
    """
    errors = one.standard_error, other.standard_error
    return None if None in errors else combined(*filter(None, errors))
